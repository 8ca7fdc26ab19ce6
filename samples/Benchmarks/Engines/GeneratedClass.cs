using System;
using System.Globalization;

namespace MobileNetGen.Samples.Benchmarks.Engines;

/// <summary>Generated classes, by reflection: this program names none of them.</summary>
internal static class GeneratedClass
{
    /// <summary>One of the constants.</summary>
    public static long Constant(Type type, string name) => Convert.ToInt64(type.GetField(name)!.GetRawConstantValue(), CultureInfo.InvariantCulture);

    /// <summary>The class on some input, for when only time matters.</summary>
    public static Engine Engine(Type type)
    {
        int length = (int)(Constant(type, "InputHeight") * Constant(type, "InputWidth") * Constant(type, "InputChannels"));
        if (Reads<float>(type))
            return new GeneratedEngine<float>(type, new float[length], value => value);
        return Reads<byte>(type)
            ? new GeneratedEngine<byte>(type, new byte[length], value => value)
            : new GeneratedEngine<sbyte>(type, new sbyte[length], value => value);
    }

    private static bool Reads<T>(Type type) => type.GetMethod("RunRaw", [typeof(ReadOnlySpan<T>), typeof(Span<T>)]) is not null;
}
