using System;
using System.Globalization;

namespace MobileNetGen.Batch;

/// <summary>The variables in which clusters tell a task which it is.</summary>
internal static class ShardVariables
{
    private const string Remedy = "Say how many parts there are with --shards, or which this is with --shard: \"--shard 0/1\" takes all photographs.";

    // Slurm: https://slurm.schedmd.com/job_array.html; Kubernetes: "Completion mode" of Job; AWS Batch: "Array jobs".
    private static readonly (string Index, string? Count, string? Last)[] s_variables =
    [
        ("SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MAX"),
        ("JOB_COMPLETION_INDEX", null, null),
        ("AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_SIZE", null),
    ];

    /// <summary>Reads them.</summary>
    /// <param name="variable">The value of a variable, or null.</param>
    /// <param name="count">How many parts there are, where it was said.</param>
    /// <exception cref="BatchException">They do not say which part this is.</exception>
    public static Shard Read(Func<string, string?> variable, int? count)
    {
        foreach ((string name, string? counted, string? last) in s_variables)
        {
            if (variable(name) is not { Length: > 0 } text)
                continue;
            int index = Number(name, text);
            if (count is null && counted is not null && variable(counted) is { Length: > 0 } own)
            {
                count = Number(counted, own);

                // An array of 1-8, or of 0 and 5 alone, which are to be done again: its count is not that of the parts.
                if (last is not null && variable(last) is { Length: > 0 } highest && Number(last, highest) != count - 1)
                    throw new BatchException($"{name} is {index} and {last} {highest}, but {counted} is {count}: the tasks are not counted from 0, or some are left out. {Remedy}");
            }

            if (count is null)
                throw new BatchException($"{name} is {index}, but nothing says of how many. {Remedy}");
            if (index >= count || count < 1)
                throw new BatchException($"{name} is {index}, but there are {count} parts, which are counted from 0. {Remedy}");
            return new Shard(index, count.Value);
        }

        return count is null or 1 ? default : throw new BatchException($"There are {count} parts, but none of {string.Join(", ", Array.ConvertAll(s_variables, v => v.Index))} says which this is; say it with --shard.");
    }

    private static int Number(string name, string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        ? number
        : throw new BatchException($"{name} is \"{text}\", which is no index. {Remedy}");
}
