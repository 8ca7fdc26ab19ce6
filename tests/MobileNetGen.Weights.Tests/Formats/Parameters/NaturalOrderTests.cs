using System;
using System.Linq;
using MobileNetGen.Weights.Formats.Parameters;

namespace MobileNetGen.Weights.Tests.Formats.Parameters;

public class NaturalOrderTests
{
    [Theory]
    [InlineData("features.2 features.10 features.10.conv features.11")]
    [InlineData("Conv Conv_1 Conv_2 Conv_10")]
    [InlineData("a a0 a00 a01 a1 a2 b")]
    [InlineData("a99999999999999999999998 a99999999999999999999999 a100000000000000000000000")]
    [InlineData("expanded_conv/project expanded_conv_1/expand expanded_conv_10/expand")]
    public void Numbers_count_as_numbers(string names)
    {
        string[] expected = names.Split(' ');
        Assert.Equal(expected, expected.Reverse().Order(NaturalOrder.Instance));
        Assert.Equal(expected, expected.Order(StringComparer.Ordinal).Order(NaturalOrder.Instance));
    }
}
