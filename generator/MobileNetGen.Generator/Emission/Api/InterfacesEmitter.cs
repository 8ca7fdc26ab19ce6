using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Emission.Api;

/// <summary>Writes what makes a class one of the runtime's interfaces, so that code can be generic over networks: what its public members do not implement already.</summary>
internal static class InterfacesEmitter
{
    /// <summary>The interfaces of a network's class.</summary>
    public static IEnumerable<string> Names(Network network)
    {
        if (network.Detector is not null)
            yield return Interface("Detector", network);
        if (network.EndsInProbabilities)
            yield return Interface("Classifier", network);
        if (Features(network) is not null)
            yield return Interface("Features", network);
        else if (network is { Detector: null, EndsInProbabilities: false })
            yield return Interface("Network", network);
    }

    /// <summary>Whether the class needs a method for the first result alone, because those that callers have give several.</summary>
    public static bool NeedsScores(Network network) =>
        network is { Detector: null, KeepsOutput: true, Outputs.Count: > 1 } && (network.EndsInProbabilities || Features(network)?.Output == network.Outputs[0]);

    /// <summary>Writes the members.</summary>
    public static void Emit(IndentedWriter writer, ClassModel model)
    {
        Network network = model.Network;
        const string runtime = Emission.Names.Runtime;
        writer.WriteLine($"private {network.ClassName}()");
        writer.WriteLine("{");
        writer.WriteLine("}");
        writer.WriteLine();
        writer.WriteLine($"""
            static {runtime}.ImageInput {Interface("Network", network)}.Input => new(
                InputWidth, InputHeight, {runtime}.ChannelOrder.{network.Order}, {runtime}.Resampling.{network.Resampling}, {runtime}.Fit.{network.Fit}, Bars: {network.Bars});
            """);
        writer.WriteLine();
        if (network.Detector is not null)
            Constant(writer, network, "Detector", "ClassCount", "ClassCount");
        if (network.EndsInProbabilities)
            Constant(writer, network, "Classifier", "OutputLength", "OutputLength");
        if (NeedsScores(network))
            EmitScores(writer, model);
        if (Features(network) is { } features)
            EmitFeatures(writer, model, features);
    }

    /// <summary>The result that is a vector of features: the first that is a vector and no probabilities.</summary>
    private static OutputParameter? Features(Network network) => network.Detector is not null
        ? null
        : OutputParameter.Of(network).Skip(network.EndsInProbabilities ? 1 : 0).FirstOrDefault(o => o.Output.IsVector);

    private static string Interface(string kind, Network network) => $"{Emission.Names.Runtime}.IImage{kind}<{network.ClassName}>";

    private static void Constant(IndentedWriter writer, Network network, string kind, string name, string value)
    {
        writer.WriteLine($"static int {Interface(kind, network)}.{name} => {value};");
        writer.WriteLine();
    }

    private static void EmitScores(IndentedWriter writer, ClassModel model)
    {
        const string parameters = $"{Emission.Names.ReadOnlySpan}<byte> pixels, {Emission.Names.Span}<float> scores";
        if (model.Network.EndsInProbabilities)
        {
            writer.WriteLine($"static void {Interface("Classifier", model.Network)}.Run({parameters}) => Scores(pixels, scores);");
            writer.WriteLine();
        }

        writer.WriteLine($"/// <summary>The {Texts.ScoreKind(model.Network)} alone.</summary>");
        NetworkApi.Forward(writer, model, $"private static void Scores({parameters})", $"Scores(pixels, scores, {NetworkApi.OwnScratch(model)})");
        writer.WriteLine();
        if (model.Packed is null)
            return;
        writer.WriteLine($"private static void Scores({parameters}, {Emission.Names.Span}<byte> scratch{NetworkApi.OptionalTeam(model)})");
        using (writer.Block())
        {
            NetworkApi.PixelsCheck(writer, model);
            writer.WriteLine($"{Emission.Names.Runtime}.Require.Length(scores.Length, OutputLength, nameof(scores), \"{Texts.ScoreKind(model.Network)}\");");
            writer.WriteLine("fixed (byte* source = pixels, memory = scratch)");
            using (writer.Block())
            {
                NetworkApi.Inference(writer, model, storesResults: false);
                OutputEmitter.Scores(writer, model);
            }
        }

        writer.WriteLine();
    }

    private static void EmitFeatures(IndentedWriter writer, ClassModel model, OutputParameter features)
    {
        const string parameters = $"{Emission.Names.ReadOnlySpan}<byte> pixels, {Emission.Names.Span}<float> features";
        Constant(writer, model.Network, "Features", "FeatureLength", features.Length);
        string signature = $"static void {Interface("Features", model.Network)}.Features({parameters})";
        if (features.Output == model.Network.Outputs[0])
        {
            writer.WriteLine($"{signature} => {(NeedsScores(model.Network) ? "Scores" : "Run")}(pixels, features);");
            writer.WriteLine();
            return;
        }

        NetworkApi.Forward(writer, model, signature, $"Features(pixels, features, {NetworkApi.OwnScratch(model)})");
        writer.WriteLine();
        if (model.Packed is null)
            return;
        writer.WriteLine($"/// <summary>The {features.What} alone.</summary>");
        writer.WriteLine($"private static void Features({parameters}, {Emission.Names.Span}<byte> scratch)");
        using (writer.Block())
        {
            NetworkApi.PixelsCheck(writer, model);
            writer.WriteLine($"{Emission.Names.Runtime}.Require.Length(features.Length, {features.Length}, nameof(features), \"{features.What}\");");
            writer.WriteLine("fixed (byte* source = pixels, memory = scratch)");
            writer.WriteLine("fixed (float* destination = features)");
            using (writer.Block())
            {
                writer.WriteLine("byte* aligned = Align(memory);");
                writer.WriteLine($"var results = new Results {{ {features.Field} = destination }};");
                writer.WriteLine(ForwardEmitter.Call(model, InputEmitter.ForPixels(model, "source")));
            }
        }

        writer.WriteLine();
    }
}
