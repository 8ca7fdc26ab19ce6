using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading.Tasks;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Detection;
using MobileNetGen.Runtime;
using MobileNetGen.Samples.Train.Data;
using MobileNetGen.Samples.Train.Model;
using MobileNetGen.Tests.Coco;
using SkiaSharp;
using static TorchSharp.torch;
using ScoreFunction = MobileNetGen.Compiler.Networks.Detection.ScoreFunction;

namespace MobileNetGen.Samples.Train.Training;

/// <summary>To find digits in pictures that are drawn as they are needed. The loss is SSD's (arXiv:1512.02325, section 2.2).</summary>
internal sealed class Detection : IObjective
{
    private const int PicturesPerEpoch = 6400, TestPictures = 500, MostDetections = 100, ShownSide = 512;

    /// <summary>Anchors of the background that count, the worst of them, for each that is an object's.</summary>
    private const int HardNegatives = 3;

    /// <summary>Average precision counts unlikely detections as well.</summary>
    private const float LeastScore = 0.01f;

    /// <summary>That of <c>Detect</c> where callers give none.</summary>
    private const float Threshold = 0.5f;

    private readonly Network _network;
    private readonly Detector _detector;
    private readonly AnchorMatcher _matcher;
    private readonly DetectionRules _rules;
    private readonly DrawnPictures _training, _test;
    private readonly Options _options;
    private readonly PixelValues _pixels;

    /// <param name="network">A detector of ten classes whose scores are a softmax.</param>
    /// <param name="data">A folder with typefaces and photographs in <c>train</c>, and others in <c>test</c>.</param>
    /// <param name="options">How to train.</param>
    public Detection(Network network, string data, Options options)
    {
        (_network, _detector, _options) = (network, network.Detector!, options);
        if (_detector.Classes != 10 || _detector.Scores != ScoreFunction.Softmax || network.Order == PixelOrder.Grey)
            throw new TrainingException("Detectors are trained on coloured pictures with digits, and scored by a softmax. Write 'classes 10' and 'scores softmax'.");
        _matcher = new AnchorMatcher(network);
        (BoxCoder coder, Suppression suppression) = (_detector.Coder, _detector.Suppression);
        _rules = new DetectionRules
        {
            Classes = _detector.Classes, Scores = Runtime.ScoreFunction.Softmax, Order = coder.IsXFirst ? BoxOrder.Xywh : BoxOrder.Yxhw,
            YScale = (float)coder.Y, XScale = (float)coder.X, HeightScale = (float)coder.Height, WidthScale = (float)coder.Width,
            IsPerClass = suppression.IsPerClass, Overlap = (float)suppression.Overlap,
        };
        _pixels = new PixelValues(network.Normalization, network.Input);
        _training = new DrawnPictures(Path.Combine(data, "train"));
        _test = new DrawnPictures(Path.Combine(data, "test"));
        Console.WriteLine($"{_training} to learn from, {_test} to be tested on");
    }

    public int Steps => PicturesPerEpoch / _options.BatchSize;

    public string TestName => "test_map50";

    /// <summary>The next batch is drawn while the network learns from one.</summary>
    public IEnumerable<Batch> Batches(Random random)
    {
        Task<Batch> next = Task.Run(() => Draw(random));
        for (int i = 1; i <= Steps; i++)
        {
            Batch batch = next.GetAwaiter().GetResult();
            if (i < Steps)
                next = Task.Run(() => Draw(random));
            yield return batch;
        }
    }

    public (Tensor Loss, double Accuracy) Loss(Tensor[] results, Batch batch)
    {
        (Tensor boxes, Tensor scores) = Join(results);
        Tensor isObject = batch.Labels.gt(0), isBackground = batch.Labels.eq(0);
        long objects = Math.Max(isObject.sum().item<long>(), 1);
        Tensor wrong = nn.functional.cross_entropy(scores.flatten(0, 1), batch.Labels.flatten(), ignore_index: AnchorMatcher.Ignored, reduction: nn.Reduction.None).reshape(batch.Labels.shape);
        (Tensor hardest, _) = wrong.masked_select(isBackground).topk((int)Math.Min(objects * HardNegatives, isBackground.sum().item<long>()), sorted: false);
        Tensor apart = nn.functional.smooth_l1_loss(boxes[isObject], batch.Boxes![isObject], reduction: nn.Reduction.Sum);
        Tensor loss = (wrong.masked_select(isObject).sum() + hardest.sum() + apart) / objects;
        return (loss, (double)scores.argmax(2).eq(batch.Labels).logical_and(isObject).sum().item<long>() / objects);
    }

