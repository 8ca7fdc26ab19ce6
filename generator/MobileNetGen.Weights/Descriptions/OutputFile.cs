using System;
using System.IO;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Weights.Descriptions;

/// <summary>Writes results; what goes wrong there is said of the file that was to be written.</summary>
internal static class OutputFile
{
    /// <summary>Writes something.</summary>
    /// <param name="path">The file or folder, for the message.</param>
    /// <param name="place">The statement of the description that it is for.</param>
    /// <param name="write">Writes it.</param>
    /// <exception cref="MatchException">It cannot be written.</exception>
    public static void Writing(string path, Place place, Action write) => WorkStage.Run($"writing '{path}'", place, () =>
    {
        try
        {
            write();
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new MatchException(Rules.OutputUnwritable, place, path, error.Message);
        }
    });
}
