using System;
using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    /// <summary>Output rows for whose windows there is a table of input rows at once.</summary>
    private const int TableRows = 32;

    /// <summary>Windows of any size, some output rows at a time. Where a row lies in a ring takes a division, so that is found once for all channels and all windows that see the row.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void DepthwiseOfAnySize<TActivation>(in DepthwiseOperands operands) where TActivation : struct, IFloat32Activation
    {
        float** table = stackalloc float*[(TableRows - 1) * operands.Stride + operands.Kernel];
        for (int done = 0, count; done < operands.RowCount; done += count)
        {
            count = Math.Min(operands.RowCount - done, TableRows);
            int top = (operands.FirstRow + done) * operands.Stride - operands.PadTop;
            for (int i = 0; i < (count - 1) * operands.Stride + operands.Kernel; i++)
                table[i] = operands.Input.Row(top + i);
            Float32Machine.Run(new WindowsOfAnySize<TActivation>(operands with { Rows = table, FirstRow = operands.FirstRow + done, RowCount = count }));
        }
    }

    private readonly ref struct WindowsOfAnySize<TActivation>(in DepthwiseOperands depthwise) : IFloat32Kernel where TActivation : struct, IFloat32Activation
    {
        private readonly ref readonly DepthwiseOperands _operands = ref depthwise;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Run<TSimd, THalf, TVector>() where TSimd : struct, IFloat32Vector<TVector> where THalf : struct, IFloat32Sums<TVector> where TVector : unmanaged
        {
            // Windows that lie further apart than two columns, which no published network has, are tiles of their own.
            (int columns, int wide, int narrow) = _operands.Stride > 2 ? (1, _operands.Width, 0) : SplitColumns(_operands.Width, TSimd.RowPixels);
            Columns<TSimd, TVector>(columns, 0, wide);
            if (narrow > 0)
                Columns<TSimd, TVector>(columns - 1, wide * columns, narrow);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private void Columns<TSimd, TVector>(int pixels, int column, int tiles) where TSimd : struct, IFloat32Vector<TVector> where TVector : unmanaged
        {
            if (_operands.Stride == 2)
                WindowTiles<TSimd, TVector, N2, TActivation>(pixels, _operands, column, tiles);
            else
                WindowTiles<TSimd, TVector, N1, TActivation>(pixels, _operands, column, tiles);
        }
    }
}
