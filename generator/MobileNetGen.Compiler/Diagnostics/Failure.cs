using System;
using System.Diagnostics;
using System.Linq;
using System.Reflection;

namespace MobileNetGen.Compiler.Diagnostics;

/// <summary>An exception that nobody foresaw, in the words of a diagnostic: that is what users get instead.</summary>
public static class Failure
{
    /// <summary>The rule that tells of an exception.</summary>
    public static Rule RuleOf(Exception error) => Cause(error) is OutOfMemoryException ? Rules.NotEnoughMemory : Rules.UnforeseenFailure;

    /// <summary>The arguments of the rule's message.</summary>
    /// <param name="stage">What failed, such as <c>reading the weights</c>.</param>
    /// <param name="error">The exception.</param>
    public static object[] Arguments(string stage, Exception error)
    {
        Exception cause = Cause(error);
        return [stage, cause.GetType().Name, string.Join(" ", cause.Message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries)), Place(cause)];
    }

    /// <summary>A diagnostic about a whole file, for where there is no better place.</summary>
    public static Diagnostic In(string path, string stage, Exception error)
    {
        Rule rule = RuleOf(error);
        return new Diagnostic(rule, path, default, default, default, string.Format(System.Globalization.CultureInfo.InvariantCulture, rule.Format, Arguments(stage, error)));
    }

    private static Exception Cause(Exception error) =>
        error is AggregateException or TargetInvocationException or TypeInitializationException && error.InnerException is { } inner ? Cause(inner) : error;

    /// <summary>The innermost method of ours: what was called from there is known to work.</summary>
    private static string Place(Exception error) => (new StackTrace(error).GetFrames() ?? [])
        .Select(frame => frame.GetMethod())
        .Where(method => method?.DeclaringType?.FullName is { } type && type.StartsWith("MobileNetGen.", StringComparison.Ordinal))
        .Select(method => $"{Written(method!.DeclaringType!).Name}.{Written(method.Name)}")
        .FirstOrDefault() ?? "an unknown place";

    /// <summary>The class that somebody wrote, for one that the compiler made of a lambda.</summary>
    private static Type Written(Type type) => type.Name[0] == '<' && type.DeclaringType is { } outer ? Written(outer) : type;

    private static string Written(string method) => method[0] == '<' && method.IndexOf('>') is > 1 and int end ? method.Substring(1, end - 1) : method;
}
