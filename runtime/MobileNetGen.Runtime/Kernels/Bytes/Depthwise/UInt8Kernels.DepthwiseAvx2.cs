using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class UInt8Kernels
{
    /// <summary>
    /// The sums of rows of 3×3 windows over 8 channels of a block, column by column: an input column is read and converted once, starts one output, continues the one before, and
    /// completes the one before that. So no width leaves a remainder. Products are added up in float32, where nine of at most 255·255 are exact, and
    /// the bias after that in 32-bit integers. <c>source</c> leads from a row's origin to the first window; the sums are [rows][width][16].
    /// </summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumRows3x3Avx2(FeatureMap<byte> input, nint source, short* weights, int* bias, int stride, int padTop, int width, int firstRow, int rowCount, int* sums)
    {
        float* kernel = stackalloc float[9 * 8];
        for (int i = 0; i < 9; i++)
            Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(weights + i * Lanes)).Store(kernel + i * 8);
        Vector256<int> offset = Vector256.Load(bias);
        for (int y = firstRow; y < firstRow + rowCount; y++, sums += width * Lanes)
        {
            int top = y * stride - padTop;
            byte* row0 = input.Row(top) + source, row1 = input.Row(top + 1) + source, row2 = input.Row(top + 2) + source;
            Vector256<float> v0 = WidenHalfPixel(row0), v1 = WidenHalfPixel(row1), v2 = WidenHalfPixel(row2);
            Vector256<float> a = AddColumn(Vector256<float>.Zero, v0, v1, v2, kernel);
            if (stride == 2)
            {
                for (nint x = 0; x < (nint)width * Lanes; x += Lanes)
                {
                    a = AddColumn(a, WidenHalfPixel(row0 + 2 * x + 16), WidenHalfPixel(row1 + 2 * x + 16), WidenHalfPixel(row2 + 2 * x + 16), kernel + 8);
                    v0 = WidenHalfPixel(row0 + 2 * x + 32);
                    v1 = WidenHalfPixel(row1 + 2 * x + 32);
                    v2 = WidenHalfPixel(row2 + 2 * x + 32);
                    (Avx.ConvertToVector256Int32(AddColumn(a, v0, v1, v2, kernel + 16)) + offset).Store(sums + x);
                    a = AddColumn(Vector256<float>.Zero, v0, v1, v2, kernel);
                }
                continue;
            }

            v0 = WidenHalfPixel(row0 + 16);
            v1 = WidenHalfPixel(row1 + 16);
            v2 = WidenHalfPixel(row2 + 16);
            a = AddColumn(a, v0, v1, v2, kernel + 8);
            Vector256<float> b = AddColumn(Vector256<float>.Zero, v0, v1, v2, kernel);
            for (nint x = 0; x < (nint)width * Lanes; x += Lanes)
            {
                v0 = WidenHalfPixel(row0 + x + 32);
                v1 = WidenHalfPixel(row1 + x + 32);
                v2 = WidenHalfPixel(row2 + x + 32);
                (Avx.ConvertToVector256Int32(AddColumn(a, v0, v1, v2, kernel + 16)) + offset).Store(sums + x);
                a = AddColumn(b, v0, v1, v2, kernel + 8);
                b = AddColumn(Vector256<float>.Zero, v0, v1, v2, kernel);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> AddColumn(Vector256<float> sum, Vector256<float> v0, Vector256<float> v1, Vector256<float> v2, float* kernel)
        => Fma.MultiplyAdd(v2, Vector256.Load(kernel + 48), Fma.MultiplyAdd(v1, Vector256.Load(kernel + 24), Fma.MultiplyAdd(v0, Vector256.Load(kernel), sum)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> WidenHalfPixel(byte* pixel) => Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(pixel));
}
