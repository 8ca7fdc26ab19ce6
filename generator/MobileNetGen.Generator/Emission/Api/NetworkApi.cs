using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Emission.Api;

/// <summary>Writes the public members of a class: what every kind of network has, and through those who derive from this, what its own kind has.</summary>
internal abstract class NetworkApi
{
    /// <summary>Documents scratch of the caller's.</summary>
    public const string ScratchParameter = "/// <param name=\"scratch\">At least <see cref=\"ScratchBytes\"/> bytes, at any address. Their content matters neither before nor after.</param>";

    /// <summary>Checks scratch of the caller's.</summary>
    public const string ScratchCheck = Names.Runtime + ".Require.AtLeast(scratch.Length, ScratchBytes, nameof(scratch), \"bytes of working memory\");";

    /// <summary>Makes the pixels of an image tensor a span.</summary>
    protected const string PixelsOfTensor = Names.Runtime + ".Require.Shape(pixels, InputHeight, InputWidth, InputChannels, nameof(pixels))";

    /// <summary>That of a network's kind.</summary>
    public static NetworkApi Of(Network network) => network switch
    {
        { Detector: not null } => new DetectorApi(),
        { EndsInProbabilities: true } => new ClassifierApi(),
        _ => new FeaturesApi(),
    };

    /// <summary>Writes all members.</summary>
    public void Emit(IndentedWriter writer, ClassModel model)
    {
        ConstantsEmitter.Emit(writer, model, () => EmitOutputConstants(writer, model));
        writer.WriteLine();
        EmitRuns(writer, model);
        writer.WriteLine();
        PrepareEmitter.Emit(writer, model);
        writer.WriteLine();
        LabelsEmitter.EmitProperty(writer, model);
        writer.WriteLine();
    }

    /// <summary>Writes the constants that say how large results are.</summary>
    protected virtual void EmitOutputConstants(IndentedWriter writer, ClassModel model) => ConstantsEmitter.Outputs(writer, model);

    /// <summary>Writes the methods that run the network.</summary>
    protected virtual void EmitRuns(IndentedWriter writer, ClassModel model)
    {
        EmitPredictions(writer, model);
        EmitScores(writer, model);
        writer.WriteLine();
        EmitTensorPredictions(writer, model);
        EmitTensors(writer, model);
        writer.WriteLine();
        RawEmitter.Emit(writer, model);
    }

    /// <summary>Writes what gives a conclusion from pixels, and an empty line behind it.</summary>
    protected virtual void EmitPredictions(IndentedWriter writer, ClassModel model)
    {
    }

    /// <summary>The same from a tensor.</summary>
    protected virtual void EmitTensorPredictions(IndentedWriter writer, ClassModel model)
    {
    }

    /// <summary>An argument list's last part: scratch from the stack, where the thread's has room for it, or what the thread keeps.</summary>
    public static string OwnScratch(ClassModel model)
    {
        const string kept = $"new {Names.Span}<byte>({Names.Runtime}.ThreadScratch.Get(ScratchBytes), ScratchBytes)";
        return model.Plan.FitsStack ? $"{Names.Runtime}.ThreadScratch.FitsStack(ScratchBytes) ? stackalloc byte[ScratchBytes] : {kept}" : kept;
    }

    /// <summary>A method that only adds scratch, or the exception before the first build.</summary>
    public static void Forward(IndentedWriter writer, ClassModel model, string signature, string call)
    {
        bool onStack = model.Packed is not null && model.Plan.FitsStack;
        if (onStack)
            writer.WriteLine(Names.SkipLocalsInit);
        writer.WriteLine(signature);
        writer.WriteLine(model.Packed is null ? "    => throw NotBuilt();" : $"    => {call};");
    }

