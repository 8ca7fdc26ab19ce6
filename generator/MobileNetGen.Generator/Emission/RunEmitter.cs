using MobileNetGen.Compiler.Networks;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Emission;

/// <summary>Writes the methods that take pixels and give scores.</summary>
internal static class RunEmitter
{
    /// <summary>Documents scratch of the caller's.</summary>
    public const string ScratchParameter = "/// <param name=\"scratch\">At least <see cref=\"ScratchBytes\"/> bytes, at any address. Their content matters neither before nor after.</param>";

    /// <summary>Checks scratch of the caller's.</summary>
    public const string ScratchCheck = Runtime + ".Require.AtLeast(scratch.Length, ScratchBytes, nameof(scratch), \"bytes of working memory\");";

    private const string Runtime = "global::MobileNetGen.Runtime";

    public static void Emit(IndentedWriter writer, ClassModel model)
    {
        if (model.Network.EndsInProbabilities)
        {
            EmitPrediction(writer, model);
            writer.WriteLine();
        }

        EmitScores(writer, model);
        writer.WriteLine();
        EmitTensors(writer, model);
    }

    /// <summary>An argument list's last part: scratch from the stack, where the thread's has room for it, or what the thread keeps.</summary>
    public static string OwnScratch(ClassModel model)
    {
        const string kept = $"new Span<byte>({Runtime}.ThreadScratch.Get(ScratchBytes), ScratchBytes)";
        return model.Plan.FitsStack ? $"{Runtime}.ThreadScratch.FitsStack(ScratchBytes) ? stackalloc byte[ScratchBytes] : {kept}" : kept;
    }

    /// <summary>A method that only adds scratch, or the exception before the first build.</summary>
    public static void Forward(IndentedWriter writer, ClassModel model, string signature, string call)
    {
        bool onStack = model.Packed is not null && model.Plan.FitsStack;
        if (onStack)
            writer.WriteLine("[SkipLocalsInit]");
        writer.WriteLine(signature);
        writer.WriteLine(model.Packed is null ? "    => throw NotBuilt();" : $"    => {call};");
    }

    private static void EmitPrediction(IndentedWriter writer, ClassModel model)
    {
        writer.WriteLine($"""
            /// <summary>Classifies an image: {Texts.Prediction(model.Network)}.</summary>
            {PixelsParameter(model)}
            /// <exception cref="ArgumentException">The length is wrong.</exception>
            """);
        Forward(writer, model, $"public static {Runtime}.Prediction Run(ReadOnlySpan<byte> pixels)", $"Best(pixels, {OwnScratch(model)})");
        if (model.Packed is null)
            return;

        writer.WriteLine();
        writer.WriteLine($"private static {Runtime}.Prediction Best(ReadOnlySpan<byte> pixels, Span<byte> scratch)");
        using (writer.Block())
        {
            PixelsCheck(writer, model);
            writer.WriteLine("fixed (byte* source = pixels, memory = scratch)");
            using (writer.Block())
            {
                Inference(writer, model);
                writer.WriteLine(OutputEmitter.Best(model));
            }
        }
    }

    private static void EmitScores(IndentedWriter writer, ClassModel model)
    {
        string scores = $"/// <param name=\"scores\">Gets the {Texts.MeantScores(model.Network)}.</param>";
        writer.WriteLine($"""
            /// <summary>Runs the network on an image.</summary>
            {PixelsParameter(model)}
            {scores}
            /// <exception cref="ArgumentException">A length is wrong. Nothing was written.</exception>
            """);
        Forward(writer, model, "public static void Run(ReadOnlySpan<byte> pixels, Span<float> scores)", $"Run(pixels, scores, {OwnScratch(model)})");
        writer.WriteLine();
        writer.WriteLine($"""
            /// <summary>Runs the network on an image, in working memory of the caller's.</summary>
            {PixelsParameter(model)}
            {scores}
            {ScratchParameter}
            /// <exception cref="ArgumentException">A length is wrong. Nothing was written.</exception>
            """);
        const string signature = "public static void Run(ReadOnlySpan<byte> pixels, Span<float> scores, Span<byte> scratch)";
        if (model.Packed is null)
        {
            Forward(writer, model, signature, "");
            return;
        }

        writer.WriteLine(signature);
        using (writer.Block())
        {
            PixelsCheck(writer, model);
            writer.WriteLine($"""
                {Runtime}.Require.Length(scores.Length, OutputLength, nameof(scores), "{Texts.ScoreKind(model.Network)}");
                {ScratchCheck}
                fixed (byte* source = pixels, memory = scratch)
                """);
            using (writer.Block())
            {
                Inference(writer, model);
                OutputEmitter.Scores(writer, model);
            }
        }
    }

    private static void EmitTensors(IndentedWriter writer, ClassModel model)
    {
        Network network = model.Network;
        string pixels = $"/// <param name=\"pixels\">The image, of shape [{network.Input.Height}, {network.Input.Width}, {network.Input.Channels}] or [1, {network.Input.Height}, {network.Input.Width}, {network.Input.Channels}], dense.</param>";
        const string span = Runtime + ".Require.Shape(pixels, InputHeight, InputWidth, InputChannels, nameof(pixels))";
        if (network.EndsInProbabilities)
        {
            writer.WriteLine($"""
                /// <summary>Classifies an image tensor: {Texts.Prediction(network)}.</summary>
                {pixels}
                /// <exception cref="ArgumentException">The shape is another.</exception>
                public static {Runtime}.Prediction Run(in ReadOnlyTensorSpan<byte> pixels)
                    => Run({span});
                """);
            writer.WriteLine();
        }

        writer.WriteLine($"""
            /// <summary>Runs the network on an image tensor.</summary>
            {pixels}
            /// <param name="scores">Gets the {Texts.ScoreKind(network)}, of shape [{network.OutputLength}] or [1, {network.OutputLength}], dense.</param>
            /// <exception cref="ArgumentException">A shape is another. Nothing was written.</exception>
            public static void Run(in ReadOnlyTensorSpan<byte> pixels, in TensorSpan<float> scores)
                => Run(
                    {span},
                    {Runtime}.Require.Shape(scores, OutputLength, nameof(scores)));
            """);
    }

    private static void Inference(IndentedWriter writer, ClassModel model)
    {
        writer.WriteLine("byte* aligned = Align(memory);");
        writer.WriteLine(ForwardEmitter.Call(InputEmitter.ForPixels(model, "source")));
    }

    private static void PixelsCheck(IndentedWriter writer, ClassModel model) => writer.WriteLine(
        $"{Runtime}.Require.Length(pixels.Length, InputHeight * InputWidth * InputChannels, nameof(pixels), \"the bytes of {Texts.Image(model.Network)}\");");

    private static string PixelsParameter(ClassModel model)
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
}
