using System;
using System.IO;
using System.Linq;
using System.Text;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Generator.Written;
using MobileNetGen.Weights.Descriptions;

namespace MobileNetGen.Packer;

/// <summary>The packer as the build runs it: with the folder to write to, the project's root namespace, and a file that has the path of a description in each line.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        // The build reads diagnostics as UTF-8, on Windows too.
        Console.OutputEncoding = Encoding.UTF8;
        try
        {
            // Every description is packed, so that all that is wrong is said at once.
            return File.ReadAllLines(arguments[2]).Select(file => DescriptionPacker.Run(file, arguments[0], Console.Out, Class)).ToArray().Max();
        }
        catch (Exception error)
        {
            Console.WriteLine(Failure.In(arguments.FirstOrDefault() ?? "MobileNetGen.Packer", "starting the packer", error));
            return 1;
        }

        string Class(Description description, Plan plan, string text) => ClassWriter.Write(
            description.File, description.Text, new Compilation(description.Plans, description.Positions, description.Diagnostics), plan, text, arguments[1]);
    }
}
