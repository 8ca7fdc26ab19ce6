using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace MobileNetGen.Arm64.Tests;

/// <summary>One of the networks under <c>Networks</c>.</summary>
/// <param name="InputLength">Bytes of an image.</param>
/// <param name="OutputLength">Numbers of a result.</param>
/// <param name="Run">Runs it.</param>
internal sealed record SampleNetwork(int InputLength, int OutputLength, SampleNetwork.Method Run)
{
    public delegate void Method(ReadOnlySpan<byte> pixels, Span<float> scores);

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyDictionary<string, SampleNetwork> All { get; } = new SortedDictionary<string, SampleNetwork>(StringComparer.Ordinal)
    {
        [nameof(V2UInt8)] = Of(V2UInt8.InputHeight * V2UInt8.InputWidth, V2UInt8.OutputLength, V2UInt8.Run),
        [nameof(V2Int8)] = Of(V2Int8.InputHeight * V2Int8.InputWidth, V2Int8.OutputLength, V2Int8.Run),
        [nameof(V2Float32)] = Of(V2Float32.InputHeight * V2Float32.InputWidth, V2Float32.OutputLength, V2Float32.Run),
        [nameof(LayersUInt8)] = Of(LayersUInt8.InputHeight * LayersUInt8.InputWidth, LayersUInt8.OutputLength, LayersUInt8.Run),
        [nameof(LayersInt8)] = Of(LayersInt8.InputHeight * LayersInt8.InputWidth, LayersInt8.OutputLength, LayersInt8.Run),
        [nameof(LayersFloat32)] = Of(LayersFloat32.InputHeight * LayersFloat32.InputWidth, LayersFloat32.OutputLength, LayersFloat32.Run),
    };

    /// <summary>The scores of a few images of noise, one image after the other, in memory order.</summary>
    public byte[] RunOnNoise(int images = 3)
    {
        var noise = new Random(1);
        var pixels = new byte[InputLength];
        var scores = new float[images * OutputLength];
        for (int image = 0; image < images; image++)
        {
            noise.NextBytes(pixels);
            Run(pixels, scores.AsSpan(image * OutputLength, OutputLength));
        }

        return MemoryMarshal.AsBytes(scores.AsSpan()).ToArray();
    }

    private static SampleNetwork Of(int pixels, int outputLength, Method run) => new(3 * pixels, outputLength, run);
}
