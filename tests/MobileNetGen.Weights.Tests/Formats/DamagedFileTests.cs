using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.TensorFlowLite;
using Xunit.Abstractions;

namespace MobileNetGen.Weights.Tests.Formats;

/// <summary>Whatever bytes a file has, it is read or refused with a message, soon and in memory of its own order.</summary>
public class DamagedFileTests(ITestOutputHelper output)
{
    private const int BytesPerByte = 24;
    private const int BytesAtLeast = 32 << 10;
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(2);

    private static readonly Dictionary<string, Func<TensorFlowLiteFile>> s_samples = new()
    {
        ["float32"] = SampleFiles.Float,
        ["uint8"] = SampleFiles.UInt8,
        ["int8"] = SampleFiles.Int8,
        ["Keras"] = SampleFiles.Keras,
    };

    public static TheoryData<string> Samples => [.. s_samples.Keys];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_word_may_be_anything(string sample)
    {
        byte[] file = s_samples[sample]().Build();
        uint[] bombs = [0, 1, 2, 4, 0xFFFF, (uint)file.Length - 4, (uint)file.Length, 0x3FFFFFFF, 0x40000001, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFC, 0xFFFFFFFF];
        Report(from word in Enumerable.Range(0, file.Length / 4)
               from bomb in bombs
               select Change(file, copy => BinaryPrimitives.WriteUInt32LittleEndian(copy.AsSpan(4 * word), bomb)));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_truncation_is_read_or_refused(string sample)
    {
        byte[] file = s_samples[sample]().Build();
        Report(Enumerable.Range(0, file.Length).Select(length => file[..length]));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_bit_may_flip(string sample)
    {
        byte[] file = s_samples[sample]().Build();
        Report(from bit in Enumerable.Range(0, 8 * file.Length)
               select Change(file, copy => copy[bit / 8] ^= (byte)(1 << (bit % 8))));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Random_splices_and_offsets_are_read_or_refused(string sample)
    {
        byte[] file = s_samples[sample]().Build();
        byte[] other = SampleFiles.Int8().Build();
        var random = new Random(20260);
        Report(Enumerable.Range(0, 4000).Select(_ => Mutate(file, other, random)));
    }

    [ReferenceTheory]
    [InlineData("mlcommons_vww_96_int8.tflite")]
    [InlineData("tflm_person_detect.tflite")]
    public void A_trained_network_with_random_damage_is_read_or_refused(string name)
    {
        byte[] file = File.ReadAllBytes(ReferenceData.TensorFlowLite(name));
        byte[] other = SampleFiles.Int8().Build();
        var random = new Random(1704);
        Report(Enumerable.Range(0, 600).Select(_ => Mutate(file, other, random)));
    }

    [Fact]
    public void Half_precision_weights_named_by_thousands_of_operators_are_refused()
    {
        var file = new TensorFlowLiteFile();
        file.Add("half", TensorType.Float16, [1 << 18], new byte[2 << 18]);
        for (int i = 0; i < 2000; i++)
            file.Run(6, [0], file.Add("float", TensorType.Float32, [1 << 18]));
        file.Inputs = file.Outputs = [file.Add("input", TensorType.Float32, [1])];
        Refused(file.Build());
    }

    [Fact]
    public void Scales_and_names_shared_by_thousands_of_tensors_are_refused()
    {
        var file = new TensorFlowLiteFile();
        string name = new('n', 10_000);
        int[] shape = [20_000];
        byte[] weights = new byte[20_000];
        float[] scales = [.. Enumerable.Repeat(1f, 20_000)];
        for (int i = 0; i < 2000; i++)
            file.Run(6, [file.Add(name, TensorType.Int8, shape, weights, scales)], file.Add(name, TensorType.Float32, shape));
        file.Inputs = file.Outputs = [file.Add("input", TensorType.Float32, [1])];
        Refused(file.Build());
    }

    [Fact]
    public void A_stem_stored_as_depthwise_that_thousands_of_operators_share_is_refused()
    {
        var file = new TensorFlowLiteFile();
        file.Add("input", TensorType.Float32, [1, 1, 1, 1]);
        file.Add("weights", TensorType.Float32, [1, 1, 1, 1 << 17], new byte[4 << 17]);
        for (int i = 0; i < 2000; i++)
            file.Run(4, [0, 1], file.Add("map", TensorType.Float32, [1, 1, 1, 1 << 17]), 2, (byte)0, 1, 1, 1, (byte)0, 1, 1);
        file.Inputs = file.Outputs = [0];
        Refused(file.Build());
    }

    private static byte[] Change(byte[] file, Action<byte[]> change)
    {
        byte[] copy = [.. file];
        change(copy);
        return copy;
    }

    private static byte[] Mutate(byte[] file, byte[] other, Random random)
    {
        byte[] copy = [.. file];
        for (int i = random.Next(1, 6); i > 0; i--)
        {
            // Tables are at the ends of a file and weights between them, so half the damage goes to the ends.
            int at = random.Next(3) switch
            {
                0 => random.Next(Math.Min(copy.Length, 4096)),
                1 => copy.Length - 1 - random.Next(Math.Min(copy.Length, 32768)),
                _ => random.Next(copy.Length),
            };
            switch (random.Next(4))
            {
                case 0:
                    copy[at] = (byte)random.Next(256);
                    break;
                case 1:
                    BinaryPrimitives.WriteInt32LittleEndian(copy.AsSpan(Math.Min(at & ~3, copy.Length - 4)), random.Next(-copy.Length, copy.Length));
                    break;
                case 2:
                    int length = random.Next(1, Math.Min(64, copy.Length - at + 1));
                    copy.AsSpan(random.Next(copy.Length - length), length).CopyTo(copy.AsSpan(at));
                    break;
                default:
                    int start = random.Next(other.Length);
                    int count = Math.Min(random.Next(1, 64), Math.Min(other.Length - start, copy.Length - at));
                    other.AsSpan(start, count).CopyTo(copy.AsSpan(at));
                    break;
            }
        }

        return copy;
    }

    private void Report(IEnumerable<byte[]> files)
    {
        var reader = new TensorFlowLiteReader();
        int read = 0, refused = 0;
        double mostBytes = 0;
        foreach (byte[] file in files)
        {
            (bool isRead, long bytes) = Try(reader, file);
            read += isRead ? 1 : 0;
            refused += isRead ? 0 : 1;
            mostBytes = Math.Max(mostBytes, (bytes - BytesAtLeast) / (double)Math.Max(file.Length, 1));
        }

        output.WriteLine($"{read} read, {refused} refused, at most {mostBytes:F1} bytes allocated per byte of file beyond {BytesAtLeast}");
        Assert.True(refused > 0);
    }

    private static void Refused(byte[] file)
    {
        var reader = new TensorFlowLiteReader();
        (bool isRead, _) = Try(reader, file);
        Assert.False(isRead);
        Assert.Contains("amount to several times the file", Assert.Throws<WeightsException>(() => reader.Read(file)).Message, StringComparison.Ordinal);
    }

    private static (bool IsRead, long Bytes) Try(TensorFlowLiteReader reader, byte[] file)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        bool isRead = true;
        try
        {
            reader.Read(file);
        }
        catch (WeightsException)
        {
            isRead = false;
        }

        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, s_longest);
        Assert.InRange(bytes, 0, BytesAtLeast + (long)BytesPerByte * file.Length);
        return (isRead, bytes);
    }
}
