using System;
using System.Globalization;
using System.Linq;

namespace MobileNetGen.Runtime.Tests;

public sealed class PredictionTests
{
    [Theory]
    [InlineData(0, 1f)]
    [InlineData(2, 0f, 1f, 3f, 2f)]
    [InlineData(1, 0f, 3f, 3f, 3f)]
    [InlineData(0, float.NegativeInfinity, float.NegativeInfinity)]
    [InlineData(2, float.NaN, -2f, -1f, float.NaN)]
    [InlineData(0, float.NaN, float.NaN)]
    public void The_best_is_the_greatest_and_the_first_of_equals(int expected, params float[] scores)
        => Assert.Equal(expected, Prediction.IndexOfBest(scores));

    [Fact]
    public void The_best_carries_its_probability_and_label()
    {
        Assert.Equal(new Prediction(1, 0.75f, "dog"), Prediction.Best([0.25f, 0.75f], ["cat", "dog"]));
        Assert.Equal(new Prediction(1, 0.75f, ""), Prediction.Best([0.25f, 0.75f], []));
    }

    [Theory]
    [InlineData(0f, 0, 1f, "dog")]
    [InlineData(0.25f, 0, 0.75f, "dog")]
    [InlineData(0.5f, 1, 0.5f, "cat")]
    [InlineData(0.875f, 1, 0.875f, "cat")]
    [InlineData(1f, 1, 1f, "cat")]
    [InlineData(float.NaN, 0, float.NaN, "dog")]
    public void Of_two_classes_the_likelier_is_told_by_the_probability_of_the_second(float probability, int index, float expected, string label)
    {
        Assert.Equal(new Prediction(index, expected, label), Prediction.OfTwo(probability, ["dog", "cat"]));
        Assert.Equal(new Prediction(index, expected, ""), Prediction.OfTwo(probability, []));
    }

    [Fact]
    public void Two_classes_need_two_labels() => Assert.Throws<ArgumentException>("labels", () => Prediction.OfTwo(0.5f, ["cat"]));

    [Fact]
    public void No_scores_and_too_few_labels_are_errors()
    {
        Assert.Throws<ArgumentException>("scores", () => Prediction.IndexOfBest([]));
        Assert.Throws<ArgumentException>("labels", () => Prediction.Best([0.25f, 0.75f], ["cat"]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1, 4)]
    [InlineData(3, 4, 1, 3)]
    [InlineData(9, 4, 1, 3, 5, 0, 2)]
    public void The_top_is_in_order_with_the_first_of_equals_first_and_numbers_before_NaN(int room, params int[] expected)
    {
        var top = new Prediction[room];
        float[] scores = [-1, 3, float.NaN, 3, 7, 2];
        string[] labels = ["a", "b", "c", "d", "e", "f"];
        int count = Prediction.Top(scores, labels, top);
        Assert.Equal(expected.Select(i => (i, labels[i])), top[..count].Select(p => (p.Index, p.Label)));
        Assert.Equal(expected.Select(i => scores[i]), top[..count].Select(p => p.Probability));
    }

    [Fact]
    public void The_top_of_two_has_both()
    {
        var top = new Prediction[3];
        Assert.Equal(2, Prediction.TopOfTwo(0.875f, ["dog", "cat"], top));
        Assert.Equal([new(1, 0.875f, "cat"), new(0, 0.125f, "dog"), default], top);
        Assert.Equal(1, Prediction.TopOfTwo(0.25f, [], top.AsSpan(0, 1)));
        Assert.Equal(new Prediction(0, 0.75f, ""), top[0]);
        Assert.Equal(0, Prediction.TopOfTwo(0.25f, [], []));
        Assert.Throws<ArgumentException>("labels", () => Prediction.Top([1, 2], ["a"], new Prediction[1]));
    }

    [Fact]
    public void A_prediction_is_known_unless_something_says_otherwise()
    {
        Assert.True(default(Prediction).IsKnown);
        var cat = new Prediction(3, 0.5f, "cat");
        Assert.True(cat.IsKnown);
        Assert.True(cat.KnownFrom(0.5f).IsKnown);
        Assert.False(cat.KnownFrom(0.51f).IsKnown);
        Assert.False(cat.KnownFrom(0, "cat").IsKnown);
        Assert.True(cat.KnownFrom(0.5f, "dog").IsKnown);
        Assert.False((cat with { Probability = float.NaN }).KnownFrom(0).IsKnown);
        Assert.True(cat.KnownFrom(0.9f).KnownFrom(0.1f).IsKnown);
        Assert.NotEqual(cat, cat.KnownFrom(0.9f));
    }

    [Fact]
    public void Text_is_the_same_in_every_culture()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NumberDecimalSeparator = ",";
        CultureInfo.CurrentCulture = culture;
        Assert.Equal("Egyptian cat (93.4%)", new Prediction(286, 0.934f, "Egyptian cat").ToString());
        Assert.Equal("class 286 (100.0%)", new Prediction(286, 1, "").ToString());
        Assert.Equal("class 0 (0.0%)", default(Prediction).ToString());
    }

    [Fact]
    public void Choosing_the_best_allocates_nothing()
    {
        float[] scores = new float[1001];
        string[] labels = new string[1001];
        Assert.Equal(0, Allocations.Of(() => Prediction.Best(scores, labels)));
    }
}
