namespace MobileNetGen.Samples.Train.Training;

/// <summary>How to train.</summary>
/// <param name="Epochs">Passes over the training images.</param>
/// <param name="BatchSize">Images a step.</param>
/// <param name="PeakRate">The largest learning rate.</param>
/// <param name="Decay">Weight decay.</param>
/// <param name="Seed">Of everything random: the first weights, the order of the images and their variations.</param>
/// <param name="Output">The folder of the checkpoint, the weights and the curve.</param>
internal sealed record Options(int Epochs, int BatchSize, double PeakRate, double Decay, int Seed, string Output);
