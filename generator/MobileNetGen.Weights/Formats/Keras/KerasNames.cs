using System.Collections.Immutable;
using System.Text.Json;
using MobileNetGen.Weights.Formats.Parameters;

namespace MobileNetGen.Weights.Formats.Keras;

/// <summary>The names that Keras gives to layers' classes and to weights.</summary>
internal static class KerasNames
{
    public const string Sequential = "Sequential";
    public const string InputLayer = "InputLayer";
    public const string Convolution = "Conv2D";
    public const string Depthwise = "DepthwiseConv2D";
    public const string Separable = "SeparableConv2D";
    public const string Dense = "Dense";
    public const string BatchNormalization = "BatchNormalization";
    public const string Normalization = "Normalization";

    public const string Kernel = "kernel";
    public const string DepthwiseKernel = "depthwise_kernel";
    public const string PointwiseKernel = "pointwise_kernel";
    public const string Bias = "bias";
    public const string Gamma = "gamma";
    public const string Beta = "beta";
    public const string MovingMean = "moving_mean";
    public const string MovingVariance = "moving_variance";
    public const string Mean = "mean";
    public const string Variance = "variance";
    public const string Count = "count";

    /// <summary>What layers that change pictures at random keep.</summary>
    public const string RandomState = "StateVar";

    /// <summary>ε of Keras' batch normalisation, unless a model states another.</summary>
    public const double Epsilon = 1e-3;

    /// <summary>Whether a class is one of models that list their layers. "Model" is what Keras called a Functional one until 2.4.</summary>
    public static bool IsModel(string kind) => kind is Sequential or "Functional" or "Model";

    /// <summary>Whether a class is one of batch normalisations, which are alike after training.</summary>
    public static bool IsBatchNormalization(string kind) => kind is BatchNormalization or "BatchNormalizationV1" or "BatchNormalizationV2" or "SyncBatchNormalization";

    /// <summary>Splits "conv1/kernel:0" into its layer's path, "conv1", and its own name, "kernel".</summary>
    public static (string Layer, string Name) Split(string weight)
    {
        string name = weight.LastIndexOf(':') is var colon and >= 0 ? weight[..colon] : weight;
        int slash = name.LastIndexOf('/');
        return (name[..int.Max(slash, 0)], name[(slash + 1)..]);
    }

    /// <summary>The weights of a layer in the order in which Keras numbers them; none of a class that has none.</summary>
    /// <param name="kind">The layer's class.</param>
    /// <param name="config">The layer's options; those that are missing have their defaults.</param>
    public static ImmutableArray<string> Weights(string kind, JsonElement config)
    {
        return kind switch
        {
            Convolution or Dense => [Kernel, .. Where("use_bias", Bias)],
            Depthwise => [DepthwiseKernel, .. Where("use_bias", Bias)],
            Separable => [DepthwiseKernel, PointwiseKernel, .. Where("use_bias", Bias)],
            Normalization => Json.Property(config, Mean).ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? [Mean, Variance, Count] : [],
            _ when IsBatchNormalization(kind) => [.. Where("scale", Gamma), .. Where("center", Beta), MovingMean, MovingVariance],
            _ => [],
        };

        ImmutableArray<string> Where(string option, string name) => Json.Property(config, option).ValueKind == JsonValueKind.False ? [] : [name];
    }

    /// <summary>What a weight is to its layer, where there is no configuration that says more; null where it is nothing that a MobileNet computes with.</summary>
    /// <param name="name">Its own name.</param>
    /// <exception cref="WeightsException">It belongs to a layer that no MobileNet has.</exception>
    public static ParameterRole? Role(string name) => name switch
    {
        Kernel => ParameterRole.Kernel,
        DepthwiseKernel => ParameterRole.DepthwiseKernel,
        Bias => ParameterRole.Bias,
        Gamma => ParameterRole.Gamma,
        Beta => ParameterRole.Beta,
        MovingMean => ParameterRole.Mean,
        MovingVariance => ParameterRole.Variance,
        PointwiseKernel => throw new WeightsException(
            "A layer is a SeparableConv2D, and the file, of weights alone, does not say what stands between its two filters. Save the whole model: model.save(\"name.keras\")."),
        _ => null,
    };
}
