using System;
using System.Linq;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Runtime.Kernels;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Packing;
using MobileNetGen.Weights.Tests.Formats;
using MobileNetGen.Weights.Tests.Reference;

namespace MobileNetGen.Weights.Tests.Packing;

/// <summary>
/// Every layer of every trained network that is packed for sums in 16 bits, on the inputs that are worst for it: for each output channel a pixel of 255
/// exactly where its weights are positive, and one where they are negative.
/// </summary>
public class SixteenBitNetworkTests
{
    private const int Lanes = 16;

    [ReferenceTheory]
    [InlineData("V1_025_128", 10)]
    [InlineData("V1_025_224", 10)]
    [InlineData("V1_05_160", 13)]
    [InlineData("V1_10_224", 13)]
    [InlineData("V2_05_160", 20)]
    [InlineData("V2_10_224", 30)]
    [InlineData("Birds", 30)]
    [InlineData("Ptq", 1)]
    [InlineData("VisualWakeWords", 5)]
    [InlineData("PersonDetection", 1, Skip = "None of its layers is packed for sums in 16 bits.")]
    public void Sums_are_exact_on_the_worst_inputs(string text, int layers)
    {
        int packed = 0;
        foreach (TrainedLayer layer in ReferenceNetworks.Load(text).Layers)
        {
            if (layer.Filter is not QuantizedFilter filter || SixteenBitFilter.Create(layer.Layer, filter) is not { } panels)
                continue;
            var blob = new Blob();
            panels.Write(blob);
            packed++;
            foreach (int sign in new[] { 1, -1 })
                Assert.Equal(0, Wrong(layer.Layer, Centred(layer.Layer, filter), blob.ToArray(), panels, sign));
        }

        Assert.InRange(packed, layers, int.MaxValue);
    }

    [ReferenceFact]
    public void Sums_are_wrong_where_a_lane_was_filled_beyond_its_bound()
    {
        TrainedLayer layer = ReferenceNetworks.Load("V1_05_160").Layers.Last(l => l.Layer.Operator == Operator.Pointwise);
        var filter = (QuantizedFilter)layer.Filter!;
        int[] weights = Centred(layer.Layer, filter);
        var blob = new Blob();
        SixteenBitFilter panels = SixteenBitFilter.Create(layer.Layer, filter)!;
        panels.Write(blob);
        byte[] bytes = blob.ToArray();

        // Twice the weights of a lane of the first batch, here as there, so that it no longer fits.
        (int channel, int sign) = Double(bytes, weights, layer.Layer.Input.Channels);
        // vpdpbusd alone, which most machines with AVX-VNNI take, adds in 32 bits.
        Assert.Equal(AvxVnni.IsSupported && !(Avx512BW.IsSupported && Processor.MixesWidths) ? 0 : 1, Wrong(layer.Layer, weights, bytes, panels, sign, channel));
        Assert.Equal(0, Wrong(layer.Layer, weights, bytes, panels, -sign, channel));
    }

    /// <summary>[outputs][taps][inputs], each tap filled up to a group: to a panel, a window is so many input channels.</summary>
    private static int[] Centred(Layer layer, QuantizedFilter filter)
    {
        int inputs = layer.Input.Channels, padded = layer.Kernel == 1 ? inputs : (inputs + 3) / 4 * 4;
        return [.. filter.Weights.Chunk(inputs).SelectMany(tap => tap.Select(w => w - filter.ZeroPoint).Concat(Enumerable.Repeat(0, padded - inputs)))];
    }

    private static (int Channel, int Sign) Double(byte[] bytes, int[] weights, int inputs)
    {
        (int Group, sbyte[] Weights)[] batch = SixteenBitPanelReader.Read(bytes).Batches[0];
        (int lane, int sign) = (
            from l in Enumerable.Range(0, 32)
            from s in new[] { 1, -1 }
            where batch.All(e => Math.Max(Math.Abs((int)e.Weights[2 * l]), Math.Abs((int)e.Weights[(2 * l) + 1])) < 64)
            orderby batch.Sum(e => Math.Max(0, s * e.Weights[2 * l]) + Math.Max(0, s * e.Weights[(2 * l) + 1])) descending
            select (l, s)).First();
        int head = bytes.AsSpan().IndexOf(MemoryMarshal.AsBytes<sbyte>(batch[0].Weights));
        for (int entry = 0; entry < batch.Length; entry++)
        {
            for (int i = 2 * lane; i < (2 * lane) + 2; i++)
            {
                int weight = batch[entry].Weights[i];
                if (weight * sign <= 0)
                    continue;
                bytes[head + (entry * 64) + i] = (byte)(2 * weight);
                weights[(lane / 2 * inputs) + (batch[entry].Group * 4) + (i % 4)] += weight;
            }
        }

        return (lane / 2, sign);
    }

    /// <summary>Over all output channels, or one: how many sums are wrong on the pixel of 255 where the channel's weights have such a sign.</summary>
    private static unsafe int Wrong(Layer layer, int[] weights, byte[] panels, SixteenBitFilter form, int sign, int? only = null)
    {
        (int inputs, int outputs) = (weights.Length / layer.Output.Channels, layer.Output.Channels);
        int inputBlocks = (inputs + Lanes - 1) / Lanes, outputBlocks = (outputs + Lanes - 1) / Lanes;

        // One row, a pixel for each output channel. Its bias takes the exact sum away, and the scale is 1: what is exact is the zero point.
        var input = new byte[outputs * inputBlocks * Lanes];
        var output = new byte[outputs * outputBlocks * Lanes];
        var channels = new int[outputBlocks * 112];
        for (int block = 0; block < outputBlocks; block++)
            channels[(block * 112) + 16] = BitConverter.SingleToInt32Bits(float.NaN);
        for (int n = 0; n < outputs; n++)
        {
            int sum = 0;
            for (int k = 0; k < inputs; k++)
            {
                int weight = weights[(n * inputs) + k];
                if (weight * sign <= 0)
                    continue;
                input[(k / Lanes * outputs * Lanes) + (n * Lanes) + (k % Lanes)] = 255;
                sum += 255 * weight;
            }

            int at = (n / Lanes * 112) + 64 + (n % Lanes);
            (channels[at], channels[at + 16], channels[at + 32]) = (-sum, 1 << 30, 1);
        }

        fixed (byte* i = input, o = output, w = panels)
        {
            fixed (int* c = channels)
            {
                UInt8Kernels.PointwiseSixteenBit(
                    new FeatureMap<byte>(i, input.Length, outputs * Lanes), new FeatureMap<byte>(o, output.Length, outputs * Lanes), (sbyte*)w, c, form.Entries, form.HasThrees,
                    outputs, outputBlocks, 0, 1, new Requantization(0, 128, 0, 255, Rounding.Twice));
            }
        }

        return Enumerable.Range(0, outputs).Count(n => (only ?? n) == n && output[(n / Lanes * outputs * Lanes) + (n * Lanes) + (n % Lanes)] != 128);
    }
}
