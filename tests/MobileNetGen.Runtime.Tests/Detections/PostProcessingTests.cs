using System;
using System.Linq;

namespace MobileNetGen.Runtime.Tests.Detections;

public sealed class PostProcessingTests
{
    private static readonly DetectionRules s_rules = new() { Classes = 2 };

    // Two anchors: the whole image and its upper left quarter, shifted by the encodings in the tests.
    private static readonly float[] s_anchors = [0.5f, 0.5f, 1, 1, 0.25f, 0.25f, 0.5f, 0.5f];

    [Fact]
    public void A_box_is_its_anchor_where_encodings_are_zero()
    {
        var detections = new Detection[5];
        int count = PostProcessing.Detect(new float[8], [0, 0.5f, 0.2f, 0, 0.1f, 0.75f], s_anchors, s_rules, 0.5f, detections, ["cat", "dog"]);
        Assert.Equal(2, count);
        Assert.Equal([new Detection(1, 0.75f, 0, 0, 0.5f, 0.5f, "dog"), new Detection(0, 0.5f, 0, 0, 1, 1, "cat"), default, default, default], detections);
    }

    [Fact]
    public void Encodings_shift_and_stretch_the_anchor()
    {
        var detection = new Detection[1];
        float[] anchor = s_anchors[4..], scores = [0, 1, 0];
        float log2 = 5 * MathF.Log(2);
        Assert.Equal(1, PostProcessing.Detect([5, 10, log2, -log2], scores, anchor, s_rules with { IsClipped = false }, 0, detection));
        VerifyBox(0.625f, 0, 0.875f, 1);

        // x before y.
        Assert.Equal(1, PostProcessing.Detect([5, 10, log2, -log2], scores, anchor, s_rules with { IsClipped = false, Order = BoxOrder.Xywh }, 0, detection));
        VerifyBox(0, 0.625f, 1, 0.875f);

        // Other scales.
        Assert.Equal(1, PostProcessing.Detect([5, 10, log2, -log2], scores, anchor, s_rules with { IsClipped = false, YScale = 20, XScale = 40, HeightScale = 2.5f, WidthScale = 10 }, 0, detection));
        Assert.Equal(0.375f, (detection[0].Left + detection[0].Right) / 2, 1e-6f);
        Assert.Equal(0.375f, (detection[0].Top + detection[0].Bottom) / 2, 1e-6f);
        Assert.Equal(2, detection[0].Height, 1e-6f);
        Assert.Equal(0.5f / MathF.Sqrt(2), detection[0].Width, 1e-6f);

        void VerifyBox(float left, float top, float right, float bottom)
        {
            Assert.Equal(left, detection[0].Left, 1e-6f);
            Assert.Equal(top, detection[0].Top, 1e-6f);
            Assert.Equal(right, detection[0].Right, 1e-6f);
            Assert.Equal(bottom, detection[0].Bottom, 1e-6f);
        }
    }

