using System.Collections.Generic;

namespace MobileNetGen.Compiler.Diagnostics;

/// <summary>Every diagnostic there is. <c>docs/diagnostics.md</c> explains each.</summary>
public static class Rules
{
    private static readonly List<Rule> s_all = [];

    /// <summary>A line starts with a word that is neither a statement nor, in a block, a layer.</summary>
    public static readonly Rule UnknownWord = Error("MBN1001", "Unknown word", "'{0}' is not a {1}; {2}");

    /// <summary>Something that a statement or layer needs is missing.</summary>
    public static readonly Rule Missing = Error("MBN1002", "Something is missing", "'{0}' needs {1}, for example: {2}");

    /// <summary>A word that a statement or layer has no use for.</summary>
    public static readonly Rule UnexpectedWord = Error("MBN1003", "Unexpected word", "'{0}' is not understood after '{1}'; {2}");

    /// <summary>A statement, block or option is given twice.</summary>
    public static readonly Rule GivenTwice = Error("MBN1004", "Given twice", "'{0}' is already given in line {1}; keep one of the two");

    /// <summary>A word stands where a number or a name of some form must.</summary>
    public static readonly Rule Malformed = Error("MBN1005", "Malformed value", "'{0}' is not {1}; write for example: {2}");

    /// <summary>A number outside its range.</summary>
    public static readonly Rule OutOfRange = Error("MBN1006", "Out of range", "{0} is {1}; it must be from {2} to {3}");

    /// <summary>A string without its closing quote.</summary>
    public static readonly Rule UnterminatedString = Error("MBN1007", "Unterminated string", "the closing quote '\"' is missing on this line");

    /// <summary>A word that is not one of those allowed.</summary>
    public static readonly Rule NotOneOf = Error("MBN1008", "Not one of the choices", "'{0}' is not {1}; expected one of {2}");

    /// <summary>A network that is not built in and brings no layers of its own.</summary>
    public static readonly Rule UnknownNetwork = Error("MBN1009", "Unknown network", "'{0}' is not a built-in network ({1}) and this file has no 'layers' block; correct the name or describe the layers");

    /// <summary>A statement that every network needs is missing.</summary>
    public static readonly Rule MissingStatement = Error("MBN1010", "Missing statement", "there is no '{0}' statement; add for example: {1}");

    /// <summary>Two statements that exclude each other.</summary>
    public static readonly Rule Conflict = Error("MBN1011", "Conflicting statements", "'{0}' and '{1}' both say {2}; keep one of the two");

    /// <summary>A layer before any block.</summary>
    public static readonly Rule LayerOutsideBlock = Error("MBN1012", "Layer outside a block", "the layer '{0}' stands in {1}");

    /// <summary>A statement that has no meaning together with the rest.</summary>
    public static readonly Rule NoMeaning = Error("MBN1013", "Statement without meaning here", "'{0}' has no meaning {1}; {2}");

    /// <summary>A name that C# does not allow.</summary>
    public static readonly Rule InvalidName = Error("MBN1014", "Invalid name", "'{0}' is not a name that C# allows for a {1}; write for example: {2}");

    /// <summary>Two classes of one name.</summary>
    public static readonly Rule DuplicateClass = Error("MBN1015", "Duplicate class", "the class '{0}' is already generated from {1}; give this one another name with: class {2}");

    /// <summary>An input smaller than the product of the strides.</summary>
    public static readonly Rule ResolutionTooSmall = Error("MBN1101", "Resolution too small", "the input is {0}×{1}, but the strides of this network multiply to {2}; both sides must be at least {2}");

    /// <summary>A reference to a layer that does not exist before this one.</summary>
    public static readonly Rule UnknownLayer = Error("MBN1102", "Unknown layer", "there is no layer '{0}' above this line; the layers so far are {1}");

    /// <summary>An add of two shapes.</summary>
    public static readonly Rule ShapesDiffer = Error("MBN1103", "Shapes differ", "cannot add '{0}' ({1}) to '{2}' ({3}): height, width and channels must be equal");

    /// <summary>Two layers of one name.</summary>
    public static readonly Rule DuplicateLayer = Error("MBN1104", "Duplicate layer name", "a layer is already named '{0}'; choose another name after 'as'");

