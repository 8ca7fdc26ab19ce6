using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Compiler.Syntax;
using MobileNetGen.Generator.Emission;

namespace MobileNetGen.Generator.Models;

/// <summary>What is to be said of a description, whatever project it is in.</summary>
internal static class DescriptionFindings
{
    /// <summary>What the compiler found, and what its plans tell.</summary>
    public static IEnumerable<Diagnostic> Of(string path, string content, Compilation compiled)
    {
        var found = new DiagnosticBag(new SourceText(path, content));
        foreach (Plan plan in compiled.Plans)
        {
            Network network = plan.Network;
            if (!plan.FitsStack)
            {
                found.Report(
                    Rules.ScratchOffStack, compiled.Positions[Place.Name], network.ClassName, Literals.KiB(plan.ScratchBytes),
                    Literals.KiB(plan.ScratchBytes - network.StackBudget), Literals.KiB(network.StackBudget));
            }

            foreach (Layer unread in network.UnreadLayers)
                found.Report(Rules.UnreadLayer, compiled.Positions[Place.Layer(unread)], unread.Name);
        }

        return compiled.Diagnostics.Concat(found.Items);
    }
}
