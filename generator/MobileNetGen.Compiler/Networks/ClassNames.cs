using System.Collections.Generic;
using System.Linq;

namespace MobileNetGen.Compiler.Networks;

/// <summary>Names in generated code.</summary>
public static class ClassNames
{
    // The last line's are contextual keywords that may not name a type, or only with a warning.
    private static readonly HashSet<string> s_reserved = new(
        ("abstract as base bool break byte case catch char checked class const continue decimal default delegate do double else enum event " +
        "explicit extern false finally fixed float for foreach goto if implicit in int interface internal is lock long namespace new null " +
        "object operator out override params private protected public readonly ref return sbyte sealed short sizeof stackalloc static string " +
        "struct switch this throw true try typeof uint ulong unchecked unsafe ushort using virtual void volatile while " +
        "extension file record required scoped").Split(' '));

    /// <summary>The members of every generated class: neither the class nor a layer's method can be called so.</summary>
    public static IReadOnlyCollection<string> GeneratedNames { get; } = new HashSet<string>
    {
        "Align", "AnchorCount", "Anchors", "Best", "Call", "ClassCount", "Classify", "Detect", "Features", "Flip", "Forward", "Input", "InputChannels", "InputHeight", "InputLength", "InputWidth", "LabelTable",
        "Labels", "LoadInput", "MaximumThreads", "MultiplyAdds", "NotBuilt", "OutputLength", "Parameters", "Pixels", "Prepare", "Rows", "Rules", "Run", "RunRaw", "Scores", "ScratchBytes",
        "UnknownBelow", "UnknownClass", "Values", "Results", "WeightBytes", "Weights",
    };

    /// <summary>Whether a text is an identifier, or with <paramref name="allowDots"/> a dotted name, that needs no escaping.</summary>
    public static bool IsValid(string text, bool allowDots = false)
    {
        string[] parts = allowDots ? text.Split('.') : [text];
        return text.Length <= 400 && parts.All(part =>
            part.Length > 0
            && (char.IsLetter(part[0]) || part[0] == '_')
            && part.All(c => char.IsLetterOrDigit(c) || c == '_')
            && !s_reserved.Contains(part));
    }

    /// <summary>The namespace of classes whose text gives none: the project's root namespace, or else the assembly's name, made valid. A project may be named <c>my-app</c>.</summary>
    /// <param name="property">The project's property <c>RootNamespace</c>, if it is known.</param>
    /// <param name="assembly">The assembly's name, if it is known.</param>
    public static string RootNamespace(string? property, string? assembly)
    {
        string name = !string.IsNullOrWhiteSpace(property) ? property! : !string.IsNullOrWhiteSpace(assembly) ? assembly! : "Networks";
        return string.Join(".", name.Split('.').Select(Valid));

        static string Valid(string part)
        {
            string letters = string.Concat(part.Trim().Select(c => char.IsLetterOrDigit(c) ? c : '_'));
            return IsValid(letters) ? letters : "_" + letters;
        }
    }

    /// <summary><c>bottleneck3_expand</c> as a method name: <c>Bottleneck3Expand</c>.</summary>
    public static string Pascal(string layer) =>
        string.Concat(layer.Split('_').Where(p => p.Length > 0).Select(p => char.ToUpperInvariant(p[0]) + p.Substring(1)));

    /// <summary>The default name of a variant's class: <c>MobileNetV2_0_5_160</c>.</summary>
    internal static string Default(string architecture, decimal alpha, Resolution resolution) =>
        $"{architecture}_{VariantText.Alpha(alpha).Replace('.', '_')}_{resolution}";
}
