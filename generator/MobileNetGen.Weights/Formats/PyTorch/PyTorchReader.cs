using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using MobileNetGen.Weights.Formats.Graphs;
using MobileNetGen.Weights.Formats.Parameters;
using MobileNetGen.Weights.Formats.PyTorch.Script;

namespace MobileNetGen.Weights.Formats.PyTorch;

/// <summary>
/// Reads what <c>torch.save</c> writes, state dictionaries, checkpoints and whole modules, and TorchScript archives. The pickle in them is parsed, never
/// executed.
/// </summary>
public sealed class PyTorchReader : IWeightsReader
{
    /// <summary>The papers' own picture.</summary>
    private const int UsualSide = 224;

    /// <summary>PyTorch, with its padding.</summary>
    public static SourceFormat Format { get; } = new("PyTorch", PaddingConvention.Symmetric);

    /// <inheritdoc/>
    public string Description => "PyTorch (.pt, .pth)";

    /// <inheritdoc/>
    public bool CanRead(ReadOnlySpan<byte> head, string extension) =>
        extension is ".pt" or ".pth" || LegacyTorchFile.IsOne(head)
        || (IsArchive(head) && (extension is ".bin" or ".ckpt" or ".tar" || head.IndexOf("/data.pkl"u8) >= 0));

    /// <inheritdoc/>
    public SourceModel Read(WeightsInput file)
    {
        ArgumentNullException.ThrowIfNull(file);
        try
        {
            using TorchArchive? archive = IsArchive(file.Bytes) ? new TorchArchive(file.Bytes) : null;
            return archive is { IsScript: true, Root: PickleObject script } ? ReadScript(archive, script, file) : Read((TorchFile?)archive ?? Legacy(file.Bytes), file);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new WeightsException($"The file is damaged: it is not a whole zip archive. {error.Message} Fetch or save it again.", error);
        }
    }

    /// <summary>TorchScript states its network by its code.</summary>
    private static SourceNetwork ReadScript(TorchArchive archive, PickleObject script, WeightsInput file)
    {
        IReadOnlyList<TorchParameter> parameters = TorchParameters.OfModule(script);
        TorchTensor? stem = parameters.FirstOrDefault(parameter => parameter.Role == ParameterRole.Kernel && parameter.Tensor.Shape.Length == 4)?.Tensor
            ?? archive.Constants.OfType<TorchTensor>().FirstOrDefault(tensor => tensor.Shape is [> 1, _, _, _]);
        var code = new Dictionary<string, ScriptFile>(StringComparer.Ordinal);
        return Build(archive, file, Producers.From(Format, [.. parameters.Select(parameter => parameter.Name)], file.Name), stem, (graph, input) => ScriptMachine.Run(archive, script, code, graph, input));
    }

    private static SourceModel Read(TorchFile file, WeightsInput input)
    {
        TorchContents contents = TorchParameters.Find(file.Root);
        string[] names = [.. contents.Parameters.Select(parameter => parameter.Name), .. contents.Unused];
        SourceConventions conventions = Producers.From(Format, names, $"{input.Name} {Architecture(file.Root)}");
        if (contents.Module is not { } root)
            return Parameters(file, input, contents, conventions, new Dictionary<string, SourceLayerFacts>());

        var module = new TorchModule(root, "");
        if (TorchModuleGraph.IsKnown(module))
        {
            TorchTensor? stem = contents.Parameters.FirstOrDefault(parameter => parameter.Tensor.Shape.Length == 4)?.Tensor;
            return Build(file, input, conventions, stem, (graph, picture) => new TorchModuleGraph(graph).Forward(module, picture));
        }

        (IReadOnlyDictionary<string, SourceLayerFacts> facts, SourceActivation? activation) = TorchFacts.Of(module);
        return Parameters(file, input, contents, conventions with { Activation = activation ?? conventions.Activation }, facts);
    }

    /// <summary>Builds a network for the size of the text's picture, or for the usual one, or another that fits what the network does.</summary>
    private static SourceNetwork Build(TorchFile file, WeightsInput input, SourceConventions conventions, TorchTensor? stem, Func<TorchGraph, GraphValue, GraphValue> run)
    {
        if (stem?.Shape is not [_, > 0 and < 1024 and var channels, _, _])
            throw new WeightsException("The network has no convolution whose weights are in the file; a MobileNet begins with one.");
        int height = input.InputSize?.Height ?? UsualSide, width = input.InputSize?.Width ?? UsualSide;
        var graph = new TorchGraph(file, input.Bytes.Length, conventions);
        try
        {
            return graph.Build(run(graph, graph.Input((int)channels, height, width))) with { AssumesInputSize = input.InputSize is null };
        }
        catch (WeightsException) when (input.InputSize is null && graph.Misfit is > 0.01 and < 10)
        {
            // A pool's window, or the inputs of a layer behind a flattened map, say how large the picture is.
            int side = (int)Math.Round(UsualSide * graph.Misfit.Value);
            graph = new TorchGraph(file, input.Bytes.Length, conventions);
            return graph.Build(run(graph, graph.Input((int)channels, side, side))) with { AssumesInputSize = true };
        }
    }

    private static SourceParameters Parameters(
        TorchFile file, WeightsInput input, TorchContents contents, SourceConventions conventions, IReadOnlyDictionary<string, SourceLayerFacts> facts)
    {
        long left = input.Bytes.Length;
        var parameters = new List<Parameter>();
        foreach ((string name, string layer, ParameterRole role, TorchTensor tensor, double? epsilon) in contents.Parameters)
        {
            // An honest file has two bytes or more a number; tensors that view one storage could ask for any amount of memory.
            left -= tensor.Count(name);
            if (left < 0)
                throw new WeightsException("The file is damaged: its tensors, taken one by one, are larger than the file. Save the network again.");
            float[] values = tensor.Read(name, file.Bytes(tensor.Storage));
            parameters.Add(new Parameter(layer, role, name, [.. tensor.Shape.Select(size => (int)size)], values) { Epsilon = epsilon, Facts = facts.GetValueOrDefault(layer) });
        }

        SourceParameters grouped = ParameterGrouping.Group(Format, KernelLayout.OutputFirst, conventions.Epsilon, inOrder: true, parameters, conventions);
        return grouped with { LeftAside = [.. grouped.LeftAside, .. Leftovers.Describe(contents.Unused)] };
    }

    /// <summary>What training scripts call the network in their checkpoints.</summary>
    private static string? Architecture(object? root) => root is PickleDictionary checkpoint ? (checkpoint["arch"] ?? checkpoint["architecture"] ?? checkpoint["model_name"]) as string : null;

    private static LegacyTorchFile Legacy(byte[] file) => LegacyTorchFile.IsOne(file)
        ? new LegacyTorchFile(file)
        : throw new WeightsException(
            "The file is not one that torch.save wrote: a zip archive or a pickle is expected. Save the network's state_dict() with torch.save, or fetch the file again; "
            + "a web page or a Git LFS pointer saved under its name looks like this.");

    private static bool IsArchive(ReadOnlySpan<byte> head) => head.StartsWith("PK\x03\x04"u8);
}
