using System.Globalization;

namespace MobileNetGen.Compiler.Diagnostics;

/// <summary>What the generated code asks of the project that it becomes a part of, so that one message says it instead of the C# compiler in many.</summary>
public static class ProjectRequirements
{
    /// <summary>The oldest C# that knows everything that is generated.</summary>
    public const int LanguageVersion = 12;

    private const int FrameworkVersion = 10;

    /// <summary>Reports what a project lacks.</summary>
    /// <param name="language">Its MSBuild property <c>Language</c>, such as <c>C#</c>; empty where unknown, as are the others.</param>
    /// <param name="framework"><c>TargetFrameworkIdentifier</c>, such as <c>.NETCoreApp</c>.</param>
    /// <param name="frameworkVersion"><c>TargetFrameworkVersion</c>, such as <c>v10.0</c>.</param>
    /// <param name="languageVersion"><c>LangVersion</c>, such as <c>12.0</c> or <c>latest</c>.</param>
    /// <param name="diagnostics">Gets the diagnostic.</param>
    public static void Check(string language, string framework, string frameworkVersion, string languageVersion, DiagnosticBag diagnostics)
    {
        if (language.Length > 0 && language != "C#")
            diagnostics.Report(Rules.NotCSharp, default, language == "VB" ? "Visual Basic" : language);
        else if (framework.Length > 0 && (framework != ".NETCoreApp" || Major(frameworkVersion) < FrameworkVersion))
            diagnostics.Report(Rules.TargetFramework, default, $"{Name(framework)} {frameworkVersion.TrimStart('v')}");
        else if (Major(languageVersion) < LanguageVersion)
            diagnostics.Report(Rules.LanguageVersion, default, languageVersion, LanguageVersion);
    }

    /// <summary>The number before the point; of words such as <c>latest</c>, the largest there is, and of <c>ISO-2</c>, what it stands for.</summary>
    private static int Major(string version)
    {
        string number = version.TrimStart('v').Split('.')[0];
        return number.StartsWith("ISO-", System.StringComparison.OrdinalIgnoreCase) ? 2 : int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int major) ? major : int.MaxValue;
    }

    private static string Name(string framework) => framework switch
    {
        ".NETCoreApp" => ".NET",
        ".NETStandard" => ".NET Standard",
        ".NETFramework" => ".NET Framework",
        _ => framework,
    };
}
