using System;
using System.CommandLine;
using System.Text;

namespace MobileNetGen.Packer;

/// <summary>The packer as the build runs it.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        // The build reads diagnostics as UTF-8, on Windows too.
        Console.OutputEncoding = Encoding.UTF8;
        return new RootCommand("Packs the weights of MobileNets for the build.") { PackCommand.Create() }.Parse(arguments).Invoke();
    }
}
