using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    private readonly ref struct Windows3x3<TActivation>(in DepthwiseOperands depthwise) : IFloat32Kernel where TActivation : struct, IFloat32Activation
    {
        private readonly ref readonly DepthwiseOperands _operands = ref depthwise;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Run<TSimd, THalf, TVector>() where TSimd : struct, IFloat32Vector<TVector> where THalf : struct, IFloat32Sums<TVector> where TVector : unmanaged
        {
            // One tile for the rows of 7 in a network for 224 pixels and for all their multiples: hardly slower than 14, and half as many methods to compile.
            (int columns, int wide, int narrow) = _operands.Width % 7 == 0 ? (7, _operands.Width / 7, 0) : SplitColumns(_operands.Width, TSimd.RowPixels);
            Columns<TSimd, TVector>(columns, 0, wide);
            if (narrow > 0)
                Columns<TSimd, TVector>(columns - 1, wide * columns, narrow);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private void Columns<TSimd, TVector>(int pixels, int column, int tiles) where TSimd : struct, IFloat32Vector<TVector> where TVector : unmanaged
        {
            if (TSimd.SharesLoads && _operands.Stride == 1)
                SharedTiles<TSimd, TVector, N1, TActivation>(pixels, _operands, column, tiles);
            else if (TSimd.SharesLoads)
                SharedTiles<TSimd, TVector, N2, TActivation>(pixels, _operands, column, tiles);
            else if (_operands.Stride == 1)
                DepthwiseTiles<TSimd, TVector, N1, TActivation>(pixels, _operands, column, tiles);
            else
                DepthwiseTiles<TSimd, TVector, N2, TActivation>(pixels, _operands, column, tiles);
        }
    }
}
