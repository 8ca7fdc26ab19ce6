using System;
using System.Linq;
using System.Threading.Tasks;
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
