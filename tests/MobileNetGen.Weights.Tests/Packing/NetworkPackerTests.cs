using System;
using System.Buffers.Binary;
using System.Globalization;
using System.Linq;
using System.Security.Cryptography;
using MobileNetGen.Compiler.Packing;

namespace MobileNetGen.Weights.Tests.Packing;

public class NetworkPackerTests
{
    public static TheoryData<string> Quantizations => new("", "quantization uint8\n", "quantization int8\n", "quantization int8 io float32\n");

    [Fact]
    public void Facts_and_hash_are_handed_on()
    {
        PackedSample sample = PackedSample.Odd("class Classifier\nnamespace My.App\n");
        Assert.Equal("My.App.Classifier", sample.Packed.QualifiedName);
        Assert.Equal("description", sample.Packed.DescriptionHash);
        Assert.Equal(["source"], sample.Packed.Sources);
        Assert.Equal(["label"], sample.Packed.Labels);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(sample.Blob)), sample.Packed.BlobHash);
    }

    [Fact]
    public void Every_layer_has_its_numbers()
    {
        PackedSample sample = PackedSample.Odd("");
        Assert.Equal(sample.Plan.Network.Layers.Select(l => l.Name), sample.Packed.Layers.Select(l => l.Name));
        Assert.All(sample.Filtered, l => Assert.Equal((l.Layer.PadTop, l.Layer.PadLeft), (l.Packed.Weights!.PadTop, l.Packed.Weights.PadLeft)));
        Assert.Contains(sample.Filtered, l => l.Layer.PadTop != l.Layer.PadLeft);
    }

    [Fact]
    public void A_float_network_has_no_scales()
    {
        PackedSample sample = PackedSample.Odd("");
        Assert.Equal((null, null, null, null), (sample.Packed.Input, sample.Packed.Output, sample.Packed.InputTable, sample.Packed.OutputTable));
        Assert.All(sample.Packed.Layers, l => Assert.Null(l.Output));
    }

    [Fact]
    public void Scales_read_back_as_they_were_and_zero_points_are_unsigned()
    {
        PackedSample sample = PackedSample.Odd("quantization int8\n");
        Assert.All(sample.Trained.Layers, layer =>
        {
            QuantizedTensor packed = sample.Packed.Layer(layer.Layer.Name).Output!;
            Assert.Equal(layer.Output!.Value.Scale, float.Parse(packed.Scale, CultureInfo.InvariantCulture));
            Assert.Equal(layer.Output.Value.ZeroPoint + 128, packed.ZeroPoint);
        });
        Assert.Equal(new QuantizedTensor((1 / 127.5f).ToString("R", CultureInfo.InvariantCulture), 128), sample.Packed.Input);
        Assert.Equal(new QuantizedTensor("0.00390625", 0), sample.Packed.Output);
    }

    [Theory]
    [InlineData("")]
    [InlineData("bake auto\n")]
    [InlineData("bake source\n")]
    public void Few_weights_go_into_the_source(string bake)
    {
        PackedSample sample = PackedSample.Odd(bake);
        Assert.Null(sample.Packed.Resource);
        byte[] words = [.. sample.Packed.Words.SelectMany(word =>
        {
            var bytes = new byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, ulong.Parse(word, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            return bytes;
        })];
        Assert.Equal(sample.Blob, words);
    }

    [Fact]
    public void Weights_go_into_a_resource_where_the_text_says_so()
    {
        PackedSample sample = PackedSample.Odd("bake resource\nnamespace My.App\nclass Classifier\n");
        Assert.Equal("My.App.Classifier.mbw", sample.Packed.Resource);
        Assert.Empty(sample.Packed.Words);
    }

    [Theory]
    [InlineData(8, 256 * 1024, true)]
    [InlineData(9, (256 * 1024) + 128, false)]
    public void Up_to_256_KiB_go_into_the_source(int small, int bytes, bool source)
    {
        // 128 bytes for each of the small layers, and 240 panels of 16 × 16 weights and 16 biases.
        string text = $"network N\nresolution 1\ninput grey\nweights random\nlayers\n  conv 16 kernel 1\n  depthwise kernel 1 repeat {small - 1}\nhead\n  dense 3840\n";
        PackedSample sample = PackedSample.Of(text);
        Assert.Equal(bytes, sample.Blob.Length);
        Assert.Equal(source, sample.Packed.Resource is null);
        Assert.Null(PackedSample.Of(text.Replace("layers", "bake source\nlayers", StringComparison.Ordinal)).Packed.Resource);
    }

    [Theory]
    [MemberData(nameof(Quantizations))]
    public void Packing_twice_gives_the_same_bytes_and_text_in_every_culture(string quantization)
    {
        PackedSample first = PackedSample.Odd(quantization);
        CultureInfo culture = CultureInfo.CurrentCulture;
        var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (other.NumberFormat.NumberDecimalSeparator, other.NumberFormat.NegativeSign) = (",", "−");
        try
        {
            CultureInfo.CurrentCulture = other;
            PackedSample second = PackedSample.Odd(quantization);
            Assert.Equal(first.Blob, second.Blob);
            Assert.Equal(PackedNetworkText.Write(first.Packed), PackedNetworkText.Write(second.Packed));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Theory]
    [MemberData(nameof(Quantizations))]
    public void The_text_of_a_packed_network_reads_back_the_same(string quantization)
    {
        PackedNetwork packed = PackedSample.Odd(quantization).Packed;
        Assert.Equal(packed, PackedNetworkText.Read(PackedNetworkText.Write(packed)));
    }
}
