using MobileNetGen.Compiler.Networks;
using MobileNetGen.Generator.Emission.Api;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Emission;

/// <summary>Writes the file of one class: a function of the model and nothing else.</summary>
internal static class ClassEmitter
{
    /// <summary>The whole text.</summary>
    public static string Emit(ClassModel model)
    {
        var writer = new IndentedWriter();
        HeaderEmitter.Emit(writer, model);
        writer.WriteLine();
        writer.WriteLine("#nullable enable");
        writer.WriteLine();
        writer.WriteLine($"namespace {model.Namespace};");
        writer.WriteLine();
        Summary(writer, model);
        writer.WriteLine($"public sealed unsafe partial class {model.Network.ClassName} : {string.Join(", ", InterfacesEmitter.Names(model.Network))}");
        using (writer.Block())
        {
            NetworkApi.Of(model.Network).Emit(writer, model);
            InterfacesEmitter.Emit(writer, model);
            if (model.Packed is null)
                EmitNotBuilt(writer, model);
            else
                EmitBody(writer, model);
        }

        return writer.ToString();
    }

    private static void Summary(IndentedWriter writer, ClassModel model)
    {
        Network network = model.Network;
        string stack = model.Plan.FitsStack ? "takes it from the stack" : "takes it from a native buffer that each thread keeps";
        writer.WriteLine($"""
            /// <summary>
            /// {Texts.Network(network)}: {Texts.Image(network)} to {Texts.Scores(network)}.
            /// </summary>
            /// <remarks>
            /// {Literals.Grouped(network.MultiplyAdds)} multiply-adds a call, {Literals.Grouped(network.Parameters)} parameters. A call needs {Literals.KiB(model.Plan.ScratchBytes)} of scratch and
            /// {stack}. There is no state between calls and nothing is
            /// allocated, so any number of threads may call at once.
            /// </remarks>
            """);
    }

    private static void EmitBody(IndentedWriter writer, ClassModel model)
    {
        MethodNames names = MethodNames.Of(model.Network);
        ReadingGuide.Emit(writer, model);
        ForwardEmitter.Emit(writer, model, names);
        writer.WriteLine();
        WeightsEmitter.Emit(writer, model);
        LabelsEmitter.EmitTable(writer, model);
    }

    private static void EmitNotBuilt(IndentedWriter writer, ClassModel model)
    {
        string message = $"{model.Network.ClassName} was compiled without its weights. Build the project: its build packs the weights that {model.FileName} names, and completes this class.";
        writer.WriteLine($"""
            private static global::System.InvalidOperationException NotBuilt() => new(
                {Literals.String(message)});
            """);
    }
}
