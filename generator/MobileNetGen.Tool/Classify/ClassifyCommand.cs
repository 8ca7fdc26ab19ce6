using System.CommandLine;
using MobileNetGen.Batch;
using MobileNetGen.Tool.Batches;
using MobileNetGen.Tool.Terminal;

namespace MobileNetGen.Tool.Classify;

/// <summary><c>mbnet classify</c>: photographs, any number of them, to their most probable classes.</summary>
internal static class ClassifyCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        Argument<string[]> files = NetworkFiles.Argument("classifier");
        var top = new Option<int>("--top") { Description = "How many classes of each photograph.", HelpName = "count", DefaultValueFactory = _ => 5 };
        Option<string?> className = Networks.ClassOption();
        var options = new BatchOptions();
        top.MustBeBetween(1, 100_000);
        var command = new TaughtCommand(
            "classify",
            "Finds the most probable classes of photographs, with the class that a build would generate: a line of JSON for each, in the order of the photographs. One photograph or a hundred million: "
            + "memory does not grow, all cores work, a run that was killed goes on where it stopped, and a photograph that cannot be read is a line with an error.",
            """
            One photograph:
              mbnet classify net.mbnet photo.jpg

            A folder, into a file:
              mbnet classify net.mbnet photos -o results.ndjson

            The third of eight parts; in a Slurm job array, an Indexed Job or an AWS Batch array, --shards 8 is enough:
              mbnet classify net.mbnet photos list.txt -o results.ndjson --shard 2/8

            As a filter, a line in and a line out:
              find photos -name '*.jpg' | mbnet classify net.mbnet - --top 1
            """)
        {
            files, top, className,
        };
        options.AddTo(command);
        command.SetAction(result =>
        {
            var given = NetworkFiles.Of(result.GetRequiredValue(files));
            return options.Write(
                result, given, result.GetValue(options.Output) ?? "-", () => LoadedNetwork.Read(Terminals.Of(result), given.Net, result.GetValue(className)).Classifier(result.GetValue(top)));
        });
        return command;
    }
}
