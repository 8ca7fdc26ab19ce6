using System;
using System.Linq;
using System.Runtime.InteropServices;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.PyTorch;

namespace MobileNetGen.Weights.Tests.Formats.PyTorch;

public class TorchTensorTests
{
    private static readonly byte[] s_bytes = MemoryMarshal.AsBytes<float>(Enumerable.Range(0, 12).Select(i => (float)i).ToArray()).ToArray();

    [Theory]
    [InlineData(0, new long[] { 2, 3 }, new long[] { 3, 1 }, new[] { 0f, 1, 2, 3, 4, 5 })]
    [InlineData(0, new long[] { 3, 2 }, new long[] { 1, 3 }, new[] { 0f, 3, 1, 4, 2, 5 })]
    [InlineData(2, new long[] { 2, 2 }, new long[] { 4, 2 }, new[] { 2f, 4, 6, 8 })]
    [InlineData(0, new long[] { 2, 1, 2, 3 }, new long[] { 6, 99, 1, 2 }, new[] { 0f, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11 })]
    [InlineData(11, new long[] { }, new long[] { }, new[] { 11f })]
    [InlineData(0, new long[] { 0, 3 }, new long[] { 3, 1 }, new float[] { })]
    public void Elements_are_gathered_row_by_row(long offset, long[] shape, long[] strides, float[] expected) => Assert.Equal(expected, Tensor(offset, shape, strides).Read("t", s_bytes));

    [Theory]
    [InlineData(-1, new long[] { 1 }, new long[] { 1 })]
    [InlineData(12, new long[] { 1 }, new long[] { 1 })]
    [InlineData(long.MaxValue, new long[] { 2 }, new long[] { 1 })]
    [InlineData(0, new long[] { 13 }, new long[] { 1 })]
    [InlineData(0, new long[] { -1 }, new long[] { 1 })]
    [InlineData(0, new long[] { -2, -2 }, new long[] { 1, 1 })]
    [InlineData(0, new long[] { 13 }, new long[] { 0 })]
    [InlineData(0, new long[] { 2, 2 }, new long[] { 11, 1 })]
    [InlineData(0, new long[] { 2, 2 }, new long[] { -1, 1 })]
    [InlineData(0, new long[] { 2, 2 }, new long[] { long.MaxValue, long.MaxValue })]
    [InlineData(0, new long[] { 2, 2 }, new long[] { long.MinValue, long.MinValue })]
    [InlineData(0, new long[] { 1L << 32, 1L << 32 }, new long[] { 1, 1 })]
    [InlineData(0, new long[] { int.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue }, new long[] { 0, 0, 0, 0 })]
    public void What_reaches_beyond_the_storage_is_refused(long offset, long[] shape, long[] strides) =>
        Assert.Contains("beyond the 12 numbers of its storage", Assert.Throws<WeightsException>(() => Tensor(offset, shape, strides).Read("t", s_bytes)).Message, StringComparison.Ordinal);

    [Fact]
    public void Quantised_tensors_are_refused()
    {
        var tensor = new TorchTensor(new TorchStorage("QInt8Storage", "0", 1), 0, [1], [1]);
        Assert.Contains("is stored as QInt8Storage; float, half, bfloat16 or double was expected", Assert.Throws<WeightsException>(() => tensor.Read("t", [0])).Message, StringComparison.Ordinal);
    }

    private static TorchTensor Tensor(long offset, long[] shape, long[] strides) => new(new TorchStorage("FloatStorage", "0", 12), offset, [.. shape], [.. strides]);
}
