using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Depthwise3x3(in DepthwiseOperands operands, int stride)
    {
        if (Avx512F.IsSupported)
            Depthwise3x3<Float32Vector512>(operands, stride);
        else if (Avx2.IsSupported && Fma.IsSupported)
            Depthwise3x3<Float32Vector256>(operands, stride);
        else
            Depthwise3x3<Float32Vector128>(operands, stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Depthwise3x3<TVector>(in DepthwiseOperands operands, int stride) where TVector : struct, IFloat32Vector<TVector>
    {
        if (stride == 1)
            Depthwise3x3<TVector, N1>(operands);
        else
            Depthwise3x3<TVector, N2>(operands);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Depthwise3x3<TVector, TStride>(in DepthwiseOperands operands) where TVector : struct, IFloat32Vector<TVector> where TStride : struct, IConstant
    {
        (int columns, int wide, int narrow) = SplitColumns(operands.Width, TVector.RowPixels);
        DepthwiseTiles<TVector, TStride>(columns, operands, 0, wide);
        if (narrow > 0)
            DepthwiseTiles<TVector, TStride>(columns - 1, operands, wide * columns, narrow);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DepthwiseTiles<TVector, TStride>(int pixels, in DepthwiseOperands operands, int column, int tiles)
        where TVector : struct, IFloat32Vector<TVector> where TStride : struct, IConstant
    {
        switch (pixels)
        {
            case 1:
                DepthwiseTiles<TVector, N1, TStride>(operands, column, tiles);
                break;
            case 2:
                DepthwiseTiles<TVector, N2, TStride>(operands, column, tiles);
                break;
            case 3:
                DepthwiseTiles<TVector, N3, TStride>(operands, column, tiles);
                break;
            case 4:
                DepthwiseTiles<TVector, N4, TStride>(operands, column, tiles);
                break;
            case 5:
                DepthwiseTiles<TVector, N5, TStride>(operands, column, tiles);
                break;
            case 6:
                DepthwiseTiles<TVector, N6, TStride>(operands, column, tiles);
                break;
            case 7:
                DepthwiseTiles<TVector, N7, TStride>(operands, column, tiles);
                break;
            case 8:
                DepthwiseTiles<TVector, N8, TStride>(operands, column, tiles);
                break;
            case 9:
                DepthwiseTiles<TVector, N9, TStride>(operands, column, tiles);
                break;
            case 10:
                DepthwiseTiles<TVector, N10, TStride>(operands, column, tiles);
                break;
            case 11:
                DepthwiseTiles<TVector, N11, TStride>(operands, column, tiles);
                break;
            case 12:
                DepthwiseTiles<TVector, N12, TStride>(operands, column, tiles);
                break;
            case 13:
                DepthwiseTiles<TVector, N13, TStride>(operands, column, tiles);
                break;
            default:
                DepthwiseTiles<TVector, N14, TStride>(operands, column, tiles);
                break;
        }
    }
}
