using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Emission.Api;

/// <summary>A network that ends in probabilities: it also has methods that give the best class.</summary>
internal sealed class ClassifierApi : NetworkApi
{
    protected override void EmitPredictions(IndentedWriter writer, ClassModel model)
    {
        writer.WriteLine($"""
            /// <summary>Classifies an image: {Texts.Prediction(model.Network)}.</summary>
            {PixelsParameter(model)}
            /// <exception cref="{Names.ArgumentException}">The length is wrong.</exception>
            """);
        Forward(writer, model, $"public static {Names.Runtime}.Prediction Run({Names.ReadOnlySpan}<byte> pixels)", $"Best(pixels, {OwnScratch(model)})");
        writer.WriteLine();
        if (model.Packed is null)
            return;

        writer.WriteLine($"private static {Names.Runtime}.Prediction Best({Names.ReadOnlySpan}<byte> pixels, {Names.Span}<byte> scratch)");
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
