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

internal sealed class TrainedAdd : TrainedOperator
{
    public override bool Fits(Layer layer, SourceOperator found) => found is SourceAdd;

    public override TrainedLayer Match(LayerMatcher matcher, Layer layer, SourceOperator found)
    {
        matcher.CheckActivation(layer, found, ((SourceAdd)found).Activation);
        return matcher.Plain(layer, found);
    }

    public override PackedLayer Pack(NetworkPacker packer, Step step, TrainedLayer trained, PackedLayer packed) =>
        packer.Activated(packed with { Add = Numbers(packer, packer.Scale(step.Layer.Inputs[0]), packer.Scale(step.Layer.Inputs[1]), trained) }, trained);

    /// <summary>The numbers of an addition, of which a step before may be the left operand; null in float32.</summary>
    public static PackedAdd? Numbers(NetworkPacker packer, TensorScale? leftScale, TensorScale? rightScale, TrainedLayer layer)
    {
        if ((leftScale, rightScale, layer.Linear) is not ({ } left, { } right, { } output))
            return null;

        QuantizedNumbers numbers = packer.Numbers;
        (int min, int max) = numbers.Clamp(layer.Layer.Activation, output);
        PackedAdd add = Integers(numbers.ToUnsigned(left), numbers.ToUnsigned(right), numbers.ToUnsigned(output), min, max);
        return SinglePrecisionAdd.Find(add) is { } single
            ? add with { LeftFactor = Text(single.LeftFactor), RightFactor = Text(single.RightFactor), Offset = Text(single.Offset) }
            : add;

        static string Text(float value) => value.ToString("R", CultureInfo.InvariantCulture);
    }

    /// <summary>The integers of an addition, all in the unsigned domain.</summary>
    public static PackedAdd Integers(TensorScale left, TensorScale right, TensorScale output, int min, int max)
    {
        // TFLite's add.cc: twice the larger scale keeps the sum of both in range; 20 bits of headroom.
        double twice = 2.0 * Math.Max(left.Scale, right.Scale);
        FixedPointMultiplier l = FixedPointMultiplier.From(left.Scale / twice);
        FixedPointMultiplier r = FixedPointMultiplier.From(right.Scale / twice);
        FixedPointMultiplier o = FixedPointMultiplier.From(twice / ((1 << 20) * (double)output.Scale));
        return new PackedAdd(left.ZeroPoint, l.Multiplier, l.Shift, right.ZeroPoint, r.Multiplier, r.Shift, o.Multiplier, o.Shift, output.ZeroPoint, min, max);
    }

    public override float[] Compute(TrainedLayer trained, float[][] inputs) => [.. inputs[0].Zip(inputs[1], (a, b) => a + b)];

    public override int[] Compute(TrainedLayer trained, QuantizedReference reference)
    {
        Layer layer = trained.Layer;
        (TensorScale a, TensorScale b, TensorScale y) = (reference.Scale(layer.Inputs[0]), reference.Scale(layer.Inputs[1]), trained.Linear!.Value);
        double twice = 2 * (double)Math.Max(a.Scale, b.Scale);
        ExactMultiplier fa = ExactMultiplier.Of(a.Scale / twice), fb = ExactMultiplier.Of(b.Scale / twice), fy = ExactMultiplier.Of(twice / (Math.Pow(2, 20) * y.Scale));
        (int low, int high) = reference.Range(layer.Activation, y);
        return
        [
            .. reference.Result(layer.Inputs[0]).Zip(reference.Result(layer.Inputs[1]), (p, q) =>
            {
                int sum = QuantizedReference.RoundTwice(fa, (p - a.ZeroPoint) << 20) + QuantizedReference.RoundTwice(fb, (q - b.ZeroPoint) << 20);
                return Math.Clamp(QuantizedReference.RoundTwice(fy, sum) + y.ZeroPoint, low, high);
            }),
        ];
    }

    public override TensorScale Scale(TensorScale read, Func<ActivationRange> range, int lowest) => range().ToScale(lowest);

    public override void Export(OnnxWriter writer, TrainedLayer trained, string linear) =>
        writer.Node("Add", trained.Layer, [writer.Read(trained.Layer, 0), writer.Read(trained.Layer, 1)], linear);

    public override int Export(TensorFlowLiteWriter writer, TrainedLayer trained, int input, int[] shape) => writer.Operator(
        trained, shape, BuiltinOperator.Add, [input, writer.Tensor(trained.Layer.Inputs[1])], TensorFlowLiteWriter.AddOptions, TensorFlowLiteWriter.Code(trained.Layer.Activation));
}
