using System.Linq;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Generator.Emission.Operators;

namespace MobileNetGen.Generator.Tests;

public class OperatorEmitterTests
{
    [Fact]
    public void Every_operator_is_known() => Assert.Empty(Operator.All.Except(OperatorEmitter.All.Known));
}
