using System.Runtime.InteropServices;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>A tile of one vector of channels: every product needs a weight and a value, of which only the weight is loaded once for several.</summary>
[StructLayout(LayoutKind.Sequential, Size = Size)]
internal readonly struct OneVector
{
    public const int Size = 1;
}

/// <summary>A tile of two vectors of channels, for which a value is broadcast once.</summary>
[StructLayout(LayoutKind.Sequential, Size = Size)]
internal readonly struct TwoVectors
{
    public const int Size = 2;
}

/// <summary>Two tiles of one vector of channels, for which a weight is loaded once.</summary>
[StructLayout(LayoutKind.Sequential, Size = Size)]
internal readonly struct TwoRuns
{
    public const int Size = 3;
}
