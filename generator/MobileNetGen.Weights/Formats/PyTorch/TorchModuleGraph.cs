using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Weights.Formats.Graphs;

namespace MobileNetGen.Weights.Formats.PyTorch;

/// <summary>
/// What the modules of a pickle do, where their classes tell: PyTorch's own layers and sequences, and torchvision's MobileNetV2 and V3. Nothing is executed: what a class of somebody's own does
/// is known to its source alone, which is not in the file.
/// </summary>
/// <param name="graph">What they are added to.</param>
internal sealed class TorchModuleGraph(TorchGraph graph)
{
    /// <summary>Far deeper than people nest modules.</summary>
    private const int MaximumDepth = 64;

    /// <summary>Ten times the layers of the largest MobileNet. A module may stand in many places, so a small pickle could ask for any number.</summary>
    private const int MaximumModules = 4096;

    private int _modules;

    /// <summary>Whether it is known of a module and all in it what they do.</summary>
    public static bool IsKnown(TorchModule module)
    {
        int left = MaximumModules;
        return IsKnown(module, 0, ref left);
    }

    private static bool IsKnown(TorchModule module, int depth, ref int left)
    {
        if (depth > MaximumDepth || --left < 0 || module.HasHooks)
            return false;
        TorchForm form = TorchForms.Of(module);
        if (form is TorchForm.Leaf or TorchForm.Unused)
            return true;
        if (form == TorchForm.Unknown)
            return false;
        foreach (TorchModule child in module.Children)
        {
            if (!IsKnown(child, depth + 1, ref left))
                return false;
        }

        return true;
    }

    /// <summary>What a module makes of a value.</summary>
    /// <exception cref="WeightsException">It is none of a MobileNet's, or nested too deep.</exception>
    public GraphValue Forward(TorchModule module, GraphValue input, int depth = 0)
    {
        if (depth > MaximumDepth || ++_modules > MaximumModules)
            throw new WeightsException($"The network has more than {MaximumModules} modules, or they are nested more than {MaximumDepth} deep; a MobileNet has some hundred.");
        switch (TorchForms.Of(module))
        {
            case TorchForm.Sequence:
                return module.Children.Aggregate(input, (value, child) => Forward(child, value, depth + 1));
            case TorchForm.Wrapper:
                return Forward(Child(module, "module"), input, depth + 1);
            case TorchForm.Block:
                GraphValue result = Forward(module.Child("block") ?? Child(module, "conv"), input, depth + 1);
                return module.Attribute("use_res_connect") switch
                {
                    true => graph.Sum($"{module.Place}'s sum", input, result),
                    false => result,
                    _ => throw new WeightsException($"{module.Place}, does not state use_res_connect, as torchvision's does. Save the network's state_dict() instead."),
                };
            case TorchForm.Squeeze:
                string means = $"{module.Place}'s pool";
                string[] parts = ["fc1", module.Child("relu") is null ? "activation" : "relu", "fc2"];
                GraphValue factors = parts.Aggregate(graph.AdaptivePool(means, input, [1], isMaximum: false), (value, part) => Forward(Child(module, part), value, depth + 1));
                factors = module.Child("scale_activation") is { } scale ? Forward(scale, factors, depth + 1) : graph.HardSigmoid(module.Place, factors);
                return graph.Product($"{module.Place}'s product", input, factors);
            case TorchForm.MobileNet:
                string pool = $"{module.Place}'s pool";
                GraphValue pooled = graph.AdaptivePool(pool, Forward(Child(module, "features"), input, depth + 1), [1], isMaximum: false);
                return Forward(Child(module, "classifier"), graph.Flatten(pool, pooled, 1, -1), depth + 1);
            default:
                return Leaf(module, input);
        }
    }

    private GraphValue Leaf(TorchModule module, GraphValue input)
    {
        string place = module.Place;
        switch (module.OwnClass)
        {
            case "conv.Conv2d":
                return graph.Convolution(place, input, Weight(module), module.Tensor("bias"), module.Window());
            case "linear.Linear":
                return graph.Linear(place, input, Weight(module), module.Tensor("bias"));
            case "batchnorm.BatchNorm2d" or "batchnorm.BatchNorm1d" or "batchnorm.SyncBatchNorm":
                return graph.BatchNormalization(
                    place, input, module.Tensor("running_mean"), module.Tensor("running_var"), module.Tensor("weight"), module.Tensor("bias"), module.Number("eps"));
            case "activation.ReLU":
                return graph.Clamp(place, input, 0, double.PositiveInfinity);
            case "activation.ReLU6":
                return graph.Clamp(place, input, 0, 6);
            case "activation.Hardtanh":
                return graph.Clamp(place, input, module.Number("min_val"), module.Number("max_val"));
            case "activation.Hardswish":
                return graph.HardSwish(place, input);
            case "activation.Hardsigmoid":
                return graph.HardSigmoid(place, input);
            case "activation.Sigmoid":
                return graph.Sigmoid(place, input);
            case "activation.Tanh":
                return graph.Tanh(place, input);
            case "activation.Softmax":
                return graph.Softmax(place, input, module.Attribute("dim") as long?);
            case "pooling.AdaptiveAvgPool2d" or "pooling.AdaptiveMaxPool2d":
                return graph.AdaptivePool(place, input, module.Numbers("output_size"), IsMaximum(module));
            case "pooling.AvgPool2d" or "pooling.MaxPool2d":
                if (module.Attribute("divisor_override") is not null)
                    throw new WeightsException($"{place}, divides by a number of its own; the mean over the window was expected.");
                return graph.Pool(place, input, module.Numbers("kernel_size"), module.Numbers("stride"), module.Numbers("padding"), IsMaximum(module));
            case "flatten.Flatten":
                return graph.Flatten(place, input, Whole(module, "start_dim"), Whole(module, "end_dim"));
            case "padding.ZeroPad2d":
                return graph.Pad(place, input, module.Numbers("padding") is [var all] ? [all, all, all, all] : module.Numbers("padding"));
            case "linear.Identity" or "dropout.Dropout" or "dropout.Dropout1d" or "dropout.Dropout2d":
                return input;
            case var _ when TorchForms.IsStub(module):
                return input;
            default:
                throw TorchForms.NotUnderstood(module);
        }
    }

    private static bool IsMaximum(TorchModule module) => module.Kind.Contains("Max", StringComparison.Ordinal);

    private static long Whole(TorchModule module, string name) =>
        module.Numbers(name) is [var number] ? number : throw new WeightsException($"{module.Place}, has several numbers as its '{name}'; one was expected.");

    private static TorchTensor Weight(TorchModule module) => module.Tensor("weight")
        ?? throw new WeightsException($"{module.Place}, has no weights, or has them in parts that its code puts together. Save the network without parametrisations.");

    private static TorchModule Child(TorchModule module, string name) => module.Child(name)
        ?? throw new WeightsException($"{module.Place}, has no '{name}', as torchvision's has. Save the network's state_dict() instead.");
}
