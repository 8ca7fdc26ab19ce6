using System.Collections.Immutable;
using System.Globalization;
using System.Linq;

namespace MobileNetGen.Weights.Formats;

/// <summary>How a format's networks pad where neither the file nor the description says.</summary>
public enum PaddingConvention
{
    /// <summary>TensorFlow's SAME: just enough for ⌈n / stride⌉ outputs, the odd row at the end.</summary>
    Same,

    /// <summary>PyTorch's and Caffe's: ⌊kernel / 2⌋ on every side.</summary>
    Symmetric,
}

/// <summary>What is true of every file of one format.</summary>
/// <param name="Name">As its users call it: "TensorFlow Lite".</param>
/// <param name="Padding">Its padding by convention.</param>
public sealed record SourceFormat(string Name, PaddingConvention Padding);

/// <summary>What a weights file holds, in terms that do not depend on its format.</summary>
/// <param name="Format">The facts of the file's format.</param>
public abstract record SourceModel(SourceFormat Format)
{
    private readonly SourceConventions? _conventions;

    /// <summary>What is assumed where the file does not say: by its producer, names and data, where they tell, and only then by its format.</summary>
    public SourceConventions Conventions
    {
        get => _conventions ?? SourceConventions.Of(Format);
        init => _conventions = value;
    }

    /// <summary>What the file says is to be done to pixels before its input, as metadata do; null where it does not say.</summary>
    public SourceNormalization? Normalization { get; init; }

    /// <summary>Tensors and the like that are no part of a network and were left aside, by name, for messages.</summary>
    public ImmutableArray<string> LeftAside { get; init; } = [];

    /// <summary>What a user should know of how the file was read, for messages: whole sentences without a full stop.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>One model of two files that were cut from it, in the order they run.</summary>
    /// <exception cref="WeightsException">The files do not fit together.</exception>
    public static SourceModel Chain(SourceModel first, SourceModel second)
    {
        if (first.Format != second.Format)
            throw new WeightsException($"A {second.Format.Name} file cannot follow a {first.Format.Name} file: files that make up one network have one format.");
        return (first, second) switch
        {
            (SourceNetwork a, SourceNetwork b) => SourceNetwork.Chain(a, b),
            (SourceParameters a, SourceParameters b) => a with { Filters = a.Filters.AddRange(b.Filters) },
            _ => throw new WeightsException($"One {first.Format.Name} file holds a network and the other parameters alone: files that make up one network are of one kind."),
        };
    }
}

/// <summary>The type, shape and meaning of what flows between operators.</summary>
/// <param name="Name">The name in the file, for messages only.</param>
/// <param name="Type">The type of the elements.</param>
/// <param name="Shape">
/// Outermost first; [1][h][w][c] for maps, whatever order the format has. Every size is positive. Dimensions of size 1 may come and go
/// between an operator's result and its reader: reshapes that do no more than that are not operators.
/// </param>
/// <param name="Quantization">Per tensor; null exactly where the elements are real numbers.</param>
public sealed record SourceValue(string Name, ElementType Type, ImmutableArray<int> Shape, SourceQuantization? Quantization)
{
    /// <summary>
    /// The smallest and largest real number that a quantised value can stand for, else infinities. Computed in double precision from the
    /// single-precision scale, so [0, 6] comes out as nearly 6.
    /// </summary>
    public (double Minimum, double Maximum) RealRange => Quantization is not { } q
        ? (double.NegativeInfinity, double.PositiveInfinity)
        : Type == ElementType.Int8
            ? ((double)q.Scale * (sbyte.MinValue - q.ZeroPoint), (double)q.Scale * (sbyte.MaxValue - q.ZeroPoint))
            : ((double)q.Scale * (byte.MinValue - q.ZeroPoint), (double)q.Scale * (byte.MaxValue - q.ZeroPoint));
}

