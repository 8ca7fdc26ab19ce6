using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace MobileNetGen.Teaching.Fitting;

/// <summary>Fits on all folds but one and looks at that one, for each fold and each strength of the penalty.</summary>
/// <param name="Chosen">The index of the strength that was chosen.</param>
/// <param name="Losses">The mean loss of each strength on examples that were not fitted.</param>
/// <param name="Logits">Of each example, from the model that has not seen it, at the chosen strength.</param>
internal sealed record CrossValidation(int Chosen, ImmutableArray<double> Losses, IReadOnlyList<double[]> Logits)
{
    /// <summary>λ, the strongest first: from a model that is hardly more than the classes' shares to one that is hardly held.</summary>
    public static ImmutableArray<double> Strengths { get; } = [10, 3, 1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001];

    /// <summary>Once the loss of a fold has risen by this factor above its least, weaker penalties only make it worse, and take longest.</summary>
    private const double Rise = 1.1;

    private static readonly LimitedMemoryBfgs.Stop s_rough = new(1e-5, 1e-6, 200);

    /// <summary>Fits and looks.</summary>
    /// <param name="train">What models are fitted to.</param>
    /// <param name="test">What they are judged by: the same examples, as a program will see them.</param>
    /// <param name="folds">The fold of each example.</param>
    /// <param name="progress">Told how much is done, from 0 to 1.</param>
    /// <param name="cancellation">Stops it.</param>
    public static CrossValidation Run(Examples train, IReadOnlyList<float[]> test, int[] folds, Action<double> progress, CancellationToken cancellation)
    {
        int count = folds.Max() + 1, done = 0;
        var losses = new List<double>[count];
        var logits = new double[Strengths.Length][][];
        for (int s = 0; s < logits.Length; s++)
            logits[s] = new double[folds.Length][];
        Parallel.For(0, count, new ParallelOptions { CancellationToken = cancellation }, fold =>
        {
            int[] rows = [.. Enumerable.Range(0, folds.Length).Where(i => folds[i] != fold)];
            var objective = new LogisticObjective(train, rows, Standardization.Of(train.Features, rows));
            var parameters = new double[objective.ParameterCount];
            var row = new double[FixedOrder.Padded(train.Length)];
            losses[fold] = [];
            for (int s = 0; s < Strengths.Length && (s == 0 || losses[fold][^1] <= Rise * losses[fold].Min()); s++)
            {
                cancellation.ThrowIfCancellationRequested();
                double strength = Strengths[s];
                LimitedMemoryBfgs.Minimize((point, gradient) => objective.Evaluate(point, strength, gradient), parameters, s_rough);
                LinearModel model = objective.Model(parameters);
                for (int i = 0; i < folds.Length; i++)
                {
                    if (folds[i] == fold)
                        model.Logits(test[i], logits[s][i] = new double[train.ClassCount], row);
                }

                losses[fold].Add(Loss(logits[s], train, folds, fold));
            }

            progress((double)Interlocked.Increment(ref done) / count);
        });

        // What all folds have tried.
        double[][] tried = [.. Enumerable.Range(0, losses.Min(l => l.Count)).Select(s => losses.Select(l => l[s]).ToArray())];
        int chosen = Choose(tried);
        return new CrossValidation(chosen, [.. tried.Select(l => FixedOrder.Mean(l))], logits[chosen]);
    }

    /// <summary>
    /// The one-standard-error rule: the strongest penalty whose loss is within one standard error of the least, since differences below that are chance, and a stronger penalty is the simpler model
    /// (T. Hastie et al., "The Elements of Statistical Learning", 7.10).
    /// </summary>
    /// <param name="losses">The loss of each strength in each fold, the strongest first.</param>
    internal static int Choose(double[][] losses)
    {
        double[] means = [.. losses.Select(l => FixedOrder.Mean(l))];
        int best = Array.IndexOf(means, means.Min());
        double variance = 0;
        foreach (double loss in losses[best])
            variance += (loss - means[best]) * (loss - means[best]);
        int count = losses[best].Length;
        double error = Math.Sqrt(variance / (count - 1) / count);
        return Array.FindIndex(means, mean => mean <= means[best] + error);
    }

    /// <summary>The mean loss of a fold's examples.</summary>
    private static double Loss(double[][] logits, Examples train, int[] folds, int fold)
    {
        double sum = 0, weight = 0;
        var scores = new double[train.ClassCount];
        for (int i = 0; i < folds.Length; i++)
        {
            if (folds[i] != fold)
                continue;
            logits[i].CopyTo(scores, 0);
            sum += train.Weights[i] * (Softmax.InPlace(scores) - logits[i][train.Classes[i]]);
            weight += train.Weights[i];
        }

        return sum / weight;
    }
}
