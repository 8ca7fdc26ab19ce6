using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace MobileNetGen.Weights.Formats.PyTorch;

/// <summary>
/// What the modules of a pickle state of each layer although the classes around them are somebody's own: attributes always, and what follows a layer where a sequence says what runs next. What only
/// the source of a class would tell is not stated; but where a class defines one pool between its convolutions and its classifier, or one function behind that, it is taken for what the class uses.
/// </summary>
internal sealed class TorchFacts
{
    private const int MaximumDepth = 64;
    private const int MaximumSteps = 4096;

    private readonly List<Step> _steps = [];

    private TorchFacts()
    {
    }

    private enum StepKind
    {
        /// <summary>What runs next is known to somebody's source alone.</summary>
        Break,

        Kernel,
        Normalization,
        Activation,
        Pad,
        Flatten,
        Sum,
        Nothing,

        /// <summary>A pool, or a function at the end.</summary>
        Follower,
    }

    /// <summary>One thing that runs.</summary>
    private sealed record Step(StepKind Kind, string Path)
    {
        public SourceLayerFacts Facts { get; init; } = new();

        public bool IsDense { get; init; }

        public SourceActivation Activation { get; init; }

        public SourceFollower Follower { get; init; }

        public ImmutableArray<long> Padding { get; init; } = [];
    }

    /// <summary>The facts of layers and batch normalisations by their paths, and the activation of which all the network's modules are; null where there are several or none.</summary>
    /// <exception cref="WeightsException">A module states what no MobileNet here has.</exception>
    public static (IReadOnlyDictionary<string, SourceLayerFacts> Layers, SourceActivation? Activation) Of(TorchModule network)
    {
        var facts = new TorchFacts();
        facts.Visit(network, 0, inSequence: false);
        var layers = new Dictionary<string, SourceLayerFacts>(StringComparer.Ordinal);
        for (int i = 0; i < facts._steps.Count; i++)
        {
            if (facts._steps[i].Kind is StepKind.Kernel or StepKind.Normalization)
                layers[facts._steps[i].Path] = facts.Complete(i);
        }

        SourceActivation[] activations = [.. facts._steps.Where(step => step.Kind == StepKind.Activation).Select(step => step.Activation).Distinct()];
        return (layers, activations is [var one] ? one : null);
    }

    private void Visit(TorchModule module, int depth, bool inSequence)
    {
        if (depth > MaximumDepth || _steps.Count > MaximumSteps)
            throw new WeightsException($"The network has more than {MaximumSteps} modules, or they are nested more than {MaximumDepth} deep; a MobileNet has some hundred.");
        switch (module.HasHooks ? TorchForm.Unknown : TorchForms.Of(module))
        {
            case TorchForm.Sequence:
                foreach (TorchModule child in module.Children)
                    Visit(child, depth + 1, inSequence: true);
                break;
            case TorchForm.Wrapper:
                Visit(module.Child("module"), depth);
                break;
            case TorchForm.Block:
                Visit(module.Child("block") ?? module.Child("conv"), depth);
                if (module.Attribute("use_res_connect") is not false)
                    Add(StepKind.Sum, module);
                break;
            case TorchForm.Squeeze:
                Add(StepKind.Break, module);
                Visit(module.Child("fc1"), depth);
                Visit(module.Child("relu") ?? module.Child("activation"), depth);
                Visit(module.Child("fc2"), depth);
                Visit(module.Child("scale_activation"), depth);
                Add(StepKind.Break, module);
                break;
            case TorchForm.MobileNet:
                Visit(module.Child("features"), depth);
                _steps.Add(new Step(StepKind.Follower, module.Path) { Follower = SourceFollower.AveragePool });
                Visit(module.Child("classifier"), depth);
                break;
            case TorchForm.Leaf:
                Leaf(module, inSequence);
                break;
            case TorchForm.Unknown:
                Own(module, depth);
                break;
        }
    }

    private void Visit(TorchModule? module, int depth)
    {
        if (module is { } inner)
            Visit(inner, depth + 1, inSequence: true);
    }

