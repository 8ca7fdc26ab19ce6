using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace MobileNetGen.Weights.Formats.PyTorch;

/// <summary>A pickle as PyTorch writes it: knows the functions that rebuild tensors, and how storages are named.</summary>
/// <param name="data">The bytes in which it lies.</param>
/// <param name="position">Where it starts.</param>
/// <param name="folder">What the keys of its storages begin with: the folder of those that are not in the usual one.</param>
internal sealed class TorchPickle(byte[] data, int position, string folder = "") : PickleMachine(data, position)
{
    /// <summary>Twice those of a convolution's weights; each costs time for every element.</summary>
    private const int MaximumDimensions = 8;

    /// <summary>A class of tensors wraps the call that rebuilds one; nobody wraps it again and again.</summary>
    private const int MaximumCalls = 8;

    private readonly Dictionary<string, TorchStorage> _storages = [];

    /// <summary>The storages that tensors view, by their keys.</summary>
    public IReadOnlyDictionary<string, TorchStorage> Storages => _storages;

    /// <inheritdoc/>
    protected override object? Load(object? id)
    {
        switch (id)
        {
            // The class of a module, with its source, which files before PyTorch 1.6 have.
            case object?[] and ["module", var type, ..]:
                return type;
            case object?[] and ["storage", PickleGlobal type, string stored, _, long count, .. var rest]:
                string key = folder + stored;
                if (rest is [not null, ..])
                    throw new WeightsException("The file has views of storages, as PyTorch wrote before version 0.4. Load it with torch.load and save it again.");
                if (count < 0)
                    throw Broken("a storage has a negative length");
                if (!_storages.TryGetValue(key, out TorchStorage? storage))
                    _storages.Add(key, storage = new TorchStorage(type.Name, key, count));
                return storage;
            default:
                throw Broken("a persistent id is neither that of a storage nor that of a module");
        }
    }

    /// <inheritdoc/>
    protected override object? Call(PickleGlobal function, object?[] arguments) => Call(function, arguments, 0);

    private object? Call(PickleGlobal function, object?[] arguments, int depth)
    {
        switch (function.ToString())
        {
            case "collections.OrderedDict":
                return Dictionary(arguments);
            case "torch._utils._rebuild_tensor" or "torch._utils._rebuild_tensor_v2":
                return arguments is [TorchStorage storage, long offset, object?[] shape, object?[] strides, ..] && shape.Length == strides.Length && shape.Length <= MaximumDimensions
                    ? new TorchTensor(storage, offset, Numbers(shape), Numbers(strides))
                    : throw Broken($"a tensor is not rebuilt from a storage, an offset, sizes and strides, at most {MaximumDimensions}");
            case "torch._utils._rebuild_parameter" or "torch._utils._rebuild_parameter_with_state":
                return arguments is [var tensor, ..] ? tensor : null;
            case "torch._utils._rebuild_qtensor":
                throw new WeightsException("The file holds a network that PyTorch has quantised, which is not read. Save the float one.");
            case "torch._tensor._rebuild_from_type_v2" when arguments is [PickleGlobal rebuild, _, object?[] inner, ..]:
                return depth < MaximumCalls ? Call(rebuild, inner, depth + 1) : throw Broken($"calls that rebuild a tensor are nested more than {MaximumCalls} deep");
            default:
                return new PickleObject(function);
        }
    }

    /// <summary>An empty dictionary; Python 2 gives it a list of pairs.</summary>
    private static PickleDictionary Dictionary(object?[] arguments)
    {
        var dictionary = new PickleDictionary();
        if (arguments is [List<object?> pairs])
        {
            foreach (object? pair in pairs)
            {
                if (pair is List<object?> and [var key, var value])
                    dictionary.Entries.Add(new(key, value));
            }
        }

        return dictionary;
    }

    private ImmutableArray<long> Numbers(object?[] values) =>
        [.. values.Select(value => value is long number ? number : throw Broken("a size or stride is not a number"))];
}
