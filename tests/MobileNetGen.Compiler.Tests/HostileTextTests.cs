using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using CsCheck;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Syntax;

namespace MobileNetGen.Compiler.Tests;

/// <summary>No text, however wrong, makes the compiler throw, hang, or take memory out of proportion.</summary>
public class HostileTextTests
{
    private const string V2 = "network MobileNetV2\nweights random\n";

    private static readonly string[] s_corpus =
    [
        V2,
        "network MobileNetV1\nalpha 0.25\nresolution 96\ninput grey\nclasses 2\nquantization int8 io float32\nrounding twice\nweights \"person {alpha}.tflite\" \"b\"\n",
        "# comment\r\nnetwork MobileNetV2\r\nalpha 0.35 0.5\r\nrho 5/7 1\r\ndivisor 8\r\nclasses 2\r\nnormalize mean 1 2 3 std 4\r\nweights random 42\r\nlabels \"l.txt\"\r\npadding symmetric\r\nstack 1.5MiB\r\nbake source\r\nclass A\r\nnamespace B.C\r\nactivation relu\r\n",
        V2 + "resolution 96x128\nhead\n  avgpool\n  dense 100 relu\n  dense classes\n  softmax\n",
        "network Mine\nresolution 64\nclasses 3\nweights random\nlayers\n  conv 16 kernel 3 stride 2 as stem\n  depthwise kernel 5 multiplier 2 linear\n  pointwise 16 fixed\n  add stem relu\n"
            + "  separable 32 stride 2 repeat 2\n  bottleneck 32 expand 6 repeat 3\n  conv 8 kernel 1 from stem widen-only\nhead\n  avgpool as features\n  dense classes\n  softmax\n",
        V2 + "quantization int8 io uint8 float32\nclasses 1\nhead\n  flatten\n  dense 8 tanh as hidden\n  dense 5 sigmoid from hidden\n  dense classes\n  sigmoid\n",
        V2 + "quantization uint8 io float32 int8\nhead\n  maxpool as m\n  dense classes from m\n  softmax\n",
    ];

    private static readonly string[] s_fragments =
    [
        .. Keywords.Settings.Keys, .. Keywords.Settings.Values, .. Keywords.Layers.Keys, .. Keywords.Layers.Values, .. Keywords.Blocks,
        "repeat 1000", "fixed", "as x", "from input", "add input", "tanh", "sigmoid", "io float32 uint8", "0", "-1", "1e9", "99999999999999999999999999999", "0.0000000000000000000000000001", "8192", "65536", "1/0", "0/0", "8192x8192",
        "\"", "#", "\0", "\r", "\n", "\t", "\uFEFF", "\uD800", "é", "{0}", "{alpha}", "..", "NaN", "+5", "5.", ".5", "0x10", "1,5", "١٢",
    ];

    private static readonly Gen<string> s_mutated =
        Gen.Select(Gen.OneOfConst(s_corpus), Gen.Select(Gen.Int[0, 1000], Gen.Int[0, 12], Gen.OneOfConst(s_fragments), Gen.Bool).Array[1, 8]).Select(Mutate);

    [Fact]
    public void Thousands_of_mutated_files_compile_or_say_what_is_wrong() => s_mutated.Sample(Check, iter: 20_000);

    [Fact]
    public void Noise_compiles_or_says_what_is_wrong() => Gen.String.Sample(Check, iter: 5_000);

    [Fact]
    public void Random_lines_of_the_language_compile_or_say_what_is_wrong() =>
        Gen.OneOfConst(s_fragments).Array[0, 40].Select(words => V2 + "layers\n" + string.Join("\n", words)).Sample(Check, iter: 5_000);

