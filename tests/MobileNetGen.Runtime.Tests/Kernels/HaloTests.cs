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

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_ring_keeps_its_last_rows_and_puts_the_row_before_the_first_in_its_last_slot(int rows)
    {
        const int RowStride = 32;
        float* origin = stackalloc float[4 * RowStride];
        var ring = new FeatureMap<float>(origin, RowStride, blockStride: 16, rows);
        for (int y = 0; y < 3 * rows; y++)
            Assert.True(ring.Row(y) == origin + y % rows * RowStride);
        Assert.True(ring.Row(-1) == origin + (rows - 1) * RowStride);
    }

    [Theory]
    [InlineData(1, -1, 0)]
    [InlineData(3, -1, 2)]
    [InlineData(3, 7, 1)]
    public void FillRow_writes_the_slot_of_a_ring_and_no_other(int rows, int y, int slot)
        => TestMemory.AtBothEnds(memory =>
        {
            const int RowStride = 5 * 16;
            float* memoryOfRing = memory.Allocate<float>(rows * RowStride);
            var ring = new FeatureMap<float>(memoryOfRing + 16, RowStride, RowStride, rows);
            Halo.FillRow(ring, y, width: 3, blocks: 1, lanes: 16, halo: 1, 7f);
            for (int i = 0; i < rows * RowStride; i++)
                Assert.Equal(i / RowStride == slot ? 7 : float.NaN, memoryOfRing[i]);
        });

    [Fact]
    public void FillRing_writes_the_columns_of_every_row_and_the_rows_above_the_first()
        => TestMemory.AtBothEnds(memory =>
        {
            const int Rows = 4, Width = 3, RowStride = (Width + 2) * 16;
            float* memoryOfRing = memory.Allocate<float>(Rows * RowStride);
            var ring = new FeatureMap<float>(memoryOfRing + 16, RowStride, RowStride, Rows);
            Halo.FillRing(ring, Width, blocks: 1, lanes: 16, halo: 1, 7f);
            for (int i = 0; i < Rows * RowStride; i++)
                Assert.Equal(i / RowStride == Rows - 1 || i % RowStride / 16 is 0 or Width + 1 ? 7 : float.NaN, memoryOfRing[i]);
        });
}
