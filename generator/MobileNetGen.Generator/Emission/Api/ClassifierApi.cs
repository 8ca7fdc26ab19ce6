using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Emission.Api;

/// <summary>A network that ends in probabilities: it also has methods that give the best class.</summary>
internal sealed class ClassifierApi : NetworkApi
{
    protected override void EmitPredictions(IndentedWriter writer, ClassModel model)
    {
        string name = model.Network.ClassName;
        writer.WriteLine($"""
            /// <summary>Classifies an image of the network's size: {Texts.Prediction(model.Network)}. <c>Prepare</c> makes the pixels of any image; <c>Classify</c> is both in one.</summary>
            {PixelsParameter(model)}
            /// <exception cref="{Names.ArgumentException}">The length is wrong.</exception>
            {Example($"""
                var pixels = new byte[{name}.InputLength];
                {name}.Prepare(rgb, width, height, pixels);
                Prediction best = {name}.Run(pixels);
                """)}
            """);
        Forward(writer, model, $"public static {Names.Runtime}.Prediction Run({Names.ReadOnlySpan}<byte> pixels)", $"Best(pixels, {OwnScratch(model)})");
        writer.WriteLine();
        if (model.IsShared)
        {
            writer.WriteLine($"""
                /// <summary>Classifies an image of the network's size, on the threads of a team: sooner, with the same result.</summary>
                {PixelsParameter(model)}
                {TeamParameter}
                /// <exception cref="{Names.ArgumentException}">The length is wrong.</exception>
                {Example($"""
                    using var team = new Team(threads: 2);
                    Prediction best = {name}.Run(pixels, team);
                    """)}
                """);
            Forward(writer, model, $"public static {Names.Runtime}.Prediction Run({Names.ReadOnlySpan}<byte> pixels, {Names.Runtime}.Team? team)", $"Best(pixels, {OwnScratch(model)}, team)");
            writer.WriteLine();
        }

        EmitClassify(writer, model);
        writer.WriteLine();
        if (model.Packed is null)
            return;

        writer.WriteLine($"private static {Names.Runtime}.Prediction Best({Names.ReadOnlySpan}<byte> pixels, {Names.Span}<byte> scratch{OptionalTeam(model)})");
        using (writer.Block())
        {
            PixelsCheck(writer, model);
            writer.WriteLine("fixed (byte* source = pixels, memory = scratch)");
            using (writer.Block())
            {
                Inference(writer, model, storesResults: false);
                writer.WriteLine(OutputEmitter.Best(model));
            }
        }

        writer.WriteLine();
    }

    private static void EmitClassify(IndentedWriter writer, ClassModel model)
    {
        string name = model.Network.ClassName;
        bool isOneOfTwo = model.Network is { EndsInSigmoid: true, OutputLength: 1 };
        writer.WriteLine($"""
            /// <summary>
            /// Classifies an image of any size: <c>Prepare</c> and <c>Run</c> in one call. Pixels are prepared in memory that each thread keeps; nothing is allocated.
            /// </summary>
            {SourceParameters}
            /// <param name="top">Gets the most probable classes, the most probable first: as many as fit, or as there are.</param>
            {FormatParameter}
            /// <param name="crop">The part of the image that is used; all of it by default.</param>
            {StrideParameter}
            /// <returns>How many classes were written; what lies behind them in the span is as it was.</returns>
            /// <exception cref="{Names.ArgumentException}">A size is not positive, or the length of <paramref name="source"/> is wrong. Nothing was written.</exception>
            {Example($"""
                var top = new Prediction[5];
                int count = {name}.Classify(rgb, width, height, top);
                """)}
            public static int Classify(
                {Names.ReadOnlySpan}<byte> source, int sourceWidth, int sourceHeight, {Names.Span}<{Names.Runtime}.Prediction> top,
                {Names.Runtime}.PixelFormat format = {Names.Runtime}.PixelFormat.Rgb, {Names.Runtime}.Crop crop = default, int sourceStride = 0)
            """);
        using (writer.Block())
        {
            if (model.Packed is null)
            {
                writer.WriteLine("throw NotBuilt();");
                return;
            }

            string top = isOneOfTwo ? "TopOfTwo(scores[0]" : "Top(scores";
            writer.WriteLine($"""
                const int pixelBytes = (InputLength + 3) & ~3;
                byte* memory = {Names.Runtime}.ThreadScratch.GetForPixels(pixelBytes + (OutputLength * sizeof(float)));
                var pixels = new {Names.Span}<byte>(memory, InputLength);
                var scores = new {Names.Span}<float>(memory + pixelBytes, OutputLength);
                Prepare(source, sourceWidth, sourceHeight, pixels, format, crop, sourceStride);
                {(InterfacesEmitter.NeedsScores(model.Network) ? "Scores" : "Run")}(pixels, scores);
                """);
            if (model.Network.Unknown is null)
            {
                writer.WriteLine($"return {Names.Runtime}.Prediction.{top}, Labels, top);");
                return;
            }

            writer.WriteLine($"""
                int count = {Names.Runtime}.Prediction.{top}, Labels, top);
                for (int i = 0; i < count; i++)
                    top[i] = top[i]{OutputEmitter.Known(model.Network)};
                return count;
                """);
        }
    }

    protected override void EmitTensorPredictions(IndentedWriter writer, ClassModel model)
    {
        writer.WriteLine($"""
            /// <summary>Classifies an image tensor: {Texts.Prediction(model.Network)}.</summary>
            {TensorParameter(model.Network)}
            /// <exception cref="{Names.ArgumentException}">The shape is another.</exception>
            public static {Names.Runtime}.Prediction Run(in global::System.Numerics.Tensors.ReadOnlyTensorSpan<byte> pixels)
                => Run({PixelsOfTensor});
            """);
        writer.WriteLine();
    }
}
