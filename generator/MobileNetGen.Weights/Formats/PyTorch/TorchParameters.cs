using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Weights.Formats.Parameters;

namespace MobileNetGen.Weights.Formats.PyTorch;

/// <summary>A tensor that a state dictionary or module names.</summary>
/// <param name="Name">The name as <c>state_dict()</c> gives it.</param>
/// <param name="Layer">The layer that the name says.</param>
/// <param name="Role">The role that the name says.</param>
/// <param name="Tensor">The tensor.</param>
/// <param name="Epsilon">ε of the batch normalisation that it belongs to, which a module has and a state dictionary has not.</param>
internal sealed record TorchParameter(string Name, string Layer, ParameterRole Role, TorchTensor Tensor, double? Epsilon);

/// <summary>What a file holds.</summary>
/// <param name="Parameters">The parameters in the order in which they were defined.</param>
/// <param name="Module">The network itself, where the file has more of it than its parameters.</param>
/// <param name="Unused">The names of tensors that are no layer's, and of what else has tensors.</param>
internal sealed record TorchContents(IReadOnlyList<TorchParameter> Parameters, PickleObject? Module, ImmutableArray<string> Unused);

/// <summary>Finds the parameters in what a file holds: a state dictionary, a module, or a checkpoint that has one of them in it.</summary>
internal sealed class TorchParameters
{
    /// <summary>Far deeper than people nest modules and checkpoints, and far from the end of the stack.</summary>
    private const int MaximumDepth = 64;

    /// <summary>Far longer than people's names, so that many long ones cannot take forever.</summary>
    private const int MaximumNameLength = 1000;

    /// <summary>Where training scripts put the network, the likeliest first.</summary>
    private static readonly ImmutableArray<string> s_networkKeys = ["state_dict", "model_state_dict", "model", "net", "network", "module", "weights", "model_ema", "state_dict_ema"];

    /// <summary>What was seen already: a value may be in many places, even in itself.</summary>
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);

    private readonly List<string> _unused = [];
    private PickleObject? _module;

    private TorchParameters()
    {
    }

    /// <summary>Finds the network.</summary>
    /// <param name="root">What the file's pickle holds.</param>
    /// <exception cref="WeightsException">There is none, or several to choose from.</exception>
    public static TorchContents Find(object? root)
    {
        var search = new TorchParameters();
        List<TorchParameter> found = search.Locate(root, 0);
        return found.Count > 0
            ? new TorchContents(found, search._module, [.. search._unused])
            : throw new WeightsException(ParameterNames.NothingFound(root is PickleDictionary dictionary ? dictionary.Named().Select(entry => entry.Key) : []));
    }

    /// <summary>The parameters of a module; none where its code has the numbers as constants.</summary>
    public static IReadOnlyList<TorchParameter> OfModule(PickleObject module)
    {
        var found = new List<TorchParameter>();
        new TorchParameters().Walk(module, "", 0, found);
        return found;
    }

    private List<TorchParameter> Locate(object? value, int depth)
    {
        var found = new List<TorchParameter>();
        if (value is PickleObject module)
        {
            Walk(module, "", depth, found);
            if (found.Count > 0)
                _module = module;
        }

        if (value is not PickleDictionary dictionary || depth > MaximumDepth || !_seen.Add(dictionary))
            return found;

        found.AddRange(Parameters(dictionary, "", null));
        if (found.Count > 0)
        {
            _unused.AddRange(dictionary.Named().Where(entry => entry.Value is TorchTensor tensor && !IsParameter(entry.Key, tensor)).Select(entry => entry.Key));
            return found;
        }

        foreach (string key in s_networkKeys)
        {
            found = Locate(dictionary[key], depth + 1);
            if (found.Count == 0)
                continue;
            _unused.AddRange(dictionary.Named().Where(entry => entry.Key != key && IsTraining(entry.Key, entry.Value)).Select(entry => entry.Key));
            return found;
        }

        string? first = null;
        foreach ((string key, object? inner) in dictionary.Named())
        {
            List<TorchParameter> next = Locate(inner, depth + 1);
            if (next.Count > 0 && first is not null)
                throw new WeightsException($"The file holds several networks, \"{first}\" and \"{key}\" among them. Save the state_dict() of one of them alone.");
            if (next.Count > 0)
                (first, found) = (key, next);
        }

        return found;
    }

    /// <summary>A module's parameters, and those of the modules in it. TorchScript keeps all three kinds of a module's contents among its attributes.</summary>
    private void Walk(PickleObject module, string prefix, int depth, List<TorchParameter> found)
    {
        if (depth > MaximumDepth || module.State is not { } state || !_seen.Add(module))
            return;
        // The state of one object is nobody else's, or a small pickle could have any number of layers.
        if (!_seen.Add(state))
            return;
        ImmutableArray<PickleDictionary?> contents = state["_modules"] is PickleDictionary modules
            ? [state["_parameters"] as PickleDictionary, state["_buffers"] as PickleDictionary, modules]
            : [state];
        foreach (PickleDictionary content in contents.OfType<PickleDictionary>())
        {
            found.AddRange(Parameters(content, prefix, state["eps"] as double?));
            foreach ((string key, object? value) in content.Named())
            {
                if (value is PickleObject inner && prefix.Length + key.Length < MaximumNameLength)
                    Walk(inner, $"{prefix}{key}.", depth + 1, found);
            }
        }
    }

    /// <summary>The tensors of a dictionary that are called as a layer's are.</summary>
    private static IEnumerable<TorchParameter> Parameters(PickleDictionary dictionary, string prefix, double? epsilon)
    {
        foreach ((string key, object? value) in dictionary.Named())
        {
            if (value is TorchTensor tensor && prefix.Length + key.Length < MaximumNameLength && ParameterNames.Parse(prefix + key, tensor.Shape.Length) is var (layer, role))
                yield return new TorchParameter(prefix + key, layer, role, tensor, epsilon);
        }
    }

    private static bool IsParameter(string name, TorchTensor tensor) => ParameterNames.Parse(name, tensor.Shape.Length) is not null;

    /// <summary>Whether an entry beside the network is something of weight that training left there: a moving average, the state of an optimiser.</summary>
    private static bool IsTraining(string key, object? value) =>
        value is PickleDictionary { Entries.Count: > 0 } or List<object?> { Count: > 0 } or PickleObject
        && (s_networkKeys.Contains(key) || key.Contains("ema", System.StringComparison.OrdinalIgnoreCase) || key.StartsWith("optim", System.StringComparison.OrdinalIgnoreCase));
}
