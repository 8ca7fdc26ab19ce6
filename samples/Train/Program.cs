using System;
using System.CommandLine;
using System.CommandLine.Invocation;
using System.IO;
using MobileNetGen.Samples.Train;
using MobileNetGen.Samples.Train.Data;

try
{
    ParseResult command = TrainCommand.Create().Parse(args);
    return command.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception failure) when (failure is TrainingException or DatasetException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(failure.Message);
    return 1;
}
