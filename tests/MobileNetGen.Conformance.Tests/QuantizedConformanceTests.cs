#if REFERENCE_DATA
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;

namespace MobileNetGen.Conformance;

public sealed class QuantizedConformanceTests
{
    public static TheoryData<string, string> Cases => Data(ReferenceNetwork.All.SelectMany(n => n.Images.Select(i => (n.Name, i))));

    public static TheoryData<string> Networks => new(ReferenceNetwork.All.Select(n => n.Name));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Output_is_byte_identical_to_TensorFlow_Lite(string name, string image)
    {
        ReferenceNetwork network = ReferenceNetwork.Find(name);
        var output = new byte[network.OutputLength];

        network.Run(network.Input(image), output);

        Assert.Equal(ReferenceData.Output(network.Golden, image), output);
    }

    [Fact]
    public void Every_network_has_images() => Assert.All(ReferenceNetwork.All, n => Assert.True(n.Images.Count() >= 2, n.Name));

    [Theory]
    [MemberData(nameof(Networks))]
    public void Run_allocates_nothing(string name)
    {
        ReferenceNetwork network = ReferenceNetwork.Find(name);
        byte[] input = network.Input(network.Images.First());
        var output = new byte[network.OutputLength];

        Assert.Equal(0, Allocations.Of(() => network.Run(input, output)));
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public async Task Many_threads_get_the_same_bytes(string name)
    {
        ReferenceNetwork network = ReferenceNetwork.Find(name);
        List<(byte[] Input, byte[] Output)> pairs = [.. network.Images.Select(i => (network.Input(i), ReferenceData.Output(network.Golden, i)))];

        byte[][] outputs = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Factory.StartNew(
            () =>
            {
                var output = new byte[network.OutputLength];
                network.Run(pairs[i % pairs.Count].Input, output);
                return output;
            },
            TaskCreationOptions.LongRunning)));

        for (int i = 0; i < outputs.Length; i++)
            Assert.Equal(pairs[i % pairs.Count].Output, outputs[i]);
    }

    private static TheoryData<string, string> Data(IEnumerable<(string, string)> cases)
    {
        var data = new TheoryData<string, string>();
        foreach ((string name, string image) in cases)
            data.Add(name, image);
        return data;
    }
}
#endif
