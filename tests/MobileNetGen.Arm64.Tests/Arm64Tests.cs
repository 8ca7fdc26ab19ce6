using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Threading.Tasks;
using MobileNetGen.Runtime;

namespace MobileNetGen.Arm64.Tests;

/// <summary>With the dot product instructions, and as on processors before Armv8.2 without.</summary>
public sealed class Arm64Tests(Emulator emulator) : IClassFixture<Emulator>
{
    /// <summary>Values of <c>useDp</c>. For kernels of which none asks for the instructions, all processors are the same.</summary>
    public static TheoryData<bool> Processors => AskForDp(typeof(Prediction).Assembly.Location) ? [true, false] : [true];

    [Arm64Theory]
    [MemberData(nameof(Processors))]
    public async Task Runtime_tests_pass(bool useDp)
    {
        // Without dot products only what asks for them is another.
        string[] lines = await emulator.Run(useDp, useDp ? ["tests"] : ["tests", "bytes"]);

        AssertInstructionSets(useDp, lines);
        // A run that finds no tests is no success.
        Assert.InRange(int.Parse(lines[^1]["Passed: ".Length..], CultureInfo.InvariantCulture), useDp ? 200 : 50, int.MaxValue);
    }

    [Arm64Theory]
    [MemberData(nameof(Processors))]
    public async Task Networks_compute_what_they_compute_here(bool useDp)
    {
        string[] lines = await emulator.Run(useDp, "networks");

        AssertInstructionSets(useDp, lines);
        Dictionary<string, byte[]> results = lines[1..].Select(line => line.Split(": ")).ToDictionary(parts => parts[0], parts => Convert.FromHexString(parts[1]));
        Assert.Equal(SampleNetwork.All.Keys, results.Keys.Order(StringComparer.Ordinal));
        Assert.All(SampleNetwork.All, network =>
        {
            byte[] expected = network.Value.RunOnNoise(), actual = results[network.Key];
            // Noise in, information out: a network that computes one number would prove nothing.
            Assert.True(MemoryMarshal.Cast<byte, float>(expected).ToArray().Distinct().Count() > 4);
            if (network.Key.EndsWith("Float32", StringComparison.Ordinal))
                AssertClose(MemoryMarshal.Cast<byte, float>(expected), MemoryMarshal.Cast<byte, float>(actual));
            else
                Assert.Equal(expected, actual);
        });
    }

    /// <summary>Kernels execute as many instructions as when docs/performance.md was written, within a tenth: that depends neither on the machine's speed nor on other work on it.</summary>
    /// <param name="useDp">Whether the processor has dot products.</param>
    /// <param name="networks">MobileNetV2 0.35-96 up to their logits.</param>
    /// <param name="expected">Thousand instructions a call of each.</param>
    [CountTheory]
    [InlineData(true, new[] { nameof(V2Float32), nameof(V2UInt8) }, new[] { 8496, 6412 })]
    [InlineData(false, new[] { nameof(V2Int8) }, new[] { 8818 })]
    public async Task A_call_takes_as_many_instructions_as_it_did(bool useDp, string[] networks, int[] expected)
    {
        long[] counts = await emulator.Count(useDp, ["count", "4", .. networks]);

        // One before and one after the calls of each, and one at the end.
        Assert.Equal(2 * networks.Length + 1, counts.Length);
        Assert.All(expected, (thousands, i) => Assert.InRange((counts[2 * i + 1] - counts[2 * i]) / 4 / 1000, thousands * 9 / 10, thousands * 11 / 10));
    }

    private static bool AskForDp(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        MetadataReader metadata = file.GetMetadataReader();
        return metadata.TypeReferences.Select(metadata.GetTypeReference).Any(type =>
            metadata.StringComparer.Equals(type.Namespace, typeof(Dp).Namespace!) && metadata.StringComparer.Equals(type.Name, nameof(Dp)));
    }

    private static void AssertInstructionSets(bool useDp, string[] lines) => Assert.Equal($".NET 10, AdvSimd True, Dp {useDp}", lines[0]);

    /// <summary>Float sums differ in the last bits, as their order and their fused operations do: 10⁻⁵ of the largest number.</summary>
    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        float largest = expected.ToArray().Max(MathF.Abs), difference = 0;
        for (int i = 0; i < expected.Length; i++)
            difference = MathF.Max(difference, MathF.Abs(expected[i] - actual[i]));
        Assert.InRange(difference, 0, 1e-5f * largest);
    }
}
