using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using MobileNetGen.Generator.Tests.Support;
using MobileNetGen.Runtime;

namespace MobileNetGen.Generator.Tests;

/// <summary>Code that is generic over networks, with generated classes as its type arguments.</summary>
public class InterfacesTests
{
    private const string Layers = """
        network    Own
        resolution 26x19
        classes    5
        weights    random 3
        layers
          conv 16 kernel 3 stride 2 as stem
          bottleneck 24 expand 3 as middle
        head
          avgpool as pooled
          dense classes

        """;

    private static readonly string[] s_labels = ["a", "b", "c", "d", "e"];

    [Theory]
    [InlineData("float32", "")]
    [InlineData("int8", "output middle")]
    [InlineData("uint8", "output stem pooled")]
    public void A_classifier_gives_generic_code_what_its_own_members_give(string quantization, string output)
    {
        Type type = Class($"quantization {quantization}\nlabels \"l.txt\"\n{output}\n{Layers}  softmax\n", s_labels);
        byte[] image = ExecutionTests.Pixels(37 * 41 * 4);
        (float[] scores, Prediction best, Prediction[] top) = Call<(float[], Prediction, Prediction[])>(nameof(Classified), type, image);

        Assert.Equal(scores.Max(), best.Probability);
        Assert.Equal(s_labels[best.Index], best.Label);
        Assert.Equal(best, top[0]);
        Assert.Equal(scores.OrderDescending().Take(3), top.Select(p => p.Probability));
        Assert.All(top, p => Assert.Equal((scores[p.Index], s_labels[p.Index]), (p.Probability, p.Label)));
        Assert.Equal(quantization == "uint8", Implements(type, typeof(IImageFeatures<>)));
    }

    [Fact]
    public void A_sigmoid_over_one_output_has_two_classes()
    {
        Type type = Class(Layers.Replace("classes    5", "classes    1", StringComparison.Ordinal) + "  sigmoid\n");
        (float[] scores, Prediction best, Prediction[] top) = Call<(float[], Prediction, Prediction[])>(nameof(Classified), type, ExecutionTests.Pixels(37 * 41 * 4));
        Assert.Single(scores);
        Assert.Equal([best, new Prediction(1 - best.Index, 1 - best.Probability, "")], top);
    }

    [Theory]
    [InlineData("quantization float32", "below 0.999", "  softmax\n", false)]
    [InlineData("quantization int8", "below 0.000001", "  softmax\n", true)]
    [InlineData("quantization uint8", "below 0.999999 class \"nothing\"", "  softmax\n", false)]
    [InlineData("", "below 0.0001", "  sigmoid\n", true)]
    public void Predictions_are_known_as_the_text_says(string quantization, string rule, string end, bool isKnown)
    {
        Type type = Class($"{quantization}\nlabels \"l.txt\"\nunknown {rule}\n{Layers}{end}", ["a", "b", "c", "d", "nothing"]);
        (_, Prediction best, Prediction[] top) = Call<(float[], Prediction, Prediction[])>(nameof(Classified), type, ExecutionTests.Pixels(37 * 41 * 4));
        Assert.Equal(isKnown, best.IsKnown);
        Assert.Equal(best, top[0]);
        Assert.All(top, p => Assert.Equal(isKnown && p.Probability > 0.0001f, p.IsKnown));
        Assert.Equal(rule.Contains("class", StringComparison.Ordinal) ? "nothing" : null, type.GetField("UnknownClass")?.GetRawConstantValue());
        Assert.Equal(float.Parse(rule.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), type.GetField("UnknownBelow")!.GetRawConstantValue());
    }

    [Fact]
    public void A_prediction_of_the_unknown_class_is_not_known()
    {
        Type known = Class($"labels \"l.txt\"\n{Layers}  softmax\n", s_labels);
        byte[] image = ExecutionTests.Pixels(37 * 41 * 4);
        (_, Prediction best, _) = Call<(float[], Prediction, Prediction[])>(nameof(Classified), known, image);
        Assert.True(best.IsKnown);
        Type unknown = Class($"labels \"l.txt\"\nunknown class \"{best.Label}\"\n{Layers}  softmax\n", s_labels);
        (_, Prediction same, Prediction[] top) = Call<(float[], Prediction, Prediction[])>(nameof(Classified), unknown, image);
        Assert.Equal(best with { IsKnown = false }, same);
        Assert.All(top, p => Assert.Equal(p.Label != best.Label, p.IsKnown));
        Assert.Null(unknown.GetField("UnknownBelow"));
    }

