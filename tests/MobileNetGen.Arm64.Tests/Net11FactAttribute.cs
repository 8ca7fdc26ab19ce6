using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

namespace MobileNetGen.Arm64.Tests;

/// <summary>A test on .NET 11, which is skipped where its packs have not been restored: nothing else asks for them.</summary>
public sealed class Net11FactAttribute : FactAttribute
{
    private static readonly string[] s_packs = ["ref", "runtime.linux-x64", "host.linux-x64"];

    public Net11FactAttribute() => Skip =
        !OperatingSystem.IsLinux() || RuntimeInformation.OSArchitecture != Architecture.X64 ? "Tested on Linux and x64 alone."
        : s_packs.All(pack => Directory.Exists(Path.Combine(Packages, $"microsoft.netcore.app.{pack}", "11.0.0"))) ? null
        : "The packs of .NET 11 are not here; they come with: dotnet restore tests/MobileNetGen.Arm64.Tests/Host -r linux-x64 -p:Net11=true";

    private static string Packages => Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
}
