namespace MobileNetGen.Package.Tests;

/// <summary>Descriptions, and programs that use them.</summary>
internal static class Networks
{
    /// <summary>A few kilobytes of weights, which go into the source.</summary>
    public const string Tiny = """
        network      Tiny
        resolution   16
        classes      4
        quantization int8
        weights      random 7
        class        Tiny
        layers
          conv 8 kernel 3 stride 2
          separable 16
        head
          avgpool
          dense classes
          softmax

        """;

    /// <summary>Half a megabyte of weights, which become a resource.</summary>
    public const string Quarter = """
        network      MobileNetV1
        alpha        0.25
        resolution   128
        classes      1001
        quantization uint8
        weights      random 1

        """;

    /// <summary>Float32, where results differ in their last bits between instruction sets.</summary>
    public const string Floating = """
        network      MobileNetV2
        alpha        0.35
        resolution   96
        classes      10
        weights      random 3
        class        Floating

        """;

    /// <summary>A detector, in bytes, so that its boxes are the same everywhere.</summary>
    public const string Finder = """
        network      Finder
        class        Finder
        resolution   64
        classes      3
        quantization uint8
        weights      random 5
        layers
          conv      16 kernel 3 stride 2
          separable 24 stride 2 as fine
          separable 32 stride 2 as coarse
        detector
          map fine   boxes 0.1 0.2:2
          map coarse scale 0.4 next 0.6 ratios 1 next 2
          predict    kernel 1

        """;

    /// <summary>Of a file that names another one as a part of itself.</summary>
    public const string Sharded = """
        network      Sharded
        class        Sharded
        resolution   32
        normalize    mean 127.5 std 127.5
        classes      5
        weights      "graph.json"
        layers
          conv          8 kernel 3 stride 2
          bottleneck    8 expand 1
          bottleneck   12 expand 3 stride 2 repeat 2
          pointwise    24
        head
          avgpool
          dense classes
          softmax

        """;

    /// <summary>Trained, from the reference data.</summary>
    public const string Trained = """
        network      MobileNetV2
        alpha        0.5
        resolution   160
        classes      1001
        quantization uint8
        weights      "mobilenet_v2_0_5_160_quant.tflite"

        """;

    /// <summary>Prints what the random networks give for a fixed input.</summary>
    public const string PrintRandom = """
        using System;
        using System.Security.Cryptography;
        using App;

        var tiny = new sbyte[Tiny.OutputLength];
        var pixels = new sbyte[Tiny.InputHeight * Tiny.InputWidth * Tiny.InputChannels];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (sbyte)(i * 37);
        Tiny.RunRaw(pixels, tiny);
        Console.WriteLine(string.Join(' ', tiny));

        var quarter = new byte[MobileNetV1_0_25_128.OutputLength];
        var image = new byte[128 * 128 * 3];
        for (int i = 0; i < image.Length; i++)
            image[i] = (byte)(i * 37);
        MobileNetV1_0_25_128.RunRaw(image, quarter);
        Console.WriteLine(Convert.ToHexString(SHA256.HashData(quarter)));

        var scores = new float[Floating.OutputLength];
        Floating.Run(image.AsSpan(0, 96 * 96 * 3), scores);
        float sum = 0;
        foreach (float score in scores)
            sum += score;
        Console.WriteLine(MathF.Abs(sum - 1) < 1e-4f);

        var found = new Detection[5];
        int count = Finder.Detect(image, 128, 128, found, 0.2f);
        Console.WriteLine(count + ": " + string.Join(", ", found));

        """;

    /// <summary>Prints what the tiny network gives for a fixed input, and the resources of its assembly.</summary>
    public const string PrintTiny = """
        using System;
        using System.Linq;
        using App;

        var output = new sbyte[Tiny.OutputLength];
        Tiny.RunRaw(Enumerable.Range(0, 16 * 16 * 3).Select(i => (sbyte)(i * 37)).ToArray(), output);
        Console.WriteLine(string.Join(' ', output));
        Console.WriteLine(string.Join(' ', typeof(Tiny).Assembly.GetManifestResourceNames().Order(StringComparer.Ordinal)));

        """;

    /// <summary>Runs the trained network on the file that is the first argument, writes its raw output to the second, and prints the prediction.</summary>
    public const string RunTrained = """
        using System;
        using System.IO;
        using App;

        byte[] pixels = File.ReadAllBytes(args[0]);
        var output = new byte[MobileNetV2_0_5_160.OutputLength];
        MobileNetV2_0_5_160.RunRaw(pixels, output);
        File.WriteAllBytes(args[1], output);
        Prediction top = MobileNetV2_0_5_160.Run(pixels);
        Console.WriteLine(top);

        """;
}
