using System;
using System.Linq;
using System.Threading.Tasks;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Runtime.Kernels;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Weights.Packing;

/// <summary>
/// The weights of a pointwise layer, or of one that reads the network's input, for kernels that add products in 16 bits. They are centred at their zero point, so that no sum of activations is
/// needed, and every panel's bytes are proven exact. It is the only form of the layer's weights, for every instruction set.
/// </summary>
/// <remarks>
/// Measured on a Zen 5 core against the plain exact kernels: with AVX-512, where those use vpdpbusd of 256 bits, the layers chosen here are up to 1.5 times as
/// fast; with AVX2 alone 1.3 … 2.2 times. uint8 layers gain most; int8 ones, each channel's weights scaled to ±127, little where they have few inputs. A dense
/// layer's weights meet one pixel and come from memory, which sets its time.
/// </remarks>
internal sealed class SixteenBitFilter
{
    private const int Lanes = BlobLayout.Lanes;

    /// <summary>The most input channels: kernels keep an offset of every entry on the stack, and the searches for batches and for an order of channels are quadratic.</summary>
    public const int MaxInputs = 4096;

    // The share of the plain form's cost that is worth the bytes.
    private const double WorthwhileCost = 0.95;

    // What the plain form takes more for each pixel of a panel where weights have a zero point.
    private const int ZeroPointCost = 4;

    private readonly byte[][] _panels;

    private SixteenBitFilter(byte[][] panels, int entries, bool hasThrees, int plainBytes) =>
        (_panels, Entries, HasThrees, ExtraBytes) = (panels, entries, hasThrees, panels.Sum(p => p.Length) - plainBytes);

    /// <summary>Entries of the panel that has most.</summary>
    public int Entries { get; }

    /// <summary>Whether panels may have batches of three.</summary>
    public bool HasThrees { get; }

    /// <summary>Bytes more than the plain form's.</summary>
    public int ExtraBytes { get; }

    /// <summary>Packs a layer's weights; null where the plain form is as fast.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="filter">Its weights.</param>
    /// <exception cref="WeightsException">The proof of what was packed failed.</exception>
    public static SixteenBitFilter? Create(Layer layer, QuantizedFilter filter)
    {
        // A pixel of the network's input is a group; a window of several is walked row by row.
        int inputs = layer.Input.Channels, taps = layer.Kernel * layer.Kernel;
        int groups = taps * BlobLayout.Groups(inputs);
        if (!layer.Operator.ReadsFewChannels || (layer.Operator == Operator.Convolution && (taps == 1 || inputs > SixteenBitEntry.Inputs)) || inputs > MaxInputs)
            return null;

        short[][] weights = [.. Enumerable.Range(0, BlobLayout.Blocks(layer.Output.Channels)).Select(block => Centred(filter, taps, inputs, block))];
        SixteenBitEntry[][] entries = Array.ConvertAll(weights, Split);

        // Weights of one scale seldom need batches of three, without which kernels are shorter; those of a scale for each channel do.
        bool hasThrees = filter.Scales.Length > 1 && layer.Operator == Operator.Pointwise;
        double mostCost = WorthwhileCost * weights.Select((_, block) => PlainCost(layer.Output.Channels - (block * Lanes), groups, filter)).Sum();
        if (entries.Sum(e => (long)SixteenBitPanel.LeastCost(e)) > mostCost)
            return null;
        var panels = new SixteenBitPanel[weights.Length];
        Parallel.For(0, panels.Length, i => panels[i] = SixteenBitPanel.Pack(entries[i], hasThrees));
        if (panels.Sum(p => (long)p.Cost) > mostCost)
            return null;

        byte[][] bytes = Array.ConvertAll(panels, p => p.ToArray());
        for (int i = 0; i < bytes.Length; i++)
        {
            if (SixteenBitPanel.Disprove(bytes[i], weights[i], hasThrees) is { } fault)
                throw new WeightsException($"{layer.Name}: packing its output channels from {i * Lanes} on went wrong: {fault}.");
        }

        return new SixteenBitFilter(bytes, panels.Max(p => p.Entries), hasThrees, panels.Length * groups * SixteenBitEntry.Size);
    }

    /// <summary>Writes the panels, one after the other.</summary>
    /// <returns>Where the first starts.</returns>
    public long Write(Blob blob)
    {
        long offset = blob.Begin();
        foreach (byte[] panel in _panels)
            blob.Write(panel);
        return offset;
    }

    /// <summary>The weights of 16 output channels less their zero point, [taps][inputs / 4][16][4].</summary>
    private static short[] Centred(QuantizedFilter filter, int taps, int inputs, int block)
    {
        PanelLayout layout = PanelLayout.Bytes(taps, inputs, Lanes);
        var weights = new short[layout.Length];
        for (int lane = 0; lane < Lanes && (block * Lanes) + lane < filter.Bias.Length; lane++)
        {
            for (int i = 0; i < taps * inputs; i++)
                weights[layout.Index(lane, i / inputs, i % inputs)] = (short)(filter.Weights[(((block * Lanes) + lane) * taps * inputs) + i] - filter.ZeroPoint);
        }

        return weights;
    }

    /// <summary>What the plain form of a panel costs. Of no more than eight outputs it computes half, and where there is a zero point sums activations all the same.</summary>
    private static double PlainCost(int outputs, int groups, QuantizedFilter filter) =>
        filter.ZeroPoint == 0 ? SixteenBitPanel.PlainCost(groups) * (outputs > Lanes / 2 ? 1 : 0.5) : SixteenBitPanel.PlainCost(groups) + ZeroPointCost;

    private static SixteenBitEntry[] Split(short[] weights) =>
        [.. weights.Chunk(SixteenBitEntry.Size).SelectMany((entry, group) => SixteenBitEntry.Split(group, entry))];
}
