using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using MobileNetGen.Weights.Formats.Parameters;

namespace MobileNetGen.Weights.Formats.PyTorch;

/// <summary>
/// Reads what <c>torch.save</c> writes, state dictionaries, checkpoints and whole modules, and TorchScript archives. The pickle in them is parsed, never
/// executed.
/// </summary>
public sealed class PyTorchReader : IWeightsReader
{
    /// <summary>PyTorch's default ε, which state dictionaries do not hold.</summary>
    private const double DefaultEpsilon = 1e-5;

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
            return Read((TorchFile?)archive ?? Legacy(file.Bytes), file.Bytes.Length);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new WeightsException($"The file is damaged: it is not a whole zip archive. {error.Message} Fetch or save it again.", error);
        }
    }

    private static SourceParameters Read(TorchFile file, long length)
    {
        var parameters = new List<Parameter>();
        foreach ((string name, string layer, ParameterRole role, TorchTensor tensor, double? epsilon) in TorchParameters.Find(file.Root))
        {
            // An honest file has two bytes or more a number; tensors that view one storage could ask for any amount of memory.
            length -= tensor.Count(name);
            if (length < 0)
                throw new WeightsException("The file is damaged: its tensors, taken one by one, are larger than the file. Save the network again.");
            float[] values = tensor.Read(name, file.Bytes(tensor.Storage));
            parameters.Add(new Parameter(layer, role, name, [.. tensor.Shape.Select(size => (int)size)], values) { Epsilon = epsilon });
        }

        return ParameterGrouping.Group(Format, KernelLayout.OutputFirst, DefaultEpsilon, inOrder: true, parameters);
    }

    private static LegacyTorchFile Legacy(byte[] file) => LegacyTorchFile.IsOne(file)
        ? new LegacyTorchFile(file)
        : throw new WeightsException(
            "The file is not one that torch.save wrote: a zip archive or a pickle is expected. Save the network's state_dict() with torch.save, or fetch the file again; "
            + "a web page or a Git LFS pointer saved under its name looks like this.");

    private static bool IsArchive(ReadOnlySpan<byte> head) => head.StartsWith("PK\x03\x04"u8);
}