    /// <summary>Runs the network on pixels in aligned scratch, in a method that has the parameter <see cref="OptionalTeam"/>.</summary>
    public static void Inference(IndentedWriter writer, ClassModel model, bool storesResults)
    {
        writer.WriteLine("byte* aligned = Align(memory);");
        ResultsEmitter.Declare(writer, model, raw: false, storesResults);
        string source = InputEmitter.ForPixels(model, "source");
        if (model.IsShared)
            TeamEmitter.Run(writer, model, source);
        else
            writer.WriteLine(ForwardEmitter.Call(model, source));
    }

    /// <summary>Documents a team.</summary>
    protected const string TeamParameter = "/// <param name=\"team\">The threads that share the work; null for this thread alone. More than <see cref=\"MaximumThreads\"/> do not take part.</param>";

    /// <summary>The last parameter of methods that a team may run, where there are such.</summary>
    public static string OptionalTeam(ClassModel model) => model.IsShared ? $", {Names.Runtime}.Team? team = null" : "";

    /// <summary>Checks how many pixels there are.</summary>
    public static void PixelsCheck(IndentedWriter writer, ClassModel model) => writer.WriteLine(
        $"{Names.Runtime}.Require.Length(pixels.Length, InputLength, nameof(pixels), \"the bytes of {Texts.Image(model.Network)}, which Prepare makes of any image\");");

    /// <summary>Documents the pixels.</summary>
    protected static string PixelsParameter(ClassModel model)
    {
        Network network = model.Network;
        string meaning = network.InputType == Quantization.Float32
            ? $"They are normalised here: {Texts.Normalization(network.Normalization)}."
            : "A quantised network takes them as they are: its scale holds the normalisation.";
        return $"""
            /// <param name="pixels">
            /// The {network.Input.Height}×{network.Input.Width} image, {Texts.PixelLayout(network)}; {Literals.Grouped(network.Input.Length)} bytes.
            /// {meaning}
            /// </param>
            """;
    }

    /// <summary>Documents an image tensor.</summary>
    protected static string TensorParameter(Network network) =>
        $"/// <param name=\"pixels\">The image, of shape [{network.Input.Height}, {network.Input.Width}, {network.Input.Channels}] or [1, {network.Input.Height}, {network.Input.Width}, {network.Input.Channels}], dense.</param>";

    /// <summary>Documents an image of any size.</summary>
    public const string SourceParameters = """
        /// <param name="source">The image, row by row from the top.</param>
        /// <param name="sourceWidth">Columns of the image.</param>
        /// <param name="sourceHeight">Rows of the image.</param>
        """;

    /// <summary>Documents how an image of any size is stored.</summary>
    public const string FormatParameter =
        "/// <param name=\"format\">How <paramref name=\"source\"/> stores a pixel: of four bytes a pixel, most decoders give Bgra or Rgba. In the wrong order colours are wrong, and so is the result.</param>";

    /// <summary>Documents the last of an image's parameters.</summary>
    public const string StrideParameter = "/// <param name=\"sourceStride\">Bytes from one row of the image to the next; 0 means that rows follow without a gap.</param>";

    /// <summary>An example of calls, in a member's documentation.</summary>
    protected static string Example(string code) =>
        $"/// <example>\n/// <code>\n{string.Join("\n", code.Split('\n').Select(line => "/// " + Literals.Documentation(line.TrimEnd('\r'))))}\n/// </code>\n/// </example>";

