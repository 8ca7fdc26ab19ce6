using System.CommandLine;
using System.Globalization;

namespace MobileNetGen.Tool.Terminal;

/// <summary>Ranges of numbers on the command line.</summary>
internal static class Ranges
{
    /// <summary>Refuses whole numbers outside a range. What is no number at all, the parser refuses by itself.</summary>
    public static void MustBeBetween(this Option option, int minimum, int maximum) => option.Validators.Add(result =>
    {
        if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out int value) && (value < minimum || value > maximum))
            result.AddError($"{option.Name} is {value}; it must be from {minimum} to {maximum}.");
    });
}
