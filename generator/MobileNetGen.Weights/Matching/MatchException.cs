using System;
using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;

namespace MobileNetGen.Weights.Matching;

/// <summary>A weights or labels file that does not fit the network's text: a diagnostic on its way to the place that has the text.</summary>
public sealed class MatchException(Rule rule, Place place, params object[] arguments) : Exception(string.Format(System.Globalization.CultureInfo.InvariantCulture, rule.Format, arguments))
{
    /// <summary>Which diagnostic.</summary>
    public Rule Rule => rule;

    /// <summary>The statement it is about.</summary>
    public Place Place => place;

    /// <summary>The arguments of the rule's message.</summary>
    public object[] Arguments => arguments;

    /// <summary>The file's numbers are of another type than the text's.</summary>
    internal static MatchException QuantizationDiffers(Network network, Quantization found, Quantization foundInput, Quantization foundOutput)
    {
        string text = Text(found, foundInput, foundOutput), remedy = found == Quantization.Float32 ? ", or make a quantised file of it with: mbnet quantize" : "";
        return new MatchException(
            Rules.QuantizationMismatch, Place.Statement("quantization"), Text(network.Quantization, network.InputType, network.OutputType), network.Weights.FileNames, text, $"write: quantization {text}{remedy}");

        static string Text(Quantization quantization, Quantization input, Quantization output)
        {
            string word = quantization.ToString().ToLowerInvariant(), ends = input.ToString().ToLowerInvariant();
            return quantization == input && input == output ? word : $"{word} io {ends}{(input == output ? "" : " " + output.ToString().ToLowerInvariant())}";
        }
    }
}
