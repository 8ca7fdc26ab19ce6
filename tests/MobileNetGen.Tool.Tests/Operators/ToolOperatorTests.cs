using System.Linq;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Tool.Info;
using MobileNetGen.Tool.Operators;

namespace MobileNetGen.Tool.Tests.Operators;

public sealed class ToolOperatorTests
{
    [Fact]
    public void Every_operator_is_known() => Assert.Empty(Operator.All.Except(ToolOperator.Table.Known));
}
