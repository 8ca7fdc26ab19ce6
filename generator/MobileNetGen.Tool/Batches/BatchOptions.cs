using System;
using System.CommandLine;
using System.Globalization;
using System.IO;
using MobileNetGen.Batch;
using MobileNetGen.Runtime;
using MobileNetGen.SkiaSharp;
using MobileNetGen.Tool.Terminal;

namespace MobileNetGen.Tool.Batches;

/// <summary>The options of commands that run a network on a pile of photographs.</summary>
internal sealed class BatchOptions
{
    private readonly Option<string?> _shard = new("--shard") { Description = "Which part of the photographs this run takes, and of how many, from 0/8 to 7/8. A cluster's variables say it too.", HelpName = "i/n" };
    private readonly Option<int?> _shards = new("--shards") { Description = "Of how many parts this run takes one; which, a variable of Slurm, Kubernetes or AWS Batch says.", HelpName = "n" };
    private readonly Option<string> _errors = new("--max-errors") { Description = "So many photographs, or so many percent of them, may be unreadable before the exit code is 1.", HelpName = "n|p%", DefaultValueFactory = _ => "0" };
    private readonly Option<int> _threads = new("--threads") { Description = "How many photographs at once; as many as there are cores, unless given.", HelpName = "n", DefaultValueFactory = _ => Cores() };
    private readonly Option<int> _pixels = new("--max-pixels") { Description = "The most pixels of a photograph: larger JPEG and WebP files are decoded smaller, others are errors.", HelpName = "n", DefaultValueFactory = _ => Photo.MaximumPixels };
    private readonly Option<int> _rows = new("--part-rows") { Description = "How many rows are kept at a time, which is what a run that is killed loses.", HelpName = "n", DefaultValueFactory = _ => BatchJob.DefaultPartRows };
    private readonly Option<bool> _restart = new("--restart") { Description = "Begin anew where there are rows of another job." };

    /// <summary>The options, with checks.</summary>
    public BatchOptions()
    {
        _shards.MustBeBetween(1, int.MaxValue);
        _threads.MustBeBetween(1, 1024);
        _pixels.MustBeBetween(1, int.MaxValue);
        _rows.MustBeBetween(1, 1_000_000);
        _shard.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !Batch.Shard.TryParse(token.Value, out _))
                result.AddError($"--shard is {token.Value}; it must be an index and a count, from 0/8 to 7/8.");
        });
        _errors.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !ErrorLimit.TryParse(token.Value, out _))
                result.AddError($"--max-errors is {token.Value}; it must be a number as 10, or a share as 0.5%.");
        });
    }

    /// <summary>Where rows go.</summary>
    public Option<string?> Output { get; } = new("--output", "-o") { Description = "The .ndjson or .parquet file to write, or \"-\" for lines to the output. A run that was killed goes on with it.", HelpName = "file" };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { Output, _shard, _shards, _errors, _threads, _pixels, _rows, _restart })
            command.Options.Add(option);
    }

    /// <summary>Runs a network on photographs, and writes rows.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="photographs">The photographs.</param>
    /// <param name="output">Where rows go.</param>
    /// <param name="network">Loads the network.</param>
    /// <returns>The exit code.</returns>
    public int Write(ParseResult result, NetworkFiles photographs, string output, Func<BatchNetwork> network)
    {
        var terminals = Terminals.Of(result);
        Batch.Shard shard = ShardOf(result);
        BatchNetwork loaded = network();
        BatchSummary done = terminals.WithCount(count =>
        {
            var job = new BatchJob(photographs.Photographs)
            {
                Shard = shard,
                Threads = result.GetValue(_threads),
                MaximumPixels = result.GetValue(_pixels),
                PartRows = result.GetValue(_rows),
                Restart = result.GetValue(_restart),
                Progress = now => count(now.Rows, now.Errors, now.Resumed),
            };
            return (output == "-" ? job.WriteAsync(loaded, terminals.Output) : job.WriteAsync(loaded, output)).GetAwaiter().GetResult();
        });
        if (output != "-")
            terminals.Note($"{done.Output}: {Text(done)}");
        ErrorLimit.TryParse(result.GetValue(_errors)!, out ErrorLimit limit);
        if (!limit.IsExceeded(done.Errors, done.Rows))
            return ExitCode.Fine;
        terminals.Note(string.Create(CultureInfo.InvariantCulture, $"mbnet: {done.Errors:N0} of {done.Rows:N0} photographs could not be read, and --max-errors is {limit}; their rows say why."));
        return ExitCode.InputIsWrong;
    }

    private static string Text(BatchSummary done) => string.Create(CultureInfo.InvariantCulture, $"{done.Rows:N0} rows, {done.Errors:N0} of them errors") + (done.Resumed switch
    {
        0 => "",
        var all when all == done.Rows => "; all were there",
        var some => string.Create(CultureInfo.InvariantCulture, $"; {some:N0} were there"),
    });

    private Batch.Shard ShardOf(ParseResult result)
    {
        int? count = result.GetValue(_shards);
        if (!Batch.Shard.TryParse(result.GetValue(_shard), out Batch.Shard shard))
            return Batch.Shard.FromEnvironment(count);
        return count is null || count == shard.Count ? shard : throw new InputException($"--shard is {shard}, but --shards is {count}; leave one of them out.");
    }

    /// <summary>As many as the task has been given, where a cluster counts them without binding the process to them.</summary>
    private static int Cores() => int.TryParse(Environment.GetEnvironmentVariable("SLURM_CPUS_PER_TASK"), NumberStyles.None, CultureInfo.InvariantCulture, out int cores) && cores is > 0 and <= 1024
        ? Math.Min(cores, Environment.ProcessorCount)
        : Environment.ProcessorCount;
}