    /// <summary>A layer that needs a feature map and gets a vector, or the reverse.</summary>
    public static readonly Rule WrongInput = Error("MBN1105", "Layer does not fit its input", "'{0}' needs {1}, but its input '{2}' is {3}; {4}");

    /// <summary>A network too large to compile.</summary>
    public static readonly Rule TooLarge = Error("MBN1106", "Network too large", "{0} has {1}; at most {2} are supported");

    /// <summary>A network without layers, or whose end is no vector.</summary>
    public static readonly Rule IncompleteNetwork = Error("MBN1107", "Incomplete network", "{0}; {1}");

    /// <summary>A softmax over one output, which is 1 whatever the picture.</summary>
    public static readonly Rule SoftmaxOfOne = Error("MBN1108", "Softmax over one output", "softmax over the one output of '{0}' gives 1 for every picture; write 'sigmoid' in its place if that output is to be a probability, or remove it if it is a logit");

    /// <summary>An output that is no layer.</summary>
    public static readonly Rule UnknownOutput = Error("MBN1109", "Unknown output", "there is no layer '{0}' whose result could be one of the network's; the layers are {1}");

    /// <summary>A multiplication of what is not a map and a vector of as many channels.</summary>
    public static readonly Rule FactorsDiffer = Error("MBN1110", "Not a map and its factors", "cannot multiply '{0}' ({1}) by '{2}' ({3}): one must be a map, and the other a vector with a factor for each of its channels");

    /// <summary>The weights file does not exist.</summary>
    public static readonly Rule WeightsMissing = Error("MBN2001", "Weights file not found", "the weights file '{0}' does not exist (looked for {1}); correct the path, which is relative to this file, or use: weights random");

    /// <summary>The labels file does not exist.</summary>
    public static readonly Rule LabelsMissing = Error("MBN2002", "Labels file not found", "the labels file '{0}' does not exist (looked for {1}); correct the path, which is relative to this file, or remove the statement");

    /// <summary>The weights file cannot be read.</summary>
    public static readonly Rule WeightsUnreadable = Error("MBN2003", "Weights file not readable", "the weights file '{0}' cannot be used: {1}");

    /// <summary>A layer of the text and its counterpart in the file differ.</summary>
    public static readonly Rule LayerMismatch = Error("MBN2004", "Weights do not fit the layer", "{0} needs {1}, but '{2}' has {3} in its place; {4}");

    /// <summary>The file has fewer or more layers than the text.</summary>
    public static readonly Rule LayerCount = Error("MBN2005", "Weights have another number of layers", "{0}; {1}");

    /// <summary>The file holds another number format.</summary>
    public static readonly Rule QuantizationMismatch = Error("MBN2006", "Quantization differs", "the network is {0}, but '{1}' is {2}; {3}");

    /// <summary>The labels file has another number of lines than the network has classes.</summary>
    public static readonly Rule LabelCount = Error("MBN2007", "Number of labels", "'{0}' has {1} labels, but the network has {2} outputs; {3}");

    /// <summary>The text asks for a padding that the file contradicts.</summary>
    public static readonly Rule PaddingMismatch = Error("MBN2008", "Padding differs", "{0} needs padding {1} (top, left, bottom, right), but '{2}' has {3}; {4}");

    /// <summary>The labels file cannot be read.</summary>
    public static readonly Rule LabelsUnreadable = Error("MBN2009", "Labels file not readable", "the labels file '{0}' cannot be used: {1}");

    /// <summary>The description itself cannot be read.</summary>
    public static readonly Rule DescriptionUnreadable = Error("MBN2010", "Description not readable", "the description '{0}' cannot be used: {1}");

    /// <summary>The file does something else to pixels than the text.</summary>
    public static readonly Rule NormalizationMismatch = Error("MBN2011", "Normalisation differs", "the network reads pixels as: normalize {0}; but '{1}' {2}; write: normalize {3}");

    /// <summary>Neither the file nor the text says something that results depend on.</summary>
    public static readonly Rule Assumed = Warning("MBN2012", "Assumed, as nothing says it", "'{0}' does not say all that results depend on, and neither does this text, so this is assumed: {1}; write it out if it is right, or what is");

