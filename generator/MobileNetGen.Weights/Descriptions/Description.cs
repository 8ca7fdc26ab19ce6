using System.IO;
using System.Linq;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Compiler.Syntax;
using MobileNetGen.Files;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Weights.Descriptions;

/// <summary>A <c>.mbnet</c> file and what the compiler makes of it.</summary>
/// <param name="File">The file, as the caller names it.</param>
/// <param name="Text">Its text.</param>
/// <param name="Plans">Its networks, planned; none where there are errors.</param>
/// <param name="Positions">Where in the text the networks' parts stand.</param>
/// <param name="Diagnostics">What is wrong with it.</param>
internal sealed record Description(string File, string Text, EquatableArray<Plan> Plans, Positions Positions, EquatableArray<Diagnostic> Diagnostics)
{
    /// <summary>The folder to which paths in the text are relative.</summary>
    public string Folder => Path.GetDirectoryName(Path.GetFullPath(File))!;

    /// <summary>Reads and compiles a file; one that cannot be read has a diagnostic that says why.</summary>
    public static Description Read(string file)
    {
        try
        {
            return WorkStage.Run("compiling the description", Place.Text, () => DescriptionFile.Read(file, out string problem) is { } text
                ? Compile(file, text)
                : throw new MatchException(Rules.DescriptionUnreadable, Place.Text, file, problem));
        }
        catch (MatchException error)
        {
            var unread = new Description(file, "", default, Positions.None, default);
            return unread with { Diagnostics = EquatableArray.Of(unread.At(error)) };
        }
    }

    /// <summary>Compiles a text that is to stand in a file.</summary>
    public static Description Compile(string file, string text)
    {
        Compilation compilation = Mbnet.Compile(file, text);
        return new Description(file, text, compilation.Plans, compilation.Positions, compilation.Diagnostics);
    }

    /// <summary>What is wrong between the text and its files, at its place in the text.</summary>
    public Diagnostic At(MatchException error) => At(error.Rule, error.Place, error.Arguments);

    /// <summary>What results depend on and neither the text nor its files say; null where there is nothing of the kind.</summary>
    public Diagnostic? Assumed(TrainedNetwork trained)
    {
        WeightsSource weights = trained.Network.Weights;
        return trained.Assumptions.IsEmpty ? null : At(Rules.Assumed, Place.Weights, weights.FileNames, string.Join("; ", trained.Assumptions));
    }

    private Diagnostic At(Rule rule, Place place, params object[] arguments)
    {
        var diagnostics = new DiagnosticBag(new SourceText(File, Text));
        diagnostics.Report(rule, Positions[place], arguments);
        return diagnostics.Items.Single();
    }
}
