using System.Linq;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Syntax;

namespace MobileNetGen.Compiler.Tests.Diagnostics;

public class ProjectRequirementsTests
{
    [Theory]
    [InlineData("C#", ".NETCoreApp", "v10.0", "")]
    [InlineData("C#", ".NETCoreApp", "v10.0", "12")]
    [InlineData("C#", ".NETCoreApp", "v11.0", "14.0")]
    [InlineData("C#", ".NETCoreApp", "v10.0", "latest")]
    [InlineData("C#", ".NETCoreApp", "v10.0", "preview")]
    [InlineData("", "", "", "")]
    public void A_project_that_can_have_networks_hears_nothing(string language, string framework, string version, string languageVersion) =>
        Assert.Null(Check(language, framework, version, languageVersion));

    [Theory]
    [InlineData("F#", ".NETCoreApp", "v10.0", "", "MBN3004", "this project is in F#; put the .mbnet files into a C# class library, and reference that")]
    [InlineData("VB", ".NETCoreApp", "v10.0", "16.9", "MBN3004", "this project is in Visual Basic; ")]
    [InlineData("C#", ".NETCoreApp", "v8.0", "", "MBN3005", "this project targets .NET 8.0; set TargetFramework to net10.0")]
    [InlineData("C#", ".NETCoreApp", "v3.1", "7.3", "MBN3005", "this project targets .NET 3.1; ")]
    [InlineData("C#", ".NETStandard", "v2.0", "", "MBN3005", "this project targets .NET Standard 2.0; ")]
    [InlineData("C#", ".NETFramework", "v4.8", "", "MBN3005", "this project targets .NET Framework 4.8; ")]
    [InlineData("C#", ".NETCoreApp", "v10.0", "9", "MBN3006", "in C# 12, and this project sets LangVersion to 9; remove the setting, or set it to 12 or later")]
    [InlineData("C#", ".NETCoreApp", "v10.0", "7.3", "MBN3006", "sets LangVersion to 7.3; ")]
    [InlineData("C#", ".NETCoreApp", "v10.0", "ISO-2", "MBN3006", "sets LangVersion to ISO-2; ")]
    public void Any_other_hears_one_reason(string language, string framework, string version, string languageVersion, string id, string message)
    {
        Diagnostic diagnostic = Assert.IsType<Diagnostic>(Check(language, framework, version, languageVersion));
        Assert.Equal(id, diagnostic.Rule.Id);
        Assert.Contains(message, diagnostic.Message, System.StringComparison.Ordinal);
    }

    private static Diagnostic? Check(string language, string framework, string version, string languageVersion)
    {
        var diagnostics = new DiagnosticBag(new SourceText("App.csproj", ""));
        ProjectRequirements.Check(language, framework, version, languageVersion, diagnostics);
        return diagnostics.Items.SingleOrDefault();
    }
}
