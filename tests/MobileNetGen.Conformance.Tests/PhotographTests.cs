#if REFERENCE_DATA
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using MobileNetGen.Runtime;
using MobileNetGen.Runtime.Tests.Images;

namespace MobileNetGen.Conformance;

/// <summary>From a photograph's file to its label, as a program does it.</summary>
public sealed class PhotographTests
{
    private delegate void Prepare(ReadOnlySpan<byte> source, int sourceWidth, int sourceHeight, Span<byte> pixels);

    private delegate Prediction Classify(ReadOnlySpan<byte> pixels);

    /// <summary>A generated class for each size of the reference inputs but the detector's 300.</summary>
    private static readonly Dictionary<int, Prepare> s_prepare = new()
    {
        [96] = (source, width, height, pixels) => VisualWakeWords.Prepare(source, width, height, pixels),
        [128] = (source, width, height, pixels) => MobileNetV1_0_25_128.Prepare(source, width, height, pixels),
        [160] = (source, width, height, pixels) => MobileNetV2_0_5_160.Prepare(source, width, height, pixels),
        [224] = (source, width, height, pixels) => MobileNetV2_1_0_224.Prepare(source, width, height, pixels),
    };

    /// <summary>The classes that have labels, with their reference outputs, size, and labels file.</summary>
    private static readonly Dictionary<string, (Classify Run, string Golden, int Side, string Labels)> s_labelled = new()
    {
        [nameof(MobileNetV1_0_25_128)] = (MobileNetV1_0_25_128.Run, "coral_mobilenet_v1_0.25_128_quant", 128, "coral_imagenet_labels.txt"),
        [nameof(MobileNetV2_0_5_160)] = (MobileNetV2_0_5_160.Run, "mobilenet_v2_0_5_160_quant", 160, "coral_imagenet_labels.txt"),
        [nameof(InatBirds)] = (InatBirds.Run, "coral_mobilenet_v2_1.0_224_inat_bird_quant", 224, "coral_inat_bird_labels.txt"),
        [nameof(CatDog)] = (CatDog.Run, "tm_catdog_mobilenet_v2_0.35_224_float", 224, "tm_catdog_labels.txt"),
    };

    public static TheoryData<string, int> Inputs => Data(
        from input in Directory.GetFiles(ReferenceData.Path("golden", "inputs"), "*.rgb").Order(StringComparer.Ordinal)
        let parts = Path.GetFileNameWithoutExtension(input)
        let split = parts.LastIndexOf('_')
        let image = parts[..split]
        let side = int.Parse(parts[(split + 1)..], System.Globalization.CultureInfo.InvariantCulture)
        where s_prepare.ContainsKey(side) && File.Exists(FileOf(image))
        select (image, side));

    public static TheoryData<string, string> Photographs => Data(
        from network in s_labelled
        from image in ReferenceData.Outputs(network.Value.Golden)
        where File.Exists(FileOf(image))
        select (network.Key, image));

    [Theory]
    [MemberData(nameof(Inputs))]
    public void A_photograph_is_prepared_as_the_reference_input_was(string image, int side)
    {
        Bitmap bitmap = Bitmap.Read(FileOf(image));
        var pixels = new byte[side * side * 3];

        s_prepare[side](bitmap.Rgb, bitmap.Width, bitmap.Height, pixels);

        Assert.Equal(ReferenceData.Pixels(image, side), pixels);
    }

    [Theory]
    [MemberData(nameof(Photographs))]
    public void A_photograph_gets_the_label_of_the_reference(string network, string image)
    {
        (Classify run, string golden, int side, string labels) = s_labelled[network];
        Bitmap bitmap = Bitmap.Read(FileOf(image));
        var pixels = new byte[side * side * 3];
        s_prepare[side](bitmap.Rgb, bitmap.Width, bitmap.Height, pixels);

        Prediction prediction = run(pixels);

        byte[] bytes = ReferenceData.Output(golden, image);
        float[] expected = network == nameof(CatDog) ? ReferenceData.FloatOutput(golden, image) : [.. bytes.Select(b => b / 256f)];
        Assert.Equal(Array.IndexOf(expected, expected.Max()), prediction.Index);
        Assert.Equal(expected.Max(), prediction.Probability, 1e-5f);
        Assert.Equal(File.ReadAllLines(ReferenceData.Path("labels", labels))[prediction.Index], prediction.Label);
    }

    private static string FileOf(string image) => ReferenceData.Path("images", image + ".bmp");

    private static TheoryData<TA, TB> Data<TA, TB>(IEnumerable<(TA, TB)> cases)
    {
        var data = new TheoryData<TA, TB>();
        foreach ((TA a, TB b) in cases)
            data.Add(a, b);
        return data;
    }
}
#endif
