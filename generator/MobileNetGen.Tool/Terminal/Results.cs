using System;
using System.IO;
using System.Text;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Descriptions;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Tool.Terminal;

/// <summary>The files that commands write.</summary>
internal static class Results
{
    /// <summary>Writes a text, in UTF-8.</summary>
    /// <exception cref="InputException">It cannot be written.</exception>
    public static void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes bytes.</summary>
    /// <exception cref="InputException">They cannot be written.</exception>
    public static void Write(string path, byte[] bytes) => Write(path, () => File.WriteAllBytes(path, bytes));

    /// <summary>Copies a file, into a folder that is made where it is not there.</summary>
    /// <returns>The copy.</returns>
    /// <exception cref="InputException">It cannot be written.</exception>
    public static string Copy(string original, string copy)
    {
        Write(copy, () =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(original, copy);
        });
        return copy;
    }

    /// <summary>Lets something write a file.</summary>
    /// <exception cref="InputException">It cannot be written.</exception>
    public static void Write(string path, Action write)
    {
        try
        {
            OutputFile.Writing(path, Place.Text, write);
        }
        catch (MatchException error)
        {
            throw new InputException($"error {error.Rule.Id}: {error.Message}");
        }
    }
}
