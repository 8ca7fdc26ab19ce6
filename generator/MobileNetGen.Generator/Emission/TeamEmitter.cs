using System;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Emission;

/// <summary>
/// Writes what a network has that threads may share. Every thread runs through all of <c>Forward</c>: of each stage it computes its part, rows or slices, and waits for the others before the next.
/// Whole maps lie in memory that all share; rings and slices in each thread's own, so that a row between two parts is computed twice and nothing is waited for inside a stage.
/// </summary>
internal static class TeamEmitter
{
    /// <summary>The rows of a thread, where it has some of them.</summary>
    public const string Rows = "firstRow: share.First, rowCount: share.Count";

    /// <summary>The parameter that says which thread it is.</summary>
    public static string Parameter(ClassModel model) => model.IsShared ? $"{Names.Runtime}.TeamMember member, " : "";

    /// <summary>The same, handed on.</summary>
    public static string Argument(ClassModel model) => model.IsShared ? "member, " : "";

    /// <summary>The memory that all threads share, as a parameter or argument.</summary>
    public static string Memory(ClassModel model, string type) => model.IsShared ? type + "shared, " : "";

    /// <summary>The memory that a map lies in.</summary>
    public static string MemoryOf(ClassModel model, FeatureBuffer buffer) => model.IsShared && buffer is { Ring: 0, Slice: 0 } ? "shared" : "scratch";

    /// <summary>Declares the part of a thread.</summary>
    public static void Share(IndentedWriter writer, ClassModel model, int parts)
    {
        writer.WriteLine($"{Names.Runtime}.TeamShare share = member.Share({parts});");
        if (model.Network.Threads > parts)
            writer.WriteLine("if (share.Count == 0)\n    return;");
    }

    /// <summary>Writes a statement that one thread runs.</summary>
    public static void ByFirst(IndentedWriter writer, ClassModel model, bool isNeeded, Action write)
    {
        if (!isNeeded || !model.IsShared)
        {
            write();
            return;
        }

        writer.WriteLine("if (member.IsFirst)");
        using (writer.Block())
            write();
    }

    /// <summary>Writes the call of a stage.</summary>
    public static void Stage(IndentedWriter writer, ClassModel model, Stage stage, string call)
    {
        int parts = Sharing.Of(model, stage).Parts;
        bool isLast = stage == model.Plan.Stages[model.Plan.Stages.Count - 1];
        writer.WriteLine(model.IsShared && parts == 1 ? $"if (member.IsFirst)\n    {call}" : call);
        // What the first alone computes, and reads next, needs no waiting for.
        if (!isLast && (parts > 1 || Sharing.Of(model, Next(model, stage)).Parts > 1))
            Wait(writer, model);
    }

    /// <summary>Writes that all are waited for.</summary>
    public static void Wait(IndentedWriter writer, ClassModel model)
    {
        if (model.IsShared)
            writer.WriteLine("member.Wait();");
    }

    /// <summary>Runs the network on pixels in aligned scratch, by a team or alone.</summary>
    public static void Run(IndentedWriter writer, ClassModel model, string source)
    {
        string[] values = source.Split([", "], StringSplitOptions.None).Select(v => v.Substring(v.IndexOf(':') + 1).Trim()).ToArray();
        string fields = string.Join(", ", InputEmitter.SourceNames(model).Select((name, i) => $"{ClassNames.Pascal(name)} = {values[i]}"));
        // Here, as what opens them may fail, and of another thread's exception nobody would know.
        writer.WriteLine($"var call = new Call {{ {fields}, Shared = aligned, Weights = Weights.Data{(ResultsEmitter.IsNeeded(model) ? ", Results = &results" : "")} }};");
        writer.WriteLine($"{Names.Runtime}.Team.Run(team, &Forward, &call, MaximumThreads, ScratchBytes);");
    }

    /// <summary>Writes what a call hands to its threads.</summary>
    public static void Emit(IndentedWriter writer, ClassModel model)
    {
        if (!model.IsShared)
            return;
        string source = string.Join(", ", InputEmitter.SourceNames(model).Select(name => "call->" + ClassNames.Pascal(name)));
        writer.WriteLine();
        writer.WriteLine($$"""
            /// <summary>What the threads of a call are given.</summary>
            private struct Call
            {
                {{InputEmitter.SourceFields(model)}}
                internal byte* Shared, Weights;{{(ResultsEmitter.IsNeeded(model) ? "\n    internal Results* Results;" : "")}}
            }

            /// <summary>The network, as one of the threads runs it. The first works in the caller's memory, the others in their own.</summary>
            private static void Forward({{Names.Runtime}}.TeamMember member, void* state)
            {
                var call = (Call*)state;
                Forward({{source}}, member, call->Shared, member.IsFirst ? call->Shared : member.Scratch, call->Weights{{(ResultsEmitter.IsNeeded(model) ? ", call->Results" : "")}});
            }
            """);
    }

    private static Stage Next(ClassModel model, Stage stage) => model.Plan.Stages.SkipWhile(s => s != stage).Skip(1).First();
}