    /// <summary>A module of somebody's own class.</summary>
    private void Own(TorchModule module, int depth)
    {
        if (module.Kind == "AdaptiveConcatPool2d")
        {
            throw new WeightsException(
                $"{module.Place}, puts the averages and the maxima of a map beside each other, which no network here can. Train with a head of one pool: in fastai, concat_pool=False.");
        }

        // Names that are numbers are those of a sequence, under whatever name somebody derived from it.
        ImmutableArray<TorchModule> children = module.Children;
        if (!module.HasHooks && children.Length > 0 && module.ChildNames.Select((name, i) => name == i.ToString(System.Globalization.CultureInfo.InvariantCulture)).All(isNumber => isNumber)
            && module.Class is not ("torch.nn.modules.container.ModuleList" or "torch.nn.modules.container.ModuleDict"))
        {
            foreach (TorchModule child in children)
                Visit(child, depth + 1, inSequence: true);
            return;
        }

        Add(StepKind.Break, module);
        if (module.Tensor("running_mean") is not null && module.Child("act") is { } activation)
        {
            // timm's batch normalisation has its activation in it.
            Add(StepKind.Normalization, module);
            Visit(activation, depth + 1, inSequence: true);
            Add(StepKind.Break, module);
            return;
        }

        if (module.Tensor("weight") is { Shape.Length: 4 } && module.Attribute("stride") is not null)
            Kernel(module, isOwn: false, inSequence: false);
        foreach (TorchModule child in children)
        {
            Visit(child, depth + 1, inSequence: false);
            Add(StepKind.Break, module);
        }
    }

    private void Leaf(TorchModule module, bool inSequence)
    {
        switch (module.OwnClass)
        {
            case "conv.Conv2d":
                Kernel(module, isOwn: true, inSequence);
                break;
            case "linear.Linear":
                _steps.Add(new Step(StepKind.Kernel, module.Path) { IsDense = true });
                break;
            case "batchnorm.BatchNorm2d" or "batchnorm.BatchNorm1d" or "batchnorm.SyncBatchNorm":
                Add(StepKind.Normalization, module);
                break;
            case "activation.ReLU":
                Activation(module, SourceActivation.Relu);
                break;
            case "activation.ReLU6":
                Activation(module, SourceActivation.Relu6);
                break;
            case "activation.Hardswish":
                Activation(module, SourceActivation.HSwish);
                break;
            case "activation.Hardsigmoid":
                Activation(module, SourceActivation.HSigmoid);
                break;
            case "activation.Hardtanh":
                Activation(module, (module.Number("min_val"), module.Number("max_val")) is (0, 6)
                    ? SourceActivation.Relu6
                    : throw new WeightsException($"{module.Place}, has other bounds than 0 and 6; ReLU6 was expected."));
                break;
            case "activation.Sigmoid":
                Follower(module, SourceFollower.Sigmoid);
                break;
            case "activation.Tanh":
                Follower(module, SourceFollower.Tanh);
                break;
            case "activation.Softmax":
                Follower(module, SourceFollower.Softmax);
                break;
            case "pooling.AdaptiveAvgPool2d" or "pooling.AvgPool2d":
                Follower(module, SourceFollower.AveragePool);
                break;
            case "pooling.AdaptiveMaxPool2d":
                Follower(module, SourceFollower.MaxPool);
                break;
            case "flatten.Flatten":
                Add(StepKind.Flatten, module);
                break;
            case "padding.ZeroPad2d":
                _steps.Add(new Step(StepKind.Pad, module.Path) { Padding = module.Numbers("padding") });
                break;
            case "linear.Identity" or "dropout.Dropout" or "dropout.Dropout1d" or "dropout.Dropout2d":
                Add(StepKind.Nothing, module);
                break;
            case var _ when TorchForms.IsStub(module):
                Add(StepKind.Nothing, module);
                break;
            case var name when name.StartsWith("activation.", StringComparison.Ordinal) || name.StartsWith("normalization.", StringComparison.Ordinal)
                || name.StartsWith("instancenorm.", StringComparison.Ordinal) || name.StartsWith("conv.", StringComparison.Ordinal) || name.StartsWith("padding.", StringComparison.Ordinal):
                throw TorchForms.NotUnderstood(module);
            default:
                Add(StepKind.Break, module);
                break;
        }
    }

