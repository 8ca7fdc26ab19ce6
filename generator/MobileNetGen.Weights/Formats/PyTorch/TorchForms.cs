using System;

namespace MobileNetGen.Weights.Formats.PyTorch;

/// <summary>What is known of a module by its class.</summary>
internal enum TorchForm
{
    /// <summary>Only its source says what it does.</summary>
    Unknown,

    /// <summary>A layer of PyTorch's own, understood or not.</summary>
    Leaf,

    /// <summary>It runs the modules in it one after the other.</summary>
    Sequence,

    /// <summary>It runs its "module".</summary>
    Wrapper,

    /// <summary>torchvision's inverted residual: it runs "conv", or "block" in MobileNetV3, and adds its input where "use_res_connect" says so.</summary>
    Block,

    /// <summary>torchvision's squeeze: it multiplies a map by the hard sigmoid of what "fc1", a ReLU and "fc2" make of its means.</summary>
    Squeeze,

    /// <summary>torchvision's MobileNetV2 and V3: it runs "features", pools the whole map, and runs "classifier".</summary>
    MobileNet,

    /// <summary>A part of training that the network does not run.</summary>
    Unused,
}

/// <summary>The classes of which it is known what they do.</summary>
internal static class TorchForms
{
    /// <summary>What is known of a module.</summary>
    public static TorchForm Of(TorchModule module) => module.Class switch
    {
        "torch.nn.modules.container.Sequential" => TorchForm.Sequence,
        "torchvision.ops.misc.ConvNormActivation" or "torchvision.ops.misc.Conv2dNormActivation" => TorchForm.Sequence,
        "torchvision.models.mobilenetv2.ConvBNReLU" or "torchvision.models.mobilenetv2.ConvBNActivation" or "torchvision.models.mobilenet.ConvBNReLU" => TorchForm.Sequence,
        "torchvision.models.mobilenetv2.InvertedResidual" or "torchvision.models.mobilenet.InvertedResidual" => TorchForm.Block,
        "torchvision.models.quantization.mobilenetv2.QuantizableInvertedResidual" or "torchvision.models.quantization.mobilenet.QuantizableInvertedResidual" => TorchForm.Block,
        "torchvision.models.mobilenetv3.InvertedResidual" or "torchvision.models.quantization.mobilenetv3.QuantizableInvertedResidual" => TorchForm.Block,
        "torchvision.ops.misc.SqueezeExcitation" or "torchvision.models.mobilenetv3.SqueezeExcitation" or "torchvision.models.quantization.mobilenetv3.QuantizableSqueezeExcitation" => TorchForm.Squeeze,
        "torchvision.models.mobilenetv3.MobileNetV3" or "torchvision.models.quantization.mobilenetv3.QuantizableMobileNetV3" => TorchForm.MobileNet,
        "torchvision.models.mobilenetv2.MobileNetV2" or "torchvision.models.mobilenet.MobileNetV2" => TorchForm.MobileNet,
        "torchvision.models.quantization.mobilenetv2.QuantizableMobileNetV2" or "torchvision.models.quantization.mobilenet.QuantizableMobileNetV2" => TorchForm.MobileNet,
        "torch.nn.parallel.data_parallel.DataParallel" or "torch.nn.parallel.distributed.DistributedDataParallel" => TorchForm.Wrapper,
        "torch.nn.modules.container.ModuleList" or "torch.nn.modules.container.ModuleDict" => TorchForm.Unknown,
        var name when name.StartsWith("torch.nn.modules.loss.", StringComparison.Ordinal) || name.StartsWith("torchmetrics.", StringComparison.Ordinal) => TorchForm.Unused,
        var name when name.StartsWith("torch.nn.intrinsic.modules.fused.", StringComparison.Ordinal) || name.StartsWith("torch.ao.nn.intrinsic.modules.fused.", StringComparison.Ordinal) => TorchForm.Sequence,
        _ => module.IsOwn || IsStub(module) ? TorchForm.Leaf : TorchForm.Unknown,
    };

    /// <summary>A place where quantisation would begin or end, which does nothing to a network that is not quantised.</summary>
    public static bool IsStub(TorchModule module) => module.Class is
        "torch.ao.quantization.stubs.QuantStub" or "torch.ao.quantization.stubs.DeQuantStub" or "torch.quantization.stubs.QuantStub" or "torch.quantization.stubs.DeQuantStub"
        or "torch.ao.nn.quantized.modules.functional_modules.FloatFunctional" or "torch.nn.quantized.modules.functional_modules.FloatFunctional";

    /// <summary>The exception for a layer that no MobileNet has.</summary>
    public static WeightsException NotUnderstood(TorchModule module) =>
        new($"{module.Place}, is no layer of a MobileNet here: {Understood}.");

    private const string Understood = "Conv2d, BatchNorm, ReLU, ReLU6, Hardtanh(0, 6), Hardswish, Hardsigmoid, Linear, Sigmoid, Tanh, Softmax, average and maximum pools of the whole map, Flatten, Dropout, Identity, zero padding";
}
