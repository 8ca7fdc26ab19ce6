using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;

namespace MobileNetGen.Tool.Info;

/// <summary>The kernels of the runtime that the steps of a plan call.</summary>
internal static class KernelNames
{
    /// <summary>The method that computes a step; which of its forms it is, the weights decide.</summary>
    public static string Of(Step step) => step.Layer.Kind switch
    {
        LayerKind.Pointwise when step.FusedAdd is not null => "PointwiseAdd",
        LayerKind.Pointwise when step.Input.IsBlocked => "Pointwise",
        LayerKind.Pointwise or LayerKind.Convolution => "Convolution",
        LayerKind.Depthwise when step.Layer.Multiplier > 1 => "DepthwiseMultiplier",
        LayerKind.Dense when step.Input.Halo > 0 => "Pointwise",
        LayerKind.Tanh or LayerKind.Sigmoid when step.Input.ElementSize == 1 => "MapBytes",
        LayerKind kind => kind.ToString(),
    };
}
