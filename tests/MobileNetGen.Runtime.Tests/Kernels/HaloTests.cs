using MobileNetGen.Runtime.Kernels;

namespace MobileNetGen.Runtime.Tests.Kernels;

public sealed unsafe class HaloTests
{
    [Theory]
    [InlineData(3, 5, 35, 16, 1)]
    [InlineData(2, 4, 3, 4, 2)]
    [InlineData(2, 4, 3, 3, 0)]
    public void Fill_writes_every_element_of_the_halo_and_none_of_the_interior(int height, int width, int channels, int lanes, int halo)
        => TestMemory.AtBothEnds(memory =>
        {
            var map = new MapBuffer<byte>(memory, height, width, channels, halo, lanes);
            Halo.Fill(map.Map, height, width, map.Blocks, lanes, halo, (byte)9);
            for (int y = -halo; y < height + halo; y++)
                for (int x = -halo; x < width + halo; x++)
                    for (int c = 0; c < map.Channels; c++)
                    {
                        bool inside = y >= 0 && y < height && x >= 0 && x < width;
                        Assert.Equal(inside ? 0xFF : 9, map.Map.Row(y)[c / lanes * map.Map.BlockStride + x * lanes + c % lanes]);
                    }
        });

    [Fact]
    public void A_ring_keeps_the_last_four_rows()
    {
        float* origin = stackalloc float[4 * 32];
        var ring = new FeatureMap<float>(origin, rowStride: 32, blockStride: 16, rowMask: 3);
        Assert.True(ring.Row(5) == origin + 32);
        Assert.True(ring.Row(8) == origin);
        Assert.True(ring.Row(-1) == origin + 3 * 32);
    }
}
