using System;
using CsCheck;

namespace MobileNetGen.Runtime.Tests.Kernels;

/// <summary>An input size and the window that moves over it.</summary>
internal sealed record Window(int Height, int Width, int Kernel, int Stride, int Top, int Left, int Bottom, int Right)
{
    public static readonly Gen<Window> Any =
        from kernel in Gen.OneOfConst(1, 3, 5)
        from stride in Gen.Int[1, 2]
        from height in Gen.Int[1, 9]
        from width in Gen.Int[1, 15]
        from top in Gen.Int[0, kernel - 1]
        from left in Gen.Int[0, kernel - 1]
        from bottom in Gen.Int[Math.Max(0, kernel - height - top), Math.Max(kernel - 1, kernel - height - top)]
        from right in Gen.Int[Math.Max(0, kernel - width - left), Math.Max(kernel - 1, kernel - width - left)]
        select new Window(height, width, kernel, stride, top, left, bottom, right);

    public int OutputHeight => (Height + Top + Bottom - Kernel) / Stride + 1;

    public int OutputWidth => (Width + Left + Right - Kernel) / Stride + 1;

    public int Halo => Math.Max(Math.Max(Top, Bottom), Math.Max(Left, Right));

    /// <summary>The pixel of the input at a tap of the window of a pixel of the output.</summary>
    public (int Row, int Column) Pixel(int y, int x, int i, int j) => (y * Stride - Top + i, x * Stride - Left + j);

    /// <summary>Whether a pixel is one of the input, and not padding.</summary>
    public bool Contains(int row, int column) => row >= 0 && row < Height && column >= 0 && column < Width;

    public static Window Point(int height, int width) => new(height, width, 1, 1, 0, 0, 0, 0);

    /// <summary>TensorFlow's SAME: the odd row and column of padding at the end.</summary>
    public static Window Same(int height, int width, int kernel, int stride)
    {
        int Total(int n) => Math.Max(((n + stride - 1) / stride - 1) * stride + kernel - n, 0);
        return new Window(height, width, kernel, stride, Total(height) / 2, Total(width) / 2, (Total(height) + 1) / 2, (Total(width) + 1) / 2);
    }

    /// <summary>PyTorch's padding.</summary>
    public static Window Symmetric(int height, int width, int kernel, int stride)
    {
        int pad = kernel / 2;
        return new Window(height, width, kernel, stride, pad, pad, pad, pad);
    }
}
