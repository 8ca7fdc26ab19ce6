using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace MobileNetGen.Generator.Tests;

/// <summary>Descriptions that several tests use.</summary>
internal static class Networks
{
    public const string V1Float32 = """
        network    MobileNetV1
        alpha      0.25
        resolution 128
        weights    "mobilenet_v1_0.25_128.tflite"
        """;

    public const string V2UInt8 = """
        # MobileNetV2_0_5_160.mbnet
        network      MobileNetV2
        alpha        0.5
        resolution   160
        quantization uint8
        weights      "mobilenet_v2_0_5_160_quant.tflite"
        labels       "imagenet_labels.txt"
        """;

    /// <summary>Every kind of step, int8, grey, with names that need care.</summary>
    public const string HandWrittenInt8 = """
        network      Tiny
        class        Sorter
        namespace    Contoso.Parts
        resolution   12x20
        input        grey
        classes      3
        quantization int8
        weights      random 7
        labels       "parts.txt"

        layers
          depthwise multiplier 4 stride 2 as labels
          pointwise 20
          depthwise kernel 5
          pointwise 20 linear as sorter
          add pointwise1 relu
          conv 6 kernel 3 stride 2
          bottleneck 6 expand 2
          conv 6 kernel 3 from conv1
          add bottleneck1 linear as sum
        head
          avgpool
          dense 5 relu
          dense classes
          softmax
        """;

    /// <summary>Blocks of MobileNetV3: one behind the image, by rows, and one of which the expansion runs by channels.</summary>
    public const string Squeezes = """
        network      Squeezes
        resolution   96
        classes      3
        activation   hswish
        divisor      8
        bake         resource
        weights      random 1

        layers
          conv       16 kernel 3 stride 2
          bottleneck 24 expand 3 kernel 5 stride 2 squeeze 1/4 relu
          bottleneck 24 expand to 88 squeeze 1/4
          bottleneck 40 expand 4 fused stride 2
          bottleneck 40 expand to 704 kernel 5 squeeze 1/4
        head
          avgpool
          dense 20 hswish
          dense classes
          softmax
        """;

    public static readonly string[] AwkwardLabels = ["bolt \"M6\" \\ \"\"\"\"", "<écrou> & {0}\u2028line", ""];

    private static readonly string[] s_types = ["float32", "uint8", "int8"];
    private static readonly string[] s_v1Alphas = ["0.25", "0.5", "0.75", "1.0"];
    private static readonly int[] s_v1Resolutions = [128, 160, 192, 224];
    private static readonly string[] s_v2Alphas = ["0.35", "0.5", "0.75", "1.0"];
    private static readonly int[] s_v2Resolutions = [96, 128, 160, 192, 224];
    private static readonly string[] s_v2Wide = ["1.3", "1.4"];

    /// <summary>A float32 embedding: no softmax, blue first, a normalisation by channel, scratch off the stack.</summary>
    public const string Embedding = """
        network    Small
        class      Embedding
        resolution 9
        input      bgr
        normalize  mean 103.53 116.28 123.675 std 57.375 57.12 58.395
        weights    random 3
        stack      0
        layers
          conv 17 kernel 3 stride 2
          bottleneck 17 expand 3
        head
          avgpool
        """;

    /// <summary>Every arithmetic in bytes, and every pair of types around it.</summary>
    public static TheoryData<string, string, string> Ends()
    {
        var ends = new TheoryData<string, string, string>();
        foreach ((string inside, string input, string output) in from inside in new[] { "uint8", "int8" } from input in s_types from output in s_types select (inside, input, output))
            ends.Add(inside, input, output);
        return ends;
    }

    /// <summary>A detector of two maps.</summary>
    public const string Detector = """
        network      Finder
        class        Finder
        resolution   64x96
        classes      2
        quantization uint8
        labels       "labels.txt"
        weights      random 3
        layers
          conv       16 kernel 3 stride 2
          separable  32 stride 2
          separable  48 stride 2 as fine
          conv       24 kernel 3 stride 2 as coarse
        detector
          map fine    boxes 16px 24px:2
          map coarse  scale 0.4 next 0.8 ratios 1 2 1/2 next
          predict     kernel 3 separable
          nms         agnostic overlap 0.5 most 20
        """;

    /// <summary>A network quantised inside, with other types at its ends.</summary>
    public static string Ends(string quantization, string io) => $"""
        network      Ends
        resolution   8
        quantization {quantization} io {io}
        weights      random 3
        layers
          conv 8 kernel 3
          depthwise stride 2
        head
          avgpool
          dense 4
        """;

    /// <summary>The 16 published variants of V1 and the 22 of V2.</summary>
    public static IEnumerable<string> Published(string quantization) =>
        (from alpha in s_v1Alphas from resolution in s_v1Resolutions select ("MobileNetV1", alpha, resolution))
        .Concat(from alpha in s_v2Alphas from resolution in s_v2Resolutions select ("MobileNetV2", alpha, resolution))
        .Concat(from alpha in s_v2Wide select ("MobileNetV2", alpha, 224))
        .Select(v => string.Create(CultureInfo.InvariantCulture, $"""
            network      {v.Item1}
            alpha        {v.alpha}
            resolution   {v.Item3}
            quantization {quantization}
            weights      random 1
            """));
}
