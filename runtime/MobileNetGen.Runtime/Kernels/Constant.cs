using System.Runtime.InteropServices;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// A number as a type, its size: the JIT compiles a generic kernel once for each, as if the number were written there. Long kernels ask for
/// <c>sizeof(T)</c>, which the JIT reads as a number, while <see cref="Value"/> is a call that it inlines each time.
/// </summary>
internal interface IConstant
{
    static abstract int Value { get; }
}

/// <summary>No number; a structure has a byte at least.</summary>
internal readonly struct N0 : IConstant
{
    public static int Value => 0;
}

[StructLayout(LayoutKind.Sequential, Size = 1)]
internal readonly struct N1 : IConstant
{
    public static int Value => 1;
}

[StructLayout(LayoutKind.Sequential, Size = 2)]
internal readonly struct N2 : IConstant
{
    public static int Value => 2;
}

[StructLayout(LayoutKind.Sequential, Size = 3)]
internal readonly struct N3 : IConstant
{
    public static int Value => 3;
}

[StructLayout(LayoutKind.Sequential, Size = 4)]
internal readonly struct N4 : IConstant
{
    public static int Value => 4;
}

[StructLayout(LayoutKind.Sequential, Size = 5)]
internal readonly struct N5 : IConstant
{
    public static int Value => 5;
}

[StructLayout(LayoutKind.Sequential, Size = 6)]
internal readonly struct N6 : IConstant
{
    public static int Value => 6;
}

[StructLayout(LayoutKind.Sequential, Size = 7)]
internal readonly struct N7 : IConstant
{
    public static int Value => 7;
}

[StructLayout(LayoutKind.Sequential, Size = 8)]
internal readonly struct N8 : IConstant
{
    public static int Value => 8;
}

[StructLayout(LayoutKind.Sequential, Size = 9)]
internal readonly struct N9 : IConstant
{
    public static int Value => 9;
}

[StructLayout(LayoutKind.Sequential, Size = 10)]
internal readonly struct N10 : IConstant
{
    public static int Value => 10;
}

[StructLayout(LayoutKind.Sequential, Size = 11)]
internal readonly struct N11 : IConstant
{
    public static int Value => 11;
}

[StructLayout(LayoutKind.Sequential, Size = 12)]
internal readonly struct N12 : IConstant
{
    public static int Value => 12;
}

[StructLayout(LayoutKind.Sequential, Size = 13)]
internal readonly struct N13 : IConstant
{
    public static int Value => 13;
}

[StructLayout(LayoutKind.Sequential, Size = 14)]
internal readonly struct N14 : IConstant
{
    public static int Value => 14;
}

[StructLayout(LayoutKind.Sequential, Size = 16)]
internal readonly struct N16 : IConstant
{
    public static int Value => 16;
}

internal readonly struct N32 : IConstant
{
    public static int Value => 32;
}
