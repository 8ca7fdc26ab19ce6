namespace MobileNetGen.Generator.Emission;

/// <summary>
/// The types that generated code names, each from the root on: in the namespace of the class there may be any other type of the same name.
/// </summary>
internal static class Names
{
    /// <summary>The namespace of what users see of the runtime.</summary>
    public const string Runtime = "global::MobileNetGen.Runtime";

    /// <summary>The namespace of what generated code alone calls.</summary>
    public const string Kernels = Runtime + ".Kernels";

    /// <summary>A mutable span, without its element type.</summary>
    public const string Span = "global::System.Span";

    /// <summary>A read-only span, without its element type.</summary>
    public const string ReadOnlySpan = "global::System.ReadOnlySpan";

    /// <summary>Mathematics in double precision and integers.</summary>
    public const string Math = "global::System.Math";

    /// <summary>What is thrown for spans of a wrong length.</summary>
    public const string ArgumentException = "global::System.ArgumentException";

    /// <summary>The attribute of methods that take scratch from the stack.</summary>
    public const string SkipLocalsInit = "[global::System.Runtime.CompilerServices.SkipLocalsInit]";
}