    [Fact]
    public void Boxes_are_clipped_to_the_image_after_suppression()
    {
        // Equal where they are clipped; they overlap by a third.
        float[] anchors = [0, 0, 2, 2, -0.75f, -0.75f, 3.5f, 3.5f];
        var detections = new Detection[3];
        Assert.Equal(2, PostProcessing.Detect(new float[8], [0, 1, 0, 0, 0.9f, 0], anchors, s_rules with { Overlap = 0.5f }, 0.1f, detections));
        Assert.All(detections[..2], d => Assert.Equal((0f, 0f, 1f, 1f), (d.Left, d.Top, d.Right, d.Bottom)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Signed_bytes_are_unsigned_ones_less_128(bool isPerClass)
    {
        var random = new Random(2);
        byte[] encodings = new byte[30 * 4], scores = new byte[30 * 3];
        random.NextBytes(encodings);
        random.NextBytes(scores);
        float[] anchors = [.. Enumerable.Range(0, 120).Select(_ => random.NextSingle())];
        Detection[] expected = new Detection[60], actual = new Detection[60];
        DetectionRules rules = s_rules with { IsPerClass = isPerClass };
        int count = PostProcessing.Detect(encodings, 0.06f, 120, scores, 1f / 256, 0, anchors, rules, 0.4f, expected);
        Assert.Equal(count, PostProcessing.Detect(Signed(encodings), 0.06f, -8, Signed(scores), 1f / 256, -128, anchors, rules, 0.4f, actual));
        Assert.True(count > 3);
        Assert.Equal(expected, actual);

        static sbyte[] Signed(byte[] bytes) => [.. bytes.Select(b => (sbyte)(b - 128))];
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_no_box_is_left_out_alone(bool isPerClass)
    {
        float[] hostile = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, 1e6f];
        foreach (float value in hostile)
        {
            for (int at = 0; at < 4; at++)
            {
                var encodings = new float[8];
                encodings[at] = value;
                var detections = new Detection[4];
                int count = PostProcessing.Detect(encodings, [0, 1, 0, 0, 0.9f, 0], s_anchors, s_rules with { IsPerClass = isPerClass, IsClipped = false }, 0.1f, detections);
                Assert.Contains(new Detection(0, 0.9f, 0, 0, 0.5f, 0.5f, ""), detections[..count]);
                Assert.All(detections[..count], d => Assert.True(float.IsFinite(d.Left) && float.IsFinite(d.Top) && float.IsFinite(d.Right) && float.IsFinite(d.Bottom)));
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Post_processing_allocates_nothing(bool isPerClass)
    {
        var random = new Random(1);
        float[] scores = [.. Enumerable.Range(0, 300 * 3).Select(_ => random.NextSingle())], encodings = new float[1200];
        float[] anchors = [.. Enumerable.Range(0, 1200).Select(_ => random.NextSingle())];
        byte[] bytes = new byte[1200], scoreBytes = new byte[900];
        sbyte[] signed = new sbyte[1200], signedScores = new sbyte[900];
        random.NextBytes(scoreBytes);
        string[] labels = ["a", "b"];
        var detections = new Detection[1000];
        DetectionRules rules = s_rules with { IsPerClass = isPerClass }, several = rules with { ClassesPerBox = 2, Scores = ScoreFunction.Softmax };
        Assert.Equal(0, Allocations.Of(() =>
        {
            PostProcessing.Detect(encodings, scores, anchors, rules, 0, detections, labels);
            PostProcessing.Detect(encodings, scores, anchors, several, 0, detections, labels);
            PostProcessing.Detect(bytes, 1, 0, scoreBytes, 1f / 256, 0, anchors, rules, 0.5f, detections, labels);
            PostProcessing.Detect(signed, 1, 0, signedScores, 1f / 256, 0, anchors, rules, 0.1f, detections, labels);
        }));
    }

    [Fact]
    public void Nothing_is_found_where_there_is_nothing()
    {
        Assert.Equal(0, PostProcessing.Detect([], [], [], s_rules, 0, new Detection[1]));
        Assert.Equal(0, PostProcessing.Detect(new float[8], new float[6], s_anchors, s_rules, 0, []));
        Assert.Equal(0, PostProcessing.Detect(new float[8], [0, 1, 1, 0, 1, 1], s_anchors, s_rules, float.NaN, new Detection[1]));
        Assert.Equal(0, PostProcessing.Detect(new float[8], [0, 1, 1, 0, 1, 1], s_anchors, s_rules with { IsPerClass = true }, float.NaN, new Detection[1]));
    }

    [Theory]
    [InlineData("encodings", 7, 6, 8, 0)]
    [InlineData("encodings", 12, 6, 8, 0)]
    [InlineData("scores", 8, 4, 8, 0)]
    [InlineData("scores", 8, 7, 8, 0)]
    [InlineData("anchors", 8, 6, 9, 0)]
    [InlineData("labels", 8, 6, 8, 1)]
    public void A_length_that_does_not_fit_is_named_and_nothing_is_written(string parameter, int encodings, int scores, int anchors, int labels)
    {
        var detections = new Detection[1];
        Assert.Throws<ArgumentException>(parameter, () => PostProcessing.Detect(new float[encodings], Enumerable.Repeat(1f, scores).ToArray(), new float[anchors], s_rules, 0, detections, new string[labels]));
        Assert.Throws<ArgumentException>(parameter, () => PostProcessing.Detect(new byte[encodings], 1, 0, new byte[scores], 1, 0, new float[anchors], s_rules, 0, detections, new string[labels]));
        Assert.Equal(default, detections[0]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_scale_is_a_positive_number(float scale)
    {
        Assert.Throws<ArgumentOutOfRangeException>("encodingScale", () => PostProcessing.Detect(new byte[8], scale, 0, new byte[6], 1, 0, s_anchors, s_rules, 0, []));
        Assert.Throws<ArgumentOutOfRangeException>("scoreScale", () => PostProcessing.Detect(new byte[8], 1, 0, new byte[6], scale, 0, s_anchors, s_rules, 0, []));
        Assert.Throws<ArgumentOutOfRangeException>("YScale", () => s_rules with { YScale = scale });
        Assert.Throws<ArgumentOutOfRangeException>("XScale", () => s_rules with { XScale = scale });
        Assert.Throws<ArgumentOutOfRangeException>("HeightScale", () => s_rules with { HeightScale = scale });
        Assert.Throws<ArgumentOutOfRangeException>("WidthScale", () => s_rules with { WidthScale = scale });
    }

    [Fact]
    public void Rules_have_ranges()
    {
        Assert.Throws<ArgumentOutOfRangeException>("Classes", () => new DetectionRules { Classes = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("Classes", () => new DetectionRules { Classes = 4097 });
        Assert.Throws<ArgumentOutOfRangeException>("LabelOffset", () => s_rules with { LabelOffset = 2 });
        Assert.Throws<ArgumentOutOfRangeException>("Scores", () => s_rules with { Scores = (ScoreFunction)3 });
        Assert.Throws<ArgumentOutOfRangeException>("Order", () => s_rules with { Order = (BoxOrder)2 });
        Assert.Throws<ArgumentOutOfRangeException>("Overlap", () => s_rules with { Overlap = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("Overlap", () => s_rules with { Overlap = 1.01f });
        Assert.Throws<ArgumentOutOfRangeException>("Overlap", () => s_rules with { Overlap = float.NaN });
        Assert.Throws<ArgumentOutOfRangeException>("Most", () => s_rules with { Most = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("ClassesPerBox", () => s_rules with { ClassesPerBox = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("PerClass", () => s_rules with { PerClass = -1 });
        Assert.Throws<ArgumentOutOfRangeException>("Top", () => s_rules with { Top = 0 });
    }
}
