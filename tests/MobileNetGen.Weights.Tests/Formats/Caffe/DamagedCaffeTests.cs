using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.Caffe;
using MobileNetGen.Weights.Tests.Synthetic;
using Xunit.Abstractions;

namespace MobileNetGen.Weights.Tests.Formats.Caffe;

public class DamagedCaffeTests(ITestOutputHelper output)
{
    /// <summary>These files have few weights, and many names and settings that become objects.</summary>
    private const int BytesPerByte = 64;

    private static byte[] Sample(CaffeStyle style)
    {
        UnfoldedNetwork network = UnfoldedNetwork.Create(NetworkText.Network(NetworkText.Tiny));
        return CaffeFile.Of(style == CaffeStyle.Old ? UnfoldedNetwork.Of(network.Fold(1e-5, Compiler.Networks.PaddingRule.Symmetric)) : network, style);
    }

    [Theory]
    [InlineData(CaffeStyle.Snapshot)]
    [InlineData(CaffeStyle.Deploy)]
    [InlineData(CaffeStyle.Old)]
    public void Whatever_bytes_a_caffemodel_has_it_is_read_or_refused(CaffeStyle style) => DamagedIsReadOrRefused(Sample(style));

    [Fact]
    public void Whatever_bytes_a_caffemodel_of_pixels_has_it_is_read_or_refused() => DamagedIsReadOrRefused(CaffeStatementsTests.Everything());

    private void DamagedIsReadOrRefused(byte[] file)
    {
        Read(file);
        Damage.Check(output, Damage.Truncations(file), Read, BytesPerByte);
        Damage.Check(output, Damage.Bits(file), Read, BytesPerByte);
        Damage.Check(output, Damage.Words(file), Read, BytesPerByte);
        Damage.Check(output, Damage.Splices(file, Sample(CaffeStyle.Snapshot), 4000, seed: 3), Read, BytesPerByte);
    }

    private static void Read(byte[] file) => new CaffeReader().Read(new WeightsInput("net.caffemodel", file) { InputSize = new(8, 8, 3) });
}
