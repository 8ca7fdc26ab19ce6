using System;
using System.IO;
using System.Security;

namespace MobileNetGen.Package.Tests;

/// <summary>The tests of one set of packages. One after the other: each keeps a machine's cores busy.</summary>
[CollectionDefinition(nameof(PackageCollection))]
public sealed class PackageCollection : ICollectionFixture<PackagesFixture>;

/// <summary>
/// Packs the solution as it is built, once, into a temporary folder in which consumer projects restore them as they would from a registry.
/// What is installed goes there too; whatever else a project needs comes from the machine's cache, or from its usual sources.
/// </summary>
public sealed class PackagesFixture : IDisposable
{
    public PackagesFixture()
    {
        Root = Path.Combine(Path.GetTempPath(), "MobileNetGen package tests", Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(Packages);
        DotNet.Run(
            BuildProperty.RepositoryRoot, "pack", "MobileNetGen.sln", "--no-build", "-c", BuildProperty.Configuration, "-o", Packages,
            "-p:PackageVersion=" + Version, "-p:BuildProjectReferences=false").Succeeded();

        string cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        File.WriteAllText(Path.Combine(Root, "nuget.config"), $"""
            <configuration>
              <config>
                <add key="globalPackagesFolder" value="installed" />
              </config>
              <fallbackPackageFolders>
                <add key="cache" value="{SecurityElement.Escape(cache)}" />
              </fallbackPackageFolders>
              <packageSources>
                <add key="packed" value="packages" />
              </packageSources>
            </configuration>
            """);
    }

    /// <summary>The folder of everything, with spaces in its path.</summary>
    public string Root { get; }

    /// <summary>The folder of the packages.</summary>
    public string Packages => Path.Combine(Root, "packages");

    /// <summary>Their version.</summary>
    public static string Version => "0.1.0-test";

    public void Dispose()
    {
        DotNet.StopServers(Root);
        try
        {
            Directory.Delete(Root, recursive: true);
        }
        catch (IOException)
        {
            // The compiler server may still hold an analyzer; the system clears its temporary folder.
        }
    }
}
