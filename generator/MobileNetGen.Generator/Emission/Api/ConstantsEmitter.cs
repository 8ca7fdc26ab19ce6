using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Emission.Api;

/// <summary>Writes the public constants.</summary>
internal static class ConstantsEmitter
{
    /// <summary>Writes them; those of its results a network's kind knows.</summary>
    public static void Emit(IndentedWriter writer, ClassModel model, System.Action outputs)
    {
        Network network = model.Network;
        string weightBytes = model.Packed is null ? "Bytes of packed weights; 0 until the project is built." : "Bytes of packed weights.";
        writer.WriteLine($"""
            /// <summary>Rows of the input image.</summary>
            public const int InputHeight = {network.Input.Height};

            /// <summary>Columns of the input image.</summary>
            public const int InputWidth = {network.Input.Width};

            /// <summary>Channels of the input image.</summary>
            public const int InputChannels = {network.Input.Channels};

            /// <summary>Bytes of the input image: rows · columns · channels.</summary>
            public const int InputLength = {Literals.Constant(network.Input.Length)};
            """);
        writer.WriteLine();
        outputs();
        writer.WriteLine();
        writer.WriteLine($"""
            /// <summary>Bytes of working memory that a call needs.</summary>
            public const int ScratchBytes = {Literals.Constant(model.Plan.ScratchBytes)};{Threads(model)}

            /// <summary>Multiply-adds of a call, as the papers count: those of convolutions and dense layers.</summary>
            public const long MultiplyAdds = {Literals.Constant(network.MultiplyAdds)};

            /// <summary>Parameters as the papers count: weights, and the biases of dense layers. Batch normalisation is folded in and not counted.</summary>
            public const long Parameters = {Literals.Constant(network.Parameters)};

            /// <summary>{weightBytes}</summary>
            public const long WeightBytes = {Literals.Constant(model.Packed?.BlobBytes ?? 0)};
            """);
    }

    private static string Threads(ClassModel model) => !model.IsShared ? "" : $"""


        /// <summary>The most threads of a team that share an image. Each but the first has <see cref="ScratchBytes"/> more of working memory, which the team keeps.</summary>
        public const int MaximumThreads = {model.Network.Threads};
        """;

    /// <summary>Writes the lengths of results, each in a span of its own.</summary>
    public static void Outputs(IndentedWriter writer, ClassModel model)
    {
        writer.WriteLine($"""
            /// <summary>Number of outputs: {Texts.ScoreKind(model.Network)}.</summary>
            public const int OutputLength = {model.Network.OutputLength};
            """);
        if (model.Network.Unknown?.Below is { } below)
        {
            writer.WriteLine();
            writer.WriteLine($"""
                /// <summary>The least probability of a prediction that is known.</summary>
                public const float UnknownBelow = {Literals.Single(below)};
                """);
        }

        if (model.Network.Unknown?.ClassName is { } unknown)
        {
            writer.WriteLine();
            writer.WriteLine($"""
                /// <summary>The class of images that show none of the others: a prediction of it is not known.</summary>
                public const string UnknownClass = {Literals.String(unknown)};
                """);
        }

        foreach (OutputParameter output in OutputParameter.Of(model.Network).Skip(1))
        {
            writer.WriteLine();
            writer.WriteLine($"""
                /// <summary>Number of values of {output.Output.Name}: {Texts.Values(output.Output)}.</summary>
                public const int {output.Length} = {output.Output.Length};
                """);
        }
    }
}