    // By name, so that only the test that needs it builds a text of megabytes.
    private static readonly Dictionary<string, Func<string>> s_hostile = new()
    {
        ["a million layers by repetition"] = () => V2 + "layers\n" + Lines("  conv 8 kernel 3 repeat 1000", 1_000),
        ["a thousand layers in each of 256 networks"] = () => V2 + $"resolution {Numbers(64)}\nalpha 0.5 1 2 3\nlayers\n  conv 8 kernel 3 fixed repeat 1000",
        ["a thousand sums in each of 256 networks"] = () => V2 + $"resolution {Numbers(64)}\nalpha 0.5 1 2 3\nlayers\n  conv 8 kernel 3 fixed\n" + Lines("  pointwise 8 fixed linear\n  add conv1", 500),
        ["ten thousand variants"] = () => V2 + $"resolution {Numbers(100)}\nalpha {Numbers(100, "0.")}",
        ["more variants than an int can count"] = () => V2 + $"resolution {Numbers(8_000)}\nrho {Numbers(9_000, "1.")}\nalpha {Numbers(600_000, "0.")}",
        ["a list of a million"] = () => V2 + $"alpha {string.Concat(Enumerable.Repeat("0.5 ", 1_000_000))}",
        ["a million mistakes in a line"] = () => V2 + $"alpha {string.Concat(Enumerable.Repeat("x ", 1_000_000))}",
        ["a mistake in each of ten thousand lines"] = () => Lines("nonsense", 10_000),
        ["a million lines"] = () => Lines("alpha 0.5", 1_000_000),
        ["a line of ten million characters"] = () => V2 + new string('x', 10_000_000),
        ["a string of ten million characters"] = () => V2 + "labels \"" + new string('x', 10_000_000) + "\"",
        ["a name of ten million characters"] = () => "network " + new string('x', 10_000_000) + "\nweights random",
        ["a number of ten million digits"] = () => V2 + "classes " + new string('9', 10_000_000),
        ["ten million blanks"] = () => new string(' ', 10_000_000),
        ["ten million quotes"] = () => V2 + "weights " + new string('"', 10_000_000),
        ["the widest layers"] = () => V2 + "alpha 8\nlayers\n" + Lines("  bottleneck 65536 expand 64 kernel 15", 100),
        ["multiplied channels"] = () => V2 + "layers\n" + Lines("  depthwise multiplier 256", 100),
        ["the largest input"] = () => V2 + "resolution 8192",
        ["the largest strides"] = () => V2 + "resolution 8192\nlayers\n" + Lines("  conv 1 kernel 1 stride 8", 1_000),
        ["the smallest alpha"] = () => V2 + "alpha 0.01",
        ["the longest decimal"] = () => V2 + "alpha 0.1234567890123456789012345678",
        ["the largest map flattened, a thousand times"] = () => V2 + "resolution 4096\nlayers\n  conv 8 kernel 3 as a\n" + Lines("  flatten from a", 1_000),
        ["the largest vector into the widest dense layer"] = () => V2 + "resolution 2048\nlayers\n  conv 32 kernel 3 as a\nhead\n  flatten\n  dense 1000000 sigmoid",
        ["the smallest input"] = () => V2 + "resolution 1",
        ["a thousand references upwards"] = () => V2 + "layers\n  conv 8 kernel 3 as a\n" + Lines("  conv 8 kernel 3 from a", 1_000),
    };

    public static TheoryData<string> Hostile => [.. s_hostile.Keys];

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Hostile_files_end_in_time_and_memory(string what)
    {
        string text = s_hostile[what]();

        // The test's own thread compiles, so what it allocates is what the text costs.
        var time = Stopwatch.StartNew();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Check(text);
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(time.Elapsed < TimeSpan.FromSeconds(20), $"{time.Elapsed}");
        Assert.True(bytes < 1_500_000_000, $"{bytes:N0} bytes");
    }

    private static void Check(string text)
    {
        Compilation compilation = Mbnet.Compile(Compiled.Path, text);
        Assert.Equal(compilation.Diagnostics.Count == 0, compilation.Plans.Count > 0);
        foreach (Compiler.Diagnostics.Diagnostic diagnostic in compilation.Diagnostics)
        {
            Assert.InRange(diagnostic.Span.Start, 0, text.Length);
            Assert.InRange(diagnostic.Span.End, diagnostic.Span.Start, text.Length);
            Assert.Equal(diagnostic.Start.Line, diagnostic.End.Line);
        }

        foreach (Network network in compilation.Plans.Select(p => p.Network))
        {
            Assert.True(ClassNames.IsValid(network.ClassName));
            Assert.InRange(network.MultiplyAdds, 0, long.MaxValue);
            Assert.All(network.Layers, l => Assert.True(ClassNames.IsValid(ClassNames.Pascal(l.Name)) && l.Output is { Height: > 0, Width: > 0, Channels: > 0 }));
        }
    }

    private static string Mutate(string text, (int Place, int Length, string Fragment, bool Replace)[] changes)
    {
        foreach ((int place, int length, string fragment, bool replace) in changes)
        {
            int start = place * text.Length / 1001;
            text = string.Concat(text.AsSpan(0, start), fragment, text.AsSpan(replace ? Math.Min(text.Length, start + length) : start));
        }

        return text;
    }

    private static string Lines(string line, int count) => string.Join("\n", Enumerable.Repeat(line, count));

    private static string Numbers(int count, string prefix = "") =>
        string.Join(" ", Enumerable.Range(64, count).Select(n => prefix.Length == 0 ? $"{n}" : $"{prefix}{n:D7}"));
}
