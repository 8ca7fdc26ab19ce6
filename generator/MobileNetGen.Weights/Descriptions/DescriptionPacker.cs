using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Files;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Weights.Descriptions;

/// <summary>What the build runs before the compiler: packs the networks of a description for the generator and the assembly.</summary>
public static class DescriptionPacker
{
    /// <summary>Packs, and says what was done or is wrong.</summary>
    /// <param name="file">The description.</param>
    /// <param name="output">The folder for plans (<c>.mbplan</c>), blobs (<c>.mbw</c>), the list of the files read (<c>.inputs</c>) and a record that all is done (<c>.packed</c>).</param>
    /// <param name="console">Takes diagnostics, in the form that MSBuild recognises, and a few facts.</param>
    /// <returns>The exit code: 0, or 1 where something is wrong.</returns>
    public static int Run(string file, string output, TextWriter console) => Run(file, output, console, null);

    /// <summary>Packs as above, and writes the class of each network beside its plan, as <c>.mbclass</c>.</summary>
    /// <param name="file">The description.</param>
    /// <param name="output">The folder.</param>
    /// <param name="console">Takes diagnostics.</param>
    /// <param name="written">Writes the class of a plan from that and the text of its <c>.mbplan</c> file; null for none.</param>
    internal static int Run(string file, string output, TextWriter console, Func<Description, Plan, string, string>? written)
    {
        Description description = Description.Read(file);
        var diagnostics = description.Diagnostics.ToList();
        var inputs = new SortedSet<string>(StringComparer.Ordinal);
        foreach (Plan plan in description.Plans)
        {
            Try(() =>
            {
                PackedPlan packed = PackedPlan.Of(plan, description);
                inputs.UnionWith(packed.Trained.Files.Select(f => $"{f.Hash} {Path.GetFullPath(f.Path)}"));
                string text = PackedNetworkText.Write(packed.Result.Packed);
                string? code = written?.Invoke(description, plan, text);
                OutputFile.Writing(output, Place.Name, () => Write(packed, text, code, output));
                Describe(packed, console);
                if (description.Assumed(packed.Trained) is { } assumed)
                    diagnostics.Add(assumed);
            });
        }

        // Named for the first class, as the build's own files of a description are.
        if (description.Plans.Count > 0)
            Try(() => OutputFile.Writing(output, Place.Text, () => WriteInputs(NameOf(description.Plans[0]) + ".inputs", inputs)));
        if (IsPacked())
            Try(() => OutputFile.Writing(output, Place.Text, () => InputStamp.Write(NameOf(description.Plans[0]) + ".packed", inputs.Concat(description.Plans.SelectMany(Written)))));
        foreach (Diagnostic diagnostic in diagnostics.Distinct())
            console.WriteLine(diagnostic);
        return IsPacked() ? 0 : 1;

        bool IsPacked() => description.Plans.Count > 0 && diagnostics.All(d => d.Rule.Severity != Severity.Error);

        string NameOf(Plan plan) => Path.Combine(output, plan.Network.QualifiedName);

        IEnumerable<string> Written(Plan plan) => new[] { NameOf(plan) + ".mbplan", NameOf(plan) + ".mbw", NameOf(plan) + ".mbclass" }.Where(File.Exists).Select(InputStamp.Line);

        void Try(Action work)
        {
            try
            {
                work();
            }
            catch (MatchException error)
            {
                diagnostics.Add(description.At(error));
            }
            catch (Exception error)
            {
                diagnostics.Add(Failure.In(file, "packing", error));
            }
        }
    }

    private static void Write(PackedPlan packed, string text, string? code, string output)
    {
        Directory.CreateDirectory(output);
        PackedNetwork facts = packed.Result.Packed;
        string name = Path.Combine(output, packed.Plan.Network.QualifiedName);
        WriteIfChanged(name + ".mbplan", Encoding.UTF8.GetBytes(text));
        if (facts.Resource is null)
            File.Delete(name + ".mbw");
        else
            WriteIfChanged(name + ".mbw", packed.Result.Blob);
        if (code is null)
            File.Delete(name + ".mbclass");
        else
            WriteIfChanged(name + ".mbclass", Encoding.UTF8.GetBytes(code));
    }

    private static void WriteInputs(string path, SortedSet<string> inputs)
    {
        if (inputs.Count > 0)
            WriteIfChanged(path, Encoding.UTF8.GetBytes(string.Concat(inputs.Select(i => i + "\n"))));
        else if (File.Exists(path))
            File.Delete(path);
    }

    private static void Describe(PackedPlan packed, TextWriter console)
    {
        (Plan plan, Network network) = (packed.Plan, packed.Plan.Network);
        string weights = packed.Result.Packed.Resource is null ? "in its source" : "as a resource";
        string scratch = plan.FitsStack
            ? "on the stack"
            : $"in a buffer that each thread keeps, {ByteSize.Text(plan.ScratchBytes - network.StackBudget)} over the stack budget of {ByteSize.Text(network.StackBudget)}";
        console.WriteLine($"{network.QualifiedName}: {ByteSize.Text(packed.Result.Blob.Length)} of weights {weights}; {ByteSize.Text(plan.ScratchBytes)} of scratch {scratch}");
        foreach (string note in packed.Trained.Notes)
            console.WriteLine($"{network.QualifiedName}: {note}");
    }

    /// <summary>Leaves a file that already has this content alone, so that nothing behind it is done again.</summary>
    private static void WriteIfChanged(string path, byte[] content)
    {
        if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(content))
            return;

        // Renamed into place, so that a build that is stopped leaves no half of a file behind.
        string unfinished = path + ".tmp";
        File.WriteAllBytes(unfinished, content);
        File.Move(unfinished, path, overwrite: true);
    }
}
