using System;
using System.Linq;
using CsCheck;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;

namespace MobileNetGen.Compiler.Tests.Packing;

public class PackedNetworkTextTests
{
    private static readonly PackedNetwork s_full = new()
    {
        QualifiedName = "My.App.Birds",
        DescriptionHash = "0123abcd",
        BlobHash = "4567ef01",
        BlobBytes = 5_000_000_000,
        Sources = EquatableArray.Of("my network.tflite 89ab", "head.tflite cdef"),
        Resource = "My.App.Birds.mbw",
        Input = new QuantizedTensor("0.0078125", 128),
        Outputs = EquatableArray.Of(
            new PackedOutput("softmax1", new QuantizedTensor("0.00390625", 0), 320), new PackedOutput("bottleneck1", new QuantizedTensor("0.5", 7), null), new PackedOutput("avgpool1", null, null)),
        InputTable = 64,
        Layers = EquatableArray.Of(
            new PackedLayer("conv1")
            {
                Weights = new PackedWeights(576, 4_000_000_000, 0, 1, 37, true),
                Requantization = new PackedRequantization(151, 0, 0, 255, RoundingMode.Twice),
                Output = new QuantizedTensor("0.023528477", 0),
            },
            new PackedLayer("bottleneck1_add") { Add = new PackedAdd(1, -2, 3, 4, 5, -6, 7, 8, 9, 10, 11, "0.5", "1.25E-05", "-13.7") },
            new PackedLayer("avgpool1") { Pool = new PackedPool(PoolKind.MeanInt8, 1, 2, -3, 4, 5, 6, 7) },
            new PackedLayer("dense1_tanh") { FunctionTable = 768 },
            new PackedLayer("softmax1") { SoftmaxTable = 1024 },
            new PackedLayer("dense1")),
        Labels = EquatableArray.Of("background", "", "  great grey owl", "Größe # \"x\""),
        Words = EquatableArray.Of("0123456789abcdef", "0000000000000000"),
    };

    [Fact]
    public void What_is_written_is_read_back() => Assert.Equal(s_full, PackedNetworkText.Read(PackedNetworkText.Write(s_full)));

    [Fact]
    public void The_least_there_can_be_is_read_back()
    {
        var least = new PackedNetwork
        {
            QualifiedName = "N", DescriptionHash = "a", BlobHash = "b", BlobBytes = 0, Sources = default, Resource = null, Input = null,
            Outputs = EquatableArray.Of(new PackedOutput("dense1", null, null)), InputTable = null, Layers = default, Labels = default, Words = default,
        };
        Assert.Equal(least, PackedNetworkText.Read(PackedNetworkText.Write(least)));
    }

    // Files of an older packer, and those without a result, are as good as none: the build packs again.
    [Theory]
    [InlineData("mbplan 3", "mbplan 1")]
    [InlineData("mbplan 3", "mbplan 4")]
    [InlineData("output dense1 - 0 -\n", "")]
    [InlineData("output dense1 - 0 -\n", "output dense1\n")]
    public void Another_version_is_not_read(string written, string other)
    {
        string text = PackedNetworkText.Write(s_full with { Outputs = EquatableArray.Of(new PackedOutput("dense1", null, null)) });
        Assert.NotNull(PackedNetworkText.Read(text));
        Assert.Null(PackedNetworkText.Read(text.Replace(written, other, StringComparison.Ordinal)));
    }

    [Fact]
    public void Windows_line_ends_make_no_difference() =>
        Assert.Equal(s_full, PackedNetworkText.Read(PackedNetworkText.Write(s_full).Replace("\n", "\r\n", StringComparison.Ordinal)));

    [Fact]
    public void Writing_is_deterministic_and_ends_lines_with_a_line_feed()
    {
        string text = PackedNetworkText.Write(s_full);
        Assert.Equal(text, PackedNetworkText.Write(s_full with { Labels = s_full.Labels.ToEquatableArray() }));
        Assert.DoesNotContain('\r', text);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_was_cut_off_anywhere_gives_null()
    {
        string text = PackedNetworkText.Write(s_full);
        Assert.All(Enumerable.Range(0, text.Length), length => Assert.Null(PackedNetworkText.Read(text[..length])));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("mbplan 3\nend\n")]
    [InlineData("mbplan 1\nend")]
    [InlineData("mbplan 1\nend\n")] // neither class nor hashes
    [InlineData("mbplan 1\nclass N\nblob 0 b\nend\n")]
    [InlineData("mbplan 1\nsurprise 1\nend\n")]
    [InlineData("mbplan 1\n\nend\n")]
    [InlineData("mbplan 1\nweights 1 2 3 4 5\nend\n")] // before any layer
    [InlineData("mbplan 1\nlayer a\nweights 1 2 3 4\nend\n")] // of neither form
    [InlineData("mbplan 1\nblob x y\nend\n")]
    [InlineData("mbplan 1\nblob 1\nend\n")]
    [InlineData("mbplan 1\nblob 99999999999999999999 y\nend\n")]
    [InlineData("mbplan 1\ninput 0.5\nend\n")]
    [InlineData("mbplan 1\nlayer a\nrequantization 1 2 3 4 9\nend\n")] // no such rounding
    [InlineData("mbplan 1\nlayer a\npool -1 2 3 4 5 6 7 8\nend\n")] // no such pooling
    [InlineData("mbplan 1\nlayer a\nadd 1 2 3\nend\n")]
    public void Any_other_text_gives_null(string text) => Assert.Null(PackedNetworkText.Read(text));

    [Fact]
    public void No_change_to_a_file_makes_reading_throw()
    {
        string text = PackedNetworkText.Write(s_full);
        Gen.Select(Gen.Int[0, text.Length - 1], Gen.Int[0, 20], Gen.Char[' ', 'z'].Array[0, 12]).Sample(
            (start, length, replacement) =>
            {
                string changed = string.Concat(text.AsSpan(0, start), replacement, text.AsSpan(Math.Min(text.Length, start + length)));
                if (PackedNetworkText.Read(changed) is { } read)
                    Assert.Equal(read, PackedNetworkText.Read(PackedNetworkText.Write(read)));
            },
            iter: 20_000);
    }
}
