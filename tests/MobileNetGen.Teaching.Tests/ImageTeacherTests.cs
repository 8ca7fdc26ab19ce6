using System;
using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using System.Threading;
using MobileNetGen.Runtime;
using MobileNetGen.Teaching.Tests.Support;
using SkiaSharp;

namespace MobileNetGen.Teaching.Tests;

public class ImageTeacherTests
{
    [Fact]
    public void Classes_that_colours_tell_apart_are_learnt_and_the_estimate_is_near_the_truth()
    {
        using var folder = new TemporaryFolder();
        string[] colors = ["red", "green", "blue"];
        for (int c = 0; c < 3; c++)
            Drawn.Photographs(folder.Of(colors[c]), c, 60, seed: c);
        FeatureExtractor extractor = Drawn.Extractor();
        TaughtClassifier taught = ImageTeacher.Teach(folder.Path, extractor);
        Assert.Equal(["blue", "green", "red"], taught.Labels.AsEnumerable());
        Assert.Equal(180, taught.Estimate.Photographs);
        Assert.Equal(5, taught.Estimate.Folds);
        Assert.Equal(3 * Drawn.FeatureLength, taught.Weights.Length);

        (int right, int unknown) = (0, 0);
        const int others = 600;
        var features = new float[Drawn.FeatureLength];
        for (int i = 0; i < others; i++)
        {
            using SKBitmap photo = Drawn.Photograph(i % 3, 1_000_000 + i);
            Features(extractor, photo, features);
            Prediction prediction = taught.Classify(features);
            right += prediction.Label == colors[i % 3] ? 1 : 0;
            unknown += prediction.IsKnown ? 0 : 1;
        }

        Assert.InRange((double)right / others, taught.Estimate.AccuracyLow - 0.02, taught.Estimate.AccuracyHigh + 0.02);
        Assert.InRange(taught.Estimate.Accuracy, 0.7, 1);
        Assert.InRange(taught.Threshold!.Value, 0.001f, 0.999f);
        Assert.InRange(taught.Estimate.KnownLost, 0, 0.05);
        Assert.InRange((double)unknown / others, 0, 0.12);
        Assert.Equal(180, taught.Estimate.Confusions.Sum(row => row.Sum()));
    }

    [Fact]
    public void Names_and_order_of_files_change_no_byte()
    {
        using var folder = new TemporaryFolder();
        Drawn.Photographs(folder.Of("one", "a"), 0, 25, seed: 1);
        Drawn.Photographs(folder.Of("one", "b"), 1, 25, seed: 2);
        foreach (string label in new[] { "a", "b" })
        {
            Directory.CreateDirectory(folder.Of("other", label));
            foreach ((int i, string file) in Directory.GetFiles(folder.Of("one", label)).Order().Reverse().Index())
                File.Copy(file, folder.Of("other", label, $"photograph {i}.png"));
        }

        TaughtClassifier one = ImageTeacher.Teach(folder.Of("one"), Drawn.Extractor()), other = ImageTeacher.Teach(folder.Of("other"), Drawn.Extractor());
        Assert.Equal(one.Weights.AsEnumerable(), other.Weights);
        Assert.Equal(one.Biases.AsEnumerable(), other.Biases);
        Assert.Equal(one.Threshold, other.Threshold);
        Assert.Equal(one.Estimate.Accuracy, other.Estimate.Accuracy);
    }

    [Fact]
    public void A_second_run_computes_no_features_and_gives_the_same()
    {
        using var folder = new TemporaryFolder();
        Drawn.Photographs(folder.Of("photos", "a"), 0, 12, seed: 1);
        Drawn.Photographs(folder.Of("photos", "b"), 1, 12, seed: 2);
        var options = new TeachingOptions { FeaturesFile = folder.Of("features") };
        int calls = 0;
        TaughtClassifier first = ImageTeacher.Teach(folder.Of("photos"), Drawn.Extractor(() => Interlocked.Increment(ref calls)), options);
        Assert.Equal(1 + (2 * 24), calls);
        TaughtClassifier second = ImageTeacher.Teach(folder.Of("photos"), Drawn.Extractor(() => Interlocked.Increment(ref calls)), options);
        Assert.Equal(1 + (2 * 24) + 1, calls);
        Assert.Equal(first.Weights.AsEnumerable(), second.Weights);

        // What is no file of features is begun anew; and another network's features are not taken.
        File.WriteAllBytes(folder.Of("features"), File.ReadAllBytes(folder.Of("features"))[..^100]);
        Assert.Equal(first.Weights.AsEnumerable(), ImageTeacher.Teach(folder.Of("photos"), Drawn.Extractor(), options).Weights);
        FeatureExtractor other = Drawn.Extractor() with { Compute = (pixels, features) => features.Fill(pixels[0] + (pixels[5] / 256f)) };
        calls = 0;
        ImageTeacher.Teach(folder.Of("photos"), other with { Compute = (pixels, features) => { Interlocked.Increment(ref calls); other.Compute(pixels, features); } }, options);
        Assert.Equal(1 + (2 * 24), calls);
    }

