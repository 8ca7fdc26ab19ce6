using System;
using System.Linq;
using MobileNetGen.Teaching.Fitting;
using MobileNetGen.Teaching.Tests.Support;

namespace MobileNetGen.Teaching.Tests.Fitting;

public class LogisticObjectiveTests
{
    [Fact]
    public void Gradients_are_those_of_finite_differences()
    {
        float[][] features = Drawn.Rows(700, 21, seed: 1);
        int[] classes = [.. Enumerable.Range(0, features.Length).Select(i => i % 3)];
        int[] rows = [.. Enumerable.Range(0, features.Length).Where(i => i % 5 != 2)];
        var examples = new Examples(features, classes, [.. classes.Select(c => 1.0 + c)], 3);
        var objective = new LogisticObjective(examples, rows, Standardization.Of(features, rows));
        double[] point = [.. Drawn.Normal(2).Take(objective.ParameterCount).Select(v => v / 5)], gradient = new double[point.Length], ignored = new double[point.Length];
        objective.Evaluate(point, 0.3, gradient);
        const double step = 1e-6;
        foreach (int i in Enumerable.Range(0, 21).Concat(Enumerable.Range(32, 21)).Concat([96, 97, 98]))
        {
            double before = point[i];
            point[i] = before + step;
            double above = objective.Evaluate(point, 0.3, ignored);
            point[i] = before - step;
            double below = objective.Evaluate(point, 0.3, ignored);
            point[i] = before;
            Assert.Equal((above - below) / (2 * step), gradient[i], 1e-8);
        }
    }

    [Fact]
    public void A_planted_model_is_recovered()
    {
        // Every example stands there once for each class, and counts as much as the planted model says: then its parameters are the best there are.
        const int length = 7, count = 300, classCount = 3;
        float[][] features = Drawn.Rows(count, length, seed: 3);
        double[][] planted = [.. Drawn.Normal(4).Take(classCount * (length + 1)).Chunk(length + 1)];
        double[][] probabilities = [.. features.Select(f =>
        {
            double[] values = [.. planted.Select(w => w[length] + f.Select((x, i) => x * w[i]).Sum())];
            Softmax.InPlace(values);
            return values;
        })];
        float[][] repeated = [.. features.SelectMany(f => Enumerable.Repeat(f, classCount))];
        int[] rows = [.. Enumerable.Range(0, repeated.Length)];
        var examples = new Examples(repeated, [.. rows.Select(r => r % classCount)], [.. probabilities.SelectMany(p => p)], classCount);
        var objective = new LogisticObjective(examples, rows, Standardization.Of(repeated, rows));
        var parameters = new double[objective.ParameterCount];
        LogisticRegression.Minimize(objective, 0, parameters, isLast: true);
        LinearModel model = objective.Model(parameters);

        // What is the same for all classes changes no probability.
        for (int i = 0; i <= length; i++)
        {
            double[] found = [.. Enumerable.Range(0, classCount).Select(k => i == length ? model.Biases[k] : model.Weights[(k * 16) + i])];
            for (int k = 0; k < classCount; k++)
                Assert.Equal(planted[k][i] - planted.Average(p => p[i]), found[k] - found.Average(), 1e-4);
        }
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit()
    {
        float[][] features = Drawn.Rows(3000, 40, seed: 5);
        int[] rows = [.. Enumerable.Range(0, features.Length)];
        var examples = new Examples(features, [.. rows.Select(r => r % 4)], [.. rows.Select(_ => 1.0)], 4);
        var standardization = Standardization.Of(features, rows);
        double[] point = [.. Drawn.Normal(6).Take(new LogisticObjective(examples, rows, standardization).ParameterCount)];
        double[] expected = new double[point.Length], actual = new double[point.Length];
        double value = new LogisticObjective(examples, rows, standardization).Evaluate(point, 0.1, expected);
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(value, new LogisticObjective(examples, rows, standardization).Evaluate(point, 0.1, actual));
            Assert.Equal(expected, actual);
        }
    }

    [Fact]
    public void Features_that_never_change_get_no_weight()
    {
        float[][] features = [.. Drawn.Rows(60, 3, seed: 7).Select(r => new[] { r[0], 5f, r[2] })];
        int[] rows = [.. Enumerable.Range(0, features.Length)];
        var examples = new Examples(features, [.. features.Select(f => f[0] > 0 ? 1 : 0)], [.. rows.Select(_ => 1.0)], 2);
        LinearModel model = LogisticRegression.Fit(examples, 3);
        Assert.Equal(0, model.Weights[1]);
        Assert.Equal(0, model.Weights[17]);
        Assert.True(model.Weights[16] > 0.1);
    }

    [Fact]
    public void Sums_are_in_an_order_that_is_written_down()
    {
        double[] left = [.. Drawn.Normal(8).Take(64)], right = [.. Drawn.Normal(9).Take(64)];
        var lanes = new double[16];
        for (int i = 0; i < left.Length; i++)
            lanes[i % 16] += left[i] * right[i];
        double[] four = [.. Enumerable.Range(0, 4).Select(l => (lanes[l] + lanes[4 + l]) + (lanes[8 + l] + lanes[12 + l]))];
        Assert.Equal((four[0] + four[1]) + (four[2] + four[3]), FixedOrder.Dot(left, right));
        Assert.Throws<ArgumentException>(() => FixedOrder.Dot(left, right.AsSpan(0, 48)));
        Assert.Throws<ArgumentException>(() => FixedOrder.Dot(left.AsSpan(0, 5), right.AsSpan(0, 5)));
    }
}
