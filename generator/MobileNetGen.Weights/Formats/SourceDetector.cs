using System.Collections.Immutable;

namespace MobileNetGen.Weights.Formats;

/// <summary>What makes scores of a class predictor's results.</summary>
public enum SourceScores
{
    /// <summary>1 / (1 + e^−x) of each number: TensorFlow's detectors.</summary>
    Sigmoid,

    /// <summary>A softmax over the classes of a box: Caffe's and PyTorch's detectors.</summary>
    Softmax,
}

/// <summary>The predictors of one map.</summary>
/// <param name="Boxes">The value that is the box predictor's result, [1][h][w][boxes · 4]: an index into <see cref="SourceNetwork.Values"/>.</param>
/// <param name="Scores">The value that is the class predictor's result, [1][h][w][boxes · columns].</param>
public sealed record SourceHead(int Boxes, int Scores);

/// <summary>A detector's anchors as its file has them.</summary>
/// <param name="Place">Where they are in the file, for messages.</param>
/// <param name="Boxes">Four numbers an anchor: y and x of the centre, height and width, in parts of the image.</param>
public sealed record SourceAnchors(string Place, ImmutableArray<float> Boxes)
{
    /// <summary>The bytes as stored, which <see cref="Boxes"/> are the meaning of; empty where the file has real numbers.</summary>
    public ImmutableArray<byte> Bytes { get; init; } = [];

    /// <summary>What <see cref="Bytes"/> stand for; null where the file has real numbers.</summary>
    public SourceQuantization? Quantization { get; init; }

    /// <summary>The number of anchors.</summary>
    public int Count => Boxes.Length / 4;
}

/// <summary>How encodings become boxes: what the four numbers are divided by. Caffe's variances are their reciprocals.</summary>
/// <param name="Y">Divides the step down.</param>
/// <param name="X">Divides the step along.</param>
/// <param name="Height">Divides the logarithm of the height.</param>
/// <param name="Width">Divides the logarithm of the width.</param>
/// <param name="IsXFirst">Whether the four are in the order x y w h, as Caffe's and PyTorch's, and not y x h w, as TensorFlow's.</param>
public sealed record SourceCoder(float Y, float X, float Height, float Width, bool IsXFirst);

/// <summary>
/// What stands behind the predictors of a detector, as far as its file states it: what is not stated is null. None of it is computed from a file; it says what the text has to say too.
/// </summary>
/// <param name="Heads">By map, in the order in which the file joins their results.</param>
/// <param name="Columns">The scores of a box, with the background's where there is one.</param>
public sealed record SourceDetector(ImmutableArray<SourceHead> Heads, int Columns)
{
    /// <summary>The operator that does the post-processing, for messages; null where the file has none.</summary>
    public string? Place { get; init; }

    /// <summary>The anchors; null where the file has none.</summary>
    public SourceAnchors? Anchors { get; init; }

    /// <summary>What the bytes of the joined encodings stand for; null in networks of real numbers.</summary>
    public SourceQuantization? EncodingsQuantization { get; init; }

    /// <summary>What the bytes of the joined class predictors stand for, before <see cref="Scores"/>; null in networks of real numbers.</summary>
    public SourceQuantization? LogitsQuantization { get; init; }

    /// <summary>What the bytes of scores stand for; null where those are real.</summary>
    public SourceQuantization? ScoresQuantization { get; init; }

    /// <summary>What makes scores.</summary>
    public SourceScores? Scores { get; init; }

    /// <summary>The box coder.</summary>
    public SourceCoder? Coder { get; init; }

    /// <summary>The intersection over union from which on, exclusively, the box of a lower score is dropped.</summary>
    public float? Overlap { get; init; }

    /// <summary>The score that a box must have.</summary>
    public float? Threshold { get; init; }

    /// <summary>Whether boxes are suppressed only by those of their own class.</summary>
    public bool? IsPerClass { get; init; }

    /// <summary>How many boxes there are at most.</summary>
    public int? Most { get; init; }

    /// <summary>How many classes of a box are given, where boxes of all classes are suppressed together.</summary>
    public int? ClassesPerBox { get; init; }

    /// <summary>How many boxes of a class there are at most, or are looked at.</summary>
    public int? MostPerClass { get; init; }

    /// <summary>The number of classes without the background.</summary>
    public int? Classes { get; init; }

    /// <summary>Whether the first column is the background's.</summary>
    public bool? HasBackground { get; init; }

    /// <summary>The names of the classes, as metadata have them; empty where there are none.</summary>
    public ImmutableArray<string> Labels { get; init; } = [];
}
