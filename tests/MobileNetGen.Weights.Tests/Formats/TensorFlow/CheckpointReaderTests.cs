using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.TensorFlow;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Tests.Matching;
using MobileNetGen.Weights.Tests.Synthetic;

namespace MobileNetGen.Weights.Tests.Formats.TensorFlow;

public sealed class CheckpointReaderTests : IDisposable
{
    private const string V1 = "network MobileNetV1\nalpha 0.25\nresolution 32\nclasses 5\nweights \"model.ckpt\"\n";
    private const string V2 = "network MobileNetV2\nalpha 0.35\nresolution 32\nclasses 5\nweights \"model.ckpt\"\n";

    private const string V3 = "network MobileNetV3Large\nalpha 0.25\nresolution 32\nclasses 5\nweights \"model.ckpt\"\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(V1, 1)]
    [InlineData(V2, 1)]
    [InlineData(V2, 3)]
    [InlineData(V3, 2)]
    public void What_TF_slim_saves_gives_the_results_of_its_parameters(string text, int shards)
    {
        Network network = NetworkText.Network(text);
        UnfoldedNetwork unfolded = UnfoldedNetwork.Create(network);
        Slim(unfolded, shards).Write(_folder.Path, "model.ckpt");
        AssertSame(unfolded.Fold(1e-3, PaddingRule.Same), TrainedNetworkLoader.Load(network, _folder.Path));
    }

    [Fact]
    public void The_index_may_be_named_instead_of_the_prefix()
    {
        Network network = NetworkText.Network(V1.Replace("model.ckpt", "model.ckpt.index"));
        UnfoldedNetwork unfolded = UnfoldedNetwork.Create(network);
        Slim(unfolded).Write(_folder.Path, "model.ckpt");
        AssertSame(unfolded.Fold(1e-3, PaddingRule.Same), TrainedNetworkLoader.Load(network, _folder.Path));
    }

    [Fact]
    public void Moving_averages_are_read_where_there_are_some_and_slots_never()
    {
        Network network = NetworkText.Network(V2);
        UnfoldedNetwork averages = UnfoldedNetwork.Create(network, 1), last = UnfoldedNetwork.Create(network, 2);
        CheckpointFile file = Slim(last);
        Slim(averages, "/ExponentialMovingAverage", file);
        Slim(last, "/RMSProp", file);
        Slim(last, "/RMSProp_1", file);
        file.Add("global_step", 9, [], new byte[8]).Write(_folder.Path, "model.ckpt");
        AssertSame(averages.Fold(1e-3, PaddingRule.Same), TrainedNetworkLoader.Load(network, _folder.Path));
    }

    [Fact]
    public void What_TensorFlow_2_saves_of_a_Keras_network_gives_the_results_of_its_parameters()
    {
        Network network = NetworkText.Network(V1);
        UnfoldedNetwork unfolded = UnfoldedNetwork.Create(network);
        var file = new CheckpointFile();
        int index = 0;
        foreach (UnfoldedLayer layer in unfolded.Layers)
        {
            file.AddKernel(layer, Next("kernel"), Next("depthwise_kernel"));
            if (layer.Bias is not null)
                file.Add(Next("bias"), [layer.Outputs], layer.Bias);
            index++;
            if (layer.Normalization is null)
                continue;
            file.AddNormalization(layer, Next);
            index++;
        }

        file.Add("_CHECKPOINTABLE_OBJECT_GRAPH", 7, [], [3, 1, 2, 3]);
        file.Add("layer_with_weights-0/kernel/.OPTIMIZER_SLOT/optimizer/m/.ATTRIBUTES/VARIABLE_VALUE", [1], [1]);
        file.Write(_folder.Path, "model.ckpt");
        AssertSame(unfolded.Fold(1e-3, PaddingRule.Same), TrainedNetworkLoader.Load(network, _folder.Path));

        string Next(string name) => $"layer_with_weights-{index}/{name}/.ATTRIBUTES/VARIABLE_VALUE";
    }

    [Theory]
    [InlineData(V1)]
    [InlineData(V2)]
    public void Layers_are_in_the_order_they_run_although_the_file_sorts_their_names(string text)
    {
        Network network = NetworkText.Network(text);
        var source = (SourceParameters)new CheckpointReader().Read(Slim(UnfoldedNetwork.Create(network)).Input());
        Assert.Equal(SlimNames.Of(network.Layers), source.Filters.Select(filter => filter.Place[..filter.Place.LastIndexOf('/')]));
        Assert.Equal(source.Filters.Length - 1, source.Filters.Count(filter => filter.Normalization is { Epsilon: 1e-3 }));
    }

