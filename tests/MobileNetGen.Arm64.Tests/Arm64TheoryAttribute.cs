namespace MobileNetGen.Arm64.Tests;

/// <summary>A test that runs programs on an emulated Arm64 processor, and is skipped where that is impossible.</summary>
public sealed class Arm64TheoryAttribute : TheoryAttribute
{
    public Arm64TheoryAttribute() => Skip = Emulator.WhatIsMissing;
}
