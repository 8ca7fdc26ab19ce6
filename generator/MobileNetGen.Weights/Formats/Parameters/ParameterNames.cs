using System;
using System.Collections.Generic;
using System.Linq;

namespace MobileNetGen.Weights.Formats.Parameters;

/// <summary>The names by which frameworks call a layer's tensors: the layer's own name, <c>.</c> or <c>/</c>, and one of a few words.</summary>
internal static class ParameterNames
{
    /// <summary>The layer and role of a tensor; null if its name says that no MobileNet needs it: counters, optimisers' state.</summary>
    /// <param name="name">PyTorch's <c>features.0.1.running_mean</c>, Keras' <c>block_1_expand/kernel:0</c>, TF-slim's <c>MobilenetV1/Conv2d_0/weights</c>.</param>
    /// <param name="dimensions">How many dimensions it has: PyTorch calls both a kernel and γ <c>weight</c>, and γ has one.</param>
    public static (string Layer, ParameterRole Role)? Parse(string name, int dimensions)
    {
        if (name.EndsWith(":0", StringComparison.Ordinal))
            name = name[..^2];
        int end = name.LastIndexOfAny(['.', '/']);
        ParameterRole? role = name[(end + 1)..] switch
        {
            "weight" when dimensions == 1 => ParameterRole.Gamma,
            "weight" or "weights" or "kernel" => ParameterRole.Kernel,
            "depthwise_kernel" or "depthwise_weights" => ParameterRole.DepthwiseKernel,
            "bias" or "biases" => ParameterRole.Bias,
            "gamma" => ParameterRole.Gamma,
            "beta" => ParameterRole.Beta,
            "running_mean" or "moving_mean" => ParameterRole.Mean,
            "running_var" or "moving_variance" => ParameterRole.Variance,
            _ => null,
        };
        return role is { } known ? (name[..Math.Max(end, 0)], known) : null;
    }

    /// <summary>The message for a file in which no name is known.</summary>
    public static string NothingFound(IEnumerable<string> names)
    {
        string found = string.Join(", ", names.Take(3).Select(name => name.Length <= 80 ? $"\"{name}\"" : $"\"{name[..80]}…\""));
        return "The file holds no tensor that is called as a layer's weights are (\"….weight\", \"….bias\", \"….running_mean\", …)"
            + (found.Length == 0 ? "; it holds none at all." : $"; the first it holds are {found}.")
            + " The trained parameters of a network were expected.";
    }
}
