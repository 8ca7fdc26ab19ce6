using System;
using System.Globalization;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Weights.Export;
using MobileNetGen.Weights.Export.TensorFlowLite;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.TensorFlowLite;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Numerics;
using MobileNetGen.Weights.Packing;
using MobileNetGen.Weights.PostTraining;
using MobileNetGen.Weights.Reference;

namespace MobileNetGen.Weights.Operators;

/// <summary>A map times a factor for each of its channels: TensorFlow Lite's MUL with broadcasting.</summary>
internal sealed class TrainedMultiply : TrainedOperator
{
    public override string Word => "multiply";

    public override bool Fits(Layer layer, SourceOperator found) => found is SourceMultiply;

    public override TrainedLayer Match(LayerMatcher matcher, Layer layer, SourceOperator found) => matcher.Plain(layer, found);

    public override PackedLayer Pack(NetworkPacker packer, Step step, TrainedLayer trained, PackedLayer packed)
    {
        if ((packer.Scale(step.Layer.Inputs[0]), packer.Scale(step.Layer.Inputs[1]), trained.Output) is not ({ } map, { } factors, { } output))
            return packed;
        QuantizedNumbers numbers = packer.Numbers;
        FixedPointMultiplier product = FixedPointMultiplier.From(Factor(map, factors, output));
        (int min, int max) = numbers.Clamp(Activation.Linear, output);
        var multiply = new PackedMultiply(
            numbers.ToUnsigned(map.ZeroPoint), numbers.ToUnsigned(factors.ZeroPoint), product.Multiplier, product.Shift, numbers.ToUnsigned(output.ZeroPoint), min, max);
        return packed with
        {
            Multiply = SinglePrecisionMultiply.Find(multiply.MapZeroPoint, multiply.FactorZeroPoint, product, multiply.OutputZeroPoint, min, max) is { } single
                ? multiply with { Scale = Text(single.Scale), Nudge = Text(single.Nudge) }
                : multiply,
        };

        static string Text(float value) => value.ToString("R", CultureInfo.InvariantCulture);
    }

    public override float[] Compute(TrainedLayer trained, float[][] inputs) => [.. inputs[0].Select((x, i) => x * inputs[1][i % inputs[1].Length])];

    public override int[] Compute(TrainedLayer trained, QuantizedReference reference)
    {
        Layer layer = trained.Layer;
        (TensorScale x, TensorScale f, TensorScale y) = (reference.Scale(layer.Inputs[0]), reference.Scale(layer.Inputs[1]), reference.Scale(layer.Name));
        ExactMultiplier factor = ExactMultiplier.Of(Factor(x, f, y));
        int[] factors = reference.Result(layer.Inputs[1]);
        return
        [
            .. reference.Result(layer.Inputs[0]).Select((q, i) => Math.Clamp(
                QuantizedReference.RoundTwice(factor, (q - x.ZeroPoint) * (factors[i % factors.Length] - f.ZeroPoint)) + y.ZeroPoint, reference.Lowest, reference.Highest)),
        ];
    }

    public override TensorScale Scale(TensorScale read, Func<ActivationRange> range, int lowest) => range().ToScale(lowest);

    public override void Export(OnnxWriter writer, TrainedLayer trained, string linear) =>
        writer.Node("Mul", trained.Layer, [writer.Read(trained.Layer, 0), writer.Factors(trained.Layer)], linear);

    public override int Export(TensorFlowLiteWriter writer, TrainedLayer trained, int input, int[] shape) => writer.Operator(
        trained, shape, BuiltinOperator.Mul, [input, writer.Tensor(trained.Layer.Inputs[1])], TensorFlowLiteWriter.MultiplyOptions, TensorFlowLiteWriter.Code(Activation.Linear));

    /// <summary>sx · sf / sy, which TensorFlow Lite's MUL computes in single precision.</summary>
    internal static float Factor(TensorScale map, TensorScale factors, TensorScale output) => map.Scale * factors.Scale / output.Scale;
}
