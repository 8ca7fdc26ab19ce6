using System;

namespace MobileNetGen.Weights.Formats;

/// <summary>Reads one format of weights file.</summary>
public interface IWeightsReader
{
    /// <summary>The format, as a message lists it: "TensorFlow Lite (.tflite)".</summary>
    string Description { get; }

    /// <summary>Whether a file is one of this format.</summary>
    /// <param name="head">The first bytes of the file: 64, or all of a shorter one.</param>
    /// <param name="extension">The file name's extension with its dot, in lower case, or empty.</param>
    bool CanRead(ReadOnlySpan<byte> head, string extension);

    /// <summary>Reads a file.</summary>
    /// <param name="file">The file; not kept.</param>
    /// <exception cref="WeightsException">The file is malformed or holds what no MobileNet does.</exception>
    SourceModel Read(WeightsInput file);
}
