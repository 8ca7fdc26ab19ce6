using System;
using System.CommandLine;
using System.Text;

namespace MobileNetGen.Tool;

/// <summary>The program <c>mbnet</c>.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        // The build reads diagnostics as UTF-8, on Windows too.
        Console.OutputEncoding = Encoding.UTF8;
        var root = new RootCommand("Compiles MobileNets for .NET.") { PackCommand.Create() };
        return root.Parse(arguments).Invoke();
    }
}
