using System;
using System.Linq;
using MobileNetGen.Compiler.Networks;

namespace MobileNetGen.Compiler.Tests.Networks;

public class ChannelRoundingTests
{
    private static readonly int[] s_counts = [16, 24, 32, 64, 96, 128, 160, 256, 320, 512, 1024, 1280];

    public static TheoryData<int> Hundredths => [.. Enumerable.Range(5, 196)];

    // slim's mobilenet_v2: new = max(min, int(v + divisor / 2) // divisor * divisor); if new < 0.9 * v: new += divisor.
    [Theory]
    [MemberData(nameof(Hundredths))]
    public void Divisor_8_is_slims_make_divisible(int hundredths)
    {
        double alpha = hundredths / 100.0;
        foreach (int channels in s_counts)
        {
            double v = channels * alpha;
            int expected = Math.Max(8, (int)Math.Floor((int)(v + 4) / 8.0) * 8);
            if (expected < 0.9 * v)
                expected += 8;
            Assert.Equal(expected, ChannelRounding.Scale(channels, hundredths / 100m, 8));
        }
    }

    // slim's mobilenet_v1: depth = lambda d: max(int(d * depth_multiplier), min_depth).
    [Theory]
    [MemberData(nameof(Hundredths))]
    public void Divisor_1_is_slims_truncation_with_a_minimum_of_8(int hundredths)
    {
        foreach (int channels in s_counts)
            Assert.Equal(Math.Max((int)(channels * (hundredths / 100.0)), 8), ChannelRounding.Scale(channels, hundredths / 100m, 1));
    }

    [Theory]
    [InlineData(24, "0.35", 8, 8)] // 8.4, the nearest multiple
    [InlineData(24, "0.75", 8, 24)] // 18 would become 16, over 10% less
    [InlineData(32, "0.35", 8, 16)] // 11.2 would become 8
    [InlineData(16, "0.05", 8, 8)] // the minimum
    [InlineData(16, "0.05", 1, 8)]
    [InlineData(16, "0.05", 16, 16)] // the divisor is a minimum too
    [InlineData(100, "0.5", 16, 48)] // 50 is nearer to 48
    [InlineData(1280, "1.4", 8, 1792)]
    [InlineData(32, "1.3", 1, 41)] // 41.6
    [InlineData(13, "1.0", 8, 13)] // as written
    [InlineData(3, "1", 1, 3)]
    public void Scales_as_documented(int channels, string alpha, int divisor, int expected) =>
        Assert.Equal(expected, ChannelRounding.Scale(channels, decimal.Parse(alpha, System.Globalization.CultureInfo.InvariantCulture), divisor));
}
