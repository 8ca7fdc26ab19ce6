using MobileNetGen.Weights.Formats.Parameters;

namespace MobileNetGen.Weights.Formats.Keras;

/// <summary>What the names that Keras gives to layers' classes and to weights say.</summary>
internal static class KerasNames
{
    public const string Convolution = "Conv2D";
    public const string Depthwise = "DepthwiseConv2D";
    public const string Dense = "Dense";
    public const string BatchNormalization = "BatchNormalization";

    /// <summary>ε of Keras' batch normalisation, unless a model states another.</summary>
    public const double Epsilon = 1e-3;

    /// <summary>Splits "conv1/kernel:0" into its layer's path, "conv1", and its own name, "kernel".</summary>
    public static (string Layer, string Name) Split(string weight)
    {
        string name = weight.LastIndexOf(':') is var colon and >= 0 ? weight[..colon] : weight;
        int slash = name.LastIndexOf('/');
        return (name[..int.Max(slash, 0)], name[(slash + 1)..]);
    }

    /// <summary>What a weight is to its layer; null where it is nothing that a MobileNet computes with.</summary>
    /// <param name="name">Its own name.</param>
    /// <param name="layer">Its layer, where that is known: Keras 3 calls a depthwise kernel "kernel" too.</param>
    /// <exception cref="WeightsException">It belongs to a layer that no MobileNet has.</exception>
    public static ParameterRole? Role(string name, KerasLayer? layer) => name switch
    {
        "kernel" when layer?.Class == Depthwise => ParameterRole.DepthwiseKernel,
        "kernel" => ParameterRole.Kernel,
        "depthwise_kernel" => ParameterRole.DepthwiseKernel,
        "bias" => ParameterRole.Bias,
        "gamma" => ParameterRole.Gamma,
        "beta" => ParameterRole.Beta,
        "moving_mean" => ParameterRole.Mean,
        "moving_variance" => ParameterRole.Variance,
        "pointwise_kernel" => throw new WeightsException(
            "A layer is a SeparableConv2D, which has no batch normalisation and no activation between its filters; a MobileNet has DepthwiseConv2D and Conv2D in its place."),
        _ => null,
    };
}