    [Fact]
    public void Half_bfloat16_and_double_are_read_as_single_precision()
    {
        float[] numbers = [1.5f, -0.25f, 3];
        CheckpointFile file = new CheckpointFile()
            .Add("a/weights", 19, [1, 3], [.. numbers.SelectMany(n => BitConverter.GetBytes((Half)n))])
            .Add("b/weights", 14, [3, 1], [.. numbers.SelectMany(n => BitConverter.GetBytes(n)[2..])])
            .Add("c/weights", 2, [1, 3], [.. numbers.SelectMany(n => BitConverter.GetBytes((double)n))]);
        var source = (SourceParameters)new CheckpointReader().Read(file.Input());
        Assert.All(source.Filters, filter => Assert.Equal(numbers, filter.Weights.Floats));
    }

    [Fact]
    public void Data_of_another_checkpoint_is_refused()
    {
        CheckpointFile file = new CheckpointFile().Add("a/weights", [1, 1], [1]), other = new CheckpointFile().Add("a/weights", [1, 1], [2]);
        Fails(CheckpointFile.Input(file.Index(), other.Data()), "The check sum of the tensor \"a/weights\" is wrong");
    }

    [Fact]
    public void A_missing_data_file_is_named()
    {
        new CheckpointFile(2).Add("a/weights", [1, 1], [1]).Add("b/weights", [1, 1], [1]).Write(_folder.Path, "model.ckpt");
        System.IO.File.Delete(System.IO.Path.Combine(_folder.Path, "model.ckpt.data-00001-of-00002"));
        var error = Assert.Throws<WeightsException>(() => WeightsFile.Read(System.IO.Path.Combine(_folder.Path, "model.ckpt")));
        Assert.Contains("model.ckpt.data-00001-of-00002", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_data_file_alone_is_refused_with_what_to_name()
    {
        string path = _folder.Write("model.ckpt.data-00000-of-00001", [.. Enumerable.Range(0, 100).Select(i => (byte)i)]);
        Assert.Contains("name the checkpoint, or its .index file", Assert.Throws<WeightsException>(() => WeightsFile.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_partitioned_variable_is_refused()
    {
        ProtobufBytes entry = new ProtobufBytes().Integer(1, 1).Message(7, new ProtobufBytes());
        Fails(new CheckpointFile().AddEntry("a/weights", entry, []).Input(), "The tensor \"a/weights\" is saved in slices");
    }

    [Fact]
    public void Integers_where_weights_should_be_are_refused() =>
        Fails(new CheckpointFile().Add("a/weights", 3, [1, 1], new byte[4]).Input(), "The tensor \"a/weights\" is of type Int32; real numbers");

    [Fact]
    public void A_number_that_is_not_finite_is_refused() =>
        Fails(new CheckpointFile().Add("a/weights", [1, 2], [1, float.NaN]).Input(), "Element 1 of \"a/weights\" is not a finite number");

    [Fact]
    public void A_big_endian_checkpoint_is_refused() =>
        Fails(new CheckpointFile { Header = new ProtobufBytes().Integer(1, 1).Integer(2, 1) }.Input(), "The checkpoint was saved on a big-endian machine");

    [Fact]
    public void A_checkpoint_without_parameters_is_refused_with_examples_of_what_it_has() =>
        Fails(new CheckpointFile().Add("step", [1], [1]).Input(), "None of its tensors is named as a layer's parameter (…/weights, …/kernel, …/gamma and so on); it has step.");

    [Fact]
    public void A_compressed_index_is_refused()
    {
        byte[] index = new CheckpointFile().Add("a/weights", [1, 1], [1]).Index();
        int handle = index.Length - 48;
        Assert.True(index[handle] < 128 && index[handle + 1] < 128 && index[handle + 2] < 128);

        // The byte behind a block says how it is compressed, and is part of its check sum: 1 is Snappy.
        (int start, int length) = (index[handle + 2], index[handle + 3]);
        index[start + length] = 1;
        BinaryPrimitives.WriteUInt32LittleEndian(index.AsSpan(start + length + 1), Crc32C.Masked(index.AsSpan(start, length + 1)));
        Fails(CheckpointFile.Input(index, new CheckpointFile().Data()), "The checkpoint's index is compressed (kind 1)");
    }

    private static void Fails(WeightsInput file, string message) =>
        Assert.StartsWith(message, Assert.Throws<WeightsException>(() => new CheckpointReader().Read(file)).Message, StringComparison.Ordinal);

    private static void AssertSame(TrainedNetwork expected, TrainedNetwork actual)
    {
        float[] results = UnfoldedNetwork.Run(expected);
        Assert.Equal(results, UnfoldedNetwork.Run(actual));
        Assert.True(results.Take(results.Length / 2).Distinct().Count() > 1);
    }

    private static CheckpointFile Slim(UnfoldedNetwork network, int shards = 1) => Slim(network, "", new CheckpointFile(shards));

    private static CheckpointFile Slim(UnfoldedNetwork network, string suffix, CheckpointFile file)
    {
        foreach ((UnfoldedLayer layer, string scope) in network.Layers.Zip(SlimNames.Of(network.Network.Layers)))
            file.AddLayer(layer, scope, suffix);
        return file;
    }
}
