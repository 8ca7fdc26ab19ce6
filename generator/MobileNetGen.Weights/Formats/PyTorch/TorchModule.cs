using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace MobileNetGen.Weights.Formats.PyTorch;

/// <summary>A module of a pickle: its class, its attributes, and the modules in it.</summary>
/// <param name="Object">What the pickle has of it.</param>
/// <param name="Path">Where it is in the network: "features.0.1"; empty for the network itself.</param>
internal readonly record struct TorchModule(PickleObject Object, string Path)
{
    /// <summary>PyTorch's own classes.</summary>
    private const string Own = "torch.nn.modules.";

    /// <summary>The class with its module: "torch.nn.modules.conv.Conv2d".</summary>
    public string Class => PrintableName.Of(Object.Type?.ToString() ?? "");

    /// <summary>The class as people call it: "Conv2d".</summary>
    public string Kind => PrintableName.Of(Object.Type?.Name ?? "an object");

    /// <summary>For messages: "features.0.1, Conv2d".</summary>
    public string Place => Path.Length == 0 ? Kind : $"{PrintableName.Of(Path)}, {Kind}";

    /// <summary>Whether it is of one of PyTorch's own classes, of which it is known what they do.</summary>
    public bool IsOwn => Class.StartsWith(Own, System.StringComparison.Ordinal);

    /// <summary>The name of one of PyTorch's own classes: "conv.Conv2d"; else all of it.</summary>
    public string OwnClass => IsOwn ? Class[Own.Length..] : Class;

    /// <summary>The modules in it, in the order of their definition.</summary>
    public ImmutableArray<TorchModule> Children
    {
        get
        {
            string prefix = Path.Length == 0 ? "" : Path + ".";
            return [.. Named("_modules").Where(child => child.Value is PickleObject).Select(child => new TorchModule((PickleObject)child.Value!, prefix + child.Key))];
        }
    }

    /// <summary>The names of the modules in it.</summary>
    public IEnumerable<string> ChildNames => Named("_modules").Where(child => child.Value is PickleObject).Select(child => child.Key);

    /// <summary>Whether code was attached to it that runs before or behind it, or in its place.</summary>
    public bool HasHooks => IsFilled("_forward_hooks") || IsFilled("_forward_pre_hooks") || Attribute("forward") is not null;

    /// <summary>A module in it; null where there is none of that name.</summary>
    public TorchModule? Child(string name) =>
        (Object.State?["_modules"] as PickleDictionary)?[name] is PickleObject child ? new TorchModule(child, Path.Length == 0 ? name : $"{Path}.{name}") : null;

    /// <summary>A trained tensor or a statistic; null where it has none.</summary>
    public TorchTensor? Tensor(string name) => ((Object.State?["_parameters"] as PickleDictionary)?[name] ?? (Object.State?["_buffers"] as PickleDictionary)?[name]) as TorchTensor;

    /// <summary>An attribute; null where it has none.</summary>
    public object? Attribute(string name) => Object.State?[name];

    /// <summary>An attribute that is a number.</summary>
    /// <exception cref="WeightsException">It is none.</exception>
    public double Number(string name) => Attribute(name) switch
    {
        double real => real,
        long whole => whole,
        _ => throw Unclear(name),
    };

    /// <summary>An attribute that is one or more whole numbers.</summary>
    /// <exception cref="WeightsException">It is not.</exception>
    public ImmutableArray<long> Numbers(string name) => Attribute(name) switch
    {
        long one => [one],
        object?[] several when several.All(value => value is long) => [.. several.Cast<long>()],
        List<object?> several when several.All(value => value is long) => [.. several.Cast<long>()],
        _ => throw Unclear(name),
    };

    /// <summary>How a convolution moves.</summary>
    /// <exception cref="WeightsException">It does what no MobileNet's does.</exception>
    public TorchWindow Window()
    {
        if (Attribute("transposed") is true)
            throw new WeightsException($"{Place}, is a transposed convolution; a MobileNet has none.");
        if (Attribute("padding_mode") is string mode and not "zeros")
            throw new WeightsException($"{Place}, has padding_mode '{PrintableName.Of(mode)}'; zeros were expected.");
        ImmutableArray<long> padding = Attribute("padding") switch
        {
            "same" or "valid" => [0],
            string other => throw new WeightsException($"{Place}, has padding '{PrintableName.Of(other)}'; numbers, 'same' or 'valid' was expected."),
            _ => Numbers("padding"),
        };
        return new TorchWindow(Numbers("stride"), padding, Numbers("dilation"), Numbers("groups") is [var groups] ? groups : throw Unclear("groups")) { IsSame = Attribute("padding") is "same" };
    }

    private IEnumerable<(string Key, object? Value)> Named(string dictionary) => (Object.State?[dictionary] as PickleDictionary)?.Named() ?? [];

    private bool IsFilled(string dictionary) => Object.State?[dictionary] is PickleDictionary { Entries.Count: > 0 };

    private WeightsException Unclear(string name) => new($"{Place}, does not state its '{name}' as numbers, as PyTorch's own modules do. Save the network's state_dict() instead.");
}
