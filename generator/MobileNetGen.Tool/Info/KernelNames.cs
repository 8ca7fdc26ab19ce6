using System;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Compiler.Planning;

namespace MobileNetGen.Tool.Info;

/// <summary>The kernels of the runtime that the steps of a plan call.</summary>
internal static class KernelNames
{
    /// <summary>By operator.</summary>
    public static OperatorTable<Func<Step, string>> Table { get; } = new(
        "The table of kernels",
        (Operator.Convolution, _ => "Convolution"),
        (Operator.Pointwise, step => step.FusedAdd is not null ? "PointwiseAdd" : step.Input.IsBlocked ? "Pointwise" : "Convolution"),
        (Operator.Depthwise, step => step.Layer.Multiplier > 1 ? "DepthwiseMultiplier" : "Depthwise"),
        (Operator.Add, _ => "Add"),
        (Operator.AveragePool, _ => "AveragePool"),
        (Operator.MaxPool, _ => "MaxPool"),
        (Operator.Flatten, _ => "Flatten"),
        (Operator.Dense, step => step.Input.Halo > 0 ? "Pointwise" : "Dense"),
        (Operator.Tanh, step => step.Input.ElementSize == 1 ? "MapBytes" : "Tanh"),
        (Operator.Sigmoid, step => step.Input.ElementSize == 1 ? "MapBytes" : "Sigmoid"),
        (Operator.Softmax, _ => "Softmax"));

    /// <summary>The method that computes a step; which of its forms it is, the weights decide.</summary>
    public static string Of(Step step) => Table[step.Layer.Operator](step);
}
