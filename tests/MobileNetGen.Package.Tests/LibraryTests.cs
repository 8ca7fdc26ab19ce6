using System;
using System.IO;

namespace MobileNetGen.Package.Tests;

/// <summary>Libraries with networks.</summary>
[Collection(nameof(PackageCollection))]
public sealed class LibraryTests(PackagesFixture packages)
{
    [Fact]
    public void A_multi_targeted_library_packs_for_each_target()
    {
        Consumer library = new Consumer(packages, "multi", "Library").WriteProject(isLibrary: true).Write("Tiny.mbnet", Networks.Tiny);
        // Two targets that need no more than the SDK has.
        library.Write("Library.csproj", File.ReadAllText(library.PathOf("Library.csproj")).Replace("<TargetFramework>net10.0</TargetFramework>", """
            <TargetFrameworks>net10.0;net10.0-windows</TargetFrameworks>
            <EnableWindowsTargeting>true</EnableWindowsTargeting>
            <DisableTransitiveFrameworkReferenceDownloads>true</DisableTransitiveFrameworkReferenceDownloads>
            """, StringComparison.Ordinal));
        library.Write("Use.cs", "namespace Library; public static class Use { public static int Length => Tiny.OutputLength; }");
        library.BuildCleanly("-m");
        Assert.All(["net10.0", "net10.0-windows"], target => Assert.True(File.Exists(library.PathOf($"obj/Debug/{target}/MobileNetGen/Tiny.mbplan")), target));
    }

    [Fact]
    public void A_solution_of_projects_with_networks_builds_in_parallel_on_the_first_try()
    {
        string references = "";
        // Each has a Prediction of its own, from a using that would be ambiguous beside the package's, which they do without.
        const string own = "namespace Contoso { internal static class Prediction { public const int Length = 0; } }\n";
        foreach (string name in new[] { "One", "Two", "Three" })
        {
            new Consumer(packages, "solution", name).WriteProject("<EnableMobileNetUsing>false</EnableMobileNetUsing>", isLibrary: true).Write("Tiny.mbnet", Networks.Tiny)
                .Write("Use.cs", $"using Contoso;\n{own}namespace {name} {{ public static class Use {{ public static int Length => Tiny.OutputLength + Prediction.Length; }} }}");
            references += $"<ProjectReference Include=\"../{name}/{name}.csproj\" />";
        }

        Consumer app = new Consumer(packages, "solution").WriteProject(items: references, usesPackage: false);
        app.Write("Program.cs", "System.Console.WriteLine(One.Use.Length + Two.Use.Length + Three.Use.Length);");
        app.BuildCleanly("-m");
        Assert.Equal("12", app.Run().Trim());
    }
}
