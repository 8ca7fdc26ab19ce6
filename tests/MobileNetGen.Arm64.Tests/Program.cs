using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using MobileNetGen.Runtime.Tests.Kernels;

namespace MobileNetGen.Arm64.Tests;

/// <summary>What the emulated process does: its instruction sets, then what the tests of the runtime or the sample networks give, or calls to count.</summary>
internal static class Program
{
    /// <summary>Tests of kernels that ask for dot products.</summary>
    private static readonly string?[] s_bytes = [typeof(UInt8KernelTests).FullName, typeof(SixteenBitKernelTests).FullName];

    /// <summary>Takes long. The same tiles compute panels packed for 16 bits, whose tests have every width too.</summary>
    private static readonly (string?, string) s_manyWidths = (typeof(UInt8KernelTests).FullName, nameof(UInt8KernelTests.Every_width_equals_its_definition));

    /// <summary>The instruction set tests start processes through the SDK, which is not here. Of threads and their memory the emulator tells nothing.</summary>
    private static readonly string?[] s_elsewhere = [typeof(InstructionSetTests).FullName, typeof(Runtime.Tests.TeamTests).FullName, typeof(Runtime.Tests.ThreadScratchTests).FullName];

    public static int Main(string[] arguments)
    {
        Console.WriteLine($".NET {Environment.Version.Major}, AdvSimd {AdvSimd.Arm64.IsSupported}, Dp {Dp.IsSupported}");
        switch (arguments)
        {
            case ["tests"] or ["tests", "bytes"]:
                TestRun run = TestRun.Of(typeof(InstructionSetTests).Assembly,
                    (testClass, method) => arguments.Length > 1 ? s_bytes.Contains(testClass) && (testClass, method) != s_manyWidths : !s_elsewhere.Contains(testClass));
                foreach (string failure in run.Failures)
                    Console.WriteLine("Failed: " + failure);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Passed: {run.Passed}"));
                return run.Failures.Count == 0 ? 0 : 1;

            case ["networks"]:
                foreach (KeyValuePair<string, SampleNetwork> network in SampleNetwork.All)
                    Console.WriteLine($"{network.Key}: {Convert.ToHexString(network.Value.RunOnNoise())}");
                return 0;

            case ["count", var calls, .. var names]:
                int count = int.Parse(calls, CultureInfo.InvariantCulture);
                foreach (string name in names)
                {
                    // The first call, which compiles, is not counted.
                    SampleNetwork.All[name].RunOnNoise(images: 1);
                    MarkCount();
                    for (int i = 0; i < count; i++)
                        SampleNetwork.All[name].RunOnNoise(images: 1);
                    MarkCount();
                }
                return 0;

            default:
                Console.Error.WriteLine("usage: tests [bytes] | networks | count CALLS NETWORK ...");
                return 2;
        }
    }

    /// <summary>Has the emulator print how many instructions were executed so far.</summary>
    [DllImport("libc", EntryPoint = "getppid")]
    private static extern int MarkCount();
}
