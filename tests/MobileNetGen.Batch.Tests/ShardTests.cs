using System;
using System.Collections.Generic;
using System.Linq;

namespace MobileNetGen.Batch.Tests;

public class ShardTests
{
    [Fact]
    public void Every_name_is_in_one_part_which_its_hash_decides()
    {
        Shard[] parts = [.. Enumerable.Range(0, 8).Select(i => new Shard(i, 8))];
        string[] names = [.. Enumerable.Range(0, 4000).Select(i => $"photos/{i}.jpg")];
        int[] found = [.. names.Select(name => parts.Single(p => p.Has(name)).Index)];
        Assert.All(found.CountBy(f => f), part => Assert.InRange(part.Value, 400, 600));

        // printf photos/0.jpg | sha256sum: d953cedcf8322819…
        Assert.Equal(1, found[0]);
        Assert.True(default(Shard).Has("anything"));
    }

    [Theory]
    [InlineData("0/1", 0, 1)]
    [InlineData("7/8", 7, 8)]
    [InlineData("8/8", -1, 0)]
    [InlineData("1", -1, 0)]
    [InlineData("-1/8", -1, 0)]
    [InlineData("0/0", -1, 0)]
    [InlineData(" 1/2", -1, 0)]
    [InlineData("1/2/3", -1, 0)]
    [InlineData(null, -1, 0)]
    public void A_part_is_an_index_and_a_count(string? text, int index, int count)
    {
        Assert.Equal(index >= 0, Shard.TryParse(text, out Shard shard));
        if (index >= 0)
            Assert.Equal((index, count, text), (shard.Index, shard.Count, shard.ToString()));
    }

    [Fact]
    public void Each_part_has_an_output_of_its_own()
    {
        Assert.Equal("a.b/results.ndjson", default(Shard).In("a.b/results.ndjson"));
        Assert.Equal("a.b/results-03-of-12.ndjson", new Shard(3, 12).In("a.b/results.ndjson"));
    }

    [Theory]
    [InlineData("", null, "0/1")]
    [InlineData("SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=8 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=7", null, "3/8")]
    [InlineData("SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=1 SLURM_ARRAY_TASK_MAX=3", 8, "3/8")] // The fourth alone, once more.
    [InlineData("SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_COUNT=2 SLURM_ARRAY_TASK_MAX=5", null, "some are left out")]
    [InlineData("SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_COUNT=8 SLURM_ARRAY_TASK_MAX=8", null, "not counted from 0")]
    [InlineData("JOB_COMPLETION_INDEX=2", 4, "2/4")]
    [InlineData("JOB_COMPLETION_INDEX=2", null, "nothing says of how many")]
    [InlineData("JOB_COMPLETION_INDEX=4", 4, "counted from 0")]
    [InlineData("JOB_COMPLETION_INDEX=four", 4, "no index")]
    [InlineData("AWS_BATCH_JOB_ARRAY_INDEX=9 AWS_BATCH_JOB_ARRAY_SIZE=10", null, "9/10")]
    [InlineData("", 4, "which this is")]
    [InlineData("", 1, "0/1")]
    public void Clusters_say_which_part_it_is(string variables, int? count, string expected)
    {
        Dictionary<string, string> set = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(v => v.Split('=')).ToDictionary(v => v[0], v => v[1]);
        if (expected.Contains('/', StringComparison.Ordinal))
            Assert.Equal(expected, ShardVariables.Read(set.GetValueOrDefault, count).ToString());
        else
            Assert.Contains(expected, Assert.Throws<BatchException>(() => ShardVariables.Read(set.GetValueOrDefault, count)).Message, StringComparison.Ordinal);
    }
}
