using System.Runtime.Intrinsics.X86;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>What sets processors with the same instruction sets apart.</summary>
internal static class Processor
{
    /// <summary>
    /// Whether vectors of 512 bits may stand among those of 256 at no cost. On Intel's processors an instruction of 512 bits takes two of the three vector ports, and until it has been executed the
    /// second of the two that multiply 256 bits is closed: so what is multiplied at 256 bits had better be made bytes at 256 bits too.
    /// </summary>
    public static bool MixesWidths { get; set; } = !IsIntel();

    private static bool IsIntel()
    {
        // "GenuineIntel", in the order of the registers.
        const int genu = 0x756E6547, ntel = 0x6C65746E, ineI = 0x49656E69;
        return X86Base.IsSupported && X86Base.CpuId(0, 0) is (_, genu, ntel, ineI);
    }
}
