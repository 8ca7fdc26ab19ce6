using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Runtime;
using MobileNetGen.Teaching;
using MobileNetGen.Tool.Compiled;
using MobileNetGen.Tool.Images;
using MobileNetGen.Tool.Quantize;
using MobileNetGen.Tool.Terminal;
using MobileNetGen.Tool.Verify;
using MobileNetGen.Weights.Descriptions;
using MobileNetGen.Weights.Export;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.PostTraining;

namespace MobileNetGen.Tool.Teach;

/// <summary>Teaches, writes the files, and checks them as a build reads them.</summary>
internal static class TeachRun
{
    /// <summary>Photographs on which the compiled class is compared with the fit.</summary>
    private const int ComparedPhotographs = 16;

    /// <summary>Photographs from which ranges of the int8 form are learnt, and on which it is compared.</summary>
    private const int CalibratedPhotographs = 100, JudgedPhotographs = 1000;

    /// <summary>More than rounding can make of a probability.</summary>
    private const double Tolerance = 1e-4;

    /// <summary>Does all that a command line asks for.</summary>
    /// <exception cref="InputException">Something the user gave is wrong.</exception>
    /// <exception cref="TeachingException">The photographs cannot be taught.</exception>
    public static TeachResult Run(Terminals terminals, TeachCommand.Choices choices)
    {
        string stem = Path.ChangeExtension(choices.Output, null), weights = stem + ".safetensors", labels = stem + ".labels.txt", features = stem + ".features";
        CheckFiles(choices, [choices.Output, weights, labels, .. choices.WithInt8 ? new[] { stem + "_int8.mbnet", stem + "_int8.tflite" } : []]);
        TeachingBase from = TeachingBase.Read(choices.From, choices.Output, choices.Resolution);
        if (from.WasQuantized)
            terminals.Note($"{choices.From[0]}: its layers compute in bytes; their weights are taken as the real numbers that they stand for, and what is written is float32.");
        if (!choices.IsUpdate && File.Exists(features) && !choices.Force)
            terminals.Note($"{features}: features of photographs that are known by their content are taken from it.");
        var options = new TeachingOptions { UnknownLoss = choices.UnknownLoss, FeaturesFile = features, IsUpdate = choices.IsUpdate };
        TaughtClassifier taught = terminals.WithProgress("Teaching", done => ImageTeacher.Teach(choices.Folder, from.Extractor, options, new Progress(done)));

        (Description description, PackedPlan packed) = Write(choices.Output, weights, labels, from, taught);
        var compiled = CompiledNetwork.Of(description, packed);
        ImmutableArray<string> photographs = Readable(choices.Folder, taught);
        ImmutableArray<string> compared = QuantizedFiles.Spread(photographs, ComparedPhotographs);
        double difference = terminals.WithProgress("Checking", _ => compared.Max(file => Difference(from, taught, compiled, packed.Plan.Network, file)));
        if (!(difference <= Tolerance))
            terminals.Note(string.Create(CultureInfo.InvariantCulture, $"The class's probabilities differ from those of the fit by up to {difference:0.0e+0}: the base's features hardly vary with the photograph; choose another base."));
        if (choices.Report is { } page)
            Results.Write(page, TeachingReport.Html(taught, $"{packed.Plan.Network.ClassName}: what was taught"));
        return new TeachResult(
            packed.Plan.Network.ClassName, choices.Output, weights, labels, features, choices.Report, string.Join(" ", choices.From), from.WasQuantized, taught.Labels,
            packed.Plan.Network.Unknown?.Below, taught.UnknownLabel, compared.Length, difference, taught.Estimate,
            choices.WithInt8 ? Int8(terminals, stem, description, packed, compiled, photographs, taught) : null, packed.Trained.Notes);
    }

    private static void CheckFiles(TeachCommand.Choices choices, ImmutableArray<string> files)
    {
        if (!choices.Force && !choices.IsUpdate && files.FirstOrDefault(File.Exists) is { } existing)
            throw new InputException($"{existing} is already there; give another name after -o, --force to replace it, or --update to add photographs to what was taught.");
        if (choices.From.FirstOrDefault(f => files.Any(o => Path.GetFullPath(o) == Path.GetFullPath(f))) is { } same)
            throw new InputException($"{same} is the base; give another name after -o.");
    }

    /// <summary>Writes weights, labels and description, and reads them back.</summary>
    private static (Description Description, PackedPlan Packed) Write(string path, string weights, string labels, TeachingBase from, TaughtClassifier taught)
    {
        ImmutableArray<string> rules = [.. Unknown(taught)];
        TaughtDescription text = from.Text with
        {
            ClassName = NameOf(path),
            Weights = Path.GetFileName(weights),
            End = ["dense classes", "softmax"],
            Classes =
            [
                TaughtDescription.Statement("classes", taught.Labels.Length.ToString(CultureInfo.InvariantCulture)),
                TaughtDescription.Statement("labels", $"\"{Path.GetFileName(labels)}\""),
                .. rules.IsEmpty ? Array.Empty<string>() : [TaughtDescription.Statement("unknown", string.Join(" ", rules))],
            ],
        };
        string written = text.Write();
        var description = Description.Compile(path, written);
        if (description.Plans.Count == 0)
            throw new InputException([.. description.Diagnostics]);
        Network network = description.Plans[0].Network;
        TrainedLayer[] layers = [.. network.Layers.Select(l => from.Trained.Layers.FirstOrDefault(b => b.Layer.Name == l.Name) ?? new TrainedLayer(l, null))];
        int dense = Array.FindIndex(layers, l => l.Layer.HasWeights && l.Filter is null);
        layers[dense] = layers[dense] with { Filter = new FloatFilter([.. taught.Weights], [.. taught.Biases]) };
        Results.Write(weights, SafeTensorsWriter.Write(new TrainedNetwork(network, [.. layers], null, null, null, [])));
        Results.Write(labels, string.Concat(taught.Labels.Select(l => l + "\n")));
        Results.Write(path, written);
        Description read = Networks.Read(path);
        return (read, Networks.With(read, () => PackedPlan.Of(Networks.Choose(read, null), read)));
    }

