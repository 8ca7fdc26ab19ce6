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

    private TorchParameters()
    {
    }

    /// <summary>The parameters in the order in which they were defined.</summary>
    /// <param name="root">What the file's pickle holds.</param>
    /// <exception cref="WeightsException">There are none, or several networks to choose from.</exception>
    public static IReadOnlyList<TorchParameter> Find(object? root)
    {
        List<TorchParameter> found = new TorchParameters().Locate(root, 0);
        return found.Count > 0 ? found : throw new WeightsException(ParameterNames.NothingFound(root is PickleDictionary dictionary ? dictionary.Named().Select(entry => entry.Key) : []));
    }

    private List<TorchParameter> Locate(object? value, int depth)
    {
        var found = new List<TorchParameter>();
        if (value is PickleObject module)
            Walk(module, "", depth, found);
        if (value is not PickleDictionary dictionary || depth > MaximumDepth || !_seen.Add(dictionary))
            return found;

        found.AddRange(Parameters(dictionary, "", null));
        foreach (string key in s_networkKeys)
        {
            if (found.Count == 0)
                found = Locate(dictionary[key], depth + 1);
        }

        if (found.Count > 0)
            return found;
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
}
