using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MobileNetGen.Runtime.Tests.Kernels;

/// <summary>Arrays of several dimensions as they lie in memory. In generic code each access by their indices is a call, which was a tenth of the time of tests of kernels.</summary>
internal static class Flat
{
    /// <summary>All elements, the last dimension's beside each other.</summary>
    public static Span<T> Of<T>(Array values) => MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(values)), values.Length);
}
