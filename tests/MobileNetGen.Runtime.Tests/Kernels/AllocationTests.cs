using System;
using MobileNetGen.Runtime.Kernels;

namespace MobileNetGen.Runtime.Tests.Kernels;

public sealed unsafe class AllocationTests
{
    [Fact]
    public void Float32_kernels_allocate_nothing()
        => TestMemory.AtBothEnds(memory =>
        {
            float* parameters = memory.Allocate<float>(2 * 9 * 32 * 16), values = memory.Allocate<float>(32 * 100);
            byte* pixels = memory.Allocate<byte>(10 * 10 * 3);
            FeatureMap<float> image = new MapBuffer<float>(memory, 10, 10, 3, 1, 3).Map, input = new MapBuffer<float>(memory, 10, 10, 32, 1).Map, output = new MapBuffer<float>(memory, 10, 10, 32, 1).Map;
            float[] mean = [127.5f], std = [1, 2, 3];
            AssertAllocatesNothing(() =>
            {
                Float32Kernels.LoadPixels(pixels, image, 3, 3, 10, 0, 10, mean, std);
                Float32Kernels.LoadValues(values, image, 3, 3, 10, 0, 10);
                Halo.Fill(image, 10, 10, 1, 3, 1, 0f);
                Float32Kernels.Convolution(image, 3, output, parameters, parameters, 3, 1, 1, 1, 10, 3, 2, 0, 10, new Float32Clamp(0, 6));
                Float32Kernels.Pointwise(input, output, parameters, parameters, 10, 32, 24, 0, 10, new Float32Clamp(0, 6));
                Float32Kernels.PointwiseAdd(input, output, parameters, parameters, 10, 32, 24, 0, 10, output, new Float32Clamp(0, 6));
                Float32Kernels.Depthwise(input, output, parameters, parameters, 3, 1, 1, 1, 10, 2, 0, 10, new Float32Clamp(0, 6));
                Float32Kernels.Depthwise(input, output, parameters, parameters, 5, 1, 1, 1, 8, 2, 0, 8, new Float32HSwish());
                Float32Kernels.DepthwiseMultiplier(input, output, parameters, parameters, 3, 1, 1, 1, 10, 2, 2, 0, 10, new Float32Clamp(0, 6));
                Float32Kernels.Add(input, output, output, 10, 2, 0, 10, new Float32Clamp(0, 6));
                Float32Kernels.AveragePool(input, values, 10, 10, 2, new Float32Clamp(0, 6));
                Float32Kernels.AveragePool(input, values, 10, 10, 2, 0, 4, new Float32Clamp(0, 6));
                Float32Kernels.Multiply(input, parameters, output, 10, 2, 0, 10);
                Float32Kernels.Dense(values, values + 32, parameters, parameters, 32, 2, new Float32Clamp(0, 6));
                Float32Kernels.Softmax(values, values, 31);
                Float32Kernels.MaxPool(input, values, 10, 10, 2);
                Float32Kernels.Sigmoid(values, values, 2);
                Float32Kernels.Tanh(values, values, 2);
                Flattening.Flatten(input, values, 10, 10, 31);
            });
        });

    [Fact]
    public void UInt8_kernels_allocate_nothing()
        => TestMemory.AtBothEnds(memory =>
        {
            sbyte* weights = memory.Allocate<sbyte>(2 * 9 * 32 * 16);
            short* depthwise = memory.Allocate<short>(2 * 9 * 16), windows = memory.Allocate<short>(2 * 25 * 16);
            int* sums = memory.Allocate<int>(32);
            int* channels = memory.Allocate<int>(Blocked.Channels(new int[32], new int[32], new int[32]));
            byte* values = memory.Allocate<byte>(32 * 100), table = memory.Allocate<byte>(256);
            float* reals = memory.Allocate<float>(32 * 100);
            FeatureMap<byte> image = new MapBuffer<byte>(memory, 10, 10, 3, 1, 4).Map, input = new MapBuffer<byte>(memory, 10, 10, 32, 1).Map, output = new MapBuffer<byte>(memory, 10, 10, 32, 1).Map;
            var requantization = new Requantization(-3, 5, 0, 255, Rounding.Twice);
            var add = new QuantizedAdd(1, 1 << 30, 0, 2, 1 << 30, 0, 1 << 30, -18, 3, 0, 255);
            var multiply = new QuantizedMultiply(1, 2, 1 << 30, -7, 3, 0, 255);
            AssertAllocatesNothing(() =>
            {
                UInt8Kernels.LoadPixels(values, image, 4, 3, 10, 0, 10, 0x80, null);
                UInt8Kernels.LoadPixels(values, image, 4, 3, 10, 0, 10, 0x80, table);
                UInt8Kernels.LoadValues(reals, image, 4, 3, 10, 0, 10, 0.5f, 3);
                Halo.Fill(image, 10, 10, 1, 4, 1, (byte)3);
                UInt8Kernels.Convolution(image, 4, output, weights, channels, 3, 1, 1, 1, 10, 3, 2, 0, 10, requantization);
                UInt8Kernels.Pointwise(input, output, weights, channels, 10, 32, 2, 0, 10, requantization);
                UInt8Kernels.PointwiseAdd(input, output, weights, channels, 10, 32, 2, 0, 10, requantization, output, add);
                UInt8Kernels.Depthwise(input, output, depthwise, channels, 3, 1, 1, 1, 10, 2, 0, 10, requantization);
                UInt8Kernels.Depthwise(input, output, windows, channels, 5, 1, 1, 1, 8, 2, 0, 8, requantization);
                UInt8Kernels.Multiply(input, values, output, 10, 2, 0, 10, multiply);
                UInt8Kernels.DepthwiseMultiplier(input, output, depthwise, channels, 3, 1, 1, 1, 10, 2, 2, 0, 10, requantization);
                UInt8Kernels.Add(input, output, output, 10, 2, 0, 10, add);
                UInt8Kernels.AveragePoolUInt8(input, values, 10, 10, 2, 0, 255);
                UInt8Kernels.AveragePoolInt8(input, values, 10, 10, 2, 0, 255);
                UInt8Kernels.MeanInt8(input, values, 10, 10, 2, 3, 1 << 30, 0, 4);
                UInt8Kernels.MeanUInt8(input, values, 10, 10, 2, 1 << 30, -6, 4);
                UInt8Kernels.MeanInt8(input, sums, values, 10, 10, 2, 0, 4, 3, 1 << 30, 0, 4);
                UInt8Kernels.Dense(values, values + 32, weights, channels, 32, 2, requantization);
                UInt8Kernels.Softmax(values, values, 31, reals, signed: false);
                UInt8Kernels.MaxPool(input, values, 10, 10, 2);
                Flattening.Flatten(input, values, 10, 10, 31);
                UInt8Kernels.MapBytes(values, values, 31, table);
                UInt8Kernels.StoreRaw(values, values, 31, 0x80);
                UInt8Kernels.Dequantize(values, reals, 31, 0.1f, 3);
            });
        });

    private static void AssertAllocatesNothing(Action run) => Assert.Equal(0, Allocations.Of(run));
}
