using System.Linq;
using MobileNetGen.Generator.Emission;
using MobileNetGen.Generator.Tests.Support;

namespace MobileNetGen.Generator.Tests;

/// <summary>What generated files look like, whole, and that a strict C# compiler has nothing to say about them.</summary>
public class SnapshotTests
{
    [Fact]
    public void MobileNetV1Float32() => Check(Harness.Packed("MobileNetV1_0_25_128.mbnet", Networks.V1Float32));

    [Fact]
    public void MobileNetV2UInt8() => Check(Harness.Packed("MobileNetV2_0_5_160.mbnet", Networks.V2UInt8, [.. Enumerable.Range(0, 1001).Select(i => $"class {i}")]));

    [Fact]
    public void HandWrittenInt8() => Check(Harness.Packed("Sorter.mbnet", Networks.HandWrittenInt8, Networks.AwkwardLabels));

    [Fact]
    public void SqueezesFloat32() => Check(Harness.Packed("Squeezes.mbnet", Networks.Squeezes));

    [Fact]
    public void SqueezesInt8() => Check(Harness.Packed("Squeezes.mbnet", Networks.Squeezes + "\nquantization int8"));

    [Fact]
    public void ThreadsFloat32() => Check(Harness.Packed("Shared.mbnet", Networks.Squeezes + "\nclass Shared\nthreads 4"));

    [Fact]
    public void DetectorUInt8() => Check(Harness.Packed("Finder.mbnet", Networks.Detector, "left", "right"));

    [Fact]
    public void DetectorWithoutPlan() => Check([("Finder.mbnet", Networks.Detector)]);

    [Fact]
    public void WithoutPlan() => Check([("MobileNetV2_0_5_160.mbnet", Networks.V2UInt8)]);

    private static void Check((string Path, string Text)[] files, [System.Runtime.CompilerServices.CallerMemberName] string method = "")
    {
        string source = Assert.Single(Harness.Generate(files)).Value;
        Assert.Empty(Harness.Compile([source]));
        Verifier.Verify(source.Replace($"MobileNetGen {HeaderEmitter.Version}", "MobileNetGen {version}"), "cs", method: method);
    }
}
