using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;

namespace MobileNetGen.Weights.Operators;

internal sealed class TrainedPointwise : TrainedFilter
{
    public override bool Fits(Layer layer, SourceOperator found) => found is SourceConvolution || (found is SourceDense && layer.Input.IsVector);
}
