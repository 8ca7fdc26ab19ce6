using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Generator.Models;
using MobileNetGen.Samples.Benchmarks.Engines;
using MobileNetGen.Weights.Packing;

namespace MobileNetGen.Samples.Benchmarks.Kernels;

/// <summary>A kernel on a layer's shape, called as the network calls it: for a whole map, or for some rows at a time of rings. Layers of one shape and form are one case.</summary>
public sealed unsafe record KernelCase
{
    private readonly ClassModel _model;
    private readonly Step _step;
    private readonly byte[] _blob;
    private KernelCall _call = (_, _, _, _) => { };

    private KernelCase(ClassModel model, Step step, byte[] blob) => (_model, _step, _blob) = (model, step, blob);

    /// <summary>The layer.</summary>
    internal Layer Layer => _step.Layer;

    /// <summary>The arithmetic.</summary>
    internal Quantization Quantization => _model.Network.Quantization;

    /// <summary>The cases of several networks: their layers that multiply, in order.</summary>
    internal static KernelCase[] Of(IReadOnlyList<Subject> subjects)
    {
        KernelCase[] cases = [.. subjects.SelectMany(Of).DistinctBy(kernel => kernel.ToString())];
        IReadOnlyList<KernelCall> calls = KernelCode.Compile([.. cases.Select(kernel => (kernel._model, kernel._step))]);
        foreach ((KernelCase kernel, KernelCall call) in cases.Zip(calls))
            kernel._call = call;
        return cases;
    }

    private static IEnumerable<KernelCase> Of(Subject subject)
    {
        Plan plan = Planner.Plan(subject.Network);
        PackedResult packed = NetworkPacker.Pack(plan, ExportedModels.Load(subject.Network, subject.Folder), new PackingFacts("", [], []));
        var model = new ClassModel(plan, packed.Packed, "", "", "");
        return plan.Steps.Where(step => step.Layer.MultiplyAdds > 0).Select(step => new KernelCase(model, step, packed.Blob));
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Layer}{(_model.Packed!.Layer(Layer.Name).Weights?.SixteenBitEntries > 0 ? ", added in 16 bits" : "")}{(_step.Band > 0 ? $", {_step.Band} rows a call" : "")}";

    /// <summary>Makes operands, and the calls on them that make up the layer. What activations are does not matter to the time.</summary>
    internal Action Prepare(KernelMemory memory)
    {
        long length = _model.Plan.ScratchBytes;
        byte* scratch = _model.IsQuantized ? memory.Values<byte>((int)length) : (byte*)memory.Values<float>((int)(length / sizeof(float)));
        byte* weights = memory.Copy(_blob);
        int height = Layer.Output.Height, band = _step.Band > 0 ? _step.Band : height;
        return () =>
        {
            for (int y = 0; y < height; y += band)
                _call(scratch, weights, y, Math.Min(band, height - y));
        };
    }
}
