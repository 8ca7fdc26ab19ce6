using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Runtime;
using MobileNetGen.Tool.Emit;
using MobileNetGen.Weights.Descriptions;
using MobileNetGen.Weights.Packing;

namespace MobileNetGen.Tool.Compiled;

/// <summary>A generated class, compiled and loaded: what a user's build would do, in memory.</summary>
internal sealed class CompiledNetwork
{
    /// <summary>Has one method <c>RunRaw</c> for a network of several results, which writes them one behind the other.</summary>
    private const string InNamespace = "Networks", Adapter = "Adapter";

    private static readonly Type[] s_runtime = [typeof(Prediction), typeof(System.Numerics.Tensors.TensorPrimitives)];

    // What a compilation has found out about the assemblies that it refers to, those that are made of it know too.
    private static readonly Lazy<CSharpCompilation> s_alone = new(() => Empty([]));

    private static readonly Lazy<CSharpCompilation> s_withRuntime = new(() => Empty(s_runtime));

    private readonly Type _type;
    private readonly Type _runner;

    private CompiledNetwork(Type type, Type? runner = null) => (_type, _runner) = (type, runner ?? type);

    private delegate void RawInScratch<TInput, TOutput>(ReadOnlySpan<TInput> input, Span<TOutput> output, Span<byte> scratch);

    /// <summary>The generated class.</summary>
    public Type Type => _type;

    /// <summary>The bytes of scratch that a call needs.</summary>
    public int ScratchBytes => (int)_type.GetField("ScratchBytes")!.GetRawConstantValue()!;

    /// <summary>Compiles what the generator would write for a network, its weights beside it.</summary>
    public static CompiledNetwork Of(Description description, PackedPlan packed)
    {
        Network network = packed.Plan.Network;
        string className = $"{network.Namespace ?? InNamespace}.{network.ClassName}";
        List<string> code = [GeneratedClass.Write(description, packed, InNamespace)];
        if (network.Outputs.Count > 1)
            code.Add(AdapterOf(network, className));
        Assembly assembly = Load(CompiledCode.Of(code, s_withRuntime, s_runtime, CompiledCode.Folder), packed.Result);
        return new CompiledNetwork(assembly.GetType(className, throwOnError: true)!, assembly.GetType(Adapter));
    }

    /// <summary>Compiles a file that stands alone.</summary>
    /// <param name="code">The file.</param>
    /// <param name="network">The network in it.</param>
    public static CompiledNetwork OfFile(string code, Network network)
    {
        string className = $"{network.Namespace ?? InNamespace}.{network.ClassName}";

        // What is internal there, the adapter reads from beside it.
        Assembly assembly = Load(CompiledCode.Of(network.Outputs.Count > 1 ? [code, AdapterOf(network, className)] : [code], s_alone, [], CompiledCode.Folder), null);
        return new CompiledNetwork(assembly.GetType(className, throwOnError: true)!, assembly.GetType(Adapter));
    }

    /// <summary>Runs the network on values of its own types.</summary>
    /// <typeparam name="TInput">float, byte or sbyte, as the class has it.</typeparam>
    /// <typeparam name="TOutput">The same.</typeparam>
    /// <param name="input">The prepared image.</param>
    /// <param name="outputs">The number of values of all results.</param>
    /// <param name="scratch">Working memory, which holds the maps afterwards.</param>
    public TOutput[] RunRaw<TInput, TOutput>(TInput[] input, int outputs, Span<byte> scratch)
    {
        var output = new TOutput[outputs];
        _runner.GetMethod("RunRaw", [typeof(ReadOnlySpan<TInput>), typeof(Span<TOutput>), typeof(Span<byte>)])!.CreateDelegate<RawInScratch<TInput, TOutput>>()(input, output, scratch);
        return output;
    }

    /// <summary>The method that makes the results of a network of one from an image of its size.</summary>
    /// <typeparam name="T">A delegate that takes a <c>ReadOnlySpan&lt;byte&gt;</c> and a <c>Span&lt;float&gt;</c>.</typeparam>
    public T Run<T>() where T : Delegate => _type.GetMethod("Run", [typeof(ReadOnlySpan<byte>), typeof(Span<float>)])!.CreateDelegate<T>();

    private static string AdapterOf(Network network, string className)
    {
        int first = 0;
        IEnumerable<int> lengths = network.Detector is { } detector ? [detector.AnchorCount * 4, detector.AnchorCount * detector.Columns] : network.Outputs.Select(o => o.Length);
        string results = string.Concat(lengths.Select(length => $"output.Slice({(first += length) - length}, {length}), "));
        return $"""
            public static class {Adapter}
            {"{"}
                public static void RunRaw(System.ReadOnlySpan<{Element(network.InputType)}> input, System.Span<{Element(network.OutputType)}> output, System.Span<byte> scratch)
                    => {className}.RunRaw(input, {results}scratch);
            {"}"}
            """;

        static string Element(Quantization type) => type switch
        {
            Quantization.UInt8 => "byte",
            Quantization.Int8 => "sbyte",
            _ => "float",
        };
    }

    private static CSharpCompilation Empty(IEnumerable<Type> references) => CSharpCompilation.Create(
        "Network", [], [.. StandaloneFile.Framework, .. references.Select(r => MetadataReference.CreateFromFile(r.Assembly.Location))],
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, optimizationLevel: OptimizationLevel.Release, deterministic: true));

    /// <summary>Loads a class. Weights that a build would embed lie in an assembly beside it, so that the class is the same for other weights of the same network.</summary>
    private static Assembly Load(byte[] image, PackedResult? packed)
    {
        var context = new AssemblyLoadContext(null);
        Assembly assembly = context.LoadFromStream(new MemoryStream(image));
        if (packed?.Packed.Resource is { } name)
        {
            Assembly weights = context.LoadFromStream(new MemoryStream(ResourceAssembly.Write(name, packed.Blob)));
            AppDomain.CurrentDomain.ResourceResolve += (_, missing) => missing.RequestingAssembly == assembly && missing.Name == name ? weights : null;
        }

        return assembly;
    }
}
