using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Numerics;
using MobileNetGen.Compiler;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Conformance;

/// <summary>A network of the folder <c>Random</c>: the class that was generated from its text, and the text compiled again for other engines to run.</summary>
/// <param name="Network">The network.</param>
/// <param name="Class">Its class.</param>
public sealed record RandomNetwork(Network Network, GeneratedClass Class)
{
    private const string Extension = ".mbnet";

    /// <summary>All of the folder, by name.</summary>
    public static IReadOnlyDictionary<string, RandomNetwork> All { get; } = typeof(RandomNetwork).Assembly.GetManifestResourceNames()
        .Where(n => n.EndsWith(Extension, StringComparison.Ordinal))
        .SelectMany(n => Mbnet.Compile(n, Text(n)).Plans)
        .ToDictionary(p => NameOf(p.Network), p => new RandomNetwork(p.Network, new GeneratedClass(NameOf(p.Network))), StringComparer.Ordinal);

    /// <summary>The names of those that a test is about.</summary>
    public static TheoryData<string> Names(Func<Network, bool> choose) =>
        new(All.Where(n => choose(n.Value.Network)).Select(n => n.Key).Order(StringComparer.Ordinal));

    /// <summary>Does what depends on the types of both ends.</summary>
    public T WithEnds<T>(IEnds<T> action) => Network.InputType switch
    {
        Quantization.Float32 => WithInput<float, T>(action),
        Quantization.Int8 => WithInput<sbyte, T>(action),
        _ => WithInput<byte, T>(action),
    };

    private T WithInput<TIn, T>(IEnds<T> action)
        where TIn : unmanaged, INumberBase<TIn> => Network.OutputType switch
        {
            Quantization.Float32 => action.Do<TIn, float>(this),
            Quantization.Int8 => action.Do<TIn, sbyte>(this),
            _ => action.Do<TIn, byte>(this),
        };

    /// <summary>The network with the weights that its seed gives.</summary>
    public TrainedNetwork Train() => TrainedNetworkLoader.Load(Network, "");

    /// <summary>Runs the network on values of its input's type, and gives those of its output's.</summary>
    public float[] RunRaw(IEnumerable<float> input) => WithEnds(new RawRun([.. input]));

    /// <summary>What depends on the types of both ends.</summary>
    public interface IEnds<T>
    {
        T Do<TIn, TOut>(RandomNetwork network)
            where TIn : unmanaged, INumberBase<TIn>
            where TOut : unmanaged, INumberBase<TOut>;
    }

    private sealed record RawRun(float[] Input) : IEnds<float[]>
    {
        public float[] Do<TIn, TOut>(RandomNetwork network)
            where TIn : unmanaged, INumberBase<TIn>
            where TOut : unmanaged, INumberBase<TOut>
        {
            var output = new TOut[network.Network.OutputLength];
            network.Class.RunRaw<TIn, TOut>()([.. Input.Select(TIn.CreateChecked)], output);
            return [.. output.Select(float.CreateChecked)];
        }
    }

    /// <summary>Pictures as unlike each other as pictures can be: noise, a slope, black, white.</summary>
    public IReadOnlyList<byte[]> Pictures()
    {
        var noise = new byte[Network.Input.Length];
        new System.Random(1).NextBytes(noise);
        byte[] slope = [.. noise.Select((_, i) => (byte)(i * 255L / noise.Length))];
        byte[] black = new byte[noise.Length], white = new byte[noise.Length];
        white.AsSpan().Fill(255);
        return [noise, slope, black, white];
    }

    /// <summary>What <c>normalize</c> makes of a picture.</summary>
    public float[] Normalized(byte[] pixels)
    {
        float[] mean = [.. Network.Normalization.Mean.Select(m => (float)m)], std = [.. Network.Normalization.Std.Select(s => (float)s)];
        return [.. pixels.Select((p, i) => (p - mean[i % mean.Length]) / std[i % std.Length])];
    }

    private static string NameOf(Network network) => $"{network.Namespace ?? typeof(RandomNetwork).Namespace}.{network.ClassName}";

    private static string Text(string resource)
    {
        using var reader = new StreamReader(typeof(RandomNetwork).Assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
