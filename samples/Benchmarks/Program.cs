using System;
using System.CommandLine;
using System.CommandLine.Invocation;
using System.IO;
using Microsoft.ML.OnnxRuntime;
using MobileNetGen.Samples.Benchmarks;
using MobileNetGen.Samples.Benchmarks.Measurement;

// Before anything that costs time or memory which is not the engine's, the libraries included that commands need.
return args is [FirstResult.Option, ..] ? FirstResult.RunChild(args) : RunCommand(args);

static int RunCommand(string[] args)
{
    try
    {
        ParseResult command = BenchmarkCommand.Create().Parse(args);
        if (command.Action is ParseErrorAction error)
            error.ShowHelp = false;
        return command.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }
    catch (Exception failure) when (failure is BenchmarkException or IOException or UnauthorizedAccessException or OnnxRuntimeException)
    {
        Console.Error.WriteLine(failure.Message);
        return 1;
    }
}
