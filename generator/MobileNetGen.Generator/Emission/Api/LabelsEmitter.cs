using System;
using System.Linq;
using System.Text;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Emission.Api;

/// <summary>Writes the class names.</summary>
internal static class LabelsEmitter
{
    public static void EmitProperty(IndentedWriter writer, ClassModel model)
    {
        string value = model.Packed is null ? "throw NotBuilt()" : model.Packed.Labels.Count == 0 ? "default" : "LabelTable.Names";
        writer.WriteLine($"""
            /// <summary>{Meaning(model.Network)}</summary>
            public static {Names.ReadOnlySpan}<string> Labels => {value};
            """);
    }

    private static string Meaning(Network network) => network switch
    {
        { Labels: null } => "The class names: none, as the description names no labels.",
        { Detector: not null } => "The class names, by the index that detections have.",
        { EndsInSigmoid: true, OutputLength: 1 } => "The two class names: that of outputs near 0, and that of outputs near 1.",
        _ => "The class names, in the order of the outputs.",
    };

    public static void EmitTable(IndentedWriter writer, ClassModel model)
    {
        EquatableArray<string> labels = model.Packed!.Labels;
        if (labels.Count == 0)
            return;
        writer.WriteLine();
        writer.WriteLine("/// <summary>The class names, one a line, made strings once: on first use.</summary>");
        writer.WriteLine("private static class LabelTable");
        using (writer.Block())
        {
            // Not indented: a label may hold characters that C# takes for the end of a line, and the next would then have to be indented too.
            string text = string.Concat(labels.Select(l => WithoutLoneSurrogates(l) + "\n"));
            string quotes = new('"', Math.Max(3, LongestRun(text, '"') + 1));
            bool endIsEmpty = labels[labels.Count - 1].Length == 0;
            writer.WriteLine($"internal static readonly string[] Names = {Names.Runtime}.Labels.Parse(");
            writer.WriteLine("    " + quotes);
            writer.WriteVerbatim(text + (endIsEmpty ? "\n" : "") + quotes + "u8);\n");
        }
    }

    private static int LongestRun(string text, char c)
    {
        int longest = 0, run = 0;
        foreach (char next in text)
            longest = Math.Max(longest, run = next == c ? run + 1 : 0);
        return longest;
    }

    /// <summary>UTF-8 has no half of a surrogate pair.</summary>
    private static string WithoutLoneSurrogates(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
