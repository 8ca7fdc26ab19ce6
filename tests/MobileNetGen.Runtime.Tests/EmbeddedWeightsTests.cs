using System;
using System.Reflection;

namespace MobileNetGen.Runtime.Tests;

public sealed unsafe class EmbeddedWeightsTests
{
    private static readonly Assembly s_assembly = typeof(EmbeddedWeightsTests).Assembly;

    [Fact]
    public void The_pointer_shows_the_resource_and_stays_the_same()
    {
        byte* weights = EmbeddedWeights.Open(s_assembly, "weights.bin", 16);
        GC.Collect();
        Assert.Equal("sixteen bytes ok"u8.ToArray(), new ReadOnlySpan<byte>(weights, 16).ToArray());
        Assert.True(weights == EmbeddedWeights.Open(s_assembly, "weights.bin", 16));
    }

    [Fact]
    public void A_missing_resource_is_named()
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => { EmbeddedWeights.Open(s_assembly, "absent.bin", 16); });
        Assert.Contains("'absent.bin'", error.Message);
        Assert.Contains("MobileNetGen.Runtime.Tests", error.Message);
    }

    [Fact]
    public void Another_length_is_an_error_that_gives_both()
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => { EmbeddedWeights.Open(s_assembly, "weights.bin", 17); });
        Assert.Contains("16 bytes", error.Message);
        Assert.Contains("generated for 17", error.Message);
    }
}
