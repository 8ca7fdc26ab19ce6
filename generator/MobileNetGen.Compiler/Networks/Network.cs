using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks.Detection;
using MobileNetGen.Compiler.Networks.Operators;

namespace MobileNetGen.Compiler.Networks;

/// <summary>Where weights come from: files, or a seed.</summary>
/// <param name="Files">Paths as written, with placeholders replaced, relative to the <c>.mbnet</c> file and read in order; empty for random weights.</param>
/// <param name="Seed">The seed of random weights.</param>
public sealed record WeightsSource(EquatableArray<string> Files, ulong Seed)
{
    /// <summary>Whether weights are random.</summary>
    public bool IsRandom => Files.Count == 0;

    /// <summary>Whether random weights are spread evenly over their range, instead of as trained ones are.</summary>
    public bool IsUniform { get; init; }

    /// <summary>The files as messages name them, between quotes.</summary>
    public string FileNames => string.Join("\", \"", Files);
}

/// <summary>The map from a pixel to a float32 network's input: (p − mean) / std, one number each or one a channel.</summary>
public sealed record Normalization(EquatableArray<decimal> Mean, EquatableArray<decimal> Std);

/// <summary>When a classifier's prediction is not known: the image is likely to show none of its classes.</summary>
/// <param name="Below">The probability below which it is not, between 0 and 1; null where none is given.</param>
/// <param name="ClassName">The class of images that show none of the others, as the labels have it; null where there is none.</param>
public sealed record UnknownRule(decimal? Below, string? ClassName);

/// <summary>One network with everything decided that its text decides. Weights supply only numbers.</summary>
public sealed record Network
{
    /// <summary>The name by which layers refer to the network's input.</summary>
    public const string InputName = "input";

    /// <summary>Name of the generated class.</summary>
    public required string ClassName { get; init; }

    /// <summary>Its namespace if the text gives one, else null: the project's root namespace.</summary>
    public required string? Namespace { get; init; }

    /// <summary>Name of the architecture, as in <c>network MobileNetV2</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Width multiplier α.</summary>
    public required decimal Alpha { get; init; }

    /// <summary>Shape of the input image.</summary>
    public required Shape Input { get; init; }

    /// <summary>Channel order of the input image.</summary>
    public required PixelOrder Order { get; init; }

    /// <summary>Arithmetic of the layers.</summary>
    public required Quantization Quantization { get; init; }

    /// <summary>Type of the input: that of the layers unless the network converts at its start.</summary>
    public required Quantization InputType { get; init; }

    /// <summary>Type of the output: that of the layers unless the network converts at its end, which a detector does not.</summary>
    public required Quantization OutputType { get; init; }

    /// <summary>Rounding of int8 convolutions.</summary>
    public required RoundingMode Rounding { get; init; }

    /// <summary>The padding that the text demands, or null to follow the weights' format.</summary>
    public required PaddingRule? Padding { get; init; }

    /// <summary>Where weights come from.</summary>
    public required WeightsSource Weights { get; init; }

    /// <summary>ε of batch normalisations, or null for the weights' own or their format's default.</summary>
    public required decimal? Epsilon { get; init; }

    /// <summary>The labels file, if one is named.</summary>
    public required string? Labels { get; init; }

    /// <summary>When a prediction is not known; null where all are.</summary>
    public UnknownRule? Unknown { get; init; }

    /// <summary>Pixel normalisation of a float32 network.</summary>
    public required Normalization Normalization { get; init; }

    /// <summary>Stack that one call may take, in bytes.</summary>
    public required long StackBudget { get; init; }

    /// <summary>The most threads that may share an image; 1 where callers cannot ask for that.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Where the weights go.</summary>
    public required Bake Bake { get; init; }

    /// <summary>The layers, each after those it reads.</summary>
    public required EquatableArray<Layer> Layers { get; init; }

    /// <summary>The results that callers get: the last layer's first, then the others in the order in which the text names them; of a detector boxes and scores, map after map.</summary>
    public required EquatableArray<NetworkOutput> Outputs { get; init; }

    /// <summary>What makes boxes of the results; null for a network that is no detector.</summary>
    public Detector? Detector { get; init; }

    /// <summary>How a picture of another shape is brought to the input.</summary>
    public Fit Fit { get; init; }

    /// <summary>The byte of which the bars of a letterbox are.</summary>
    public int Bars { get; init; }

    /// <summary>How pixels are made of the picture's.</summary>
    public Resampling Resampling { get; init; }

    /// <summary>The first words of the statements, blocks and lines of a block <c>detector</c> of the user's own file: what they say is not assumed. What a built-in network or the language adds is not among them.</summary>
    public EquatableArray<string> Written { get; init; }

    /// <summary>The class name with the namespace that the text gives, if any: unique in a project.</summary>
    public string QualifiedName => Namespace is null ? ClassName : $"{Namespace}.{ClassName}";

    /// <summary>Whether the first output is a vector, which stays in scratch until the network has run: callers may want no more than its best class.</summary>
    public bool KeepsOutput => Outputs[0].IsVector;

    /// <summary>The outputs that are stored where the caller wants them as soon as they, or rows of them, are there.</summary>
    public IEnumerable<NetworkOutput> StoredOutputs => Outputs.Skip(KeepsOutput ? 1 : 0);

    /// <summary>Number of values of the first output, the last layer's.</summary>
    public int OutputLength => Outputs[0].Length;

    /// <summary>What the values of the first output mean.</summary>
    public ResultMeaning Meaning => Layers[Layers.Count - 1].Operator.Meaning;

    /// <summary>How many names a labels file has: one for each class of a detector, else for each output, but two where the only output is the probability of the second of two classes.</summary>
    public int LabelCount => Detector?.Classes ?? (EndsInSigmoid && OutputLength == 1 ? 2 : OutputLength);

    /// <summary>Whether the outputs are probabilities of classes of which one is true.</summary>
    public bool EndsInSoftmax => Meaning == ResultMeaning.Probabilities;

    /// <summary>Whether the outputs are probabilities of classes of which several, or none, may be true; one output is the probability of the second of two.</summary>
    public bool EndsInSigmoid => Meaning == ResultMeaning.IndependentProbabilities;

    /// <summary>Whether the outputs are probabilities.</summary>
    public bool EndsInProbabilities => EndsInSoftmax || EndsInSigmoid;

    /// <summary>Multiply-adds of all layers.</summary>
    public long MultiplyAdds => Layers.Sum(l => l.MultiplyAdds);

    /// <summary>Parameters as the papers count them: weights and the classifier's biases, without batch normalisation.</summary>
    public long Parameters => Layers.Sum(l => l.Parameters);

    /// <summary>Whether the user's own file has a statement, block or line of a detector of a word.</summary>
    public bool IsWritten(string keyword) => Written.Contains(keyword);

    /// <summary>The layers that are computed for nothing: no layer reads them, and no caller.</summary>
    public IEnumerable<Layer> UnreadLayers => Layers.Where(l => !Readers(l.Name).Any() && Outputs.All(o => o.Layer != l.Name));

    /// <summary>The layers that read a layer's result.</summary>
    public IEnumerable<Layer> Readers(string name) => Layers.Where(l => l.Inputs.Contains(name));
}
