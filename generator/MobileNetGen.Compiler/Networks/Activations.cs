using System;
using System.Collections.Generic;
using System.Linq;

namespace MobileNetGen.Compiler.Networks;

/// <summary>The words of the activations.</summary>
public static class Activations
{
    private static readonly Activation[] s_all = [Activation.Relu6, Activation.Relu, Activation.HSwish, Activation.HSigmoid, Activation.Linear];

    /// <summary>All of them, in the order in which messages list them.</summary>
    public static IReadOnlyList<string> Words { get; } = [.. s_all.Select(Word)];

    /// <summary>The word of an activation: <c>hswish</c>.</summary>
    public static string Word(this Activation activation) => activation.ToString().ToLowerInvariant();

    /// <summary>Whether it is a range to which values are cut, and not another function.</summary>
    public static bool IsClamp(this Activation activation) => activation is Activation.Linear or Activation.Relu or Activation.Relu6;

    /// <summary>The activation of a word, or null.</summary>
    internal static Activation? Find(string word)
    {
        foreach (Activation activation in s_all)
        {
            if (string.Equals(activation.Word(), word, StringComparison.Ordinal))
                return activation;
        }

        return null;
    }
}
