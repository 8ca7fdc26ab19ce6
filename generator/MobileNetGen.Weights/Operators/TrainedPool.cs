using System;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Export;
using MobileNetGen.Weights.Export.TensorFlowLite;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.PostTraining;

namespace MobileNetGen.Weights.Operators;

/// <summary>A pool over the whole map.</summary>
/// <param name="onnx">ONNX's operator, which keeps height and width.</param>
/// <param name="tensorFlowLite">The number of TensorFlow Lite's.</param>
internal abstract class TrainedPool(string onnx, int tensorFlowLite) : TrainedOperator
{
    public sealed override TensorScale Scale(TensorScale read, Func<ActivationRange> range, int lowest) => read;

    public sealed override void Export(OnnxWriter writer, TrainedLayer trained, string linear) => writer.Pool(onnx, trained.Layer, linear);

    public override int Export(TensorFlowLiteWriter writer, TrainedLayer trained, int input, int[] shape) => writer.Operator(
        trained, shape, tensorFlowLite, [input],
        TensorFlowLiteWriter.PoolOptions, TensorFlowLiteWriter.Valid, 1, 1, trained.Layer.Input.Width, trained.Layer.Input.Height, TensorFlowLiteWriter.Code(Activation.Linear));
}
