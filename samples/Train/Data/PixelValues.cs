using System.Linq;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Networks;
using static TorchSharp.torch;

namespace MobileNetGen.Samples.Train.Data;

/// <summary>What the bytes of images become: numbers normalised as the description says.</summary>
internal sealed class PixelValues(Normalization normalization, Shape size)
{
    /// <summary>256 numbers for each channel.</summary>
    private readonly float[][] _normalized = [.. Enumerable.Range(0, size.Channels).Select(channel =>
    {
        float mean = (float)ForChannel(normalization.Mean, channel), std = (float)ForChannel(normalization.Std, channel);
        return Enumerable.Range(0, 256).Select(p => (p - mean) / std).ToArray();
    })];

    /// <summary>The number for a byte.</summary>
    public float this[int channel, byte value] => _normalized[channel][value];

    /// <summary>Images one after the other, each row by row with its pixels' channels together, as [n][channels][height][width].</summary>
    public Tensor ToTensor(float[] values)
    {
        // In memory this stays [n][height][width][channels], which PyTorch calls channels-last: twice as fast as its default.
        using Tensor rows = tensor(values, [values.Length / size.Length, size.Height, size.Width, size.Channels]);
        return rows.permute(0, 3, 1, 2);
    }

    private static decimal ForChannel(EquatableArray<decimal> values, int channel) => values[values.Count == 1 ? 0 : channel];
}
