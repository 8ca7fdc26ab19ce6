using System;
using System.Linq;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Packing;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Emission;

/// <summary>Writes where the weights are: in this file, or in a resource of the assembly.</summary>
internal static class WeightsEmitter
{
    private const int WordsPerLine = 8;

    public static void Emit(IndentedWriter writer, ClassModel model)
    {
        PackedNetwork packed = model.Packed!;
        if (packed.Resource is null)
            EmitSource(writer, packed.Words);
        else
            EmitResource(writer, model, packed.Resource);
    }

    private static void EmitResource(IndentedWriter writer, ClassModel model, string resource)
    {
        writer.WriteLine("/// <summary>The packed weights: a resource, which is mapped with the assembly and read in place.</summary>");
        writer.WriteLine("private static class Weights");
        using (writer.Block())
        {
            writer.WriteLine($"""
                internal static readonly byte* Data = {Names.Runtime}.EmbeddedWeights.Open(
                    typeof({model.Network.ClassName}).Assembly, {Literals.String(resource)}, WeightBytes);
                """);
        }
    }

    private static void EmitSource(IndentedWriter writer, EquatableArray<string> words)
    {
        writer.WriteLine("/// <summary>The packed weights, little-endian.</summary>");
        writer.WriteLine("private static class Weights");
        using (writer.Block())
        {
            writer.WriteLine($"""
                // The words are static data of the assembly's image, which never moves: the pointer stays good.
                internal static readonly byte* Data = (byte*)global::System.Runtime.CompilerServices.Unsafe.AsPointer(ref global::System.Runtime.InteropServices.MemoryMarshal.GetReference(Words));

                private static {Names.ReadOnlySpan}<ulong> Words =>
                [
                """);

            // By index: to skip to where a line begins would be to read all words before it.
            for (int i = 0; i < words.Count; i += WordsPerLine)
                writer.WriteLine("    " + string.Join(", ", Enumerable.Range(i, Math.Min(WordsPerLine, words.Count - i)).Select(word => "0x" + words[word])) + ",");
            writer.WriteLine("];");
        }
    }
}
