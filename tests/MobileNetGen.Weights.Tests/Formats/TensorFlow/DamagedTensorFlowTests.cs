using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.TensorFlow;
using MobileNetGen.Weights.Tests.Synthetic;
using Xunit.Abstractions;

namespace MobileNetGen.Weights.Tests.Formats.TensorFlow;

public class DamagedTensorFlowTests(ITestOutputHelper output)
{
    /// <summary>These files have few weights, and many names and settings that become objects.</summary>
    private const int BytesPerByte = 96;

    private static readonly UnfoldedNetwork s_network = UnfoldedNetwork.Create(NetworkText.Network(NetworkText.Tiny));

    [Theory]
    [InlineData(GraphStyle.Slim)]
    [InlineData(GraphStyle.Decomposed)]
    [InlineData(GraphStyle.Keras)]
    [InlineData(GraphStyle.Fused)]
    public void Whatever_bytes_a_graph_has_it_is_read_or_refused(GraphStyle style) => DamagedIsReadOrRefused(NetworkGraph.Of(s_network, style).Build());

    [Fact]
    public void Whatever_bytes_a_graph_of_pixels_has_it_is_read_or_refused() => DamagedIsReadOrRefused(GraphStatementsTests.Everything());

    private void DamagedIsReadOrRefused(byte[] file)
    {
        ReadGraph(file);
        Damage.Check(output, Damage.Truncations(file), ReadGraph, BytesPerByte);
        Damage.Check(output, Damage.Bits(file), ReadGraph, BytesPerByte);
        Damage.Check(output, Damage.Words(file), ReadGraph, BytesPerByte);
        Damage.Check(output, Damage.Splices(file, NetworkGraph.Of(s_network, GraphStyle.Keras).Build(), 4000, seed: 4), ReadGraph, BytesPerByte);
    }

    [Fact]
    public void Whatever_bytes_an_index_has_it_is_read_or_refused()
    {
        CheckpointFile file = Checkpoint(static block => block);
        byte[] index = file.Index();
        IReadOnlyDictionary<string, byte[]> data = file.Data();
        void Read(byte[] bytes) => new CheckpointReader().Read(CheckpointFile.Input(bytes, data));
        Read(index);
        Damage.Check(output, Damage.Truncations(index), Read, BytesPerByte);
        Damage.Check(output, Damage.Bits(index), Read, BytesPerByte);
        Damage.Check(output, Damage.Words(index), Read, BytesPerByte);
        Damage.Check(output, Damage.Splices(index, index, 4000, seed: 5), Read, BytesPerByte);
    }

    [Fact]
    public void Whatever_a_block_has_under_a_right_check_sum_it_is_read_or_refused()
    {
        var blocks = new List<byte[]>();
        CheckpointFile file = Checkpoint(block =>
        {
            blocks.Add(block);
            return block;
        });
        file.Index();
        IReadOnlyDictionary<string, byte[]> data = file.Data();
        IEnumerable<byte[]> damaged =
            from number in Enumerable.Range(0, blocks.Count)
            from content in Damage.Bits(blocks[number]).Concat(Damage.Words(blocks[number]))
            select WithBlock(number, content);
        Damage.Check(output, damaged, bytes => new CheckpointReader().Read(CheckpointFile.Input(bytes, data)), BytesPerByte);

        static byte[] WithBlock(int number, byte[] content)
        {
            int next = 0;
            return Checkpoint(block => next++ == number ? content : block).Index();
        }
    }

    [Fact]
    public void Keys_that_repeat_the_one_before_are_refused_when_they_amount_to_several_times_the_file()
    {
        var file = new CheckpointFile { BlockSize = int.MaxValue };
        string prefix = new('k', 5000);
        for (int i = 0; i < 2000; i++)
            file.AddEntry($"{prefix}{i:D4}/weights", new ProtobufBytes(), []);
        byte[] index = file.Index();
        (bool isRead, _) = Damage.Try(index, bytes => new CheckpointReader().Read(CheckpointFile.Input(bytes, file.Data())));
        Assert.False(isRead);
    }

    [Fact]
    public void Tensors_that_share_their_bytes_are_refused()
    {
        byte[] data = new byte[1 << 20];
        uint sum = CheckpointFile.Masked(data);
        CheckpointFile file = new CheckpointFile().Add("a/weights", 1, [512, 512], data);
        for (int i = 0; i < 1000; i++)
        {
            ProtobufBytes shape = new ProtobufBytes().Message(2, new ProtobufBytes().Integer(1, 512)).Message(2, new ProtobufBytes().Integer(1, 512));
            file.AddEntry($"b{i}/weights", new ProtobufBytes().Integer(1, 1).Message(2, shape).Integer(5, data.Length).Fixed(6, sum), []);
        }

        WeightsInput input = file.Input();
        var error = Assert.Throws<WeightsException>(() => new CheckpointReader().Read(input));
        Assert.Contains("more tensors than that has room for", error.Message, StringComparison.Ordinal);
    }

    private static CheckpointFile Checkpoint(Func<byte[], byte[]> block)
    {
        var file = new CheckpointFile(2) { Block = block };
        foreach (UnfoldedLayer layer in s_network.Layers)
            file.AddLayer(layer, layer.Layer.Name);
        return file;
    }

    private static void ReadGraph(byte[] file) => new FrozenGraphReader().Read(new WeightsInput("graph.pb", file) { InputSize = new Shape(8, 8, 3) });
}