    /// <summary>The file is of a detector with other maps, boxes or classes, or states another decoding.</summary>
    public static readonly Rule DetectorMismatch = Error("MBN2013", "Detector differs", "the detector has {0}, but '{1}' has {2}; {3}");

    /// <summary>The file stores anchors, and they are others than the text's.</summary>
    public static readonly Rule AnchorMismatch = Error("MBN2014", "Anchors differ", "anchor {0} is {1} (y x height width), but {2} in '{3}'; {4}");

    /// <summary>The class of unknown images is none of the labels.</summary>
    public static readonly Rule UnknownClass = Error("MBN2015", "Unknown class is no label", "'{0}', the class of unknown images, is none of the labels in '{1}'; {2}");

    /// <summary>A result of packing, or of a command, cannot be written.</summary>
    public static readonly Rule OutputUnwritable = Error("MBN2080", "Output cannot be written", "'{0}' cannot be written: {1}");

    /// <summary>Memory ran out.</summary>
    public static readonly Rule NotEnoughMemory = Error("MBN2081", "Not enough memory", "{0} needs more memory than there is; close other programs, build fewer projects at once (-m:1), or use a machine with more");

    /// <summary>An exception that is a mistake of ours.</summary>
    public static readonly Rule UnforeseenFailure = Error("MBN2090", "Unforeseen failure", "{0} failed in a way that nobody foresaw: {1}: {2} (in {3}); this is a mistake in MobileNetGen: please report it at https://github.com/mobilenetgen/mobilenetgen/issues with this message and, if you may share it, the file");

    /// <summary>Scratch does not fit the stack budget.</summary>
    public static readonly Rule ScratchOffStack = Info("MBN3001", "Scratch is not on the stack", "{0} needs {1} of scratch, {2} more than its stack budget of {3}; Run takes it from a native buffer that each thread keeps");

    /// <summary>The project does not allow unsafe code.</summary>
    public static readonly Rule UnsafeNotAllowed = Error("MBN3002", "Unsafe code is not allowed", "the code generated for {0} uses pointers, but the project sets AllowUnsafeBlocks to false; set it to true, or remove the setting");

    /// <summary>Native AOT without an instruction set.</summary>
    public static readonly Rule NoInstructionSet = Warning("MBN3003", "Native AOT without an instruction set", "Native AOT compiles without AVX unless told otherwise, which makes networks three to six times slower; set IlcInstructionSet to x86-64-v3 (any x64 processor since about 2015) or x86-64-v4 (AVX-512), or to x86-64-v2 to keep running on older ones without this warning");

    /// <summary>A project in another language than C#.</summary>
    public static readonly Rule NotCSharp = Error("MBN3004", "Project is not in C#", "MobileNetGen generates C#, and this project is in {0}; put the .mbnet files into a C# class library, and reference that from this project");

    /// <summary>A project for an older .NET.</summary>
    public static readonly Rule TargetFramework = Error("MBN3005", "Target framework too old", "networks need .NET 10 or later, and this project targets {0}; set TargetFramework to net10.0, or, in a project with several targets, give the package and the .mbnet files to that one alone");

    /// <summary>A project that asks for an older C#.</summary>
    public static readonly Rule LanguageVersion = Error("MBN3006", "C# version too old", "the generated code is in C# {1}, and this project sets LangVersion to {0}; remove the setting, or set it to {1} or later");

    /// <summary>All rules, by id.</summary>
    public static IReadOnlyList<Rule> All => s_all;

    /// <summary>A layer that is computed for nothing.</summary>
    public static readonly Rule UnreadLayer = Warning("MBN3007", "Result that nothing reads", "nothing reads the result of '{0}', which is computed for nothing; read it, remove the layer, or make it a result of the network with: output {0}");

    private static Rule Error(string id, string title, string format) => Add(new Rule(id, title, format, Severity.Error));

    private static Rule Warning(string id, string title, string format) => Add(new Rule(id, title, format, Severity.Warning));

    private static Rule Info(string id, string title, string format) => Add(new Rule(id, title, format, Severity.Info));

    private static Rule Add(Rule rule)
    {
        s_all.Add(rule);
        return rule;
    }
}