    [Fact]
    public void An_update_adds_a_class_and_moves_what_now_lies_elsewhere()
    {
        using var folder = new TemporaryFolder();
        Drawn.Photographs(folder.Of("first", "a"), 0, 12, seed: 1);
        Drawn.Photographs(folder.Of("first", "b"), 1, 12, seed: 2);
        Drawn.Photographs(folder.Of("second", "c"), 2, 12, seed: 3);
        Directory.CreateDirectory(folder.Of("second", "b"));
        File.Copy(folder.Of("first", "a", "003.png"), folder.Of("second", "b", "new.png"));
        var options = new TeachingOptions { FeaturesFile = folder.Of("features") };
        Assert.Contains("nothing was taught", Assert.Throws<TeachingException>(() => ImageTeacher.Teach(folder.Of("second"), Drawn.Extractor(), options with { IsUpdate = true })).Message);
        ImageTeacher.Teach(folder.Of("first"), Drawn.Extractor(), options);
        TaughtClassifier updated = ImageTeacher.Teach(folder.Of("second"), Drawn.Extractor(), options with { IsUpdate = true });
        Assert.Equal(["a", "b", "c"], updated.Labels.AsEnumerable());
        Assert.Equal([11, 13, 12], updated.Estimate.ClassCounts.AsEnumerable());

        // The same as if all of it had been in one folder.
        using var whole = new TemporaryFolder();
        Drawn.Photographs(whole.Of("a"), 0, 12, seed: 1);
        Drawn.Photographs(whole.Of("b"), 1, 12, seed: 2);
        Drawn.Photographs(whole.Of("c"), 2, 12, seed: 3);
        File.Move(whole.Of("a", "003.png"), whole.Of("b", "new.png"));
        Assert.Equal(ImageTeacher.Teach(whole.Path, Drawn.Extractor()).Weights.AsEnumerable(), updated.Weights);
        Assert.Throws<ArgumentException>(() => ImageTeacher.Teach(whole.Path, Drawn.Extractor(), new TeachingOptions { IsUpdate = true }));
    }

    [Fact]
    public void A_folder_of_unknown_photographs_is_a_class_that_is_not_known()
    {
        using var folder = new TemporaryFolder();
        Drawn.Photographs(folder.Of("red"), 0, 20, seed: 1);
        Drawn.Photographs(folder.Of("Unknown"), 2, 20, seed: 2);
        FeatureExtractor extractor = Drawn.Extractor();
        TaughtClassifier taught = ImageTeacher.Teach(folder.Path, extractor);
        Assert.Equal("Unknown", taught.UnknownLabel);
        Assert.Null(taught.Threshold);
        var features = new float[Drawn.FeatureLength];
        bool[] seen = new bool[2];
        for (int i = 0; i < 10; i++)
        {
            using SKBitmap photo = Drawn.Photograph(2 * (i % 2), 5000 + i);
            Features(extractor, photo, features);
            Prediction prediction = taught.Classify(features);
            Assert.Equal(prediction.Label == "red", prediction.IsKnown);
            seen[prediction.Index] = true;
        }

        Assert.All(seen, Assert.True);
    }

