using System;
using System.Threading;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;

namespace MobileNetGen.Weights.Matching;

/// <summary>The stages between a description's files and its packed network. Whatever fails in one becomes a diagnostic, at a place in the text, that names the stage.</summary>
public static class WorkStage
{
    private static readonly AsyncLocal<Action<string>?> s_entered = new();

    /// <summary>Called with the name of every stage that is entered: a test's way to make one fail. Null, and nothing but tests can set it.</summary>
    internal static Action<string>? Entered
    {
        get => s_entered.Value;
        set => s_entered.Value = value;
    }

    /// <summary>Runs a stage.</summary>
    /// <param name="name">What it does, as the subject of a sentence: <c>packing the weights</c>.</param>
    /// <param name="place">The statement that it is about.</param>
    /// <param name="work">Does it.</param>
    /// <exception cref="MatchException">It failed, foreseen or not.</exception>
    /// <exception cref="WeightsException">A file is malformed.</exception>
    public static T Run<T>(string name, Place place, Func<T> work)
    {
        try
        {
            Entered?.Invoke(name);
            return work();
        }
        catch (Exception error) when (error is not (MatchException or WeightsException))
        {
            throw new MatchException(Failure.RuleOf(error), place, Failure.Arguments(name, error));
        }
    }
}
