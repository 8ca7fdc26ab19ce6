#if REFERENCE_DATA
using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

namespace MobileNetGen.Conformance;

public sealed class FloatConformanceTests
{
    private const float Tolerance = 1e-5f;

    [Theory]
    [InlineData("bird")]
    [InlineData("cat")]
    [InlineData("grace_hopper")]
    [InlineData("parrot")]
    public void VisualWakeWords_agrees_on_its_own_input_and_on_pixels(string image)
    {
        const string golden = "mlcommons_vww_96_float";
        float[] expected = ReferenceData.FloatOutput(golden, image);
        float[] raw = MemoryMarshal.Cast<byte, float>(ReferenceData.Input(golden, image, 96)).ToArray();
        var fromRaw = new float[2];
        var fromPixels = new float[2];

        VisualWakeWordsFloat.RunRaw(raw, fromRaw);
        VisualWakeWordsFloat.Run(ReferenceData.Pixels(image, 96), fromPixels);

        AssertClose(expected, fromRaw);
        AssertClose(expected, fromPixels);
    }

    [Theory]
    [InlineData("bird")]
    [InlineData("cat")]
    [InlineData("grace_hopper")]
    [InlineData("parrot")]
    public void VisualWakeWords_logits_agree(string image)
    {
        float[] expected = ReferenceData.FloatOutput("mlcommons_vww_96_float", image);
        var logits = new float[2];

        VisualWakeWordsLogits.Run(ReferenceData.Pixels(image, 96), logits);

        AssertLogitsClose(expected, logits);
    }

    [Theory]
    [InlineData("cat", 0)]
    [InlineData("imprinting_dog_test_0", 1)]
    public void CatDog_agrees(string image, int label)
    {
        float[] expected = ReferenceData.FloatOutput("tm_catdog_mobilenet_v2_0.35_224_float", image);
        byte[] pixels = ReferenceData.Pixels(image, 224);
        var scores = new float[2];
        var logits = new float[2];

        CatDog.Run(pixels, scores);
        CatDogLogits.Run(pixels, logits);

        AssertClose(expected, scores);
        AssertLogitsClose(expected, logits);
        Assert.Equal(CatDog.Labels[label], CatDog.Run(pixels).Label);
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.True(MathF.Abs(expected[i] - actual[i]) <= Tolerance, $"[{i}]: expected {expected[i]:R}, got {actual[i]:R}");
    }

    /// <summary>The reference has probabilities: the difference of two logits is the logarithm of their ratio, however saturated they are.</summary>
    private static void AssertLogitsClose(float[] probabilities, float[] logits)
    {
        double expected = Math.Log(probabilities[0]) - Math.Log(probabilities[1]), actual = (double)logits[0] - logits[1];

        double bound = Tolerance * Math.Max(1, logits.Max(MathF.Abs));
        Assert.True(Math.Abs(expected - actual) <= bound, $"expected {expected:R}, got {actual:R}, bound {bound:R}");
    }
}
#endif