    private static void EmitScores(IndentedWriter writer, ClassModel model)
    {
        IReadOnlyList<OutputParameter> outputs = OutputParameter.Of(model.Network);
        string scores = string.Join("\n", outputs.Select((o, i) => $"/// <param name=\"{o.Scores}\">Gets the {(i == 0 ? Texts.MeantScores(model.Network) : Texts.Values(o.Output))}.</param>"));
        string spans = string.Join(", ", outputs.Select(o => $"{Names.Span}<float> {o.Scores}")), names = string.Join(", ", outputs.Select(o => o.Scores));
        writer.WriteLine($"""
            /// <summary>Runs the network on an image.</summary>
            {PixelsParameter(model)}
            {scores}
            /// <exception cref="{Names.ArgumentException}">A length is wrong. Nothing was written.</exception>
            """);
        Forward(writer, model, $"public static void Run({Names.ReadOnlySpan}<byte> pixels, {spans})", $"Run(pixels, {names}, {OwnScratch(model)})");
        writer.WriteLine();
        if (model.IsShared)
        {
            writer.WriteLine($"""
                /// <summary>Runs the network on an image, on the threads of a team: sooner, with the same result.</summary>
                {PixelsParameter(model)}
                {scores}
                {TeamParameter}
                /// <exception cref="{Names.ArgumentException}">A length is wrong. Nothing was written.</exception>
                """);
            Forward(writer, model, $"public static void Run({Names.ReadOnlySpan}<byte> pixels, {spans}, {Names.Runtime}.Team? team)", $"Run(pixels, {names}, {OwnScratch(model)}, team)");
            writer.WriteLine();
        }

        writer.WriteLine($"""
            /// <summary>Runs the network on an image, in working memory of the caller's.</summary>
            {PixelsParameter(model)}
            {scores}
            {ScratchParameter}{(model.IsShared ? "\n" + TeamParameter : "")}
            /// <exception cref="{Names.ArgumentException}">A length is wrong. Nothing was written.</exception>
            """);
        string signature = $"public static void Run({Names.ReadOnlySpan}<byte> pixels, {spans}, {Names.Span}<byte> scratch{OptionalTeam(model)})";
        if (model.Packed is null)
        {
            Forward(writer, model, signature, "");
            return;
        }

        writer.WriteLine(signature);
        using (writer.Block())
        {
            PixelsCheck(writer, model);
            foreach (OutputParameter output in outputs)
                writer.WriteLine($"{Names.Runtime}.Require.Length({output.Scores}.Length, {output.Length}, nameof({output.Scores}), \"{output.What}\");");
            writer.WriteLine(ScratchCheck);
            writer.WriteLine("fixed (byte* source = pixels, memory = scratch)");
            ResultsEmitter.Pin(writer, model, raw: false);
            using (writer.Block())
            {
                Inference(writer, model, storesResults: true);
                if (model.Network.KeepsOutput)
                    OutputEmitter.Scores(writer, model);
            }
        }
    }

    private static void EmitTensors(IndentedWriter writer, ClassModel model)
    {
        IReadOnlyList<OutputParameter> outputs = OutputParameter.Of(model.Network);
        string scores = string.Join("\n", outputs.Select(o => $"/// <param name=\"{o.Scores}\">Gets the {o.What}, of shape {Shapes(o.Output)}, dense.</param>"));
        string spans = string.Join(", ", outputs.Select(o => $"in global::System.Numerics.Tensors.TensorSpan<float> {o.Scores}"));
        writer.WriteLine($"""
            /// <summary>Runs the network on an image tensor.</summary>
            {TensorParameter(model.Network)}
            {scores}
            /// <exception cref="{Names.ArgumentException}">A shape is another. Nothing was written.</exception>
            public static void Run(in global::System.Numerics.Tensors.ReadOnlyTensorSpan<byte> pixels, {spans})
                => Run(
                    {PixelsOfTensor},
            """);
        for (int i = 0; i < outputs.Count; i++)
            writer.WriteLine($"        {Names.Runtime}.Require.Shape({outputs[i].Scores}, {Sizes(outputs[i])}, nameof({outputs[i].Scores})){(i + 1 < outputs.Count ? "," : ");")}");
    }

    private static string Shapes(NetworkOutput output)
    {
        string sizes = output.IsVector ? $"{output.Length}" : $"{output.Shape.Height}, {output.Shape.Width}, {output.Shape.Channels}";
        return $"[{sizes}] or [1, {sizes}]";
    }

    private static string Sizes(OutputParameter output) =>
        output.Output.IsVector ? output.Length : $"{output.Output.Shape.Height}, {output.Output.Shape.Width}, {output.Output.Shape.Channels}";
}
