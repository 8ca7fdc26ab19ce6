namespace MobileNetGen.Runtime;

/// <summary>How a source image stores a pixel: one byte per component, in this order. Alpha is ignored.</summary>
public enum PixelFormat
{
    /// <summary>Red, green, blue; 3 bytes.</summary>
    Rgb,

    /// <summary>Blue, green, red; 3 bytes.</summary>
    Bgr,

    /// <summary>Red, green, blue, alpha; 4 bytes.</summary>
    Rgba,

    /// <summary>Blue, green, red, alpha; 4 bytes.</summary>
    Bgra,

    /// <summary>One byte of brightness.</summary>
    Grey,
}
