using System;
using System.Linq;
using MobileNetGen.Teaching.Estimates;
using MobileNetGen.Teaching.Fitting;
using MobileNetGen.Teaching.Tests.Support;

namespace MobileNetGen.Teaching.Tests.Fitting;

public class FoldsTests
{
    [Fact]
    public void Groups_stay_together_and_classes_are_shared_out_evenly()
    {
        var random = new Random(1);
        int[] classes = [.. Enumerable.Range(0, 300).Select(i => i < 200 ? 0 : 1)];
        int[] groups = [.. classes.Select((c, i) => c == 0 && i < 60 ? i / 6 * 6 : i)];
        int[] folds = Folds.Deal(classes, groups, 5);
        Assert.All(groups.Index().GroupBy(g => g.Item), g => Assert.Single(g.Select(m => folds[m.Index]).Distinct()));
        for (int fold = 0; fold < 5; fold++)
        {
            Assert.InRange(classes.Where((c, i) => c == 0 && folds[i] == fold).Count(), 38, 42);
            Assert.InRange(classes.Where((c, i) => c == 1 && folds[i] == fold).Count(), 19, 21);
        }
    }

    [Fact]
    public void The_strongest_penalty_within_one_standard_error_is_taken()
    {
        // The means are 1.0, 0.52, 0.50 and 0.6; the third has a standard error of 0.05 / √2.
        double[][] losses = [[1, 1], [0.5, 0.54], [0.45, 0.55], [0.6, 0.6]];
        Assert.Equal(1, CrossValidation.Choose(losses));
        Assert.Equal(2, CrossValidation.Choose([[1, 1], [0.6, 0.6], [0.499, 0.501], [0.6, 0.6]]));
    }

    [Fact]
    public void The_temperature_undoes_what_logits_were_multiplied_by()
    {
        // Classes are drawn from the probabilities of true logits.
        var random = new Random(3);
        double[][] logits = [.. Drawn.Normal(4).Take(60_000).Select(v => 2 * v).Chunk(3)];
        int[] classes = [.. logits.Select(l =>
        {
            double[] p = [.. l];
            Softmax.InPlace(p);
            double u = random.NextDouble();
            return u < p[0] ? 0 : u < p[0] + p[1] ? 1 : 2;
        })];
        double inverse = Temperature.Inverse([.. logits.Select(l => l.Select(v => 4 * v).ToArray())], classes, [.. classes.Select(_ => 1.0)]);
        Assert.Equal(0.25, inverse, 0.01);
        var sure = Judgement.Of(logits.Select(l => l.Select(v => 4 * v).ToArray()), classes, 1);
        var calibrated = Judgement.Of(logits.Select(l => l.Select(v => 4 * v).ToArray()), classes, inverse);
        Assert.InRange(calibrated.CalibrationError(), 0, 0.02);
        Assert.InRange(sure.CalibrationError(), 0.1, 1);
    }

    [Fact]
    public void Wilsons_interval_is_that_of_the_books()
    {
        // 81 of 263 (R. Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I): 0.2553 to 0.3662.
        (double low, double high) = Judgement.Interval(81 / 263.0, 263);
        Assert.Equal(0.2553, low, 5e-5);
        Assert.Equal(0.3662, high, 5e-5);
    }
}
