using System;
using System.Linq;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MobileNetGen.Teaching.Fitting;
using MobileNetGen.Teaching.Tests.Support;

namespace MobileNetGen.Teaching.Tests.Fitting;

/// <summary>ML.NET's own trainer minimises the same function: its least value must be ours.</summary>
public class OracleTests
{
    private const int Length = 12;

    [Theory]
    [InlineData(2, 0.1)]
    [InlineData(3, 0.01)]
    [InlineData(5, 1)]
    public void The_least_value_is_that_of_ML_NET(int classCount, double strength)
    {
        const int count = 400;
        float[][] features = Drawn.Rows(count, Length, seed: classCount);
        double[] noise = [.. Drawn.Normal(classCount + 10).Take(count * classCount)];
        int[] classes = [.. features.Select((f, i) => Enumerable.Range(0, classCount).MaxBy(k => f[k] + f[k + 3] + noise[(i * classCount) + k]))];
        int[] rows = [.. Enumerable.Range(0, count)];
        var examples = new Examples(features, classes, [.. rows.Select(_ => 1.0)], classCount);
        var objective = new LogisticObjective(examples, rows, Standardization.None(Length));
        double[] ours = new double[objective.ParameterCount], ignored = new double[objective.ParameterCount];
        double least = LogisticRegression.Minimize(objective, strength, ours, isLast: true);

        // ML.NET adds losses up where we take their mean.
        // ML.NET adds losses up where we take their mean; and the keys of objects begin at 0.
        var context = new MLContext(seed: 0);
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Label)].ColumnType = new KeyDataViewType(typeof(uint), classCount);
        IDataView data = context.Data.LoadFromEnumerable(rows.Select(r => new Row { Label = (uint)classes[r], Features = features[r] }), schema);
        LbfgsMaximumEntropyMulticlassTrainer trainer = context.MulticlassClassification.Trainers.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options
        {
            L1Regularization = 0, L2Regularization = (float)(strength * count), OptimizationTolerance = 1e-7f, MaximumNumberOfIterations = 10_000, HistorySize = 20, NumberOfThreads = 1,
        });
        MaximumEntropyModelParameters model = trainer.Fit(data).Model;
        VBuffer<float>[] weights = [];
        model.GetWeights(ref weights, out int found);
        Assert.Equal(classCount, found);
        var theirs = new double[ours.Length];
        for (int k = 0; k < classCount; k++)
        {
            float[] row = [.. weights[k].DenseValues()];
            for (int i = 0; i < Length; i++)
                theirs[(k * 16) + i] = row[i];
        }

        model.GetBiases().Select(b => (double)b).ToArray().CopyTo(theirs, classCount * 16);
        double value = objective.Evaluate(theirs, strength, ignored);
        Assert.InRange(value, least * (1 - 1e-9), least * (1 + 1e-6));
        Assert.True(least < Math.Log(classCount));
    }

    private sealed class Row
    {
        public uint Label { get; set; }

        [VectorType(Length)]
        public float[] Features { get; set; } = [];
    }
}
