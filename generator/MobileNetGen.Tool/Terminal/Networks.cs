using System;
using System.CommandLine;
using System.Linq;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Weights.Descriptions;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Matching;

namespace MobileNetGen.Tool.Terminal;

/// <summary>The argument that names a <c>.mbnet</c> file, and how commands read it.</summary>
internal static class Networks
{
    /// <summary>The argument.</summary>
    public static Argument<string> Argument() => new("net") { Description = "The .mbnet file." };

    /// <summary>The option that chooses one of the classes of a file whose <c>alpha</c> or <c>resolution</c> is a list.</summary>
    public static Option<string?> ClassOption() => new("--class") { Description = "Of a file with several networks, the one with this class name.", HelpName = "name" };

    /// <summary>Reads and compiles a description.</summary>
    /// <exception cref="InputException">It has errors.</exception>
    public static Description Read(string file)
    {
        Description description = Description.Read(file);
        if (description.Plans.Count == 0 && !file.EndsWith(".mbnet", StringComparison.OrdinalIgnoreCase) && WeightsFile.IsOne(file))
            throw new InputException($"{file}: this is a weights file. Write its description first: mbnet import {file} -o net.mbnet");
        Diagnostic[] errors = [.. description.Diagnostics.Where(d => d.Rule.Severity == Severity.Error)];
        return errors.Length == 0 ? description : throw new InputException(errors);
    }

    /// <summary>The one network that a command is about.</summary>
    /// <exception cref="InputException">There are several and none is chosen, or there is none of that name.</exception>
    public static Plan Choose(Description description, string? className)
    {
        if (description.Plans.Count == 1 && className is null)
            return description.Plans[0];
        string names = string.Join(", ", description.Plans.Select(p => p.Network.ClassName));
        return description.Plans.FirstOrDefault(p => p.Network.ClassName == className)
            ?? throw new InputException(className is null
                ? $"{description.File} has {description.Plans.Count} networks: choose one with --class: {names}."
                : $"{description.File} has no network {className}; it has {names}.");
    }

    /// <summary>Does something with weights and labels, whose errors belong to a place in the text.</summary>
    /// <exception cref="InputException">They cannot be read or do not fit.</exception>
    public static T With<T>(Description description, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (MatchException error)
        {
            throw new InputException(description.At(error));
        }
    }
}
