namespace MobileNetGen.Compiler.Networks.Operators;

/// <summary>An operator whose result is a map, each pixel of it from a window of pixels at its place: a convolution of some kind, or a sum.</summary>
internal abstract class WindowOperator(string name) : Operator(name)
{
    public override bool GivesVector => false;

    public override bool CanStream => true;

    // Both paddings give ⌈size / stride⌉ for odd kernels, so shapes do not depend on the weights' format.
    public override Shape Result(Shape input, int channels, int stride, int multiplier) =>
        new((input.Height + stride - 1) / stride, (input.Width + stride - 1) / stride, channels);

    public override (int First, int End) RowsRead(Layer layer, int row, int count, int padTop)
    {
        int first = (row * layer.Stride) - padTop;
        return (first, first + ((count - 1) * layer.Stride) + layer.Kernel);
    }
}
