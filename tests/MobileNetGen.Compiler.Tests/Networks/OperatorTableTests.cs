using System;
using MobileNetGen.Compiler.Networks.Operators;

namespace MobileNetGen.Compiler.Tests.Networks;

public sealed class OperatorTableTests
{
    [Fact]
    public void An_operator_that_a_stage_does_not_know_is_an_error_that_names_the_stage()
    {
        var table = new OperatorTable<string>("The picture", (Operator.Add, "+"));
        Assert.Equal(("+", "The picture does not know the operator 'softmax'."), (table[Operator.Add], Assert.Throws<InvalidOperationException>(() => table[Operator.Softmax]).Message));
        Assert.Equal([Operator.Add], table.Known);
    }
}