    private static IEnumerable<string> Unknown(TaughtClassifier taught)
    {
        if (taught.UnknownLabel is { } label)
            yield return $"class \"{label}\"";
        if (taught.Threshold is { } threshold)
            yield return $"below {Math.Round((decimal)threshold, 3).ToString(CultureInfo.InvariantCulture)}";
    }

    /// <summary>The class's name from that of the file: <c>cats-and-dogs.mbnet</c> makes <c>CatsAndDogs</c>. Null where it makes none.</summary>
    private static string? NameOf(string path)
    {
        string[] words = [.. Path.GetFileNameWithoutExtension(path).Split(['-', '_', ' ', '.'], StringSplitOptions.RemoveEmptyEntries)];
        string name = string.Concat(words.Select(w => char.ToUpperInvariant(w[0]) + w[1..]));
        return ClassNames.IsValid(name) && !ClassNames.GeneratedNames.Contains(name) ? name : null;
    }

    /// <summary>The photographs of the folder that can be read, in the order of their paths.</summary>
    private static ImmutableArray<string> Readable(string folder, TaughtClassifier taught) =>
        [.. ImageFolder.Files(folder).Where(f => IsTaught(folder, f, taught))];

    /// <summary>Whether a file lies in the folder of a class itself, and was read.</summary>
    private static bool IsTaught(string folder, string file, TaughtClassifier taught)
    {
        string name = Path.GetRelativePath(folder, file).Replace('\\', '/');
        return name.Split('/') is [var label, var own] && taught.Labels.Contains(label) && !own.StartsWith('.') && !taught.Estimate.Unreadable.Any(u => u.Name == name);
    }

    private static double Difference(TeachingBase from, TaughtClassifier taught, CompiledNetwork compiled, Network network, string file)
    {
        byte[] pixels = ImageFolder.Prepare(file, network);
        float[] features = new float[taught.FeatureLength], expected = new float[taught.Labels.Length], actual = new float[taught.Labels.Length];
        from.Extractor.Compute(pixels, features);
        taught.Scores(features, expected);
        compiled.Run<FeatureComputation>()(pixels, actual);
        return expected.Zip(actual, (e, a) => (double)Math.Abs(e - a)).Max();
    }

    /// <summary>Makes the int8 form, and judges both by what they say of photographs.</summary>
    private static Int8Result Int8(
        Terminals terminals, string stem, Description description, PackedPlan packed, CompiledNetwork float32, ImmutableArray<string> photographs, TaughtClassifier taught)
    {
        Network network = packed.Plan.Network;
        byte[][] pixels = terminals.WithProgress("Reading photographs", _ => QuantizedFiles.Spread(photographs, CalibratedPhotographs).AsParallel().AsOrdered().Select(f => ImageFolder.Prepare(f, network)).ToArray());
        (string weights, string text) = (stem + "_int8.tflite", stem + "_int8.mbnet");
        (Description written, PackedPlan quantized) = QuantizedFiles.Write(terminals, description, packed.Trained, pixels, RangeMethod.MeanSquaredError, Quantization.Int8, weights, text);
        var int8 = CompiledNetwork.Of(written, quantized);
        ImmutableArray<string> judged = QuantizedFiles.Spread(photographs, JudgedPhotographs);
        (int own, int real, int same) = terminals.WithProgress("Comparing", _ => judged.AsParallel().Select(file =>
        {
            byte[] image = ImageFolder.Prepare(file, network);
            int label = taught.Labels.IndexOf(Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(file)))!), byInt8 = Decision(int8, image), byFloat32 = Decision(float32, image);
            return (Own: byInt8 == label ? 1 : 0, Real: byFloat32 == label ? 1 : 0, Same: byInt8 == byFloat32 ? 1 : 0);
        }).Aggregate((Own: 0, Real: 0, Same: 0), (sum, next) => (sum.Own + next.Own, sum.Real + next.Real, sum.Same + next.Same)));
        return new Int8Result(quantized.Plan.Network.ClassName, text, weights, judged.Length, (double)own / judged.Length, (double)real / judged.Length, (double)same / judged.Length);

        int Decision(CompiledNetwork compiled, byte[] image)
        {
            var scores = new float[taught.Labels.Length];
            compiled.Run<FeatureComputation>()(image, scores);
            return Prediction.IndexOfBest(scores);
        }
    }

    /// <summary>Most of the time goes into features and cross-validation.</summary>
    private sealed class Progress(Action<double> done) : IProgress<TeachingProgress>
    {
        private const double Features = 0.6, CrossValidation = 0.35;

        public void Report(TeachingProgress value) => done(value.Stage switch
        {
            TeachingStage.Features => Features * value.Done,
            TeachingStage.CrossValidation => Features + (CrossValidation * value.Done),
            _ => Features + CrossValidation + ((1 - Features - CrossValidation) * value.Done),
        });
    }
}
