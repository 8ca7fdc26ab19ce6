using System;
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

internal sealed class TrainedSoftmax : TrainedOperator
{
    public override string Word => "softmax";

    public override (SourceFollower Kind, string Text) Follower => (SourceFollower.Softmax, "a softmax");

    public override bool Fits(Layer layer, SourceOperator found) => found is SourceSoftmax;

    public override TrainedLayer Match(LayerMatcher matcher, Layer layer, SourceOperator found) => ((SourceSoftmax)found).Beta == 1
        ? matcher.Fixed(layer, found, FixedScale.Unit, "1/256")
        : throw matcher.Mismatch(layer, "a softmax with beta 1", $"{found.Place} with another", "convert the network again");

    /// <summary>Writes exp(−s · k) for k = 255 … 0, TFLite's softmax table.</summary>
    public override PackedLayer Pack(NetworkPacker packer, Step step, TrainedLayer trained, PackedLayer packed)
    {
        if (packer.Scale(step.Layer.Inputs[0]) is not { } input)
            return packed;
        long offset = packer.Blob.Begin();
        for (int i = 0; i < 256; i++)
            packer.Blob.Write((float)DeterministicMath.Exp(-input.Scale * (255 - i)));
        return packed with { SoftmaxTable = offset };
    }

    public override float[] Compute(TrainedLayer trained, float[][] inputs)
    {
        float max = inputs[0].Max();
        double[] exponentials = [.. inputs[0].Select(v => DeterministicMath.Exp((double)v - max))];
        double sum = exponentials.Sum();
        return [.. exponentials.Select(e => (float)(e / sum))];
    }

    public override int[] Compute(TrainedLayer trained, QuantizedReference reference)
    {
        int[] q = reference.Result(trained.Layer.Inputs[0]);
        float scale = -reference.Scale(trained.Layer.Inputs[0]).Scale;
        int max = q.Max();
        float[] exponentials = [.. q.Select(v => (float)Math.Exp(scale * (max - v)))];
        float sum = 0;
        foreach (float e in exponentials)
            sum += e;
        float inverse = 1f / (sum * (1f / 256));
        return [.. exponentials.Select(e => Math.Clamp(reference.IsSigned ? (int)MathF.Round(e * inverse) - 128 : (int)((e * inverse) + 0.5f), reference.Lowest, reference.Highest))];
    }

    public override TensorScale Scale(TensorScale read, Func<ActivationRange> range, int lowest) => new(FixedScale.Unit.Scale, FixedScale.Unit.ZeroPoint + lowest);

    public override void Export(OnnxWriter writer, TrainedLayer trained, string linear)
    {
        string logits = writer.Vector(trained.Layer);
        writer.Logits(logits);
        writer.Node("Softmax", trained.Layer, [logits], linear, OnnxAttribute.Integer("axis", 1));
    }

    public override int Export(TensorFlowLiteWriter writer, TrainedLayer trained, int input, int[] shape)
    {
        int[] row = [1, trained.Layer.Output.Channels];
        int logits = writer.Reshape($"{trained.Layer.Name}/row", input, row, writer.Scale(trained.Layer.Inputs[0]));
        return writer.Operator(trained, row, BuiltinOperator.Softmax, [logits], TensorFlowLiteWriter.SoftmaxOptions, 1f);
    }
}