    [Fact]
    public void A_photograph_in_the_wrong_folder_is_found_and_shown_in_the_report()
    {
        using var folder = new TemporaryFolder();
        Drawn.Photographs(folder.Of("<red>"), 0, 40, seed: 1);
        Drawn.Photographs(folder.Of("blue"), 2, 40, seed: 2);

        // As red as none of the others, and in the wrong place.
        using (var photo = new SKBitmap(48, 40))
        {
            photo.Erase(new SKColor(250, 30, 30));
            Drawn.Write(photo, folder.Of("blue", "wrong.png"));
        }

        File.WriteAllText(folder.Of("blue", "no.jpg"), "This is no photograph.");
        TaughtClassifier taught = ImageTeacher.Teach(folder.Path, Drawn.Extractor());
        Assert.Contains(taught.Estimate.Suspicious, s => s is { Name: "blue/wrong.png", Better: "<red>" });
        Assert.Equal("blue/no.jpg", Assert.Single(taught.Estimate.Unreadable).Name);
        string page = TeachingReport.Html(taught, "Red & blue");
        Assert.Contains("<h1>Red &amp; blue</h1>", page, StringComparison.Ordinal);
        Assert.Contains("src=\"data:image/jpeg;base64,", page, StringComparison.Ordinal);
        Assert.Contains("blue/wrong.png", page, StringComparison.Ordinal);
        Assert.Contains("&lt;red&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<red>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
    }

    [Fact]
    public void What_tells_classes_apart_and_is_not_in_the_picture_is_warned_of()
    {
        using var folder = new TemporaryFolder();
        Drawn.Photographs(folder.Of("a"), 0, 31, seed: 1, width: 48);
        Drawn.Photographs(folder.Of("b"), 1, 31, seed: 2, width: 60);
        Assert.Contains("size of a photograph", Assert.Single(ImageTeacher.Teach(folder.Path, Drawn.Extractor()).Estimate.Warnings));
        using var even = new TemporaryFolder();
        Drawn.Photographs(even.Of("a"), 0, 31, seed: 1);
        Drawn.Photographs(even.Of("b"), 1, 31, seed: 2);
        Assert.Empty(ImageTeacher.Teach(even.Path, Drawn.Extractor()).Estimate.Warnings);
    }

    [Fact]
    public void Classes_of_uneven_size_count_the_same()
    {
        using var folder = new TemporaryFolder();
        Drawn.Photographs(folder.Of("a"), 0, 60, seed: 1);
        Drawn.Photographs(folder.Of("b"), 1, 15, seed: 2);
        TeachingEstimate even = ImageTeacher.Teach(folder.Path, Drawn.Extractor()).Estimate;
        TeachingEstimate uneven = ImageTeacher.Teach(folder.Path, Drawn.Extractor(), new TeachingOptions { BalancesClasses = false }).Estimate;
        Assert.True(even.IsBalanced);
        Assert.False(uneven.IsBalanced);
        Assert.True(even.Confusions[1][1] >= uneven.Confusions[1][1]);
        Assert.Equal(((even.Confusions[0][0] / 60.0) + (even.Confusions[1][1] / 15.0)) / 2, even.BalancedAccuracy, 1e-12);
    }

    [Fact]
    public void Photographs_that_are_nearly_the_same_stay_together_and_are_reported_across_classes()
    {
        using var folder = new TemporaryFolder();
        Drawn.Photographs(folder.Of("a"), 0, 20, seed: 1);
        Drawn.Photographs(folder.Of("b"), 1, 20, seed: 2);
        using (SKBitmap photo = SKBitmap.Decode(folder.Of("a", "004.png")))
        {
            using SKData worse = photo.Encode(SKEncodedImageFormat.Jpeg, 80);
            File.WriteAllBytes(folder.Of("a", "burst.jpg"), worse.ToArray());
            File.WriteAllBytes(folder.Of("b", "elsewhere.jpg"), worse.ToArray());
        }

        File.Copy(folder.Of("b", "001.png"), folder.Of("b", "copy.png"));
        TeachingEstimate estimate = ImageTeacher.Teach(folder.Path, Drawn.Extractor()).Estimate;
        Assert.Equal(1, estimate.Copies);
        Assert.Equal(42, estimate.Photographs);
        Assert.Equal(3, estimate.NearDuplicates);
        Assert.Equal(2, estimate.Contradictions.Length);
        Assert.Contains(estimate.Contradictions, c => c.IsSameFile && new[] { c.First, c.Second }.Order().SequenceEqual(["a/burst.jpg", "b/elsewhere.jpg"]));
    }

    [Fact]
    public void What_cannot_be_taught_says_what_to_do()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("there is no such folder", Message(folder.Of("nowhere")));
        Assert.Contains("it is empty", Message(folder.Path));
        Drawn.Photographs(folder.Of("one", "a"), 0, 3, seed: 1);
        Assert.Contains("there is one class, a", Message(folder.Of("one")));
        Assert.Contains("side by side", Message(folder.Of("one", "a")));
        Directory.CreateDirectory(folder.Of("one", "b"));
        Assert.Contains("there is no photograph in it", Message(folder.Of("one")));
        Drawn.Photographs(folder.Of("one", "b", "inner"), 0, 3, seed: 2);
        Assert.Contains("there are only folders in it", Message(folder.Of("one")));
        Drawn.Photographs(folder.Of("two", "a"), 0, 3, seed: 1);
        Drawn.Photographs(folder.Of("two", "b"), 1, 1, seed: 2);
        Assert.Contains("The class b has one photograph", Message(folder.Of("two")));
        Directory.CreateDirectory(folder.Of("three", "b"));
        Drawn.Photographs(folder.Of("three", "a"), 0, 3, seed: 1);
        File.WriteAllText(folder.Of("three", "b", "x.png"), "");
        Assert.Contains("1 files cannot be read: b/x.png", Message(folder.Of("three")));

        string Message(string path) => Assert.Throws<TeachingException>(() => ImageTeacher.Teach(path, Drawn.Extractor())).Message;
    }

