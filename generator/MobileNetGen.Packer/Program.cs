using System;
using System.IO;
using System.Linq;
using System.Text;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Weights.Descriptions;

namespace MobileNetGen.Packer;

/// <summary>The packer as the build runs it: with the folder to write to, and a file that has the path of a description in each line.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        // The build reads diagnostics as UTF-8, on Windows too.
        Console.OutputEncoding = Encoding.UTF8;
        try
        {
            // Every description is packed, so that all that is wrong is said at once.
            return File.ReadAllLines(arguments[1]).Select(description => DescriptionPacker.Run(description, arguments[0], Console.Out)).ToArray().Max();
        }
        catch (Exception error)
        {
            Console.WriteLine(Failure.In(arguments.FirstOrDefault() ?? "MobileNetGen.Packer", "starting the packer", error));
            return 1;
        }
    }
}
