namespace MobileNetGen.Compiler.Networks;

/// <summary>The order and number of the channels of the input image.</summary>
public enum PixelOrder
{
    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Blue, green, red.</summary>
    Bgr,

    /// <summary>One channel.</summary>
    Grey,
}

/// <summary>The arithmetic of a network, TensorFlow Lite's schemes.</summary>
public enum Quantization
{
    /// <summary>IEEE single precision.</summary>
    Float32,

    /// <summary>Unsigned bytes, asymmetric per tensor.</summary>
    UInt8,

    /// <summary>Signed bytes, weights symmetric per tensor or per output channel.</summary>
    Int8,
}

/// <summary>How the int8 convolutions of a network round when they rescale (uint8 always rounds twice).</summary>
public enum RoundingMode
{
    /// <summary>Once, in 64 bits: TensorFlow Lite.</summary>
    Once,

    /// <summary>A doubling high multiply and a shift that round separately: TensorFlow Lite for Microcontrollers.</summary>
    Twice,
}

/// <summary>Where a spatial layer pads.</summary>
public enum PaddingRule
{
    /// <summary>TensorFlow's SAME: from the actual size, the odd row and column at the end.</summary>
    Same,

    /// <summary>PyTorch's and Caffe's: (kernel − 1) / 2 on every side.</summary>
    Symmetric,
}

/// <summary>How a picture of another shape is brought to the network's input.</summary>
public enum Fit
{
    /// <summary>It fills the input: what is oblong is squeezed.</summary>
    Stretch,

    /// <summary>It keeps its proportions, at the left or the top; what is left is a bar.</summary>
    Letterbox,

    /// <summary>It keeps its proportions, in the middle between two bars.</summary>
    LetterboxCentre,
}

/// <summary>How pixels are made of the picture's.</summary>
public enum Resampling
{
    /// <summary>By the mean of all pixels that fall into one, as Pillow resizes.</summary>
    Antialiased,

    /// <summary>From the four nearest, as OpenCV and TensorFlow resize.</summary>
    Bilinear,
}

/// <summary>Where the weights go.</summary>
public enum Bake
{
    /// <summary>Source up to 256 KiB, else resource.</summary>
    Auto,

    /// <summary>Into the generated source.</summary>
    Source,

    /// <summary>Into the assembly, as an embedded resource.</summary>
    Resource,
}

/// <summary>What a layer does to its result.</summary>
public enum Activation
{
    /// <summary>Nothing.</summary>
    Linear,

    /// <summary>max(0, x).</summary>
    Relu,

    /// <summary>min(max(0, x), 6).</summary>
    Relu6,

    /// <summary>x · min(max(0, x + 3), 6) / 6 (MobileNetV3, arXiv:1905.02244).</summary>
    HSwish,

    /// <summary>min(max(0, x + 3), 6) / 6, from 0 to 1.</summary>
    HSigmoid,
}
