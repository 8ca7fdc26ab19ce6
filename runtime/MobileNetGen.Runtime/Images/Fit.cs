namespace MobileNetGen.Runtime;

/// <summary>What becomes of an image whose shape is not that of the network's input.</summary>
public enum Fit
{
    /// <summary>It is stretched to the input's shape.</summary>
    Stretch,

    /// <summary>It keeps its shape and lies in the upper left corner; a bar below it or on its right fills the input, as face-api.js has it.</summary>
    Letterbox,

    /// <summary>It keeps its shape and lies in the middle between two bars, the first of which is not the larger.</summary>
    LetterboxCentre,
}
