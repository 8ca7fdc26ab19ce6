using System;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Weights.Export;
using MobileNetGen.Weights.Export.TensorFlowLite;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Packing;
using MobileNetGen.Weights.PostTraining;
using MobileNetGen.Weights.Reference;

namespace MobileNetGen.Weights.Operators;

/// <summary>A function of each value, for bytes a table.</summary>
/// <param name="function">The function.</param>
/// <param name="result">The scale of its bytes.</param>
/// <param name="onnx">ONNX's operator.</param>
/// <param name="tensorFlowLite">The number of TensorFlow Lite's.</param>
internal abstract class TrainedFunction(SourceFunction function, FixedScale result, string onnx, int tensorFlowLite) : TrainedOperator
{
    public sealed override bool Fits(Layer layer, SourceOperator found) => found is SourceElementwise e && e.Function == function;

    public sealed override TrainedLayer Match(LayerMatcher matcher, Layer layer, SourceOperator found) => matcher.Fixed(layer, found, result, $"{result.Scale:R}");

    /// <summary>
    /// Writes the 256 bytes of the function, TFLite's table for LOGISTIC and TANH: the value and the function in single precision, each rounded to the nearest, then the byte, halves away
    /// from zero.
    /// </summary>
    public sealed override PackedLayer Pack(NetworkPacker packer, Step step, TrainedLayer trained, PackedLayer packed)
    {
        if ((packer.Scale(step.Layer.Inputs[0]), trained.Output) is not ({ } input, { } output))
            return packed;
        (int inputZero, int outputZero) = (packer.Numbers.ToUnsigned(input.ZeroPoint), packer.Numbers.ToUnsigned(output.ZeroPoint));
        long offset = packer.Blob.Begin();
        for (int q = 0; q < 256; q++)
            packer.Blob.Write((byte)Math.Clamp((int)MathF.Round(OfByte(input.Scale * (q - inputZero)) / output.Scale, MidpointRounding.AwayFromZero) + outputZero, 0, 255));
        return packed with { FunctionTable = offset };
    }

    public sealed override float[] Compute(TrainedLayer trained, float[][] inputs) => [.. inputs[0].Select(Of)];

    public sealed override int[] Compute(TrainedLayer trained, QuantizedReference reference)
    {
        Layer layer = trained.Layer;
        (TensorScale x, TensorScale y) = (reference.Scale(layer.Inputs[0]), reference.Scale(layer.Name));
        return
        [
            .. reference.Result(layer.Inputs[0]).Select(q =>
            {
                float value = Naive(x.Scale * (q - x.ZeroPoint));
                return Math.Clamp((int)MathF.Round(value / y.Scale, MidpointRounding.AwayFromZero) + y.ZeroPoint, reference.Lowest, reference.Highest);
            }),
        ];
    }

    public sealed override TensorScale Scale(TensorScale read, Func<ActivationRange> range, int lowest) => new(result.Scale, result.ZeroPoint + lowest);

    public sealed override void Export(OnnxWriter writer, TrainedLayer trained, string linear) =>
        writer.Node(onnx, trained.Layer, [writer.Vector(trained.Layer)], linear);

    public sealed override int Export(TensorFlowLiteWriter writer, TrainedLayer trained, int input, int[] shape) =>
        writer.Operator(trained, shape, tensorFlowLite, [input]);

    /// <summary>The function, rounded once.</summary>
    protected abstract float Of(float x);

    /// <summary>The function as its table has it.</summary>
    protected abstract float OfByte(float x);

    /// <summary>The same from the machine's own library.</summary>
    protected abstract float Naive(float x);
}
