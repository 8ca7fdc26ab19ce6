using System;
using System.Linq;
using System.Text;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Weights.Descriptions;

namespace MobileNetGen.Packer;

/// <summary>The packer as the build runs it: with a description and the folder to write to.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        // The build reads diagnostics as UTF-8, on Windows too.
        Console.OutputEncoding = Encoding.UTF8;
        try
        {
            return DescriptionPacker.Run(arguments[0], arguments[1], Console.Out);
        }
        catch (Exception error)
        {
            Console.WriteLine(Failure.In(arguments.FirstOrDefault() ?? "MobileNetGen.Packer", "starting the packer", error));
            return 1;
        }
    }
}
