namespace MobileNetGen.Arm64.Tests;

/// <summary>A test that counts the instructions of programs on an emulated Arm64 processor, and is skipped where that is impossible.</summary>
public sealed class CountTheoryAttribute : TheoryAttribute
{
    public CountTheoryAttribute() => Skip = Emulator.WhatIsMissingToCount;
}
