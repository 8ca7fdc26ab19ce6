using System.Collections.Immutable;

namespace MobileNetGen.Weights.Formats.Parameters;

/// <summary>What a stored tensor is to its layer.</summary>
public enum ParameterRole
{
    /// <summary>The weights of a convolution (four dimensions) or of a fully connected layer (two).</summary>
    Kernel,

    /// <summary>The weights of a depthwise convolution, where the file says so.</summary>
    DepthwiseKernel,

    /// <summary>What is added to a convolution's or fully connected layer's result.</summary>
    Bias,

    /// <summary>γ of a batch normalisation.</summary>
    Gamma,

    /// <summary>β of a batch normalisation.</summary>
    Beta,

    /// <summary>The running mean of a batch normalisation.</summary>
    Mean,

    /// <summary>The running variance of a batch normalisation.</summary>
    Variance,
}

/// <summary>The order of a kernel's dimensions, which is a fact of the format.</summary>
public enum KernelLayout
{
    /// <summary>PyTorch's and Caffe's: [out][in / groups][height][width], [out][in].</summary>
    OutputFirst,

    /// <summary>TensorFlow's and Keras': [height][width][in][out], depthwise [height][width][channels][multiplier], [in][out].</summary>
    OutputLast,
}

/// <summary>A trained tensor of a file that names its tensors but not their connections.</summary>
/// <param name="Layer">
/// The layer it belongs to: tensors with equal layers belong together. A batch normalisation may be a layer of its own; it is then folded into the
/// convolution that it follows.
/// </param>
/// <param name="Role">What it is to its layer.</param>
/// <param name="Name">Its name in the file, for messages.</param>
/// <param name="Shape">As in the file; every size positive.</param>
/// <param name="Values">Row-major, as in the file.</param>
public sealed record Parameter(string Layer, ParameterRole Role, string Name, ImmutableArray<int> Shape, float[] Values)
{
    /// <summary>ε of the batch normalisation that a <see cref="ParameterRole.Variance"/> belongs to, where the file says it; else the format's default holds.</summary>
    public double? Epsilon { get; init; }

    /// <summary>What the file states of the layer, where it states something.</summary>
    public SourceLayerFacts? Facts { get; init; }
}
