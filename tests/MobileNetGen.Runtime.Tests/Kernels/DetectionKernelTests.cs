using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using MobileNetGen.Runtime.Kernels;
using MobileNetGen.Runtime.Tests.Detections;

namespace MobileNetGen.Runtime.Tests.Kernels;

public sealed unsafe class DetectionKernelTests
{
    public static TheoryData<int, int, int, int, int> Shapes => new()
    {
        { 1, 1, 1, 2, 1 },
        { 3, 5, 3, 7, 1 },
        { 4, 2, 6, 91, 1 },
        { 2, 3, 2, 16, 0 },
        { 2, 2, 4, 33, 1 },
        { 1, 2, 5, 1, 0 },
        { 2, 7, 1, 17, 0 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Candidates_of_a_float_map_are_the_best_classes_that_pass(int height, int width, int anchors, int columns, int offset)
    {
        foreach (ScoreFunction function in Enum.GetValues<ScoreFunction>())
        {
            foreach (float threshold in new[] { 0, 1e-8f, 0.2f, 0.5f, 0.98f, 1, 1.5f, -1, float.NaN })
            {
                // Few values, so that many are equal; NaN and infinity among them.
                var noise = new Noise(height + width);
                float[,,] values = noise.Array(height, width, anchors * columns, () => noise.Integer(0, 60) switch
                {
                    0 => float.NaN,
                    1 => float.PositiveInfinity,
                    2 => float.NegativeInfinity,
                    int n => function == ScoreFunction.None ? (n - 10) / 50f : (n - 30) / 4f,
                });
                ulong[] expected = [.. Expected(values, anchors, columns, offset, function, threshold).Order()];
                TestMemory.AtBothEnds(memory =>
                {
                    FeatureMap<float> map = new MapBuffer<float>(memory, values, 0, float.NaN).Map;
                    Verify(memory, expected, height, width, anchors, (candidates, count, row)
                        => Float32Kernels.PushBest(map, width, anchors, columns, offset, 100, row, 1, function, threshold, candidates, count));
                });
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Candidates_of_a_byte_map_are_those_of_the_numbers_it_stands_for(int height, int width, int anchors, int columns, int offset)
    {
        const float Scale = 0.13f;
        const int ZeroPoint = 140;
        foreach (ScoreFunction function in Enum.GetValues<ScoreFunction>())
        {
            foreach (float threshold in new[] { 0, 0.2f, 0.5f, 0.98f, 20, float.NaN })
            {
                var noise = new Noise(height + width);
                byte[,,] bytes = noise.Array(height, width, anchors * columns, noise.Byte);
                float[,,] values = new float[height, width, anchors * columns];
                for (int y = 0; y < height; y++)
                    for (int x = 0; x < width; x++)
                        for (int c = 0; c < anchors * columns; c++)
                            values[y, x, c] = ((float)bytes[y, x, c] - ZeroPoint) * Scale;
                ulong[] expected = [.. Expected(values, anchors, columns, offset, function, threshold).Order()];
                TestMemory.AtBothEnds(memory =>
                {
                    FeatureMap<byte> map = new MapBuffer<byte>(memory, bytes, 0, 255).Map;
                    Verify(memory, expected, height, width, anchors, (candidates, count, row)
                        => UInt8Kernels.PushBest(map, Scale, ZeroPoint, width, anchors, columns, offset, 100, row, 1, function, threshold, candidates, count));
                });
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Candidates_by_table_prefer_the_first_of_equal_scores(int height, int width, int anchors, int columns, int offset)
    {
        // Twenty-six scores for 256 bytes, some of them far apart; and a table of one.
        byte[][] tables = [[.. Enumerable.Range(0, 256).Select(i => (byte)(i / 10 * (i < 100 ? 3 : 9)))], [.. Enumerable.Repeat((byte)7, 256)]];
        foreach (byte[] table in tables)
        {
            foreach (float threshold in new[] { 0, 0.02f, 0.3f, 0.7f, 0.99f, float.NaN })
            {
                var noise = new Noise(height + width);
                byte[,,] bytes = noise.Array(height, width, anchors * columns, noise.Byte);
                float[,,] values = new float[height, width, anchors * columns];
                for (int y = 0; y < height; y++)
                    for (int x = 0; x < width; x++)
                        for (int c = 0; c < anchors * columns; c++)
                            values[y, x, c] = ((float)table[bytes[y, x, c]] - 3) * (1f / 256);
                ulong[] expected = [.. Expected(values, anchors, columns, offset, ScoreFunction.None, threshold).Order()];
                TestMemory.AtBothEnds(memory =>
                {
                    FeatureMap<byte> map = new MapBuffer<byte>(memory, bytes, 0, 255).Map;
                    byte* scores = memory.Allocate<byte>(table);
                    Verify(memory, expected, height, width, anchors, (candidates, count, row)
                        => UInt8Kernels.PushBest(map, scores, 1f / 256, 3, width, anchors, columns, offset, 100, row, 1, threshold, candidates, count));
                });
            }
        }
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 2, 12)]
    [InlineData(2, 5, 16)]
    [InlineData(4, 3, 37)]
    public void Bytes_are_stored_through_a_table(int height, int width, int channels)
    {
        var noise = new Noise(channels);
        byte[,,] values = noise.Array(height, width, channels, noise.Byte);
        byte[] table = noise.Array(256, noise.Byte);
        TestMemory.AtBothEnds(memory =>
        {
            FeatureMap<byte> map = new MapBuffer<byte>(memory, values, 1, 0).Map;
            byte* lookUp = memory.Allocate<byte>(table), stored = memory.Allocate<byte>(values.Length);
            UInt8Kernels.StoreBytes(map, stored, width, channels, 1, height - 1, lookUp);
            UInt8Kernels.StoreBytes(map, stored, width, channels, 0, 1, lookUp);
            Assert.Equal(values.Cast<byte>().Select(value => table[value]), new Span<byte>(stored, values.Length).ToArray());
        });
    }

    [Fact]
    public void Detection_kernels_allocate_nothing()
        => TestMemory.AtBothEnds(memory =>
        {
            FeatureMap<float> floats = new MapBuffer<float>(memory, 4, 4, 30).Map;
            FeatureMap<byte> bytes = new MapBuffer<byte>(memory, 4, 4, 30).Map;
            ulong* candidates = memory.Allocate<ulong>(48);
            byte* work = (byte*)memory.Allocate<ulong>(DetectionKernels.PerClassBytes(48) / 8), table = memory.Allocate<byte>(256), stored = memory.Allocate<byte>(480);
            float* values = memory.Allocate<float>(new float[480]);
            int* count = memory.Allocate<int>(1);
            var rules = new DetectionRules { Classes = 9 };
            var detections = new Detection[500];
            Assert.Equal(0, Allocations.Of(() =>
            {
                *count = 0;
                Float32Kernels.PushBest(floats, 4, 3, 10, 1, 0, 0, 4, ScoreFunction.Softmax, 0.5f, candidates, count);
                *count = 0;
                UInt8Kernels.PushBest(bytes, 1, 0, 4, 3, 10, 1, 0, 0, 4, ScoreFunction.Sigmoid, 0.5f, candidates, count);
                *count = 0;
                UInt8Kernels.PushBest(bytes, table, 1, 0, 4, 3, 10, 1, 0, 0, 4, 0.5f, candidates, count);
                UInt8Kernels.StoreBytes(bytes, stored, 4, 30, 0, 4, table);
                DetectionKernels.Agnostic(candidates, *count, new HeadValues(values), values, 48, rules, work, detections, default);
                DetectionKernels.PerClass(new HeadValues(values), new HeadValues(values), values, 48, rules, 0, work, detections, default);
            }));
        });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Detections_are_those_of_the_definition(bool isPerClass)
        => Gen.Select(Gen.Int[0, 40], Gen.Int[1, 20], Gen.Int[0, 1], Gen.Int[1, 30], Gen.Select(Gen.Int[1, 6], Gen.Int[1, 40], Gen.Int[1, 5], Gen.Int[1, 100]), Gen.Int[0, 1 << 30])
            .Sample((anchorCount, classes, offset, most, limits, seed) =>
            {
                (int classesPerBox, int top, int perClass, int overlap) = limits;
                var rules = new DetectionRules
                {
                    Classes = classes, LabelOffset = offset, Most = most, Top = top, PerClass = perClass, ClassesPerBox = classesPerBox, Overlap = overlap / 100f,
                    IsPerClass = isPerClass, Order = (BoxOrder)(seed % 2), IsClipped = false,
                };
                (float[] encodings, float[] scores, float[] anchors) = Heads(seed, anchorCount, classes + offset);
                foreach (float threshold in new[] { 0, 0.3f, 0.7f })
                {
                    Detection[] expected = NaivePostProcessing.Detect(encodings, scores, anchors, rules, threshold);
                    var detections = new Detection[1000];
                    int count = PostProcessing.Detect(encodings, scores, anchors, rules, threshold, detections);
                    Assert.Equal(expected, detections[..count]);
                    Assert.Equal(-1, detections.AsSpan(count).IndexOfAnyExcept(default(Detection)));
                }
            }, iter: 100);

    [Theory]
    [InlineData(false, ScoreFunction.None)]
    [InlineData(true, ScoreFunction.None)]
    [InlineData(false, ScoreFunction.Sigmoid)]
    [InlineData(true, ScoreFunction.Sigmoid)]
    [InlineData(false, ScoreFunction.Softmax)]
    [InlineData(true, ScoreFunction.Softmax)]
    public void A_threshold_cuts_what_there_is_without(bool isPerClass, ScoreFunction function)
        => Gen.Select(Gen.Int[1, 60], Gen.Int[1, 20], Gen.Float[0, 1], Gen.Int[0, 1 << 30]).Sample((anchorCount, classes, threshold, seed) =>
        {
            var rules = new DetectionRules { Classes = classes, IsPerClass = isPerClass, Scores = function };
            (float[] encodings, float[] scores, float[] anchors) = Heads(seed, anchorCount, classes + 1);
            if (function != ScoreFunction.None)
                scores = [.. scores.Select(s => (s - 0.5f) * 20)];
            Detection[] all = new Detection[2000], some = new Detection[2000];
            int count = PostProcessing.Detect(encodings, scores, anchors, rules, 0, all);
            Assert.Equal(all[..count].Where(d => d.Score >= threshold), some[..PostProcessing.Detect(encodings, scores, anchors, rules, threshold, some)]);

            // A span that is too short has what comes first.
            var few = new Detection[(count + 1) / 2];
            Assert.Equal(few.Length, PostProcessing.Detect(encodings, scores, anchors, rules, 0, few));
            Assert.Equal(all[..few.Length], few);
        }, iter: 50);

    [Theory]
    [InlineData(ScoreFunction.None)]
    [InlineData(ScoreFunction.Sigmoid)]
    [InlineData(ScoreFunction.Softmax)]
    public void Bytes_give_what_the_numbers_they_stand_for_give(ScoreFunction function)
    {
        const int Anchors = 70, Classes = 5;
        var noise = new Noise(5);
        byte[] encodings = noise.Array(Anchors * 4, noise.Byte), scores = noise.Array(Anchors * (Classes + 1), noise.Byte);
        float[] anchors = Heads(3, Anchors, 1).Anchors;
        foreach (bool isPerClass in new[] { false, true })
        {
            foreach (float threshold in new[] { 0, 0.4f, 0.9f })
            {
                var rules = new DetectionRules { Classes = Classes, IsPerClass = isPerClass, Scores = function, ClassesPerBox = isPerClass ? 1 : 2 };
                Detection[] ofBytes = new Detection[500], ofFloats = new Detection[500];
                int count = PostProcessing.Detect(encodings, 0.07f, 120, scores, 0.05f, 128, anchors, rules, threshold, ofBytes);
                Assert.Equal(count, PostProcessing.Detect([.. encodings.Select(q => ((float)q - 120) * 0.07f)], [.. scores.Select(q => ((float)q - 128) * 0.05f)], anchors, rules, threshold, ofFloats));
                Assert.True(count > 0);
                Assert.Equal(ofFloats, ofBytes);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(20)]
    public void Candidates_of_maps_end_as_those_of_arrays_do(int classes)
    {
        const int Height = 5, Width = 4, Anchors = 3;
        int columns = classes + 1, count = Height * Width * Anchors;
        (float[] encodings, float[] scores, float[] anchors) = Heads(classes, count, columns);
        scores = [.. scores.Select(s => (s - 0.5f) * 8)];
        var values = new float[Height, Width, Anchors * columns];
        Buffer.BlockCopy(scores, 0, values, 0, scores.Length * sizeof(float));
        foreach (ScoreFunction function in Enum.GetValues<ScoreFunction>())
        {
            var rules = new DetectionRules { Classes = classes, Scores = function };
            Detection[] ofArrays = new Detection[100], ofMaps = new Detection[100];
            int expected = PostProcessing.Detect(encodings, scores, anchors, rules, 0.3f, ofArrays);
            Assert.True(expected > 0);
            TestMemory.AtBothEnds(memory =>
            {
                FeatureMap<float> map = new MapBuffer<float>(memory, values, 1, float.NaN).Map;
                ulong* candidates = memory.Allocate<ulong>(count);
                byte* work = (byte*)memory.Allocate<ulong>(DetectionKernels.AgnosticBytes(count) / 8);
                int pushed = 0;
                Float32Kernels.PushBest(map, Width, Anchors, columns, 1, 0, 3, 2, function, 0.3f, candidates, &pushed);
                Float32Kernels.PushBest(map, Width, Anchors, columns, 1, 0, 0, 3, function, 0.3f, candidates, &pushed);
                Assert.Equal(expected, DetectionKernels.Agnostic(candidates, pushed, new HeadValues(memory.Allocate<float>(encodings)), memory.Allocate<float>(anchors), count, rules, work, ofMaps, default));
            });
            Assert.Equal(ofArrays, ofMaps);
        }
    }

    [Fact]
    public void Suppression_stays_in_its_memory()
    {
        // Boxes that do not overlap, so that all are kept; and more classes that pass than there are keys for.
        const int Count = 41, Classes = 9;
        (float[] encodings, float[] scores, float[] anchors) = (new float[Count * 4], [.. Enumerable.Repeat(0.5f, Count * Classes)],
            [.. Enumerable.Range(0, Count).SelectMany(i => new[] { i, i, 0.5f, 0.5f })]);
        var rules = new DetectionRules { Classes = Classes, LabelOffset = 0, IsPerClass = true };
        var detections = new Detection[Count * Classes];
        TestMemory.AtBothEnds(memory =>
        {
            byte* work = (byte*)memory.Allocate<ulong>(DetectionKernels.PerClassBytes(Count) / 8);
            HeadValues values = new(memory.Allocate<float>(scores)), boxes = new(memory.Allocate<float>(encodings));
            Assert.Equal(Count * Classes, DetectionKernels.PerClass(boxes, values, memory.Allocate<float>(anchors), Count, rules, 0, work, detections, default));
        });

        // Of equal scores the later class first.
        Assert.Equal(Enumerable.Range(0, Classes).Reverse().SelectMany(label => Enumerable.Repeat(label, Count)), detections.Select(d => d.Class));
    }

    [Fact]
    public void Exponentials_are_right_to_two_units_in_the_last_place()
    {
        var random = new Random(1);
        double worst = 0;
        for (int i = 0; i < 200_000; i++)
        {
            double x = i < 1000 ? (i - 500) * 1.4 : (random.NextDouble() - 0.5) * (i % 2 == 0 ? 2 : 1400);
            double exact = Math.Exp(x);
            worst = Math.Max(worst, Math.Abs(Exponential.Of(x) - exact) / exact);
        }

        // Math.Exp's own error is under one unit.
        Assert.InRange(worst, 0, Math.ScaleB(1, -51));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-709, 0)]
    [InlineData(710, double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity, 0)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData(double.NaN, double.NaN)]
    public void Exponentials_have_ends(double x, double expected) => Assert.Equal(expected, Exponential.Of(x));

    /// <summary>Boxes that often coincide, scores that often are equal, and now and then what is no number.</summary>
    private static (float[] Encodings, float[] Scores, float[] Anchors) Heads(int seed, int anchorCount, int columns)
    {
        var noise = new Noise(seed);
        float[] encodings = noise.Array(anchorCount * 4, () => noise.Integer(0, 200) switch
        {
            0 => float.NaN,
            1 => float.PositiveInfinity,
            2 => 3e38f,
            3 => float.NegativeInfinity,
            int n => n % 12 - 6,
        });
        float[] scores = noise.Array(anchorCount * columns, () => noise.Integer(0, 100) switch { 0 => float.NaN, 1 => -0.5f, 2 => -0f, 3 => float.PositiveInfinity, int n => n % 17 / 16f });
        float[] anchors = noise.Array(anchorCount * 4, () => noise.Integer(1, 8) / 8f);
        return (encodings, scores, anchors);
    }

    private static IEnumerable<ulong> Expected(float[,,] values, int anchors, int columns, int offset, ScoreFunction function, float threshold)
    {
        int anchor = 100;
        for (int y = 0; y < values.GetLength(0); y++)
        {
            for (int x = 0; x < values.GetLength(1); x++)
            {
                for (int a = 0; a < anchors; a++, anchor++)
                {
                    float[] row = [.. Enumerable.Range(a * columns, columns).Select(c => values[y, x, c])];
                    int best = Enumerable.Range(offset, columns - offset).Where(c => row[c] > float.NegativeInfinity).OrderByDescending(c => row[c]).FirstOrDefault(-1);
                    if (best < 0)
                        continue;
                    float score = function switch
                    {
                        ScoreFunction.None => row[best] + 0f,
                        ScoreFunction.Sigmoid => (float)(1 / (1 + Math.Exp(-(double)row[best]))),
                        _ => (float)(Math.Exp((double)row[best] - row.Max()) / row.Sum(v => Math.Exp((double)v - row.Max()))),
                    };
                    if (row.Any(float.IsNaN) && function == ScoreFunction.Softmax)
                        continue;
                    if (score >= Math.Max(threshold, 0) && float.IsFinite(score))
                        yield return Candidate.Key(score, anchor, best - offset);
                }
            }
        }
    }

    private delegate void Push(ulong* candidates, int* count, int row);

    private static void Verify(TestMemory memory, ulong[] expected, int height, int width, int anchors, Push push)
    {
        ulong* candidates = memory.Allocate<ulong>(height * width * anchors);
        int count = 0;

        // Rows in any order.
        for (int row = height - 1; row >= 0; row--)
            push(candidates, &count, row);
        ulong[] actual = new Span<ulong>(candidates, count).ToArray();
        Array.Sort(actual);
        Assert.Equal(expected.Select(Describe), actual.Select(Describe));

        static string Describe(ulong key) => $"anchor {Candidate.Anchor(key)} class {Candidate.Class(key)} score {Candidate.Score(key):R}";
    }
}
