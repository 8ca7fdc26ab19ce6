using System;
using System.Linq;
using System.Threading.Tasks;
using MobileNetGen.Conformance.Shared;
using MobileNetGen.Runtime;

namespace MobileNetGen.Conformance;

/// <summary>Networks that threads share: the same bytes as one thread gives, whatever their number.</summary>
public sealed class TeamTests
{
    public static TheoryData<string> Networks => RandomNetwork.Names(n => n.Threads > 1);

    [Theory]
    [MemberData(nameof(Networks))]
    public void Teams_of_any_size_give_the_same_bytes(string name)
    {
        RandomNetwork network = RandomNetwork.All[name];
        byte[][] pictures = [.. network.Pictures()];
        var expected = new float[network.Network.OutputLength];
        foreach (int threads in new[] { 1, 2, 3, 5, 8, 9 })
        {
            using var team = new Team(threads);
            foreach (byte[] pixels in pictures)
            {
                network.Class.RunScores(pixels, expected);
                var scores = new float[expected.Length];
                network.Class.RunScoresByTeam(pixels, scores, team);
                Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), scores.Select(BitConverter.SingleToInt32Bits));
            }
        }
    }

    // Among them are those of the last layer of a streamed stage, of which each thread stores its rows.
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    public void Every_result_is_the_same_by_a_team(int threads)
    {
        var pixels = new byte[SharedOutputs.InputLength];
        new System.Random(2).NextBytes(pixels);
        float[][] alone = Results(null);
        using var team = new Team(threads);
        float[][] shared = Results(team);
        Assert.All(alone.Zip(shared), pair => Assert.Equal(pair.First.Select(BitConverter.SingleToInt32Bits), pair.Second.Select(BitConverter.SingleToInt32Bits)));

        float[][] Results(Team? by)
        {
            float[][] results = [new float[SharedOutputs.OutputLength], new float[SharedOutputs.Bottleneck2Length], new float[SharedOutputs.Bottleneck6Length], new float[SharedOutputs.Bottleneck13Length]];
            SharedOutputs.Run(pixels, results[0], results[1], results[2], results[3], by);
            Assert.All(results, result => Assert.Contains(result, value => value != 0));
            return results;
        }
    }

    [Fact]
    public void A_call_by_a_team_allocates_nothing()
    {
        RandomNetwork network = RandomNetwork.All["MobileNetGen.Conformance.Random.SharedV2"];
        byte[] pixels = network.Pictures()[0];
        var scores = new float[network.Network.OutputLength];
        GeneratedClass.ScoreByTeam run = network.Class.RunScoresByTeam;
        GeneratedClass.ClassifyByTeam classify = network.Class.RunByTeam;
        using var team = new Team(2);
        Assert.Equal(0, Allocations.Of(() =>
        {
            run(pixels, scores, team);
            classify(pixels, team);
        }));
    }

    [Fact]
    public async Task Callers_that_find_a_team_at_work_run_alone()
    {
        RandomNetwork network = RandomNetwork.All["MobileNetGen.Conformance.Random.SharedInt8V2"];
        byte[][] pictures = [.. network.Pictures()];
        Prediction[] expected = [.. pictures.Select(p => network.Class.Run(p))];
        using var team = new Team(3);
        Prediction[] together = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(() => network.Class.RunByTeam(pictures[i % pictures.Length], team))));
        Assert.All(together.Select((prediction, i) => (prediction, i)), pair => Assert.Equal(expected[pair.i % expected.Length], pair.prediction));
    }

    [Fact]
    public void No_team_is_one_thread()
    {
        RandomNetwork network = RandomNetwork.All["MobileNetGen.Conformance.Random.SharedUInt8V1"];
        Assert.Equal(network.Class.Run(network.Pictures()[0]), network.Class.RunByTeam(network.Pictures()[0], null));
    }
}
