using System.Linq;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Emission;

/// <summary>Writes the comment above the private half of a class: how to read what follows. It says only what this class has.</summary>
internal static class ReadingGuide
{
    public static void Emit(IndentedWriter writer, ClassModel model)
    {
        Plan plan = model.Plan;
        writer.WriteLine("// How to read what follows.");
        writer.WriteLine("//");
        writer.WriteLine("// Each layer has a method, and Forward calls them. Every map between layers lies at a fixed place in scratch, a block of memory; maps that are not needed at");
        writer.WriteLine("// the same time share a place. Weights lie at fixed places behind the pointer of that name. All sizes are literals: nothing is looked up while it runs.");
        writer.WriteLine("//");
        Term(writer, "lanes", "A map's channels lie in blocks of 16, its lanes; the last block may have unused ones. An input of few channels keeps as many lanes as it needs.");
        if (plan.Input.Halo > 0 || plan.Steps.Any(s => s.Output.Halo > 0))
            Term(writer, "halo", "The padding around a map, in pixels. Whoever writes a map writes its halo too, so kernels need no code for edges.");
        if (plan.Stages.Any(s => s.IsStreamed))
        {
            Term(writer, "ring", "How many rows of a map exist at once: row y lies in slot y mod ring, and takes the place of one that is no longer needed.");
            Term(writer, "Stream…", "Some layers run together, a few rows at a time, so that their maps fit the processor's cache. Each is pulled from the end: the stage asks its last");
            Term(writer, "", "layer for all rows; a layer that is asked for rows first asks the layer it reads for those that it needs. 'end' is the first row that is not needed yet.");
        }

        if (model.IsShared)
        {
            Term(writer, "shared", "Whole maps, to which all threads of a team write, each its share of the rows. Rings and slices lie in each thread's own scratch, so that the rows around a");
            Term(writer, "", "share are computed twice and nobody waits inside a stage; between stages all do. A thread that runs alone has all rows, and one memory for both.");
        }

        if (model.IsQuantized)
            Term(writer, "flip", "A signed byte q is stored as q + 128, which is q ^ 0x80: so one set of kernels serves both kinds. 0x80 converts, 0x00 does not.");
        writer.WriteLine();
    }

    private static void Term(IndentedWriter writer, string name, string text) => writer.WriteLine($"//   {name,-8} {text}");
}
