using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Depthwise3x3(in DepthwiseOperands operands)
    {
        if (Avx512F.IsSupported)
            Depthwise3x3<Float32Vector512, Vector512<float>>(operands);
        else if (Avx2.IsSupported && Fma.IsSupported)
            Depthwise3x3<Float32Vector256, Vector256<float>>(operands);
        else
            Depthwise3x3<Float32Vector128, Vector128<float>>(operands);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Depthwise3x3<TSimd, TVector>(in DepthwiseOperands operands) where TSimd : struct, IFloat32Vector<TVector> where TVector : unmanaged
    {
        // One tile for the rows of 7 in a network for 224 pixels and for all their multiples: hardly slower than 14, and half as many methods to compile.
        (int columns, int wide, int narrow) = operands.Width % 7 == 0 ? (7, operands.Width / 7, 0) : SplitColumns(operands.Width, TSimd.RowPixels);
        DepthwiseColumns<TSimd, TVector>(columns, operands, 0, wide);
        if (narrow > 0)
            DepthwiseColumns<TSimd, TVector>(columns - 1, operands, wide * columns, narrow);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void DepthwiseColumns<TSimd, TVector>(int pixels, in DepthwiseOperands operands, int column, int tiles)
        where TSimd : struct, IFloat32Vector<TVector> where TVector : unmanaged
    {
        if (operands.Stride == 1)
            DepthwiseTiles<TSimd, TVector, N1>(pixels, operands, column, tiles);
        else
            DepthwiseTiles<TSimd, TVector, N2>(pixels, operands, column, tiles);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void DepthwiseTiles<TSimd, TVector, TStride>(int pixels, in DepthwiseOperands operands, int column, int tiles)
        where TSimd : struct, IFloat32Vector<TVector> where TVector : unmanaged where TStride : unmanaged, IConstant
    {
        switch (pixels)
        {
            case 1:
                DepthwiseTiles<TSimd, TVector, N1, TStride>(operands, column, tiles);
                break;
            case 2:
                DepthwiseTiles<TSimd, TVector, N2, TStride>(operands, column, tiles);
                break;
            case 3:
                DepthwiseTiles<TSimd, TVector, N3, TStride>(operands, column, tiles);
                break;
            case 4:
                DepthwiseTiles<TSimd, TVector, N4, TStride>(operands, column, tiles);
                break;
            case 5:
                DepthwiseTiles<TSimd, TVector, N5, TStride>(operands, column, tiles);
                break;
            case 6:
                DepthwiseTiles<TSimd, TVector, N6, TStride>(operands, column, tiles);
                break;
            case 7:
                DepthwiseTiles<TSimd, TVector, N7, TStride>(operands, column, tiles);
                break;
            case 8:
                DepthwiseTiles<TSimd, TVector, N8, TStride>(operands, column, tiles);
                break;
            case 9:
                DepthwiseTiles<TSimd, TVector, N9, TStride>(operands, column, tiles);
                break;
            case 10:
                DepthwiseTiles<TSimd, TVector, N10, TStride>(operands, column, tiles);
                break;
            case 11:
                DepthwiseTiles<TSimd, TVector, N11, TStride>(operands, column, tiles);
                break;
            case 12:
                DepthwiseTiles<TSimd, TVector, N12, TStride>(operands, column, tiles);
                break;
            case 13:
                DepthwiseTiles<TSimd, TVector, N13, TStride>(operands, column, tiles);
                break;
            default:
                DepthwiseTiles<TSimd, TVector, N14, TStride>(operands, column, tiles);
                break;
        }
    }
}
