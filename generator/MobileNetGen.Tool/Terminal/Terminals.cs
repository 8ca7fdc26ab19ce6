using System;
using System.CommandLine;
using System.IO;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace MobileNetGen.Tool.Terminal;

/// <summary>Where a command prints: results to the output, which scripts read, and all else to the error stream.</summary>
internal sealed class Terminals
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        NewLine = "\n",

        // A comparison that went wrong may well be no number.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly TextWriter _output;
    private readonly TextWriter _error;

    private Terminals(TextWriter output, TextWriter error) => (_output, _error) = (output, error);

    /// <summary>Those of a command's invocation.</summary>
    public static Terminals Of(ParseResult result) => new(result.InvocationConfiguration.Output, result.InvocationConfiguration.Error);

    /// <summary>Takes results that are no tables.</summary>
    public TextWriter Output => _output;

    /// <summary>Prints a line of the result.</summary>
    public void WriteLine(string line = "") => _output.WriteLine(line);

    /// <summary>Prints something that is not the result: a note, what was done.</summary>
    public void Note(string line) => _error.WriteLine(line);

    /// <summary>Prints a table or another figure of the result.</summary>
    public void Write(Spectre.Console.Rendering.IRenderable figure)
    {
        IAnsiConsole console = Console(_output);

        // A file or a pipe has no width to fit into: nothing is to be wrapped or cut there.
        if (!console.Profile.Out.IsTerminal)
            console.Profile.Width = 200;
        console.Write(figure);
    }

    /// <summary>Prints the result for scripts.</summary>
    public void WriteJson<T>(T value) => _output.WriteLine(JsonSerializer.Serialize(value, s_json));

    /// <summary>Does something that takes long, with a bar where somebody watches.</summary>
    /// <param name="title">What is being done.</param>
    /// <param name="work">Does it; calls its argument with how far it is, from 0 to 1.</param>
    public T WithProgress<T>(string title, Func<Action<double>, T> work)
    {
        IAnsiConsole console = Console(_error);
        return !console.Profile.Out.IsTerminal
            ? work(_ => { })
            : console.Progress()
                .AutoClear(true)
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .Start(context =>
                {
                    ProgressTask task = context.AddTask(Markup.Escape(title));
                    return work(done => task.Value = 100 * done);
                });
    }

    /// <summary>Does something of which nobody knows how long it takes: where somebody watches, with a line that counts; else with a plain line every ten seconds, for a log.</summary>
    /// <param name="work">Does it; calls its argument with how many rows there are, how many of them are errors, and how many were there before.</param>
    public T WithCount<T>(Func<Action<long, long, long>, T> work)
    {
        IAnsiConsole console = Console(_error);
        var count = new RowCount();
        if (console.Profile.Out.IsTerminal)
            return console.Status().Start("…", context => work((rows, errors, before) => count.Report(rows, errors, before, TimeSpan.FromSeconds(0.2), line => context.Status(Markup.Escape(line)))));
        return work((rows, errors, before) => count.Report(rows, errors, before, TimeSpan.FromSeconds(10), Note));
    }

    /// <summary>A table in the style of all commands.</summary>
    public static Table Table(params ReadOnlySpan<(string Title, bool IsNumber)> columns)
    {
        Table table = new Table().Border(TableBorder.Simple).Collapse();
        foreach ((string title, bool isNumber) in columns)
            table.AddColumn(new TableColumn(Markup.Escape(title)) { Alignment = isNumber ? Justify.Right : Justify.Left, NoWrap = true });
        return table;
    }

    private static IAnsiConsole Console(TextWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
}
