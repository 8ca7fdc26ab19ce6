using System;

namespace MobileNetGen.Weights.Formats.TensorFlowLite;

/// <summary>Reads TensorFlow Lite's <c>.tflite</c> files: float32 (weights also as float16), uint8 and int8 networks of a MobileNet's operators.</summary>
/// <remarks>
/// What other converters write in several operators comes out as one: PAD before a VALID convolution is its padding, RELU, RELU6 or a pair of
/// MINIMUM and MAXIMUM is the activation of the operator before it, RESHAPE and SQUEEZE that only add or drop dimensions of size 1 vanish, and
/// DEQUANTIZE of stored weights is done at once.
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

        TensorFlowLiteMetadata metadata = TensorFlowLiteMetadata.Read(file.Bytes);
        return new NetworkBuilder(new TensorFlowLiteModel(file.Bytes)).Build() with { Normalization = metadata.Normalization };
    }

    private static bool HasIdentifier(ReadOnlySpan<byte> head) => head.Length >= 8 && head.Slice(4, 4).SequenceEqual("TFL3"u8);
}
