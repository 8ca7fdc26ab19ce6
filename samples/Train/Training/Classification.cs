using System;
using System.Collections.Generic;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Samples.Train.Data;
using MobileNetGen.Samples.Train.Model;
using static TorchSharp.torch;

namespace MobileNetGen.Samples.Train.Training;

/// <summary>To name the class of an image.</summary>
internal sealed class Classification : IObjective
{
    private const double LabelSmoothing = 0.1;

    private readonly Batches _training, _test;

    public Classification(Network network, ImageSet training, ImageSet test, int batchSize)
    {
        if (training.Count < batchSize)
            throw new TrainingException($"There are {training.Count} images to learn from, less than a batch of {batchSize}: use more images or a smaller --batch.");
        _training = new Batches(training, network.Normalization, batchSize);
        _test = new Batches(test, network.Normalization, batchSize);
    }

    public int Steps => _training.Steps;

    public string TestName => "test_accuracy";

    public IEnumerable<Batch> Batches(Random random) => _training.Shuffled(random);

    public (Tensor Loss, double Accuracy) Loss(Tensor[] results, Batch batch)
    {
        Tensor loss = nn.functional.cross_entropy(results[0], batch.Labels, label_smoothing: LabelSmoothing);
        return (loss, (double)Right(results[0], batch) / batch.Labels.shape[0]);
    }

    public double Test(TrainableNetwork network)
    {
        using var _ = no_grad();
        long right = 0;
        foreach (Batch batch in _test.InOrder())
        {
            using Batch inputs = batch;
            using var intermediates = NewDisposeScope();
            right += Right(network.Forward(batch.Images, training: false)[0], batch);
        }

        return (double)right / _test.Count;
    }

    private static long Right(Tensor logits, Batch batch) => logits.argmax(1).eq(batch.Labels).sum().item<long>();
}