    // Features in the first place, behind it, and behind a map.
    [Theory]
    [InlineData("", "", 5)]
    [InlineData("output stem", "", 5)]
    [InlineData("output stem pooled", "  softmax\n", 24)]
    public void Features_are_the_vector_that_is_no_probabilities(string output, string end, int length)
    {
        Type type = Class($"{output}\n{Layers}{end}");
        byte[] image = ExecutionTests.Pixels(37 * 41 * 3);
        (float[] features, float[] ofImage) = Call<(float[], float[])>(nameof(Featured), type, image);
        Assert.Equal(length, features.Length);
        Assert.True(features.Distinct().Count() > 2);
        Assert.Equal(features, ofImage);
    }

    [Fact]
    public void A_map_is_no_vector_of_features()
    {
        Type type = Class("network Own\nresolution 16\nweights random 1\noutput conv1\nlayers\n conv 8 kernel 3 stride 2");
        Assert.False(Implements(type, typeof(IImageFeatures<>)));
        Assert.True(Implements(type, typeof(IImageNetwork<>)));
    }

    [Fact]
    public void The_input_is_what_the_description_says()
    {
        Type type = Class("network Own\nresolution 12x20\ninput bgr\nresize bilinear\nfit letterbox centre bars 128\nweights random 1\nlayers\n conv 8 kernel 3 stride 2\nhead\n avgpool");
        ImageInput input = Call<ImageInput>(nameof(InputOf), type);
        Assert.Equal(new ImageInput(20, 12, ChannelOrder.Bgr, Resampling.Bilinear, Fit.LetterboxCentre, 128), input);
        Assert.Equal((long)input.Length, type.GetField("InputLength")!.GetRawConstantValue() is int length ? length : -1);
    }

    [Fact]
    public void A_detector_gives_generic_code_what_its_own_members_give()
    {
        Type type = Class(Networks.Detector, "left", "right");
        (Detection[] found, int classes) = Call<(Detection[], int)>(nameof(Detected), type, ExecutionTests.Pixels(96 * 64 * 3));
        Assert.Equal(2, classes);
        Assert.NotEmpty(found);
        Assert.All(found, d => Assert.Contains(d.Label, new[] { "left", "right" }));
    }

    private static (float[] Scores, Prediction Best, Prediction[] Top) Classified<T>(byte[] image) where T : IImageClassifier<T>
    {
        var pixels = new byte[T.Input.Length];
        T.Input.Prepare(image, 37, 41, pixels, PixelFormat.Bgra);
        var scores = new float[T.OutputLength];
        T.Run(pixels, scores);
        var top = new Prediction[3];
        return (scores, T.Run(pixels), top[..T.Classify(image, 37, 41, top, PixelFormat.Bgra)]);
    }

    private static (float[] Features, float[] OfImage) Featured<T>(byte[] image) where T : IImageFeatures<T>
    {
        var pixels = new byte[T.Input.Length];
        T.Input.Prepare(image, 37, 41, pixels);
        float[] features = new float[T.FeatureLength], ofImage = new float[T.FeatureLength];
        T.Features(pixels, features);
        T.Features(image, 37, 41, ofImage);
        return (features, ofImage);
    }

    private static (Detection[] Found, int Classes) Detected<T>(byte[] image) where T : IImageDetector<T>
    {
        var found = new Detection[9];
        int count = T.Detect(image, 96, 64, found, threshold: 0.1f);
        var pixels = new byte[T.Input.Length];
        T.Input.Prepare(image, 96, 64, pixels);
        var ofPixels = new Detection[9];
        Assert.Equal(count, T.Detect(pixels, ofPixels, threshold: 0.1f));
        Assert.Equal(ofPixels, found);
        return (found[..count], T.ClassCount);
    }

    private static ImageInput InputOf<T>() where T : IImageNetwork<T> => T.Input;

    private static Type Class(string text, params string[] labels) => ExecutionTests.Random(text, labels: labels).Class.Type;

    private static bool Implements(Type type, Type kind) => type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == kind);

    private static T Call<T>(string method, Type type, params object[] arguments) =>
        (T)typeof(InterfacesTests).GetMethod(method, BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type).Invoke(null, arguments)!;
}
