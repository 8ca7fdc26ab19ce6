using System.Linq;
using MobileNetGen.Compiler.Networks;

namespace MobileNetGen.Generator.Models;

/// <summary>The namespace of classes whose description names none.</summary>
internal static class RootNamespace
{
    /// <summary>The MSBuild property that holds it, as analyzers see it.</summary>
    public const string Property = "build_property.RootNamespace";

    /// <summary>The project's root namespace, or else the assembly's name, made valid: a project may be named <c>my-app</c>.</summary>
    public static string Of(string? property, string? assembly)
    {
        string name = !string.IsNullOrWhiteSpace(property) ? property! : !string.IsNullOrWhiteSpace(assembly) ? assembly! : "Networks";
        return string.Join(".", name.Split('.').Select(Valid));
    }

    private static string Valid(string part)
    {
        string letters = string.Concat(part.Trim().Select(c => char.IsLetterOrDigit(c) ? c : '_'));
        return ClassNames.IsValid(letters) ? letters : "_" + letters;
    }
}
