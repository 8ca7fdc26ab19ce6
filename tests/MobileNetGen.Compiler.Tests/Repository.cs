using System.IO;
using System.Linq;
using System.Reflection;

namespace MobileNetGen.Compiler.Tests;

/// <summary>Files of the repository that tests read.</summary>
internal static class Repository
{
    private static readonly string s_root =
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    public static string PathOf(string relative) => System.IO.Path.Combine(s_root, relative);

    public static string Read(string relative) => File.ReadAllText(PathOf(relative));
}
