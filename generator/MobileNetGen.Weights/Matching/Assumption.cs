namespace MobileNetGen.Weights.Matching;

/// <summary>Something that results depend on and neither a weights file nor a network's text says.</summary>
/// <param name="Statement">What was taken for it, as the language has it: <c>padding symmetric</c>. Written into the text it is no assumption any more.</param>
/// <param name="Reason">Why, or what would be likelier: "as torchvision's networks have it".</param>
public sealed record Assumption(string Statement, string Reason)
{
    /// <summary><c>padding symmetric (as torchvision's networks have it)</c>.</summary>
    public override string ToString() => Reason.Length == 0 ? Statement : $"{Statement} ({Reason})";
}
