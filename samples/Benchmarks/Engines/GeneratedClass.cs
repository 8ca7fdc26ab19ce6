using System;
using System.Globalization;
using System.Reflection;

namespace MobileNetGen.Samples.Benchmarks.Engines;

/// <summary>Generated classes, by reflection: this program names none of them.</summary>
internal static class GeneratedClass
{
    /// <summary>One of the constants.</summary>
    public static long Constant(Type type, string name) => Convert.ToInt64(type.GetField(name)!.GetRawConstantValue(), CultureInfo.InvariantCulture);

    /// <summary>Values of its input.</summary>
    public static int InputLength(Type type) => (int)(Constant(type, "InputHeight") * Constant(type, "InputWidth") * Constant(type, "InputChannels"));

    /// <summary>Values of its output; of a detector the boxes and the scores.</summary>
    public static int[] OutputLengths(Type type) => type.GetField("AnchorCount") is null
        ? [(int)Constant(type, "OutputLength")]
        : [(int)Constant(type, "AnchorCount") * 4, (int)(Constant(type, "AnchorCount") * (Constant(type, "ClassCount") + 1))];

    /// <summary>Its method for values of some type; null if its own type is another.</summary>
    public static MethodInfo? RunRaw<T>(Type type) =>
        type.GetMethod("RunRaw", [typeof(ReadOnlySpan<T>), typeof(Span<T>)]) ?? type.GetMethod("RunRaw", [typeof(ReadOnlySpan<T>), typeof(Span<T>), typeof(Span<T>)]);

    /// <summary>Its method for values of its own type.</summary>
    public static MethodInfo RunRaw(Type type) => RunRaw<float>(type) ?? RunRaw<byte>(type) ?? RunRaw<sbyte>(type)!;

    /// <summary>The class on some input, for when only time matters.</summary>
    public static Engine Engine(Type type) => Engine(RunRaw(type), InputLength(type), OutputLengths(type));

    /// <summary>The same, of what was found in a class.</summary>
    public static Engine Engine(MethodInfo run, int inputLength, int[] outputLengths)
    {
        Type parameter = run.GetParameters()[0].ParameterType;
        if (parameter == typeof(ReadOnlySpan<float>))
            return Engine<float>(run, inputLength, outputLengths, value => value);
        return parameter == typeof(ReadOnlySpan<byte>)
            ? Engine<byte>(run, inputLength, outputLengths, value => value)
            : Engine<sbyte>(run, inputLength, outputLengths, value => value);
    }

    private static GeneratedEngine<T> Engine<T>(MethodInfo run, int inputLength, int[] outputLengths, Func<T, float> real)
        where T : unmanaged => new(run, new T[inputLength], outputLengths, real);
}
