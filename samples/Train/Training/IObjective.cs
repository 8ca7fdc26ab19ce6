using System;
using System.Collections.Generic;
using MobileNetGen.Samples.Train.Data;
using MobileNetGen.Samples.Train.Model;
using static TorchSharp.torch;

namespace MobileNetGen.Samples.Train.Training;

/// <summary>What a network is to learn: pictures with what they show, how wrong its results are, and how good it has become.</summary>
internal interface IObjective
{
    /// <summary>Batches in an epoch.</summary>
    int Steps { get; }

    /// <summary>The name of what <see cref="Test"/> measures.</summary>
    string TestName { get; }

    /// <summary>An epoch.</summary>
    IEnumerable<Batch> Batches(Random random);

    /// <summary>What training makes smaller, and the part of the batch that was right, 0 to 1.</summary>
    /// <param name="results">The network's results for the batch.</param>
    /// <param name="batch">The batch.</param>
    (Tensor Loss, double Accuracy) Loss(Tensor[] results, Batch batch);

    /// <summary>Measures a network on images that it does not learn from, 0 to 1.</summary>
    double Test(TrainableNetwork network);
}
