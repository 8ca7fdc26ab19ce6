using System;
using System.CommandLine;
using System.Linq;
using System.Text;
using MobileNetGen.Compiler.Diagnostics;

namespace MobileNetGen.Packer;

/// <summary>The packer as the build runs it.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        // The build reads diagnostics as UTF-8, on Windows too.
        Console.OutputEncoding = Encoding.UTF8;
        try
        {
            return new RootCommand("Packs the weights of MobileNets for the build.") { PackCommand.Create() }
                .Parse(arguments).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception error)
        {
            Console.WriteLine(Failure.In(arguments.ElementAtOrDefault(1) ?? "MobileNetGen.Packer", "starting the packer", error));
            return 1;
        }
    }
}
