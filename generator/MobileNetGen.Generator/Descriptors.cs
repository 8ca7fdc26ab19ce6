using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using MobileNetGen.Compiler.Diagnostics;
using Diagnostic = Microsoft.CodeAnalysis.Diagnostic;
using Found = MobileNetGen.Compiler.Diagnostics.Diagnostic;

namespace MobileNetGen.Generator;

/// <summary>
/// The compiler's rules as Roslyn knows them. Those of weights and of the build are reported by others; they stand here so that all are in the
/// release lists. They are written out, one a field, because that is what release tracking reads.
/// </summary>
internal static class Descriptors
{
    private const string HelpLink = "https://github.com/mobilenetgen/mobilenetgen/blob/main/docs/diagnostics.md#";

    // The compiler has formatted the message already.
    private const string Message = "{0}";

    private const string Language = "MobileNetGen.Language";
    private const string Weights = "MobileNetGen.Weights";
    private const string Project = "MobileNetGen.Project";

    public static readonly DiagnosticDescriptor UnknownWord = new("MBN1001", "Unknown word", Message, Language, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn1001");
    public static readonly DiagnosticDescriptor Missing = new("MBN1002", "Something is missing", Message, Language, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn1002");
    public static readonly DiagnosticDescriptor UnexpectedWord = new("MBN1003", "Unexpected word", Message, Language, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn1003");
    public static readonly DiagnosticDescriptor GivenTwice = new("MBN1004", "Given twice", Message, Language, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn1004");
    public static readonly DiagnosticDescriptor Malformed = new("MBN1005", "Malformed value", Message, Language, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn1005");
    public static readonly DiagnosticDescriptor OutOfRange = new("MBN1006", "Out of range", Message, Language, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn1006");
    public static readonly DiagnosticDescriptor UnterminatedString = new("MBN1007", "Unterminated string", Message, Language, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn1007");
    public static readonly DiagnosticDescriptor NotOneOf = new("MBN1008", "Not one of the choices", Message, Language, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn1008");
    public static readonly DiagnosticDescriptor UnknownNetwork = new("MBN1009", "Unknown network", Message, Language, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn1009");
    public static readonly DiagnosticDescriptor MissingStatement = new("MBN1010", "Missing statement", Message, Language, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn1010");
    public static readonly DiagnosticDescriptor Conflict = new("MBN1011", "Conflicting statements", Message, Language, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn1011");
    public static readonly DiagnosticDescriptor LayerOutsideBlock = new("MBN1012", "Layer outside a block", Message, Language, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn1012");
    public static readonly DiagnosticDescriptor NoMeaning = new("MBN1013", "Statement without meaning here", Message, Language, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn1013");
    public static readonly DiagnosticDescriptor InvalidName = new("MBN1014", "Invalid name", Message, Language, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn1014");
    public static readonly DiagnosticDescriptor DuplicateClass = new("MBN1015", "Duplicate class", Message, Language, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn1015");
    public static readonly DiagnosticDescriptor ResolutionTooSmall = new("MBN1101", "Resolution too small", Message, Language, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn1101");
    public static readonly DiagnosticDescriptor UnknownLayer = new("MBN1102", "Unknown layer", Message, Language, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn1102");
    public static readonly DiagnosticDescriptor ShapesDiffer = new("MBN1103", "Shapes differ", Message, Language, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn1103");
    public static readonly DiagnosticDescriptor DuplicateLayer = new("MBN1104", "Duplicate layer name", Message, Language, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn1104");
    public static readonly DiagnosticDescriptor WrongInput = new("MBN1105", "Layer does not fit its input", Message, Language, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn1105");
    public static readonly DiagnosticDescriptor TooLarge = new("MBN1106", "Network too large", Message, Language, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn1106");
    public static readonly DiagnosticDescriptor IncompleteNetwork = new("MBN1107", "Incomplete network", Message, Language, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn1107");
    public static readonly DiagnosticDescriptor SoftmaxOfOne = new("MBN1108", "Softmax over one output", Message, Language, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn1108");
    public static readonly DiagnosticDescriptor UnknownOutput = new("MBN1109", "Unknown output", Message, Language, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn1109");
    public static readonly DiagnosticDescriptor FactorsDiffer = new("MBN1110", "Not a map and its factors", Message, Language, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn1110");
    public static readonly DiagnosticDescriptor WeightsMissing = new("MBN2001", "Weights file not found", Message, Weights, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn2001");
    public static readonly DiagnosticDescriptor LabelsMissing = new("MBN2002", "Labels file not found", Message, Weights, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn2002");
    public static readonly DiagnosticDescriptor WeightsUnreadable = new("MBN2003", "Weights file not readable", Message, Weights, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn2003");
    public static readonly DiagnosticDescriptor LayerMismatch = new("MBN2004", "Weights do not fit the layer", Message, Weights, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn2004");
    public static readonly DiagnosticDescriptor LayerCount = new("MBN2005", "Weights have another number of layers", Message, Weights, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn2005");
    public static readonly DiagnosticDescriptor QuantizationMismatch = new("MBN2006", "Quantization differs", Message, Weights, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn2006");
    public static readonly DiagnosticDescriptor LabelCount = new("MBN2007", "Number of labels", Message, Weights, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn2007");
    public static readonly DiagnosticDescriptor PaddingMismatch = new("MBN2008", "Padding differs", Message, Weights, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn2008");
    public static readonly DiagnosticDescriptor LabelsUnreadable = new("MBN2009", "Labels file not readable", Message, Weights, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn2009");
    public static readonly DiagnosticDescriptor DescriptionUnreadable = new("MBN2010", "Description not readable", Message, Weights, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn2010");
    public static readonly DiagnosticDescriptor NormalizationMismatch = new("MBN2011", "Normalisation differs", Message, Weights, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn2011");
    public static readonly DiagnosticDescriptor Assumed = new("MBN2012", "Assumed, as nothing says it", Message, Weights, DiagnosticSeverity.Warning, true, helpLinkUri: HelpLink + "mbn2012");
    public static readonly DiagnosticDescriptor DetectorMismatch = new("MBN2013", "Detector differs", Message, Weights, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn2013");
    public static readonly DiagnosticDescriptor AnchorMismatch = new("MBN2014", "Anchors differ", Message, Weights, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn2014");
    public static readonly DiagnosticDescriptor UnknownClass = new("MBN2015", "Unknown class is no label", Message, Weights, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn2015");
    public static readonly DiagnosticDescriptor OutputUnwritable = new("MBN2080", "Output cannot be written", Message, Weights, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn2080");
    public static readonly DiagnosticDescriptor NotEnoughMemory = new("MBN2081", "Not enough memory", Message, Weights, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn2081");
    public static readonly DiagnosticDescriptor UnforeseenFailure = new("MBN2090", "Unforeseen failure", Message, Weights, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn2090");
    public static readonly DiagnosticDescriptor ScratchOffStack = new("MBN3001", "Scratch is not on the stack", Message, Project, DiagnosticSeverity.Info, true, helpLinkUri: HelpLink + "mbn3001");
    public static readonly DiagnosticDescriptor UnsafeNotAllowed = new("MBN3002", "Unsafe code is not allowed", Message, Project, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn3002");
    public static readonly DiagnosticDescriptor NoInstructionSet = new("MBN3003", "Native AOT without an instruction set", Message, Project, DiagnosticSeverity.Warning, true, helpLinkUri: HelpLink + "mbn3003");
    public static readonly DiagnosticDescriptor NotCSharp = new("MBN3004", "Project is not in C#", Message, Project, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn3004");
    public static readonly DiagnosticDescriptor TargetFramework = new("MBN3005", "Target framework too old", Message, Project, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn3005");
    public static readonly DiagnosticDescriptor LanguageVersion = new("MBN3006", "C# version too old", Message, Project, DiagnosticSeverity.Error, true, helpLinkUri: HelpLink + "mbn3006");
    public static readonly DiagnosticDescriptor UnreadLayer = new("MBN3007", "Result that nothing reads", Message, Project, DiagnosticSeverity.Warning, true, helpLinkUri: HelpLink + "mbn3007");

    /// <summary>All rules, by id.</summary>
    public static ImmutableArray<DiagnosticDescriptor> All { get; } =
    [
        UnknownWord, Missing, UnexpectedWord, GivenTwice, Malformed, OutOfRange, UnterminatedString, NotOneOf, UnknownNetwork,
        MissingStatement, Conflict, LayerOutsideBlock, NoMeaning, InvalidName, DuplicateClass, ResolutionTooSmall, UnknownLayer,
        ShapesDiffer, DuplicateLayer, WrongInput, TooLarge, IncompleteNetwork, SoftmaxOfOne, UnknownOutput, FactorsDiffer, WeightsMissing, LabelsMissing, WeightsUnreadable,
        LayerMismatch, LayerCount, QuantizationMismatch, LabelCount, PaddingMismatch, LabelsUnreadable, DescriptionUnreadable,
        NormalizationMismatch, Assumed, DetectorMismatch, AnchorMismatch, UnknownClass, OutputUnwritable, NotEnoughMemory, UnforeseenFailure, ScratchOffStack, UnsafeNotAllowed, NoInstructionSet, NotCSharp,
        TargetFramework, LanguageVersion, UnreadLayer,
    ];

    /// <summary>What the compiler found, at its place in the file.</summary>
    public static Diagnostic At(Found found)
    {
        var lines = new LinePositionSpan(new(found.Start.Line, found.Start.Column), new(found.End.Line, found.End.Column));
        var location = Location.Create(found.Path, new TextSpan(found.Span.Start, found.Span.Length), lines);
        return Diagnostic.Create(All.First(d => d.Id == found.Rule.Id), location, found.Message);
    }
}
