using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Emission.Api;

/// <summary>Writes the public constants.</summary>
internal static class ConstantsEmitter
{
    public static void Emit(IndentedWriter writer, ClassModel model)
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

            /// <summary>Number of outputs: {Texts.ScoreKind(network)}.</summary>
            public const int OutputLength = {network.OutputLength};
            """);
        foreach (OutputParameter output in OutputParameter.Of(network).Skip(1))
        {
            writer.WriteLine();
            writer.WriteLine($"""
                /// <summary>Number of values of {output.Output.Name}: {Texts.Values(output.Output)}.</summary>
                public const int {output.Length} = {output.Output.Length};
                """);
        }

        writer.WriteLine();
        writer.WriteLine($"""
            /// <summary>Bytes of working memory that a call needs.</summary>
            public const int ScratchBytes = {Literals.Constant(model.Plan.ScratchBytes)};

            /// <summary>Multiply-adds of a call, as the papers count: those of convolutions and dense layers.</summary>
            public const long MultiplyAdds = {Literals.Constant(network.MultiplyAdds)};

            /// <summary>Parameters as the papers count: weights, and the biases of dense layers. Batch normalisation is folded in and not counted.</summary>
            public const long Parameters = {Literals.Constant(network.Parameters)};

            /// <summary>{weightBytes}</summary>
            public const long WeightBytes = {Literals.Constant(model.Packed?.BlobBytes ?? 0)};
            """);
    }
}
