using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Samples.Train.Data;
using MobileNetGen.Samples.Train.Model;
using MobileNetGen.Weights.Matching;
using TorchSharp;
using static TorchSharp.torch;

namespace MobileNetGen.Samples.Train.Training;

/// <summary>Trains a network, epoch by epoch; after each one, everything needed to go on is in the output folder.</summary>
internal sealed class Trainer : IDisposable
{
    /// <summary>The averaged network follows the trained one with a time constant of a thousand steps.</summary>
    private const double AverageDecay = 0.999;

    private static readonly TimeSpan s_reportInterval = TimeSpan.FromSeconds(30);

    private readonly Options _options;
    private readonly IObjective _objective;
    private readonly TrainableNetwork _network, _average;
    private readonly Optimizer _optimizer;
    private readonly Schedule _schedule;
    private readonly List<(Tensor Average, Tensor Value)> _averaged;
    private readonly bool _isTrained;

    public Trainer(Network network, TrainedNetwork? trained, IObjective objective, Options options)
    {
        (_objective, _options, _isTrained) = (objective, options, trained is not null);
        _network = new TrainableNetwork(network, options.Seed, trained);
        _average = new TrainableNetwork(network, options.Seed, trained);
        _averaged = [.. _average.Tensors.Zip(_network.Tensors, (a, n) => (a.Value, n.Value))];
        _optimizer = new Optimizer(_network, options.Decay, _isTrained);
        _schedule = new Schedule(options.PeakRate, options.Epochs * objective.Steps);
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
        if (done == 0 && _isTrained)
            Begin();
        var clock = Stopwatch.StartNew();
        for (int epoch = done; epoch < _options.Epochs; epoch++)
        {
            var epochClock = Stopwatch.StartNew();
            (double loss, double accuracy) = Train(epoch);
            double testAccuracy = _objective.Test(_average);
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

    /// <summary>Makes trained weights ready to learn, and says how good they are before.</summary>
    private void Begin()
    {
        using (Batch batch = _objective.Batches(new Random(_options.Seed)).First())
        {
            using DisposeScope _ = NewDisposeScope();
            _network.Unfold(batch.Images);
        }

        using var __ = no_grad();
        foreach ((Tensor average, Tensor value) in _averaged)
            average.copy_(value);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"before training: {_objective.TestName} {_objective.Test(_network):p2}"));
    }

    /// <summary>One pass over the images. Randomness depends on seed and epoch alone, so that a resumed run does what an uninterrupted one would.</summary>
    private (double Loss, double Accuracy) Train(int epoch)
    {
        var random = new Random(unchecked((_options.Seed * 1_000_003) + epoch));
        int first = epoch * _objective.Steps, step = first;
        double losses = 0, accuracies = 0;
        var sinceReport = Stopwatch.StartNew();
        foreach (Batch batch in _objective.Batches(random))
        {
            using Batch inputs = batch;
            using DisposeScope intermediates = NewDisposeScope();

            // Statistics of few photographs would undo what was learnt from many.
            (Tensor loss, double accuracy) = _objective.Loss(_network.Forward(batch.Images, training: !_isTrained), batch);
            loss.backward();
            _optimizer.Step(_schedule[step]);
            Average(step);
            step++;

            losses += loss.item<float>();
            accuracies += accuracy;
            if (sinceReport.Elapsed > s_reportInterval)
            {
                sinceReport.Restart();
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  step {step - first} of {_objective.Steps}: loss {losses / (step - first):f4}"));
            }
        }

        return (losses / _objective.Steps, accuracies / _objective.Steps);
    }

    /// <summary>Lets the averaged network follow; closely at first, while there is little worth averaging.</summary>
    private void Average(int step)
    {
        using var _ = no_grad();
        double follow = 1 - Math.Min(AverageDecay, (1.0 + step) / (10 + step));
        foreach ((Tensor average, Tensor value) in _averaged)
            average.lerp_(value, follow);
    }

    private int Resume()
    {
        Directory.CreateDirectory(_options.Output);
        if (!File.Exists(CheckpointPath))
        {
            File.WriteAllText(CurvePath, $"epoch,seconds,rate,loss,training_accuracy,{_objective.TestName}\n");
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
        double rate = _schedule[(done * _objective.Steps) - 1];
        File.AppendAllText(CurvePath, string.Create(CultureInfo.InvariantCulture, $"{done},{taken.TotalSeconds:f0},{rate:f5},{loss:f4},{accuracy:f4},{testAccuracy:f4}\n"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {done,3} of {_options.Epochs}: loss {loss:f4}, training {accuracy:p2}, {_objective.TestName} {testAccuracy:p2}, {taken.TotalSeconds:f0} s, {left:h\\:mm} left"));
    }
}