    public double Test(TrainableNetwork network)
    {
        using var _ = no_grad();
        var truths = new Dictionary<string, CocoBox[]>();
        var found = new Dictionary<string, CocoBox[]>();
        var random = new Random(_options.Seed);
        while (truths.Count < TestPictures)
        {
            DrawnPicture[] pictures = Pictures(_test, random);
            using Batch batch = ToBatch(pictures);
            using var intermediates = NewDisposeScope();
            (Tensor boxes, Tensor scores) = Join(network.Forward(batch.Images, training: false));
            for (int i = 0; i < pictures.Length; i++)
            {
                string name = $"{truths.Count}";
                truths.Add(name, [.. pictures[i].Digits.Select(d => new CocoBox(d.Class, d.Box.Left, d.Box.Top, d.Box.Right, d.Box.Bottom))]);
                found.Add(name, Find(boxes[i], scores[i]));
                pictures[i].Dispose();
            }
        }

        var counts = CocoCounts.Of(truths, found, Threshold);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  at a threshold of {Threshold}: {counts.Recall:p1} of {counts.There} found, {counts.Precision:p1} of {counts.Found} right"));
        return CocoEvaluation.Of(truths, found).At50;
    }

    /// <summary>Writes test pictures as files, each with its digits beside it as YOLO's text files have them: class, centre x and y, width and height, 0 to 1.</summary>
    public void Show(int count)
    {
        Directory.CreateDirectory(_options.Output);
        var random = new Random(_options.Seed);
        for (int i = 0; i < count; i++)
        {
            using DrawnPicture picture = _test.Draw(random, ShownSide, ShownSide);
            using FileStream file = File.Create(Path.Combine(_options.Output, $"{i}.jpg"));
            picture.Bitmap.Encode(file, SKEncodedImageFormat.Jpeg, 90);
            File.WriteAllLines(
                Path.Combine(_options.Output, $"{i}.txt"),
                picture.Digits.Select(d => string.Create(
                    CultureInfo.InvariantCulture,
                    $"{d.Class} {d.Box.MidX / ShownSide:f4} {d.Box.MidY / ShownSide:f4} {d.Box.Width / ShownSide:f4} {d.Box.Height / ShownSide:f4}")));
        }
    }

    /// <summary>What the generated class would find.</summary>
    private CocoBox[] Find(Tensor boxes, Tensor scores)
    {
        var detections = new Runtime.Detection[MostDetections];
        float[] encodings = boxes.contiguous().data<float>().ToArray(), values = scores.contiguous().data<float>().ToArray();
        int count = PostProcessing.Detect(encodings, values, _matcher.Anchors, _rules, LeastScore, detections);
        return [.. detections.Take(count).Select(d => d.In(_network.Input.Width, _network.Input.Height)).Select(d => new CocoBox(d.Class, d.Left, d.Top, d.Right, d.Bottom, d.Score))];
    }

    private DrawnPicture[] Pictures(DrawnPictures source, Random random) =>
        [.. Enumerable.Range(0, _options.BatchSize).Select(_ => source.Draw(random, _network.Input.Width, _network.Input.Height))];

    private Batch ToBatch(DrawnPicture[] pictures)
    {
        Shape size = _network.Input;
        var bytes = new byte[size.Length];
        var values = new float[pictures.Length * size.Length];
        var labels = new long[pictures.Length, _detector.AnchorCount];
        var boxes = new float[pictures.Length, _detector.AnchorCount, 4];
        Span<long> allLabels = MemoryMarshal.CreateSpan(ref labels[0, 0], labels.Length);
        Span<float> allBoxes = MemoryMarshal.CreateSpan(ref boxes[0, 0, 0], boxes.Length);
        for (int i = 0; i < pictures.Length; i++)
        {
            ImageSet.CopyChannels(pictures[i].Bitmap.GetPixelSpan(), _network.Order, bytes);
            for (int at = 0; at < bytes.Length; at++)
                values[(i * bytes.Length) + at] = _pixels[at % size.Channels, bytes[at]];
            int first = i * _detector.AnchorCount;
            _matcher.Match(pictures[i].Digits, allLabels.Slice(first, _detector.AnchorCount), allBoxes.Slice(first * 4, _detector.AnchorCount * 4));
        }

        return new Batch(_pixels.ToTensor(values), tensor(labels), tensor(boxes));
    }

    private Batch Draw(Random random)
    {
        DrawnPicture[] pictures = Pictures(_training, random);
        Batch batch = ToBatch(pictures);
        Array.ForEach(pictures, picture => picture.Dispose());
        return batch;
    }

    /// <summary>The results of all maps as [n][anchors][4] and [n][anchors][columns].</summary>
    private (Tensor Boxes, Tensor Scores) Join(Tensor[] results)
    {
        Tensor Rows(int first, int columns) =>
            cat([.. results.Where((_, i) => i % 2 == first).Select(r => r.permute(0, 2, 3, 1).reshape(r.shape[0], -1, columns))], 1);
        return (Rows(0, 4), Rows(1, _detector.Columns));
    }
}
