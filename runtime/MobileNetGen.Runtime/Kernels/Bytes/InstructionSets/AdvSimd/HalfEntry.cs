using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>Weights of an entry for eight outputs, two outputs a vector: as instructions that widen take them.</summary>
internal readonly unsafe struct HalfEntry(Vector64<sbyte> a, Vector64<sbyte> b, Vector64<sbyte> c, Vector64<sbyte> d)
{
    public readonly Vector64<sbyte> A = a;
    public readonly Vector64<sbyte> B = b;
    public readonly Vector64<sbyte> C = c;
    public readonly Vector64<sbyte> D = d;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HalfEntry Load(sbyte* weights) => new(Vector64.Load(weights), Vector64.Load(weights + 8), Vector64.Load(weights + 16), Vector64.Load(weights + 24));
}