    private void Kernel(TorchModule module, bool isOwn, bool inSequence)
    {
        if (module.Tensor("weight") is not { Shape: [_, var inputs, > 0 and < 1024 and var height, > 0 and < 1024 and var width] })
            return;
        TorchWindow window = module.Window();
        if (window.Groups != 1)
            window.IsDepthwise(module.Place, inputs * window.Groups);
        (int, int) stride = window.CheckedStride(module.Place);
        SourcePadding stated = window.CheckedPadding(module.Place, (int)height, (int)width);
        SourcePadding? padding = stated;
        if (!isOwn)
            padding = module.Kind == "Conv2dSame" ? SourcePadding.Same : null;
        else if (!inSequence && stated == SourcePadding.None && (height > 1 || width > 1))
            padding = null; // The class around it may pad by itself, as those that follow TensorFlow do.
        else if (_steps is [.., { Kind: StepKind.Pad, Padding: var around }])
            padding = around switch
            {
                [var all] => Around(all, all, all, all),
                [var left, var right, var top, var bottom] => Around(top, left, bottom, right),
                _ => null,
            };
        _steps.Add(new Step(StepKind.Kernel, module.Path) { Facts = new SourceLayerFacts { Stride = stride, Padding = padding } });

        SourcePadding? Around(long top, long left, long bottom, long right) => new[] { top, left, bottom, right }.All(amount => amount is >= 0 and < 1024)
            ? SourcePadding.Explicit((int)top + stated.Top, (int)left + stated.Left, (int)bottom + stated.Bottom, (int)right + stated.Right)
            : null;
    }

    /// <summary>The facts of a layer with what follows it.</summary>
    private SourceLayerFacts Complete(int index)
    {
        Step layer = _steps[index];
        SourceActivation? activation = null;
        bool isNormalized = layer.Kind == StepKind.Normalization;
        foreach (Step step in _steps.Skip(index + 1))
        {
            switch (step.Kind)
            {
                case StepKind.Break:
                    return layer.Facts with { Activation = activation, Next = Evident(index) };
                case StepKind.Nothing or StepKind.Pad:
                case StepKind.Flatten when layer.IsDense:
                    break;
                case StepKind.Normalization when activation is null && !isNormalized:
                    isNormalized = true;
                    break;
                case StepKind.Activation when activation is null:
                    activation = step.Activation;
                    break;
                case StepKind.Flatten:
                    return With(SourceFollower.Flatten);
                case StepKind.Follower:
                    return With(step.Follower);
                default:
                    return With(SourceFollower.Other);
            }
        }

        return With(SourceFollower.Other);

        SourceLayerFacts With(SourceFollower next) => layer.Facts with { Activation = activation ?? SourceActivation.None, Next = next };
    }

    /// <summary>
    /// What stands behind the last convolution or the last fully connected layer of somebody's own class, where that defines one pool between both, or one function behind: what it is there for.
    /// </summary>
    private SourceFollower? Evident(int index)
    {
        Step[] behind = [.. _steps.Skip(index + 1).TakeWhile(step => step.Kind != StepKind.Kernel)];
        Step? next = _steps.ElementAtOrDefault(index + 1 + behind.Length), layer = _steps.Take(index + 1).LastOrDefault(step => step.Kind == StepKind.Kernel);
        SourceFollower[] followers = [.. behind.Where(step => step.Kind == StepKind.Follower).Select(step => step.Follower).Distinct()];
        return (layer, next, followers) switch
        {
            ({ IsDense: true }, null, [SourceFollower.Sigmoid or SourceFollower.Softmax or SourceFollower.Tanh]) => followers[0],
            ({ IsDense: false }, null or { IsDense: true }, [SourceFollower.AveragePool or SourceFollower.MaxPool]) => followers[0],
            _ => null,
        };
    }

    private void Add(StepKind kind, TorchModule module) => _steps.Add(new Step(kind, module.Path));

    private void Activation(TorchModule module, SourceActivation activation) => _steps.Add(new Step(StepKind.Activation, module.Path) { Activation = activation });

    private void Follower(TorchModule module, SourceFollower follower) => _steps.Add(new Step(StepKind.Follower, module.Path) { Follower = follower });
}
