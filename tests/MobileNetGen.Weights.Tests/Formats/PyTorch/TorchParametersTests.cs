using System;
using System.Linq;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.PyTorch;

namespace MobileNetGen.Weights.Tests.Formats.PyTorch;

/// <summary>Where in a file the network is.</summary>
public class TorchParametersTests
{
    private static readonly TorchTensor s_tensor = new(new TorchStorage("FloatStorage", "0", 1), 0, [1], [1]);

    [Fact]
    public void A_state_dictionary_is_taken_in_its_order_without_counters() =>
        Assert.Equal("b.weight, a.running_var", Names(Dictionary(("b.weight", s_tensor), ("a.running_var", s_tensor), ("a.num_batches_tracked", s_tensor), ("total_ops", s_tensor))));

    [Theory]
    [InlineData("state_dict")]
    [InlineData("model_state_dict")]
    [InlineData("model")]
    [InlineData("net")]
    [InlineData("ema")]
    [InlineData("whatever people call it")]
    public void A_checkpoint_has_it_under_some_key(string key) =>
        Assert.Equal("a.weight", Names(Dictionary(("epoch", 3L), ("best_acc1", s_tensor), ("optimizer", Dictionary(("state", Dictionary(("step", s_tensor))))), (key, Dictionary(("a.weight", s_tensor))))));

    [Fact]
    public void The_network_is_preferred_to_its_moving_average() =>
        Assert.Equal("a.weight", Names(Dictionary(("model_ema", Dictionary(("b.weight", s_tensor))), ("model", Dictionary(("a.weight", s_tensor))))));

    [Fact]
    public void Two_networks_are_refused() => Assert.Equal(
        "The file holds several networks, \"generator\" and \"critic\" among them. Save the state_dict() of one of them alone.",
        Assert.Throws<WeightsException>(() => Names(Dictionary(("generator", Dictionary(("a.weight", s_tensor))), ("critic", Dictionary(("b.weight", s_tensor)))))).Message);

    [Fact]
    public void A_module_gives_the_names_of_its_state_dictionary_and_its_epsilon()
    {
        PickleObject norm = Object(("eps", 0.25), ("_parameters", Dictionary(("weight", s_tensor), ("bias", null))), ("_buffers", Dictionary(("running_var", s_tensor))), ("_modules", Dictionary()));
        PickleObject module = Object(("training", false), ("_parameters", Dictionary()), ("_buffers", Dictionary()), ("_modules", Dictionary(("norm", norm), ("none", null))));
        Assert.Equal(
            [("norm.weight", 0.25), ("norm.running_var", 0.25)],
            TorchParameters.Find(Dictionary(("model", module))).Parameters.Select(parameter => (parameter.Name, parameter.Epsilon!.Value)));
    }

    [Fact]
    public void A_module_of_TorchScript_has_everything_among_its_attributes() =>
        Assert.Equal("conv.weight, conv.bias", Names(Object(("training", false), ("conv", Object(("weight", s_tensor), ("bias", s_tensor))))));

    [Fact]
    public void Values_within_themselves_end()
    {
        PickleDictionary dictionary = Dictionary(("a.weight", s_tensor));
        PickleObject module = Object(("_modules", Dictionary()), ("_parameters", Dictionary(("weight", s_tensor))));
        ((PickleDictionary)module.State!["_modules"]!).Entries.Add(new("self", module));
        dictionary.Entries.Add(new("state_dict", dictionary));
        Assert.Equal("a.weight", Names(dictionary));
        Assert.Equal("weight", Names(module));
    }

    [Fact]
    public void Values_that_multiply_at_every_level_end()
    {
        object inner = Dictionary(("epoch", 1L));
        for (int i = 0; i < 60; i++)
            inner = Dictionary(("left", inner), ("right", inner));
        Assert.Throws<WeightsException>(() => Names(inner));
    }

    [Fact]
    public void Values_that_are_nested_too_deep_are_not_found()
    {
        object inner = Dictionary(("a.weight", s_tensor));
        for (int i = 0; i < 100_000; i++)
            inner = Dictionary(("state_dict", inner));
        Assert.Throws<WeightsException>(() => Names(inner));

        PickleObject module = Object(("weight", s_tensor));
        for (int i = 0; i < 100_000; i++)
            module = Object(("inner", module));
        Assert.Throws<WeightsException>(() => Names(module));
    }

    [Fact]
    public void A_state_that_many_objects_share_is_read_once()
    {
        PickleDictionary state = Dictionary([.. Enumerable.Range(0, 20_000).Select(i => ($"a{i}", (object?)1L)), ("weight", s_tensor)]);
        PickleObject root = Object([.. Enumerable.Range(0, 20_000).Select(i => ($"m{i}", (object?)new PickleObject(null) { State = state }))]);
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        Assert.Equal("m0.weight", Names(root));
        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void What_training_left_beside_the_network_is_named()
    {
        TorchContents found = TorchParameters.Find(Dictionary(
            ("epoch", 3L), ("optimizer_states", new System.Collections.Generic.List<object?> { Dictionary(("step", s_tensor)) }), ("state_dict_ema", Dictionary(("a.weight", s_tensor))),
            ("state_dict", Dictionary(("a.weight", s_tensor), ("a.num_batches_tracked", s_tensor), ("metric.total", s_tensor)))));
        Assert.Equal(["a.num_batches_tracked", "metric.total", "optimizer_states", "state_dict_ema"], found.Unused.AsEnumerable());
    }

    [Fact]
    public void A_file_without_parameters_says_what_it_has()
    {
        Assert.Contains("the first it holds are \"epoch\", \"loss\".", Assert.Throws<WeightsException>(() => Names(Dictionary(("epoch", 1L), ("loss", 2.0)))).Message, StringComparison.Ordinal);
        Assert.Contains("it holds none at all.", Assert.Throws<WeightsException>(() => Names(null)).Message, StringComparison.Ordinal);
    }

    private static string Names(object? root) => string.Join(", ", TorchParameters.Find(root).Parameters.Select(parameter => parameter.Name));

    private static PickleObject Object(params (string, object?)[] state) => new(new PickleGlobal("m", "C")) { State = Dictionary(state) };

    private static PickleDictionary Dictionary(params (string Key, object? Value)[] entries)
    {
        var dictionary = new PickleDictionary();
        dictionary.Entries.AddRange(entries.Select(entry => new System.Collections.Generic.KeyValuePair<object?, object?>(entry.Key, entry.Value)));
        return dictionary;
    }
}
