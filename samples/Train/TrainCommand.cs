using System;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Numerics;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Samples.Train.Data;
using MobileNetGen.Samples.Train.Model;
using MobileNetGen.Samples.Train.Training;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Samples.Train;

/// <summary>What the user asks for.</summary>
internal static class TrainCommand
{
    private const string Description =
        """
        Trains the network of a .mbnet file on a folder of images; or a detector, on printed digits that it draws.

        The images lie in folders named for their classes, in a folder or a zip archive, divided into train/CLASS and test/CLASS or not at all (then
        every tenth image is for testing). After every epoch the output folder holds weights.safetensors, which the .mbnet file can name, curve.csv,
        and checkpoint.safetensors: the same command, given again, goes on from there.

          dotnet run -c Release --project samples/Train -- my.mbnet --data photos --output artifacts/my

        For a detector the folder holds typefaces and photographs in train, and others in test.
        """;

    public static RootCommand Create()
    {
        var network = new Argument<FileInfo>("network") { Description = "The .mbnet file. Its alpha, resolution, classes, input and normalize hold." };
        network.AcceptExistingOnly();
        var data = new Option<string>("--data") { Description = "The images: a folder or a zip archive.", Required = true };
        var output = new Option<string>("--output") { Description = "The folder to write to.", Required = true };
        var epochs = new Option<int>("--epochs") { Description = "Passes over the images.", DefaultValueFactory = _ => 40 };
        var batch = new Option<int>("--batch") { Description = "Images a step.", DefaultValueFactory = _ => 128 };
        var rate = new Option<double>("--rate") { Description = "The largest learning rate.", DefaultValueFactory = _ => 0.2 };
        var decay = new Option<double>("--decay") { Description = "Weight decay.", DefaultValueFactory = _ => 3e-4 };
        var seed = new Option<int>("--seed") { Description = "Of everything random.", DefaultValueFactory = _ => 1 };
        var fineTune = new Option<bool>("--fine-tune") { Description = "Begin with the weights that the .mbnet file names, as 'mbnet teach' writes them. Best with --rate 0.001 --batch 32." };
        var show = new Option<int>("--show") { Description = "Of a detector: draws so many test pictures of 512×512, into the output folder, and trains nothing." };

        Positive(epochs);
        Positive(batch);
        Positive(rate);

        var command = new RootCommand(Description) { network, data, output, epochs, batch, rate, decay, seed, fineTune, show };
        command.SetAction(result => Run(
            result.GetRequiredValue(network).FullName,
            result.GetRequiredValue(data),
            new Options(
                result.GetValue(epochs),
                result.GetValue(batch),
                result.GetValue(rate),
                result.GetValue(decay),
                result.GetValue(seed),
                result.GetRequiredValue(output)),
            result.GetValue(fineTune),
            result.GetValue(show)));
        return command;
    }

    private static void Run(string path, string dataPath, Options options, bool fineTune, int show)
    {
        Network network = Compile(path);
        Console.WriteLine($"{network.ClassName}: {network.Parameters:n0} weights, {network.MultiplyAdds:n0} multiply-adds");
        IObjective objective = network.Detector is null ? Classification(path, network, dataPath, options) : new Detection(network, dataPath, options);
        if (show > 0)
        {
            if (objective is not Detection detection)
                throw new TrainingException("--show is for detectors: the pictures of others are those of --data.");
            detection.Show(show);
            return;
        }

        using var trainer = new Trainer(network, fineTune ? Trained(path, network) : null, objective, options);
        trainer.Run();
    }

    private static Classification Classification(string path, Network network, string dataPath, Options options)
    {
        using var files = new LabelledFiles(dataPath);
        if (files.Classes.Count != network.OutputLength)
            throw new TrainingException($"{path}: the network has {network.OutputLength} outputs, and {dataPath} has {files.Classes.Count} classes. Write 'classes {files.Classes.Count}'.");

        Console.WriteLine($"{files.Training.Count:n0} images to learn from, {files.Test.Count:n0} to be tested on");
        ImageSet training = ImageSet.Decode(files.Training, files.Classes, network.Input, network.Order);
        ImageSet test = ImageSet.Decode(files.Test, files.Classes, network.Input, network.Order);
        return new Classification(network, training, test, options.BatchSize);
    }

    private static void Positive<T>(Option<T> option)
        where T : INumber<T> =>
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<T>() is not { } value || value <= T.Zero)
                result.AddError($"{option.Name} must be greater than 0.");
        });

    /// <summary>The network of a file: the very one of which the generator makes a class.</summary>
    private static Network Compile(string path)
    {
        Compilation compilation = Mbnet.Compile(path, File.ReadAllText(path));
        if (compilation.Plans.Count == 0)
            throw new TrainingException(string.Join(Environment.NewLine, compilation.Diagnostics));
        if (compilation.Plans.Count > 1)
            throw new TrainingException($"{path}: one network can be trained at a time; give one alpha and one resolution.");

        Network network = compilation.Plans[0].Network;
        if (network.Quantization != Quantization.Float32)
            throw new TrainingException($"{path}: training is in float32. Leave out 'quantization', and make the trained network int8 with 'mbnet quantize'.");
        return network;
    }

    /// <summary>The weights that the file names.</summary>
    private static TrainedNetwork Trained(string path, Network network)
    {
        if (network.Weights.IsRandom)
            throw new TrainingException($"{path}: its weights are random; --fine-tune begins with trained ones.");
        try
        {
            TrainedNetwork trained = TrainedNetworkLoader.Load(network, Path.GetDirectoryName(path)!);
            if (!trained.Assumptions.IsEmpty)
                Console.WriteLine($"{path}: neither it nor the weights say, so this is assumed: {string.Join("; ", trained.Assumptions)}");

            // The file may say how its layers pad, where the text does not.
            TrainedLayer? other = trained.Layers.FirstOrDefault(l => l.Layer.IsSpatial
                && (l.PadTop, l.PadLeft) != (TrainableNetwork.PadStart(network, l.Layer, l.Layer.Input.Height), TrainableNetwork.PadStart(network, l.Layer, l.Layer.Input.Width)));
            return other is null
                ? trained
                : throw new TrainingException($"{path}: {other.Layer.Name} begins with {other.PadTop} rows and {other.PadLeft} columns of padding in the weights, and would be trained with others. Write 'padding {(network.Padding is PaddingRule.Same ? "symmetric" : "same")}'.");
        }
        catch (MatchException problem)
        {
            throw new TrainingException($"{path}: the weights do not fit. {problem.Message}");
        }
    }
}
