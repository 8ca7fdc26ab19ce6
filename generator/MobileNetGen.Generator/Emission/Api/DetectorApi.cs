using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Detection;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Emission.Api;

/// <summary>A detector: boxes from an image, or what its predictors give.</summary>
internal sealed class DetectorApi : NetworkApi
{
    private const string Detections = Names.Span + "<" + Names.Runtime + ".Detection> detections";

    protected override void EmitOutputConstants(IndentedWriter writer, ClassModel model)
    {
        Detector detector = model.Network.Detector!;
        writer.WriteLine($"""
            /// <summary>Number of anchors: boxes of fixed sizes, each of which may become a detection.</summary>
            public const int AnchorCount = {detector.AnchorCount};

            /// <summary>Number of classes, without the background.</summary>
            public const int ClassCount = {detector.Classes};
            """);
    }

    protected override void EmitRuns(IndentedWriter writer, ClassModel model)
    {
        EmitDetect(writer, model);
        writer.WriteLine();
        EmitTensorDetect(writer, model);
        writer.WriteLine();
        EmitImageDetect(writer, model);
        writer.WriteLine();
        EmitRaw(writer, model);
        writer.WriteLine();
        EmitRules(writer, model);
        writer.WriteLine();
        EmitAnchors(writer, model);
    }

    private static string DetectionsParameters => """
        /// <param name="detections">
        /// Filled from the front, highest score first. Edges are in parts of the image, 0 to 1, and do not leave it. A full span is no error: what follows would be worse.
        /// </param>
        /// <param name="threshold">The least score, 0 to 1. A lower one costs more time.</param>
        """;

    private static void EmitDetect(IndentedWriter writer, ClassModel model)
    {
        writer.WriteLine($"""
            /// <summary>Finds objects in an image of the network's size. The overload that takes an image's width and height brings one of any size to that.</summary>
            {PixelsParameter(model)}
            {DetectionsParameters}
            /// <returns>How many detections were written; what lies behind them in the span is as it was.</returns>
            /// <exception cref="{Names.ArgumentException}">The length of <paramref name="pixels"/> is wrong. Nothing was written.</exception>
            """);
        Forward(writer, model, $"public static int Detect({Names.ReadOnlySpan}<byte> pixels, {Detections}, float threshold = 0.5f)", $"Detect(pixels, detections, threshold, {OwnScratch(model)})");
        writer.WriteLine();
        writer.WriteLine($"""
            /// <summary>Finds objects in an image, in working memory of the caller's.</summary>
            {PixelsParameter(model)}
            {DetectionsParameters}
            {ScratchParameter}
            /// <returns>How many detections were written; what lies behind them in the span is as it was.</returns>
            /// <exception cref="{Names.ArgumentException}">A length is wrong. Nothing was written.</exception>
            """);
        string signature = $"public static int Detect({Names.ReadOnlySpan}<byte> pixels, {Detections}, float threshold, {Names.Span}<byte> scratch)";
        if (model.Packed is null)
        {
            Forward(writer, model, signature, "");
            return;
        }

        writer.WriteLine(signature);
        using (writer.Block())
        {
            PixelsCheck(writer, model);
            writer.WriteLine(ScratchCheck);
            writer.WriteLine("fixed (byte* source = pixels, memory = scratch)");
            using (writer.Block())
                EmitDetection(writer, model);
        }
    }

    private static void EmitDetection(IndentedWriter writer, ClassModel model)
    {
        bool isPerClass = model.Network.Detector!.Suppression.IsPerClass;
        DetectorBuffers buffers = model.Plan.Detector!;
        string element = model.IsQuantized ? "byte" : "float";
        string boxes = $"Boxes = {Literals.At("aligned", buffers.Boxes, element)}";
        string scores = isPerClass ? $"Scores = {Literals.At("aligned", buffers.Scores, element)}" : $"Candidates = {Literals.At("aligned", buffers.Scores, "ulong")}, Threshold = threshold";
        writer.WriteLine("byte* aligned = Align(memory);");
        writer.WriteLine($"var results = new Results {{ {boxes}, {scores} }};");
        writer.WriteLine(ForwardEmitter.Call(model, InputEmitter.ForPixels(model, "source")));
        writer.WriteLine("// Suppression works where the maps lay.");
        PackedDetector packed = model.Packed!.Detector!;
        string anchors = $"{Literals.At("Weights.Data", packed.Anchors, "float")}, AnchorCount, Rules", labels = model.Packed.Labels.Count > 0 ? "Labels" : "default";
        string encodings = $"new {Names.Kernels}.HeadValues(results.Boxes{Meaning(model, 0)})";
        writer.WriteLine(isPerClass
            ? $"return {Names.Kernels}.DetectionKernels.PerClass({encodings}, new {Names.Kernels}.HeadValues(results.Scores{Meaning(model, 1)}), {anchors}, threshold, aligned, detections, {labels});"
            : $"return {Names.Kernels}.DetectionKernels.Agnostic(results.Candidates, results.Count, {encodings}, {anchors}, aligned, detections, {labels});");
    }

