using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;

namespace MobileNetGen.Weights.Matching;

/// <summary>Rows and columns of padding around a layer's input.</summary>
public readonly record struct Padding(int Top, int Left, int Bottom, int Right)
{
    /// <summary>What a rule gives for a layer: SAME depends on the actual size, symmetric does not.</summary>
    public static Padding Of(Layer layer, PaddingRule rule)
    {
        int half = layer.Kernel / 2;
        if (rule == PaddingRule.Symmetric)
            return new Padding(half, half, half, half);
        int rows = layer.SamePadding(layer.Input.Height), columns = layer.SamePadding(layer.Input.Width);
        return new Padding(rows / 2, columns / 2, rows - (rows / 2), columns - (columns / 2));
    }

    /// <summary>What a network's text says of a layer, or else the convention of its weights' producer.</summary>
    public static Padding Of(Layer layer, Network network, SourceConventions conventions) =>
        Of(layer, network.Padding ?? (conventions.Padding == PaddingConvention.Same ? PaddingRule.Same : PaddingRule.Symmetric));

    /// <summary>What a file says of a layer.</summary>
    public static Padding Of(Layer layer, SourcePadding source) =>
        source.IsSame ? Of(layer, PaddingRule.Same) : new Padding(source.Top, source.Left, source.Bottom, source.Right);

    /// <summary>Whether a layer so padded has the output its text gives it, and reads no further than its input's halo.</summary>
    public bool Fits(Layer layer)
    {
        int half = layer.Kernel / 2;
        return Top <= half && Left <= half
            && Size(layer.Input.Height + Top + Bottom) == layer.Output.Height
            && Size(layer.Input.Width + Left + Right) == layer.Output.Width
            && End(layer.Output.Height, Top) <= layer.Input.Height + half
            && End(layer.Output.Width, Left) <= layer.Input.Width + half;

        int Size(int padded) => padded < layer.Kernel ? 0 : ((padded - layer.Kernel) / layer.Stride) + 1;
        int End(int outputs, int start) => ((outputs - 1) * layer.Stride) + layer.Kernel - start;
    }

    /// <summary><c>(0, 0, 1, 1)</c>.</summary>
    public override string ToString() => $"({Top}, {Left}, {Bottom}, {Right})";
}
