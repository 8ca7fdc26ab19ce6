using System;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Weights.Export.TensorFlowLite;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.TensorFlowLite;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Numerics;
using MobileNetGen.Weights.Packing;
using MobileNetGen.Weights.Reference;

namespace MobileNetGen.Weights.Operators;

internal sealed class TrainedAveragePool() : TrainedPool("GlobalAveragePool", BuiltinOperator.AveragePool)
{
    public override (SourceFollower Kind, string Text) Follower => (SourceFollower.AveragePool, "an average pool");

    public override bool Fits(Layer layer, SourceOperator found) => found is SourcePool { Kind: not SourcePoolKind.Max };

    public override TrainedLayer Match(LayerMatcher matcher, Layer layer, SourceOperator found)
    {
        var pool = (SourcePool)found;
        SourceValue input = matcher.Value(pool.Input);
        TrainedLayer trained = pool.Kind == SourcePoolKind.Mean ? matcher.Plain(layer, pool) : matcher.Unscaled(layer, pool);
        if (pool is { Kind: SourcePoolKind.Mean, KeepDimensions: false } && input.Quantization is not null)
            matcher.Note($"{layer.Name}: a quantised MEAN without kept dimensions is computed like one with; no network was at hand to test that");
        return trained with
        {
            Pool = (input.Type, pool.Kind) switch
            {
                (ElementType.UInt8, SourcePoolKind.AveragePool) => PoolKind.AverageUInt8,
                (ElementType.UInt8, _) => PoolKind.MeanUInt8,
                (ElementType.Int8, SourcePoolKind.AveragePool) => PoolKind.AverageInt8,
                (ElementType.Int8, _) => PoolKind.MeanInt8,
                _ => null,
            },
        };
    }

    public override PackedLayer Pack(NetworkPacker packer, Step step, TrainedLayer trained, PackedLayer packed)
    {
        if ((packer.Scale(step.Layer.Inputs[0]), trained.Output) is not ({ } input, { } output))
            return packed;
        PoolKind kind = trained.Pool!.Value;
        int pixels = step.Layer.Input.Height * step.Layer.Input.Width;
        QuantizedNumbers numbers = packer.Numbers;
        (int min, int max) = numbers.Clamp(Activation.Linear, output);
        FixedPointMultiplier factor = kind switch
        {
            PoolKind.MeanInt8 => FixedPointMultiplier.From((double)input.Scale / output.Scale),
            PoolKind.MeanUInt8 => FixedPointMultiplier.From((float)(input.Scale / (pixels * output.Scale))),
            _ => default,
        };
        float zero = input.ZeroPoint * input.Scale / output.Scale;
        int bias = output.ZeroPoint - (int)MathF.Round(zero, MidpointRounding.AwayFromZero);
        return packed with
        {
            Pool = new PackedPool(
                kind, numbers.ToUnsigned(input.ZeroPoint), factor.Multiplier, factor.Shift, kind == PoolKind.MeanUInt8 ? bias : 0, numbers.ToUnsigned(output.ZeroPoint), min, max),
        };
    }

    public override float[] Compute(TrainedLayer trained, float[][] inputs)
    {
        int channels = trained.Layer.Input.Channels, pixels = trained.Layer.Input.Height * trained.Layer.Input.Width;
        float[] x = inputs[0], y = new float[channels];
        for (int i = 0; i < x.Length; i++)
            y[i % channels] += x[i];
        for (int c = 0; c < channels; c++)
            y[c] /= pixels;
        return y;
    }

    public override int[] Compute(TrainedLayer trained, QuantizedReference reference)
    {
        Layer layer = trained.Layer;
        (TensorScale x, TensorScale y) = (reference.Scale(layer.Inputs[0]), reference.Scale(layer.Name));
        int[] q = reference.Result(layer.Inputs[0]);
        int channels = layer.Input.Channels, pixels = q.Length / channels;
        var results = new int[channels];
        for (int c = 0; c < channels; c++)
        {
            int sum = 0;
            for (int i = c; i < q.Length; i += channels)
                sum += q[i];
            int mean = trained.Pool switch
            {
                PoolKind.AverageUInt8 => (sum + (pixels / 2)) / pixels,
                PoolKind.AverageInt8 => AwayFromZero(sum, pixels),
                PoolKind.MeanInt8 => AwayFromZero(QuantizedReference.RoundTwice(ExactMultiplier.Of((double)x.Scale / y.Scale), sum - (pixels * x.ZeroPoint)), pixels) + y.ZeroPoint,
                _ => QuantizedReference.RoundTwice(ExactMultiplier.Of((float)(x.Scale / (pixels * y.Scale))), sum) + y.ZeroPoint - (int)MathF.Round(x.ZeroPoint * x.Scale / y.Scale, MidpointRounding.AwayFromZero),
            };
            results[c] = Math.Clamp(mean, reference.Lowest, reference.Highest);
        }

        return results;

        static int AwayFromZero(int sum, int count) => (sum + (sum < 0 ? -(count / 2) : count / 2)) / count;
    }

    public override PoolKind? Pool(bool isSigned) => isSigned ? PoolKind.AverageInt8 : PoolKind.AverageUInt8;

    public override int Export(TensorFlowLiteWriter writer, TrainedLayer trained, int input, int[] shape)
    {
        if (trained.Pool != PoolKind.MeanInt8)
            return base.Export(writer, trained, input, shape);
        int output = writer.Map(trained.Layer.Name, shape, trained.Output!.Value);
        int axes = writer.Integers($"{trained.Layer.Name}/axes", [2], 1, 2);
        writer.File.Operator(BuiltinOperator.Mean, 2, [input, axes], output, TensorFlowLiteWriter.ReducerOptions, (byte)1);
        return output;
    }
}