    private static void EmitTensorDetect(IndentedWriter writer, ClassModel model) => writer.WriteLine($"""
        /// <summary>Finds objects in an image tensor.</summary>
        {TensorParameter(model.Network)}
        {DetectionsParameters}
        /// <returns>How many detections were written; what lies behind them in the span is as it was.</returns>
        /// <exception cref="{Names.ArgumentException}">The shape is another. Nothing was written.</exception>
        public static int Detect(in global::System.Numerics.Tensors.ReadOnlyTensorSpan<byte> pixels, {Detections}, float threshold = 0.5f)
            => Detect({PixelsOfTensor}, detections, threshold);
        """);

    private static void EmitImageDetect(IndentedWriter writer, ClassModel model)
    {
        writer.WriteLine($"""
            /// <summary>
            /// Finds objects in an image of any size: <c>Prepare</c> and <c>Detect</c> in one call, with edges in parts of that image. Pixels are prepared in memory that each thread
            /// keeps.
            /// </summary>
            {SourceParameters}
            {DetectionsParameters}
            {FormatParameter}
            {StrideParameter}
            /// <returns>How many detections were written; what lies behind them in the span is as it was.</returns>
            /// <exception cref="{Names.ArgumentException}">A size is not positive, or a length is wrong. Nothing was written.</exception>
            {Example($"""
                var detections = new Detection[20];
                int found = {model.Network.ClassName}.Detect(rgb, width, height, detections);
                foreach (Detection detection in detections.AsSpan(0, found))
                    Console.WriteLine(detection.In(width, height));
                """)}
            public static int Detect(
                {Names.ReadOnlySpan}<byte> source, int sourceWidth, int sourceHeight, {Detections}, float threshold = 0.5f,
                {Names.Runtime}.PixelFormat format = {Names.Runtime}.PixelFormat.Rgb, int sourceStride = 0)
            """);
        using (writer.Block())
        {
            if (model.Packed is null)
            {
                writer.WriteLine("throw NotBuilt();");
                return;
            }

            writer.WriteLine($"""
                var pixels = new {Names.Span}<byte>({Names.Runtime}.ThreadScratch.GetForPixels(InputLength), InputLength);
                {Names.Runtime}.Placement placement = Prepare(source, sourceWidth, sourceHeight, pixels, format, sourceStride: sourceStride);
                int found = Detect(pixels, detections, threshold);
                placement.ToImage(detections[..found]);
                return found;
                """);
        }
    }

    private static void EmitRaw(IndentedWriter writer, ClassModel model)
    {
        Network network = model.Network;
        Detector detector = network.Detector!;
        (string inputType, string outputType) = (model.RawInput, model.RawOutput);
        string values = network.InputType == Quantization.Float32
            ? $"{Literals.Grouped(network.Input.Length)} float32 values, normalised already"
            : $"{Literals.Grouped(network.Input.Length)} {(inputType == "sbyte" ? "signed" : "unsigned")} bytes, quantised already";
        string order = detector.Coder.IsXFirst ? "x, y, width, height" : "y, x, height, width";
        string scores = model.IsQuantized && detector.Scores == ScoreFunction.Sigmoid ? "probabilities" : "logits";
        string documentation = $"""
            /// <param name="input">[{network.Input.Height}, {network.Input.Width}, {network.Input.Channels}]: {values}.</param>
            /// <param name="encodings">Gets [AnchorCount, 4]: {order} of each anchor's box, as the network gives them{Meant(model, 0)}.</param>
            /// <param name="scores">Gets [AnchorCount, ClassCount + 1]: {scores} of the background and of each class{Meant(model, 1)}.</param>
            """;
        string spans = $"{Names.Span}<{outputType}> encodings, {Names.Span}<{outputType}> scores";
        writer.WriteLine("/// <summary>Runs the network on values of its own type, without normalisation, for what its predictors give, before boxes are made of it.</summary>");
        writer.WriteLine(documentation);
        writer.WriteLine($"/// <exception cref=\"{Names.ArgumentException}\">A length is wrong. Nothing was written.</exception>");
        Forward(writer, model, $"public static void RunRaw({Names.ReadOnlySpan}<{inputType}> input, {spans})", $"RunRaw(input, encodings, scores, {OwnScratch(model)})");
        writer.WriteLine();
        writer.WriteLine("/// <summary>The same in working memory of the caller's.</summary>");
        writer.WriteLine(documentation);
        writer.WriteLine(ScratchParameter);
        writer.WriteLine($"/// <exception cref=\"{Names.ArgumentException}\">A length is wrong. Nothing was written.</exception>");
        string signature = $"public static void RunRaw({Names.ReadOnlySpan}<{inputType}> input, {spans}, {Names.Span}<byte> scratch)";
        if (model.Packed is null)
        {
            Forward(writer, model, signature, "");
            return;
        }

        writer.WriteLine(signature);
        using (writer.Block())
        {
            writer.WriteLine($"{Names.Runtime}.Require.Length(input.Length, InputLength, nameof(input), \"the values of {Texts.Image(network)}\");");
            writer.WriteLine($"{Names.Runtime}.Require.Length(encodings.Length, AnchorCount * 4, nameof(encodings), \"four numbers of each anchor\");");
            writer.WriteLine($"{Names.Runtime}.Require.Length(scores.Length, AnchorCount * (ClassCount + 1), nameof(scores), \"scores of each anchor, with that of the background\");");
            writer.WriteLine(ScratchCheck);
            writer.WriteLine($"fixed ({inputType}* source = input)");
            writer.WriteLine("fixed (byte* memory = scratch)");
            writer.WriteLine($"fixed ({outputType}* boxes = encodings, values = scores)");
            using (writer.Block())
            {
                bool isSigned = outputType == "sbyte";
                string cast = isSigned ? "(byte*)" : "";
                writer.WriteLine("byte* aligned = Align(memory);");
                writer.WriteLine($"var results = new Results {{ Boxes = {cast}boxes, Scores = {cast}values }};");
                writer.WriteLine(ForwardEmitter.Call(model, InputEmitter.ForValues(model, "source")));
                if (!isSigned)
                    return;
                foreach ((string pointer, string length) in new[] { ("Boxes", "encodings.Length"), ("Scores", "scores.Length") })
                    StepEmitter.Call(writer, "UInt8Kernels.StoreRaw", $"results.{pointer}, results.{pointer}, {length}, flip: 0x80");
            }
        }
    }

