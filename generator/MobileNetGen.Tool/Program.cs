using System.CommandLine;

namespace MobileNetGen.Tool;

/// <summary>The program <c>mbnet</c>.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        var root = new RootCommand("Compiles MobileNets for .NET.") { PackCommand.Create() };
        return root.Parse(arguments).Invoke();
    }
}
