using System.IO;

namespace MobileNetGen.Compiler.Tests;

/// <summary>Files of the repository that tests read.</summary>
internal static class Repository
{
    public static string PathOf(string relative) => System.IO.Path.Combine(BuildProperty.RepositoryRoot, relative);

    public static string Read(string relative) => File.ReadAllText(PathOf(relative));
}
