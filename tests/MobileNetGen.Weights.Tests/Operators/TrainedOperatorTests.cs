using System.Linq;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Weights.Operators;

namespace MobileNetGen.Weights.Tests.Operators;

public sealed class TrainedOperatorTests
{
    [Fact]
    public void Every_operator_is_known() => Assert.Empty(Operator.All.Except(TrainedOperator.Table.Known));
}
