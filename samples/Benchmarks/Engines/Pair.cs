using System;
using System.Linq;
using MobileNetGen.Compiler.Networks;

namespace MobileNetGen.Samples.Benchmarks.Engines;

/// <summary>One network in both engines, on the same input.</summary>
/// <param name="Ours">The generated class.</param>
/// <param name="Theirs">ONNX Runtime.</param>
/// <param name="Difference">
/// The largest difference of a result (of a probability, mostly): shows that it is the same network. Quantised ones differ by units before the
/// softmax, since ONNX Runtime rounds in its own way, and the softmax makes more of it.
/// </param>
/// <param name="Unfused">Operators of a quantised network that ONNX Runtime left in float32.</param>
internal sealed record Pair(Engine Ours, Engine Theirs, double Difference, int Unfused) : IDisposable
{
    /// <summary>Prepares both.</summary>
    /// <param name="subject">The network.</param>
    /// <param name="models">What was exported for ONNX Runtime.</param>
    public static Pair Create(Subject subject, ExportedModels models) => subject.Network.Quantization switch
    {
        Quantization.Float32 => Create(subject, models, Noise(subject.Network.Input)),
        Quantization.UInt8 => Create(subject, models, Bytes(subject.Network.Input), flip: 0),
        _ => Create(subject, models, Bytes(subject.Network.Input), flip: 0x80),
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        Ours.Dispose();
        Theirs.Dispose();
    }

    private static Pair Create(Subject subject, ExportedModels models, float[] image)
    {
        var ours = new GeneratedEngine<float>(subject.Class, image, value => value);
        var theirs = new OnnxRuntimeEngine<float>(models.Fastest, Planes(image, subject.Network.Input), value => value);
        return new Pair(ours, theirs, Compare(ours, theirs), Unfused: 0);
    }

    private static Pair Create(Subject subject, ExportedModels models, byte[] image, byte flip)
    {
        // Both engines have the same bytes, ours less 128 where the network is int8; ONNX Runtime's results are always unsigned.
        float Real(int value) => models.Output.Scale * (value - models.Output.ZeroPoint - flip);
        Engine ours = flip == 0
            ? new GeneratedEngine<byte>(subject.Class, image, value => Real(value))
            : new GeneratedEngine<sbyte>(subject.Class, Array.ConvertAll(image, value => (sbyte)(value ^ flip)), value => Real((byte)value ^ flip));
        byte[] planes = Planes(image, subject.Network.Input);

        // Ours gives a detector's boxes and scores at one scale each, the model those of each map at its own.
        double difference = double.NaN;
        if (subject.Network.Detector is null)
        {
            using var same = new OnnxRuntimeEngine<byte>(models.Same, planes, value => Real(value));
            difference = Compare(ours, same);
        }

        string optimized = models.Fastest + ".optimized";
        var theirs = new OnnxRuntimeEngine<byte>(models.Fastest, planes, value => Real(value), optimized);
        return new Pair(ours, theirs, difference, OptimizedModel.Unfused(OptimizedModel.Operators(optimized)));
    }

    private static double Compare(Engine ours, Engine theirs)
    {
        ours.Run();
        theirs.Run();
        return ours.Output().Zip(theirs.Output(), (left, right) => Math.Abs((double)left - right)).Max();
    }

    private static float[] Noise(Shape shape)
    {
        var random = new Random(1);
        var noise = new float[shape.Length];
        for (int i = 0; i < noise.Length; i++)
            noise[i] = (random.NextSingle() * 2) - 1;
        return noise;
    }

    private static byte[] Bytes(Shape shape)
    {
        var bytes = new byte[shape.Length];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Height × width × channels as channels × height × width.</summary>
    private static T[] Planes<T>(T[] image, Shape shape)
    {
        var planes = new T[image.Length];
        for (int i = 0; i < image.Length; i++)
            planes[(i % shape.Channels * shape.Height * shape.Width) + (i / shape.Channels)] = image[i];
        return planes;
    }
}
