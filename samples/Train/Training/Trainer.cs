using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Samples.Train.Data;
using MobileNetGen.Samples.Train.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace MobileNetGen.Samples.Train.Training;

/// <summary>Trains a network, epoch by epoch; after each one, everything needed to go on is in the output folder.</summary>
internal sealed class Trainer : IDisposable
{
    private const double LabelSmoothing = 0.1;

    /// <summary>The averaged network follows the trained one with a time constant of a thousand steps.</summary>
    private const double AverageDecay = 0.999;

    private static readonly TimeSpan s_reportInterval = TimeSpan.FromSeconds(30);

    private readonly Options _options;
    private readonly Batches _training, _test;
    private readonly TrainableNetwork _network, _average;
    private readonly Optimizer _optimizer;
    private readonly Schedule _schedule;
    private readonly List<(Tensor Average, Tensor Value)> _averaged;

    public Trainer(Network network, ImageSet training, ImageSet test, Options options)
    {
        _options = options;
        if (training.Count < options.BatchSize)
            throw new TrainingException($"There are {training.Count} images to learn from, less than a batch of {options.BatchSize}: use more images or a smaller --batch.");
        _training = new Batches(training, network.Normalization, options.BatchSize);
        _test = new Batches(test, network.Normalization, options.BatchSize);
        _network = new TrainableNetwork(network, options.Seed);
        _average = new TrainableNetwork(network, options.Seed);
        _averaged = [.. _average.Tensors.Zip(_network.Tensors, (a, n) => (a.Value, n.Value))];
        _optimizer = new Optimizer(_network, options.Decay);
        _schedule = new Schedule(options.PeakRate, options.Epochs * _training.Steps);
    }

    private string CheckpointPath => Path.Combine(_options.Output, "checkpoint.safetensors");

    private string WeightsPath => Path.Combine(_options.Output, "weights.safetensors");

    private string CurvePath => Path.Combine(_options.Output, "curve.csv");

    private IEnumerable<(string Name, Tensor Value)> State =>
    [
        .. _network.Tensors.Select(t => ("network." + t.Name, t.Value)),
        .. _average.Tensors.Select(t => ("average." + t.Name, t.Value)),
        .. _optimizer.State.Select(t => ("velocity." + t.Name, t.Value)),
    ];

    /// <summary>Trains from the last checkpoint, if there is one, to the last epoch.</summary>
    public void Run()
    {
        int done = Resume();
        var clock = Stopwatch.StartNew();
        for (int epoch = done; epoch < _options.Epochs; epoch++)
        {
            var epochClock = Stopwatch.StartNew();
            (double loss, double accuracy) = Train(epoch);
            double testAccuracy = Test();
            Save(epoch + 1);

            TimeSpan left = clock.Elapsed / (epoch + 1 - done) * (_options.Epochs - epoch - 1);
            Report(epoch + 1, loss, accuracy, testAccuracy, epochClock.Elapsed, left);
        }
    }

    public void Dispose()
    {
        _network.Dispose();
        _average.Dispose();
        _optimizer.Dispose();
    }

    /// <summary>One pass over the images. Randomness depends on seed and epoch alone, so that a resumed run does what an uninterrupted one would.</summary>
    private (double Loss, double Accuracy) Train(int epoch)
    {
        var random = new Random(unchecked((_options.Seed * 1_000_003) + epoch));
        int first = epoch * _training.Steps, step = first;
        double losses = 0;
        long right = 0, seen = 0;
        var sinceReport = Stopwatch.StartNew();
        foreach (Batch batch in _training.Shuffled(random))
        {
            using Batch inputs = batch;
            using DisposeScope intermediates = NewDisposeScope();
            Tensor logits = _network.Forward(batch.Images, training: true);
            Tensor loss = nn.functional.cross_entropy(logits, batch.Labels, label_smoothing: LabelSmoothing);
            loss.backward();
            _optimizer.Step(_schedule[step]);
            Average(step);
            step++;

            losses += loss.item<float>();
            right += logits.argmax(1).eq(batch.Labels).sum().item<long>();
            seen += batch.Labels.shape[0];
            if (sinceReport.Elapsed > s_reportInterval)
            {
                sinceReport.Restart();
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  step {step - first} of {_training.Steps}: loss {losses / (step - first):f4}"));
            }
        }

        return (losses / _training.Steps, (double)right / seen);
    }

    /// <summary>Lets the averaged network follow; closely at first, while there is little worth averaging.</summary>
    private void Average(int step)
    {
        using var _ = no_grad();
        double follow = 1 - Math.Min(AverageDecay, (1.0 + step) / (10 + step));
        foreach ((Tensor average, Tensor value) in _averaged)
            average.lerp_(value, follow);
    }

    private double Test()
    {
        using var _ = no_grad();
        long right = 0;
        foreach (Batch batch in _test.InOrder())
        {
            using Batch inputs = batch;
            using DisposeScope intermediates = NewDisposeScope();
            right += _average.Forward(batch.Images, training: false).argmax(1).eq(batch.Labels).sum().item<long>();
        }

        return (double)right / _test.Count;
    }

    private int Resume()
    {
        Directory.CreateDirectory(_options.Output);
        if (!File.Exists(CheckpointPath))
        {
            File.WriteAllText(CurvePath, "epoch,seconds,rate,loss,training_accuracy,test_accuracy\n");
            return 0;
        }

        IReadOnlyDictionary<string, string> metadata = SafeTensors.Read(CheckpointPath, State);
        int done = int.Parse(metadata["epochs"], CultureInfo.InvariantCulture);
        Console.WriteLine($"Going on after epoch {done}, from {CheckpointPath}");
        return done;
    }

    private void Save(int done)
    {
        SafeTensors.Write(WeightsPath, _average.Tensors.Select(t => (t.Name, t.Value)), new Dictionary<string, string> { ["format"] = "pt" });
        SafeTensors.Write(CheckpointPath, State, new Dictionary<string, string> { ["epochs"] = done.ToString(CultureInfo.InvariantCulture) });
    }

    private void Report(int done, double loss, double accuracy, double testAccuracy, TimeSpan taken, TimeSpan left)
    {
        double rate = _schedule[(done * _training.Steps) - 1];
        File.AppendAllText(CurvePath, string.Create(CultureInfo.InvariantCulture, $"{done},{taken.TotalSeconds:f0},{rate:f5},{loss:f4},{accuracy:f4},{testAccuracy:f4}\n"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {done,3} of {_options.Epochs}: loss {loss:f4}, training {accuracy:p2}, test {testAccuracy:p2}, {taken.TotalSeconds:f0} s, {left:h\\:mm} left"));
    }
}