/// <summary>A trained network as its file has it, in terms that do not depend on the file's format.</summary>
/// <param name="Format">The facts of the file's format.</param>
/// <param name="Operators">In an order of execution: every value is produced, once, before it is read.</param>
/// <param name="Values">The values that <paramref name="Operators"/> name by index; each is an input or the output of one operator.</param>
/// <param name="Inputs">The values fed from outside: indices into <paramref name="Values"/>.</param>
/// <param name="Outputs">The values that are results: indices into <paramref name="Values"/>.</param>
public sealed record SourceNetwork(
    SourceFormat Format,
    ImmutableArray<SourceOperator> Operators,
    ImmutableArray<SourceValue> Values,
    ImmutableArray<int> Inputs,
    ImmutableArray<int> Outputs) : SourceModel(Format)
{
    /// <summary>What the file does to its input before the first operator; null where it does nothing.</summary>
    public SourcePreprocessing? Preprocessing { get; init; }

    /// <summary>What stands behind the predictors of a detector, whose results are <see cref="Outputs"/>: boxes and scores of one map after the other. Null for other networks.</summary>
    public SourceDetector? Detector { get; init; }

    /// <summary>Whether neither the file nor a text says how large the picture is, so that the size of the input is a guess.</summary>
    public bool AssumesInputSize { get; init; }

    /// <summary>One network that runs <paramref name="second"/> on what <paramref name="first"/> produces.</summary>
    /// <exception cref="WeightsException">
    /// The seam does not fit: not one output and one input, or their shapes (but for dimensions of size 1), types, scales or zero points differ.
    /// </exception>
    internal static SourceNetwork Chain(SourceNetwork first, SourceNetwork second)
    {
        if (first.Outputs.Length != 1 || second.Inputs.Length != 1)
        {
            throw new WeightsException(
                $"Files can be chained where the first has one output and the second one input; they have {first.Outputs.Length} and {second.Inputs.Length}.");
        }

        if (second.Preprocessing is { } preprocessing)
            throw new WeightsException($"{preprocessing.Place}, of the second file, changes its input as only the first file can, which gets the pixels. Give files that were cut from one network, in the order they run.");
        SourceValue output = first.Values[first.Outputs[0]];
        SourceValue input = second.Values[second.Inputs[0]];
        if (output.Type != input.Type
            || !output.Shape.Where(size => size != 1).SequenceEqual(input.Shape.Where(size => size != 1))
            || output.Quantization != input.Quantization)
        {
            throw new WeightsException(
                $"The first file ends in {Describe(output)} and the second begins with {Describe(input)}: shape, type, scale and zero point must be equal. "
                + "Give files that were cut from one network, in the order they run.");
        }

        // The second file's values go behind the first's, except its input, which is the first's output.
        int Renumber(int index) => index == second.Inputs[0] ? first.Outputs[0] : first.Values.Length + index - (index > second.Inputs[0] ? 1 : 0);

        return first with
        {
            Operators = first.Operators.AddRange(second.Operators.Select(step => step with
            {
                Inputs = [.. step.Inputs.Select(Renumber)],
                Output = Renumber(step.Output),
            })),
            Values = first.Values.AddRange(second.Values.RemoveAt(second.Inputs[0])),
            Outputs = [.. second.Outputs.Select(Renumber)],
            Detector = second.Detector is { } detector
                ? detector with { Heads = [.. detector.Heads.Select(head => new SourceHead(Renumber(head.Boxes), Renumber(head.Scores)))] }
                : null,
            Notes = [.. first.Notes, .. second.Notes],
        };
    }

    private static string Describe(SourceValue value)
    {
        string shape = "[" + string.Join(", ", value.Shape) + "]";
        string quantization = value.Quantization is { } q
            ? string.Create(CultureInfo.InvariantCulture, $", scale {q.Scale:R}, zero point {q.ZeroPoint}")
            : "";
        return $"{value.Type} {shape}{quantization}";
    }
}
