using System;

namespace MobileNetGen.Weights.Formats.TensorFlowLite;

/// <summary>Reads TensorFlow Lite's <c>.tflite</c> files: float32 (weights also as float16), uint8 and int8 networks of a MobileNet's operators.</summary>
/// <remarks>
/// What other converters write in several operators comes out as one, as of every format's graph. Files whose weights alone are int8 (dynamic-range quantisation)
/// are read as float32, with a note.
/// </remarks>
public sealed class TensorFlowLiteReader : IWeightsReader
{
    /// <summary>TensorFlow Lite, with TensorFlow's padding.</summary>
    public static SourceFormat Format { get; } = new("TensorFlow Lite", PaddingConvention.Same);

    /// <inheritdoc/>
    public string Description => "TensorFlow Lite (.tflite)";

    /// <inheritdoc/>
    public bool CanRead(ReadOnlySpan<byte> head, string extension) => HasIdentifier(head) || extension is ".tflite" or ".lite";

    /// <inheritdoc/>
    public SourceModel Read(WeightsInput file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (!HasIdentifier(file.Bytes))
        {
            throw new WeightsException(
                "The file is not a TensorFlow Lite file: \"TFL3\" is expected at byte 4. Export or fetch it again; "
                + "a web page or a Git LFS pointer saved under its name looks like this.");
        }

        SourceNetwork network = new NetworkBuilder(new TensorFlowLiteModel(file.Bytes), file.Bytes.Length).Build();
        TensorFlowLiteMetadata metadata = network.Detector is null ? TensorFlowLiteMetadata.ReadNormalization(file.Bytes) : TensorFlowLiteMetadata.Read(file.Bytes);
        return network with
        {
            Normalization = metadata.Normalization,
            Detector = network.Detector is { } detector ? detector with { Labels = metadata.Texts.IsEmpty ? [] : metadata.Texts[0] } : null,
        };
    }

    private static bool HasIdentifier(ReadOnlySpan<byte> head) => head.Length >= 8 && head.Slice(4, 4).SequenceEqual("TFL3"u8);
}
