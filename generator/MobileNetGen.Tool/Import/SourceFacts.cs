using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Files;
using MobileNetGen.Tool.Terminal;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.TensorFlowLite;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Tool.Import;

/// <summary>What weights files say.</summary>
/// <param name="Files">The files, in the order they run.</param>
/// <param name="Model">What they hold.</param>
/// <param name="Labels">Class names that are packed into them, or empty.</param>
internal sealed record SourceFacts(ImmutableArray<string> Files, SourceModel Model, ImmutableArray<string> Labels)
{
    /// <summary>Every file that was read: the files, and those that belong to them.</summary>
    public ImmutableArray<string> Parts { get; private init; } = [];

    /// <summary>Whether a text in a detector's metadata has a line for each class, or for each and the background.</summary>
    private static bool NameClasses(SourceDetector detector) =>
        detector.Labels.Length == detector.Columns - 1 || (detector.Labels.Length == detector.Columns && LabelsFile.IsBackground(detector.Labels[0]));

    /// <summary>Reads weights files.</summary>
    /// <param name="files">The files, or the prefixes of TensorFlow checkpoints, in the order they run.</param>
    /// <param name="resolution">The side of the image, for files that leave it open.</param>
    /// <exception cref="InputException">One cannot be read, or they do not fit together.</exception>
    public static SourceFacts Read(ImmutableArray<string> files, int? resolution)
    {
        if (files.FirstOrDefault(f => WeightsPath.Find(f) is null) is { } missing)
            throw new InputException($"{missing}: there is no such file.");
        try
        {
            Shape? input = resolution is { } side ? new Shape(side, side, 3) : null;
            WeightsFile[] read = [.. files.Select((f, i) => WeightsFile.Read(f, i == 0 ? input : null))];
            SourceModel model = read.Select(r => r.Model).Aggregate(SourceModel.Chain);
            ImmutableArray<string> parts = [.. read.SelectMany(r => r.Files).Select(f => f.Path)];
            if (model is SourceNetwork { Detector: { } detector })
                return new SourceFacts(files, model, NameClasses(detector) ? detector.Labels : []) { Parts = parts };
            if (model.Format != TensorFlowLiteReader.Format)
                return new SourceFacts(files, model, []) { Parts = parts };
            TensorFlowLiteMetadata last = TensorFlowLiteMetadata.Read(File.ReadAllBytes(files[^1]));
            int outputs = model is SourceNetwork { Outputs.Length: 1 } network ? network.Values[network.Outputs[0]].Shape[^1] : 0;
            return new SourceFacts(files, model, last.Texts.FirstOrDefault(t => t.Length == outputs, [])) { Parts = parts };
        }
        catch (WeightsException error)
        {
            throw new InputException(error.Message);
        }
    }
}
