using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Microsoft.ML.OnnxRuntime;

namespace MobileNetGen.Samples.Benchmarks.Measurement;

/// <summary>What numbers of this program depend on.</summary>
internal static class Machine
{
    /// <summary>The processor's name, as the operating system tells it.</summary>
    public static string Name { get; } = $"{Model()}, {Environment.ProcessorCount} cores";

    /// <summary>The instruction sets that our kernels use here: those the runtime lets them see, which environment variables can reduce.</summary>
    public static string InstructionSets { get; } = string.Join(
        ", ",
        new (string Name, bool IsSupported)[]
        {
            ("AVX-512", Avx512F.IsSupported), ("AVX-VNNI", AvxVnni.IsSupported), ("AVX2", Avx2.IsSupported), ("FMA", Fma.IsSupported),
            ("SSE4.1", Sse41.IsSupported), ("AdvSimd", AdvSimd.IsSupported), ("Dp", Dp.IsSupported),
        }.Where(set => set.IsSupported).Select(set => set.Name).DefaultIfEmpty("none beyond the portable ones"));

    /// <summary>The .NET runtime.</summary>
    public static string DotNet => RuntimeInformation.FrameworkDescription;

    /// <summary>The version of ONNX Runtime.</summary>
    public static string OnnxRuntime => OrtEnv.Instance().GetVersionString();

    /// <summary>Whether our code was compiled without optimisation, which makes every number meaningless.</summary>
    public static bool IsDebugBuild { get; } =
        new[] { typeof(Machine).Assembly, typeof(MobileNetGen.Runtime.Prediction).Assembly }.Any(a => a.GetCustomAttribute<DebuggableAttribute>()?.IsJITOptimizerDisabled == true);

    private static string Model()
    {
        const string file = "/proc/cpuinfo";
        string? line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?.Split(':', 2)[1].Trim() ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
