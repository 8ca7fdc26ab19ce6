using System;
using System.IO;
using System.IO.Compression;
using System.Text;
using MobileNetGen.Weights.Formats.Graphs;
using MobileNetGen.Weights.Formats.Keras.Hdf5;

namespace MobileNetGen.Weights.Formats.Keras;

/// <summary>Reads Keras 3's <c>.keras</c> archives: a zip of the model's configuration, config.json, and its weights, model.weights.h5.</summary>
public sealed class KerasArchiveReader : IWeightsReader
{
    private const string Configuration = "config.json";
    private const string Weights = "model.weights.h5";

    /// <summary>How much longer than the archive a part may be. Keras does not compress, and trained numbers hardly can be.</summary>
    private const int HighestCompression = 4;

    private const int LongestAlways = 64 << 10;

    /// <inheritdoc/>
    public string Description => "Keras (.keras)";

    /// <inheritdoc/>
    public bool CanRead(ReadOnlySpan<byte> head, string extension) => extension == ".keras";

    /// <inheritdoc/>
    public SourceModel Read(WeightsInput file)
    {
        ArgumentNullException.ThrowIfNull(file);
        long longest = (HighestCompression * (long)file.Bytes.Length) + LongestAlways;
        try
        {
            using var archive = new ZipArchive(new MemoryStream(file.Bytes, writable: false), ZipArchiveMode.Read);
            string configuration = Encoding.UTF8.GetString(Read(archive, Configuration, longest));
            byte[] weights = Read(archive, Weights, longest);
            return Json.Read(configuration, json => Network(file, weights, KerasLayer.ReadModel(json)));
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or NotSupportedException)
        {
            throw new WeightsException(
                $"The file is not a .keras archive, which is a zip, or it is damaged: {error.Message} Save or fetch it again; a web page or a Git LFS pointer saved under its name looks like this.", error);
        }
    }

    private static SourceNetwork Network(WeightsInput file, byte[] stored, KerasLayer model)
    {
        var weights = new KerasWeights(model);
        KerasVariables.Collect(weights, new Hdf5File(stored).Root, model);
        return KerasGraphBuilder.Build(KerasHdf5Reader.Format, file, new WeightsBudget(stored.Length), model, weights);
    }

    private static byte[] Read(ZipArchive archive, string name, long longest)
    {
        ZipArchiveEntry entry = archive.GetEntry(name) ?? throw new WeightsException($"The archive has no {name}; a model saved by Keras 3 as .keras has {Configuration} and {Weights}.");
        if (entry.Length > longest)
            throw new WeightsException($"{name} in the archive is {entry.Length} bytes long; at most {longest} were expected. Save the model again.");
        var content = new byte[entry.Length];
        using Stream stream = entry.Open();
        stream.ReadExactly(content);
        return content;
    }
}
