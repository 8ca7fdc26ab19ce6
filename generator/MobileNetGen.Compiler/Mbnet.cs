using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Compiler.Syntax;

namespace MobileNetGen.Compiler;

/// <summary>What a <c>.mbnet</c> file describes.</summary>
/// <param name="Plans">A planned network for each combination of α and resolution; empty where there are errors.</param>
/// <param name="Positions">Where in the text the networks' parts stand.</param>
/// <param name="Diagnostics">What is wrong, by position.</param>
public sealed record Compilation(EquatableArray<Plan> Plans, Positions Positions, EquatableArray<Diagnostic> Diagnostics);

/// <summary>The front door of the compiler: text → tree → networks → plans.</summary>
public static class Mbnet
{
    /// <summary>Scratch beyond this is not addressed by generated code.</summary>
    private const long MaximumScratch = 1L << 30;

    /// <summary>Compiles the text of a <c>.mbnet</c> file. Never throws for what is in the text.</summary>
    /// <param name="path">The path that diagnostics show.</param>
    /// <param name="text">The whole text.</param>
    public static Compilation Compile(string path, string text)
    {
        (IReadOnlyList<Network> networks, Positions positions, DiagnosticBag diagnostics) = Bind(path, text);
        List<Plan> plans = networks.Select(Planner.Plan).ToList();
        foreach (Plan plan in plans)
        {
            if (plan.ScratchBytes > MaximumScratch)
                diagnostics.Report(Rules.TooLarge, positions[Place.Name], plan.Network.ClassName, $"{plan.ScratchBytes} bytes of scratch", $"{MaximumScratch}");
        }

        return new Compilation((diagnostics.HasErrors ? [] : plans).ToEquatableArray(), positions, diagnostics.Items);
    }

    /// <summary>The networks of a text without their plans, which take longer than all before them: for who compares layers.</summary>
    /// <param name="text">The whole text.</param>
    /// <returns>A network for each combination of α and resolution; empty where there are errors.</returns>
    public static IReadOnlyList<Network> Networks(string text)
    {
        (IReadOnlyList<Network> networks, _, DiagnosticBag diagnostics) = Bind("", text);
        return diagnostics.HasErrors ? [] : networks;
    }

    private static (IReadOnlyList<Network> Networks, Positions Positions, DiagnosticBag Diagnostics) Bind(string path, string text)
    {
        var source = new SourceText(path, text);
        var diagnostics = new DiagnosticBag(source);
        NetworkSyntax syntax = Parser.Parse(source, diagnostics);
        var positions = new Positions(syntax);
        return (NetworkBinder.Bind(syntax, positions, diagnostics), positions, diagnostics);
    }
}
