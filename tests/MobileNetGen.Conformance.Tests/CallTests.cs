using System;
using System.Linq;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Threading.Tasks;
using MobileNetGen.Compiler.Networks;
using Float32 = MobileNetGen.Conformance.Random.MobileNetV1_0_25_97x113;

namespace MobileNetGen.Conformance;

/// <summary>What every call promises, whatever the network's arithmetic and wherever its scratch lies.</summary>
public sealed class CallTests
{
    private const byte Pattern = 0xA5;

    public static TheoryData<string> Networks => RandomNetwork.Names(_ => true);

    [Theory]
    [MemberData(nameof(Networks))]
    public void Calls_allocate_nothing(string name)
    {
        RandomNetwork network = RandomNetwork.All[name];
        byte[] pixels = network.Pictures()[0], scratch = new byte[network.Class.ScratchBytes];
        var scores = new float[network.Network.OutputLength];
        GeneratedClass.Score run = network.Class.RunScores;
        GeneratedClass.ScoreInScratch runInScratch = network.Class.RunScoresInScratch;
        GeneratedClass.Classify? classify = network.Network.EndsInProbabilities ? network.Class.Run : null;

        Assert.Equal(0, Allocations.Of(Call));

        void Call()
        {
            run(pixels, scores);
            runInScratch(pixels, scores, scratch);
            classify?.Invoke(pixels);
        }
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Raw_calls_allocate_nothing(string name) => Assert.Equal(0, RandomNetwork.All[name].WithEnds(new RawAllocations()));

    [Theory]
    [MemberData(nameof(Networks))]
    public async Task Many_threads_get_the_same_scores(string name)
    {
        RandomNetwork network = RandomNetwork.All[name];
        byte[][] pictures = [.. network.Pictures()];
        float[][] alone = [.. pictures.Select(Scores)];

        float[][] together = await Task.WhenAll(Enumerable.Range(0, 16).Select(
            i => Task.Factory.StartNew(() => Scores(pictures[i % pictures.Length]), TaskCreationOptions.LongRunning)));

        for (int i = 0; i < together.Length; i++)
            Assert.Equal(alone[i % alone.Length], together[i]);

        float[] Scores(byte[] pixels)
        {
            var scores = new float[network.Network.OutputLength];
            network.Class.RunScores(pixels, scores);
            return scores;
        }
    }

    [Fact]
    public void Scores_do_not_depend_on_where_scratch_lies()
    {
        RandomNetwork onStack = RandomNetwork.All[typeof(Float32).FullName!], offStack = RandomNetwork.All[typeof(RandomOffStack).FullName!];
        float[] expected = new float[Float32.OutputLength], fromThread = new float[expected.Length], fromCaller = new float[expected.Length];
        foreach (byte[] pixels in onStack.Pictures())
        {
            onStack.Class.RunScores(pixels, expected);
            offStack.Class.RunScores(pixels, fromThread);
            offStack.Class.RunScoresInScratch(pixels, fromCaller, new byte[offStack.Class.ScratchBytes]);

            Assert.Equal(expected, fromThread);
            Assert.Equal(expected, fromCaller);
            Assert.Equal(onStack.Class.Run(pixels), offStack.Class.Run(pixels));
        }
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Wrong_lengths_throw_before_anything_is_written(string name)
    {
        RandomNetwork network = RandomNetwork.All[name];
        (int input, int output, int bytes) = ((int)network.Network.Input.Length, network.Network.OutputLength, network.Class.ScratchBytes);
        (GeneratedClass.Score run, GeneratedClass.ScoreInScratch runInScratch) = (network.Class.RunScores, network.Class.RunScoresInScratch);
        foreach ((string parameter, int pixelsLength, int scoresLength, int scratchLength) in Wrong("pixels", "scores", input, output, bytes))
        {
            byte[] pixels = Filled<byte>(pixelsLength), scratch = Filled<byte>(scratchLength);
            float[] scores = Filled<float>(scoresLength);

            AssertRefuses(parameter, () => runInScratch(pixels, scores, scratch));
            if (parameter != "scratch")
                AssertRefuses(parameter, () => run(pixels, scores));
            if (parameter == "pixels" && network.Network.EndsInProbabilities)
                AssertRefuses(parameter, () => network.Class.Run(pixels));

            AssertUntouched(scores);
            AssertUntouched(scratch);
        }
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Wrong_raw_lengths_throw_before_anything_is_written(string name) => Assert.Equal(8, RandomNetwork.All[name].WithEnds(new WrongRawLengths()));

    [Fact]
    public void Tensors_give_what_spans_give()
    {
        byte[] pixels = RandomNetwork.All[typeof(Float32).FullName!].Pictures()[0];
        float[] expected = new float[Float32.OutputLength], actual = new float[Float32.OutputLength];
        Float32.Run(pixels, expected);

        Float32.Run(new ReadOnlyTensorSpan<byte>(pixels, [97, 113, 3]), new TensorSpan<float>(actual, [10]));
        Assert.Equal(expected, actual);
        Array.Clear(actual);
        Float32.Run(new ReadOnlyTensorSpan<byte>(pixels, [1, 97, 113, 3]), new TensorSpan<float>(actual, [1, 10]));
        Assert.Equal(expected, actual);
        Assert.Equal(Float32.Run(pixels), Float32.Run(new ReadOnlyTensorSpan<byte>(pixels, [97, 113, 3])));
    }

    [Theory]
    [InlineData("pixels", new long[] { 113, 97, 3 }, new long[] { 10 })]
    [InlineData("pixels", new long[] { 97, 113 * 3 }, new long[] { 10 })]
    [InlineData("scores", new long[] { 97, 113, 3 }, new long[] { 2, 5 })]
    [InlineData("scores", new long[] { 97, 113, 3 }, new long[] { 9 })]
    public void Wrong_shapes_throw_before_anything_is_written(string parameter, long[] image, long[] result)
    {
        var pixels = new byte[97 * 113 * 3];
        float[] scores = Filled<float>(10);

        AssertRefuses(parameter, () => Float32.Run(new ReadOnlyTensorSpan<byte>(pixels, Lengths(image)), new TensorSpan<float>(scores, Lengths(result))));
        AssertUntouched(scores);

        static nint[] Lengths(long[] lengths) => [.. lengths.Select(l => (nint)l)];
    }

    private sealed class RawAllocations : RandomNetwork.IEnds<long>
    {
        public long Do<TIn, TOut>(RandomNetwork network)
            where TIn : unmanaged, INumberBase<TIn>
            where TOut : unmanaged, INumberBase<TOut>
        {
            var input = new TIn[network.Network.Input.Length];
            var output = new TOut[network.Network.OutputLength];
            var scratch = new byte[network.Class.ScratchBytes];
            (GeneratedClass.Raw<TIn, TOut> run, GeneratedClass.RawInScratch<TIn, TOut> runInScratch) = (network.Class.RunRaw<TIn, TOut>(), network.Class.RunRawInScratch<TIn, TOut>());
            return Allocations.Of(() =>
            {
                run(input, output);
                runInScratch(input, output, scratch);
            });
        }
    }

    private sealed class WrongRawLengths : RandomNetwork.IEnds<int>
    {
        public int Do<TIn, TOut>(RandomNetwork network)
            where TIn : unmanaged, INumberBase<TIn>
            where TOut : unmanaged, INumberBase<TOut>
        {
            (GeneratedClass.Raw<TIn, TOut> run, GeneratedClass.RawInScratch<TIn, TOut> runInScratch) = (network.Class.RunRaw<TIn, TOut>(), network.Class.RunRawInScratch<TIn, TOut>());
            int refused = 0;
            foreach ((string parameter, int inputLength, int outputLength, int scratchLength) in
                Wrong("input", "output", (int)network.Network.Input.Length, network.Network.OutputLength, network.Class.ScratchBytes))
            {
                TIn[] input = Filled<TIn>(inputLength);
                TOut[] output = Filled<TOut>(outputLength);
                byte[] scratch = Filled<byte>(scratchLength);

                AssertRefuses(parameter, () => runInScratch(input, output, scratch));
                if (parameter != "scratch")
                    AssertRefuses(parameter, () => run(input, output));

                AssertUntouched(output);
                AssertUntouched(scratch);
                refused++;
            }

            return refused;
        }
    }

    /// <summary>Every way in which one length can be wrong. More scratch than is needed is not.</summary>
    private static (string Parameter, int Input, int Output, int Scratch)[] Wrong(string input, string output, int inputs, int outputs, int bytes) =>
    [
        (input, 0, outputs, bytes), (input, inputs - 1, outputs, bytes), (input, inputs + 1, outputs, bytes),
        (output, inputs, 0, bytes), (output, inputs, outputs - 1, bytes), (output, inputs, outputs + 1, bytes),
        ("scratch", inputs, outputs, 0), ("scratch", inputs, outputs, bytes - 1),
    ];

    private static T[] Filled<T>(int length)
        where T : struct
    {
        var array = new T[length];
        MemoryMarshal.AsBytes(array.AsSpan()).Fill(Pattern);
        return array;
    }

    private static void AssertUntouched<T>(T[] array)
        where T : struct =>
        Assert.False(MemoryMarshal.AsBytes(array.AsSpan()).ContainsAnyExcept(Pattern), "something was written");

    private static void AssertRefuses(string parameter, Action call) => Assert.Equal(parameter, Assert.Throws<ArgumentException>(call).ParamName);
}
