using System;
using System.Diagnostics;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using MobileNetGen.Runtime.Kernels;

namespace MobileNetGen.Runtime.Tests.Kernels;

/// <summary>Runs the kernel tests again in a process that lacks instruction sets which this one has, or takes its processor for one of another make.</summary>
public sealed class InstructionSetTests
{
    private const string Marker = "MOBILENETGEN_KERNEL_TESTS_WITHOUT", Make = "Make";

    private static bool s_isOtherMake;

    [Theory]
    [InlineData("EnableHWIntrinsic")]
    [InlineData("EnableAVX2")]
    [InlineData("EnableAVX512")]
    [InlineData("EnableAVXVNNI")]
    [InlineData("EnableAVX512", "EnableAVXVNNI")]
    [InlineData(Make)]
    public async Task Kernel_tests_pass_without(params string[] instructionSets)
    {
        // In the child process this test sees that the switch worked, and starts no further one.
        if (Environment.GetEnvironmentVariable(Marker) is { } switchedOff)
        {
            Assert.DoesNotContain(switchedOff.Split(','), IsSupported);
            return;
        }

        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            ["vstest", typeof(InstructionSetTests).Assembly.Location, "--TestCaseFilter:FullyQualifiedName~Tests.Kernels"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [Marker] = string.Join(',', instructionSets) },
        };
        foreach (string instructionSet in instructionSets.Except([Make]))
            start.Environment["DOTNET_" + instructionSet] = "0";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        // No test at all is a success to the runner, not here.
        string report = await output + await errors;
        Match passed = Regex.Match(report, @"Passed: +(\d+)");
        Assert.True(process.ExitCode == 0 && passed.Success && int.Parse(passed.Groups[1].ValueSpan) > 50, report);
    }

    /// <summary>Before any kernel asks.</summary>
    [ModuleInitializer]
    internal static void ChangeMake()
    {
        s_isOtherMake = Environment.GetEnvironmentVariable(Marker) == Make;
        Processor.MixesWidths ^= s_isOtherMake;
    }

    private static bool IsSupported(string instructionSet) => instructionSet switch
    {
        "EnableHWIntrinsic" => Vector128.IsHardwareAccelerated,
        "EnableAVX2" => Avx2.IsSupported || Fma.IsSupported,
        "EnableAVX512" => Avx512F.IsSupported,
        "EnableAVXVNNI" => AvxVnni.IsSupported,
        Make => !s_isOtherMake,
        _ => throw new ArgumentOutOfRangeException(nameof(instructionSet), instructionSet, "There is no check for this switch."),
    };
}
