using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// Makes bytes 16 bits wide for machines whose only product of bytes, vpmaddubsw, saturates: the activations of a strip of a pointwise convolution once for all blocks of outputs, a plain panel once
/// for all pixels of the strip. Of a group of four channels, the first and the third are an entry, the second and the fourth another, so that nothing has to move between lanes.
/// </summary>
internal readonly unsafe struct WidePanel
{
    /// <summary>Bytes of a pixel's 16 channels.</summary>
    public const int Step = 2 * BlobLayout.Lanes;

    /// <summary>A strip's activations are at most so many bytes, which stay in the second-level cache while all blocks of outputs meet them.</summary>
    private const int MostBytes = 64 * 1024;

    private readonly byte* _activations;
    private readonly sbyte* _weights;
    private readonly int* _offsets;
    private readonly nint _blockStride;

    /// <summary>The thread's memory for a convolution, the same for each of its strips and blocks.</summary>
    private WidePanel(in ByteConvolution c)
    {
        int blocks = Blocks(c), entries = 2 * c.Groups;
        _blockStride = StripPixels(c) * Step;
        _weights = (sbyte*)ThreadScratch.GetForPanel(checked(entries * (BlobLayout.Entry + sizeof(int)) + (blocks * (int)_blockStride)));
        _activations = (byte*)_weights + (nint)entries * BlobLayout.Entry;
        _offsets = (int*)(_activations + blocks * _blockStride);
    }

    /// <summary>Whether it is for such a convolution: one whose strips have several tiles, for which it pays.</summary>
    public static bool Takes(in ByteConvolution c) => c.Kernel == 1 && c.Stride == 1 && c.Lanes == BlobLayout.Lanes && c.SixteenBitEntries == 0 && StripPixels(c) >= 14 && c.Width * c.RowCount >= 6;

    /// <summary>Pixels of the longest strip.</summary>
    public static int StripPixels(in ByteConvolution c) => Math.Min(StripMemory.Pixels, MostBytes / (Blocks(c) * Step));

    /// <summary>Widens a strip's activations.</summary>
    /// <param name="c">The convolution.</param>
    /// <param name="inputs">[rows], where the strip's rows begin; then where the wide ones do.</param>
    /// <param name="width">Its columns.</param>
    /// <param name="rows">Its rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen(in ByteConvolution c, byte** inputs, int width, int rows)
    {
        var memory = new WidePanel(c);
        byte* first = memory._activations;
        Vector128<ushort> low = Vector128.Create((ushort)255);
        for (int row = 0; row < rows; row++, first += width * Step)
        {
            byte* source = inputs[row], target = first;
            inputs[row] = first;
            for (int block = Blocks(c); block > 0; block--, source += c.Input.BlockStride, target += memory._blockStride)
            {
                for (int x = 0; x < width; x++)
                {
                    Vector128<ushort> pixel = Vector128.Load(source + x * BlobLayout.Lanes).AsUInt16();
                    (pixel & low).AsByte().Store(target + x * Step);
                    (pixel >>> 8).AsByte().Store(target + x * Step + BlobLayout.Lanes);
                }
            }
        }
    }

    /// <summary>Widens a block's panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Order(in ByteConvolution c, ref BytePanel panel)
    {
        var memory = new WidePanel(c);
        for (int i = 0; i < c.Groups; i++)
        {
            Vector256<short> lower = Vector256.Load(panel.Weights + (nint)i * BlobLayout.Entry).AsInt16(), upper = Vector256.Load(panel.Weights + (nint)i * BlobLayout.Entry + 32).AsInt16();
            sbyte* target = memory._weights + (nint)2 * i * BlobLayout.Entry;
            ((lower << 8) >> 8).AsSByte().Store(target);
            ((upper << 8) >> 8).AsSByte().Store(target + 32);
            (lower >> 8).AsSByte().Store(target + BlobLayout.Entry);
            (upper >> 8).AsSByte().Store(target + BlobLayout.Entry + 32);
            memory._offsets[2 * i] = (int)((i >> 2) * memory._blockStride) + ((i & 3) << 2);
            memory._offsets[2 * i + 1] = memory._offsets[2 * i] + BlobLayout.Lanes;
        }
        panel = new BytePanel(memory._weights, memory._offsets, 2 * c.Groups);
    }

    private static int Blocks(in ByteConvolution c) => (c.Groups + 3) / 4;
}
