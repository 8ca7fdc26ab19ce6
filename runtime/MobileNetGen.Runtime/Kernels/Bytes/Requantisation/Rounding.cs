using System.ComponentModel;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>How a scaled 32-bit sum is rounded to an integer. The two differ by one near ties.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum Rounding
{
    /// <summary>
    /// After the multiplication and again after the shift, as gemmlowp does: TensorFlow Lite's uint8 operators and its int8 depthwise
    /// convolution and addition, and every operator of TensorFlow Lite for Microcontrollers.
    /// </summary>
    Twice,

    /// <summary>Once, in 64 bits: TensorFlow Lite's int8 convolution and fully connected layer.</summary>
    Once,
}
