using MobileNetGen.Runtime.Kernels;

namespace MobileNetGen.Runtime.Tests.Kernels;

/// <summary>A feature map in guarded memory, exactly as large as its halo makes it, and its conversion from and to [height, width, channel].</summary>
internal sealed unsafe class MapBuffer<T> where T : unmanaged
{
    private readonly int _lanes;

    public MapBuffer(TestMemory memory, int height, int width, int channels, int halo = 0, int lanes = 16)
    {
        Height = height;
        Width = width;
        Blocks = (channels + lanes - 1) / lanes;
        _lanes = lanes;
        int blockStride = (width + 2 * halo) * lanes, rowStride = Blocks * blockStride;
        T* start = memory.Allocate<T>((height + 2 * halo) * rowStride);
        Map = new FeatureMap<T>(start + halo * rowStride + halo * lanes, rowStride, blockStride);
    }

    /// <summary>A map of these values. <paramref name="padding"/> fills the halo and the lanes beyond the channels.</summary>
    public MapBuffer(TestMemory memory, T[,,] values, int halo, T padding, int lanes = 16)
        : this(memory, values.GetLength(0), values.GetLength(1), values.GetLength(2), halo, lanes)
    {
        Halo.Fill(Map, Height, Width, Blocks, lanes, halo, padding);
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                for (int c = 0; c < Blocks * lanes; c++)
                    At(y, x, c) = c < values.GetLength(2) ? values[y, x, c] : padding;
            }
        }
    }

    public FeatureMap<T> Map { get; }

    public int Height { get; }

    public int Width { get; }

    public int Blocks { get; }

    /// <summary>Channels with those that only fill the last block.</summary>
    public int Channels => Blocks * _lanes;

    public ref T At(int y, int x, int c) => ref Map.Row(y)[c / _lanes * Map.BlockStride + x * _lanes + c % _lanes];
}