    private static void EmitRules(IndentedWriter writer, ClassModel model)
    {
        Detector detector = model.Network.Detector!;
        (BoxCoder coder, Suppression nms) = (detector.Coder, detector.Suppression);
        writer.WriteLine("""
            /// <summary>
            /// How boxes are made and which are kept. For other rules give <c>RunRaw</c>'s results to <c>PostProcessing.Detect</c> with these, changed; for example
            /// with boxes that are not clipped.
            /// </summary>
            """);
        string scores = model.IsQuantized && detector.Scores == ScoreFunction.Sigmoid ? "None" : $"{detector.Scores}";
        writer.WriteLine($"public static {Names.Runtime}.DetectionRules Rules {{ get; }} = new()");
        writer.WriteLine("{");
        writer.WriteLine($"    Classes = ClassCount, LabelOffset = 1, Scores = {Names.Runtime}.ScoreFunction.{scores},");
        writer.WriteLine($"    Order = {Names.Runtime}.BoxOrder.{(coder.IsXFirst ? "Xywh" : "Yxhw")}, YScale = {Literals.Single(coder.Y)}, XScale = {Literals.Single(coder.X)}, HeightScale = {Literals.Single(coder.Height)}, WidthScale = {Literals.Single(coder.Width)},");
        string limits = (nms.Top is { } top ? $", Top = {top}" : "") + (nms.IsPerClass ? $", PerClass = {nms.Keep ?? int.MaxValue}" : "") + (nms.Most is { } most ? $", Most = {most}" : "");
        writer.WriteLine($"    IsPerClass = {(nms.IsPerClass ? "true" : "false")}, Overlap = {Literals.Single(nms.Overlap)}{limits},");
        writer.WriteLine("};");
    }

    private static void EmitAnchors(IndentedWriter writer, ClassModel model)
    {
        string value = model.Packed is null ? "throw NotBuilt()" : $"new({Literals.At("Weights.Data", model.Packed.Detector!.Anchors, "float")}, AnchorCount * 4)";
        writer.WriteLine($"""
            /// <summary>The anchors, [AnchorCount, 4]: y and x of the centre, height and width, in parts of the image.</summary>
            public static {Names.ReadOnlySpan}<float> Anchors => {value};
            """);
    }

    /// <summary>What the bytes of an output mean, as further arguments: those of boxes (0) or scores (1).</summary>
    private static string Meaning(ClassModel model, int output) =>
        model.Packed!.Outputs[output].Tensor is { } tensor ? $", scale: {Literals.Scale(tensor)}, zeroPoint: {tensor.ZeroPoint}" : "";

    private static string Meant(ClassModel model, int output)
    {
        if (model.Packed?.Outputs[output].Tensor is not { } tensor)
            return "";
        int zeroPoint = model.RawOutput == "sbyte" ? tensor.ZeroPoint - 128 : tensor.ZeroPoint;
        return $"; a value q means {tensor.Scale} · (q − {(zeroPoint < 0 ? $"(−{-zeroPoint})" : $"{zeroPoint}")})";
    }
}
