using System;

namespace MobileNetGen.AspNetCore;

/// <summary>A request has no result, for a reason that its sender is told.</summary>
/// <param name="problem">Of which kind it is.</param>
/// <param name="message">What is wrong, for people.</param>
internal sealed class InferenceException(Problem problem, string message) : Exception(message)
{
    private const int LongestQuote = 64;

    /// <summary>Of which kind it is.</summary>
    public Problem Problem => problem;

    /// <summary>A word of a request as messages repeat it: not all of it, however long it is.</summary>
    public static string Quoted(string? word) => word is null ? "" : word.Length <= LongestQuote ? word : word[..LongestQuote] + "…";
}