    [Fact]
    public void Huge_photographs_are_left_out_and_named()
    {
        using var folder = new TemporaryFolder();
        Drawn.Photographs(folder.Of("a"), 0, 5, seed: 1);
        Drawn.Photographs(folder.Of("b"), 1, 5, seed: 2);

        // A header that claims 60,000 × 60,000 pixels, and nothing behind it.
        byte[] png = File.ReadAllBytes(folder.Of("a", "000.png"));
        byte[] size = [0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60];
        size.CopyTo(png, 16);
        WriteCrc(png);
        File.WriteAllBytes(folder.Of("a", "huge.png"), png);
        UnreadableFile huge = Assert.Single(ImageTeacher.Teach(folder.Path, Drawn.Extractor()).Estimate.Unreadable);
        Assert.Equal("a/huge.png", huge.Name);
        Assert.Contains("60000×60000", huge.Problem);

        static void WriteCrc(byte[] png)
        {
            uint crc = uint.MaxValue;
            foreach (byte b in png.AsSpan(12, 17))
            {
                crc ^= b;
                for (int bit = 0; bit < 8; bit++)
                    crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            }

            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), ~crc);
        }
    }

    [Fact]
    public void Features_of_ones_own_are_taught_in_any_order()
    {
        float[][] rows = Drawn.Rows(80, 6, seed: 3);
        LabelledFeatures[] examples = [.. rows.Select((r, i) => new LabelledFeatures(r[0] + r[1] > 0 ? "up" : "down", r, $"{i}"))];
        var stages = new ConcurrentBag<TeachingStage>();
        TaughtClassifier taught = ImageTeacher.Teach(examples, progress: new Recorder(stages));
        Assert.Equal(taught.Weights.AsEnumerable(), ImageTeacher.Teach([.. examples.Reverse()]).Weights);
        Assert.Contains(TeachingStage.CrossValidation, stages);
        Assert.True(taught.Estimate.Accuracy > 0.85);
        Assert.Equal("up", taught.Classify([2, 2, 0, 0, 0, 0]).Label);
        var scores = new float[2];
        taught.Scores(rows[0], scores);
        Assert.Equal(1, scores.Sum(), 1e-6);
        Assert.Throws<ArgumentException>(() => taught.Classify([1, 2]));
        Assert.Throws<ArgumentException>(() => taught.Scores(rows[0], new float[3]));
        Assert.Throws<ArgumentException>(() => ImageTeacher.Teach([examples[0], new LabelledFeatures("up", new float[3])]));
        Assert.Throws<ArgumentException>(() => ImageTeacher.Teach([new LabelledFeatures("up", new[] { float.NaN }), new LabelledFeatures("down", new float[1])]));
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => ImageTeacher.Teach(examples, cancellation: stopped.Token));
    }

    private static void Features(FeatureExtractor extractor, SKBitmap photo, Span<float> features)
    {
        var pixels = new byte[extractor.Input.Length];
        using SKBitmap rgba = photo.Copy(SKColorType.Rgba8888);
        extractor.Input.Prepare(rgba.GetPixelSpan(), photo.Width, photo.Height, pixels, PixelFormat.Rgba);
        extractor.Compute(pixels, features);
    }

    private sealed class Recorder(ConcurrentBag<TeachingStage> stages) : IProgress<TeachingProgress>
    {
        public void Report(TeachingProgress value) => stages.Add(value.Stage);
    }
}
