using System;
using System.Linq;
using System.Threading;

namespace MobileNetGen.Runtime.Tests;

/// <summary>The threads themselves: who takes part, who waits for whom, and how they end.</summary>
public sealed unsafe class TeamTests
{
    private const int Rounds = 200, Most = 8;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Nobody_passes_a_wait_before_all_have_come(int threads)
    {
        using var team = new Team(threads);
        for (int call = 0; call < 3; call++)
        {
            State state = default;
            Team.Run(team, &Meet, &state, Most, scratchBytes: 64);
            Assert.Equal((0, threads), (state.Early, state.Members));
        }
    }

    [Fact]
    public void No_more_members_than_are_asked_for_take_part()
    {
        using var team = new Team(5);
        State state = default;
        Team.Run(team, &Meet, &state, most: 2, scratchBytes: 64);
        Assert.Equal((0, 2), (state.Early, state.Members));
        state = default;
        Team.Run(team, &Meet, &state, most: 5, scratchBytes: 64);
        Assert.Equal((0, 5), (state.Early, state.Members));
    }

    // Long enough for the threads to go to sleep.
    [Fact]
    public void Threads_that_sleep_are_woken()
    {
        using var team = new Team(3);
        for (int call = 0; call < 5; call++)
        {
            Thread.Sleep(20);
            State state = default;
            Team.Run(team, &Meet, &state, Most, scratchBytes: 64);
            Assert.Equal(3, state.Members);
        }
    }

    [Fact]
    public void Memory_is_each_members_own_and_grows()
    {
        using var team = new Team(4);
        nint* addresses = stackalloc nint[4];
        foreach (int bytes in new[] { 64, 1 << 20, 4096 })
        {
            Team.Run(team, &Scratch, addresses, Most, bytes);
            nint[] others = [.. new ReadOnlySpan<nint>(addresses, 4)[1..]];
            Assert.Equal(0, addresses[0]);
            Assert.Equal(3, others.Distinct().Count());
            Assert.All(others, address => Assert.Equal(0, address % 64));
        }
    }

    [Fact]
    public void Shares_cover_everything_once_and_differ_by_one_at_most()
    {
        for (int threads = 1; threads <= 9; threads++)
        {
            using var team = new Team(threads);
            foreach (int count in new[] { 0, 1, 2, 7, 14, 1 << 24 })
            {
                Shared shared = new() { Count = count };
                Team.Run(team, &Share, &shared, 9, 64);
                TeamShare[] shares = [.. new ReadOnlySpan<TeamShare>(shared.Shares, 9)[..threads]];
                Assert.Equal(0, shares[0].First);
                Assert.Equal(count, shares[^1].End);
                Assert.All(shares.Zip(shares.Skip(1)), pair => Assert.Equal(pair.First.End, pair.Second.First));
                Assert.InRange(shares.Max(s => s.Count) - shares.Min(s => s.Count), 0, 1);
                Assert.True(count == 0 || shares[0].Count > 0);
            }
        }
    }

    [Fact]
    public void A_disposed_team_does_nothing_more()
    {
        var team = new Team(2);
        team.Dispose();
        team.Dispose();
        State state = default;
        Assert.Throws<ObjectDisposedException>(() => Call(team));
        Assert.Equal(0, state.Members);

        static void Call(Team team)
        {
            State state = default;
            Team.Run(team, &Meet, &state, Most, 64);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65)]
    public void Threads_have_a_range(int threads) => Assert.Throws<ArgumentOutOfRangeException>("threads", () => new Team(threads));

    private static void Meet(TeamMember member, void* state)
    {
        var s = (State*)state;
        Interlocked.Increment(ref s->Members);
        for (int round = 1; round <= Rounds; round++)
        {
            member.Wait();
            // Whoever is through has been joined by all, so all have counted themselves in for good.
            int members = Volatile.Read(ref s->Members);
            Interlocked.Increment(ref s->Passed);
            member.Wait();
            if (Volatile.Read(ref s->Passed) % members != 0)
                Interlocked.Increment(ref s->Early);
        }
    }

    private static void Scratch(TeamMember member, void* state)
    {
        if (member.IsFirst)
            return;
        // Its own index is what its share of four begins with.
        ((nint*)state)[member.Share(4).First] = (nint)member.Scratch;
    }

    private static void Share(TeamMember member, void* state)
    {
        var shared = (Shared*)state;
        TeamShare own = member.Share(shared->Count);
        ((TeamShare*)shared->Shares)[Interlocked.Increment(ref shared->Written) - 1] = own;
        member.Wait();
        if (!member.IsFirst)
            return;
        new Span<TeamShare>(shared->Shares, shared->Written).Sort((a, b) => (a.First, a.End).CompareTo((b.First, b.End)));
    }

    private struct State
    {
        public int Members, Passed, Early;
    }

    private struct Shared
    {
        public int Count, Written;
        public fixed long Shares[9];
    }
}
