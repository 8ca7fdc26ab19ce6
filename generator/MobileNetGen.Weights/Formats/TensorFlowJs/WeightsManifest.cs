using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;
using MobileNetGen.Weights.Formats.Keras;

namespace MobileNetGen.Weights.Formats.TensorFlowJs;

/// <summary>The weights of a model for the browser: groups of tensors, each group laid end to end in files beside the one that lists them.</summary>
internal static class WeightsManifest
{
    /// <summary>Reads all tensors.</summary>
    /// <param name="file">The file that has the manifest.</param>
    /// <param name="manifest">The manifest: a list of groups.</param>
    /// <exception cref="WeightsException">It is damaged, or the files beside it are missing or of another length.</exception>
    public static List<StoredTensor> Read(WeightsInput file, JsonElement manifest)
    {
        var tensors = new List<StoredTensor>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var shards = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonElement group in Json.Items(manifest, "the list of weights"))
        {
            string[] paths = [.. Json.Items(Json.Required(group, "paths"), "the list of a group's files").Select(path => Json.Text(path, "a file's name"))];
            TensorSpecification[] specifications = [.. Json.Items(Json.Required(group, "weights"), "the list of a group's weights").Select(TensorSpecification.Read)];
            if (specifications.FirstOrDefault(tensor => !names.Add(tensor.Name)) is { } second)
                throw new WeightsException($"The weights \"{second.Name}\" are listed twice. The file is damaged; convert the model again.");
            if (paths.FirstOrDefault(path => !shards.Add(path)) is { } again)
                throw new WeightsException($"The file \"{again}\" is listed twice. The manifest is damaged; convert the model again.");

            long length = specifications.Sum(tensor => tensor.Length);
            byte[][] parts = [.. paths.Select(file.ReadBeside)];
            long found = parts.Sum(part => (long)part.Length);
            if (found != length)
            {
                string files = string.Join(", ", paths.Take(4).Select(path => $"\"{path}\"")) + (paths.Length > 4 ? ", …" : "");
                throw new WeightsException($"The files {files} have {found} bytes, and the weights in them {length}. Fetch all files of the model again.");
            }

            byte[] data = Join(parts, (int)found);
            int start = 0;
            foreach (TensorSpecification specification in specifications)
            {
                tensors.Add(new StoredTensor(specification, data.AsMemory(start, (int)specification.Length)));
                start += (int)specification.Length;
            }
        }

        return tensors;
    }

    private static byte[] Join(byte[][] parts, int length)
    {
        if (parts is [var one])
            return one;
        var whole = new byte[length];
        int end = 0;
        foreach (byte[] part in parts)
        {
            part.CopyTo(whole, end);
            end += part.Length;
        }

        return whole;
    }
}
