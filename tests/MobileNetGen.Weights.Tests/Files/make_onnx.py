"""Makes the files in onnx/ with PyTorch 1.13, torchvision 0.14 and onnx 1.12: small networks with statistics that training would leave, exported in the
ways that exporters differ, and beside each file the outputs that PyTorch computes from it.
"""
import os
import shutil

import onnx
import torch
import torch.ao.quantization as quantization
import torchvision
from torch import nn
from torchvision.models.quantization.mobilenetv2 import QuantizableInvertedResidual, QuantizableMobileNetV2
from torchvision.models.quantization.utils import _replace_relu

folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "onnx")


def randomize(model, seed, least_variance=0.001):
    generator = torch.Generator().manual_seed(seed)

    def uniform(tensor, low, high):
        tensor.data.copy_(torch.rand(tensor.shape, generator=generator) * (high - low) + low)

    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            uniform(module.weight, 0.5, 1.5)
            uniform(module.bias, -0.5, 1.0)
            uniform(module.running_mean, -0.5, 0.5)
            uniform(module.running_var, least_variance, 0.5)  # as a rule small enough that epsilon counts
        elif isinstance(module, (nn.Conv2d, nn.Linear)):
            limit = (3.0 / module.weight[0].numel()) ** 0.5 * (0.25 if isinstance(module, nn.Linear) else 1)
            uniform(module.weight, -limit, limit)
            if module.bias is not None:
                uniform(module.bias, -0.5, 0.5)
    return model.eval()


def mobilenet_v2(seed, least_variance=0.001, cls=torchvision.models.MobileNetV2, **options):
    model = cls(num_classes=5, width_mult=0.25, inverted_residual_setting=[[1, 32, 1, 1], [6, 32, 2, 2], [6, 64, 1, 2]], **options)
    # torchvision's last layer has 1280 channels at any width; 32 make a small file.
    model.features[-1] = torchvision.ops.misc.Conv2dNormActivation(16, 32, kernel_size=1, activation_layer=nn.ReLU6)
    model.classifier[1] = nn.Linear(32, 5)
    return randomize(model, seed, least_variance)


class MobileNetV1(nn.Module):
    """The form that most PyTorch copies of V1 have, here with TensorFlow's padding, and the reshape that programs of its time wrote."""

    def __init__(self):
        super().__init__()

        def convolution(channels_in, channels, kernel, stride=1, groups=1):
            pad = [] if kernel == 1 else [nn.ZeroPad2d((0, 1, 0, 1) if stride == 2 else 1)]
            layer = nn.Conv2d(channels_in, channels, kernel, stride, groups=groups, bias=False)
            return pad + [layer, nn.BatchNorm2d(channels, eps=1e-3), nn.ReLU6(inplace=True)]

        def separable(channels_in, channels, stride):
            return convolution(channels_in, channels_in, 3, stride, groups=channels_in) + convolution(channels_in, channels, 1)

        self.model = nn.Sequential(*convolution(3, 8, 3, 2), *separable(8, 16, 1), *separable(16, 32, 2))
        self.fc = nn.Linear(32, 5)

    def forward(self, x):
        x = self.model(x).mean(3).mean(2)
        return torch.softmax(self.fc(x.view(x.size(0), -1)), dim=1)


def picture(side=32, channels=3):
    y, x, c = torch.meshgrid(torch.arange(side), torch.arange(side), torch.arange(channels), indexing="ij")
    return ((((y * 31 + x * 17 + c * 7) % 64).float() / 32) - 1).permute(2, 0, 1)[None]


def export(name, model, **options):
    path = os.path.join(folder, name + ".onnx")
    torch.onnx.export(model, picture(), path, input_names=["image"], output_names=["scores"], **options)
    with torch.no_grad(), open(path + ".expected.txt", "w") as file:
        file.writelines(f"{value.item():.9g}\n" for value in model(picture())[0])
    return path


os.makedirs(folder, exist_ok=True)

# As people export: batch normalisation folded by the exporter.
v2 = mobilenet_v2(1)
path = export("v2", v2)

# The same with its weights in a file of their own.
model = onnx.load(path)
open(os.path.join(folder, "v2_external.data"), "w").close()  # which save_model would append to
onnx.save_model(model, os.path.join(folder, "v2_external.onnx"), save_as_external_data=True, location="v2_external.data", size_threshold=64)
shutil.copy(path + ".expected.txt", os.path.join(folder, "v2_external.onnx.expected.txt"))

# Batch normalisation left alone, an old operator set, initialisers also listed as inputs, an open batch dimension.
export("v2_unfolded", v2, training=torch.onnx.TrainingMode.PRESERVE, opset_version=9, keep_initializers_as_inputs=True, do_constant_folding=False,
       dynamic_axes={"image": {0: "batch"}, "scores": {0: "batch"}})

# Padding as operators of its own, two means in a row, a reshape computed from the shape, sizes left open, a softmax.
export("v1_open", randomize(MobileNetV1(), 5), training=torch.onnx.TrainingMode.PRESERVE, opset_version=11,
       dynamic_axes={"image": {0: "batch", 2: "height", 3: "width"}, "scores": {0: "batch"}})

# PyTorch's own quantisation: unsigned activations, signed weights with a scale a channel. Channels of little variance would magnify what engines round
# differently.
quantized = mobilenet_v2(3, 0.25, QuantizableMobileNetV2, block=QuantizableInvertedResidual)
_replace_relu(quantized)
quantized.eval()
quantized.fuse_model()
quantized.qconfig = quantization.get_default_qconfig("fbgemm")
quantization.prepare(quantized, inplace=True)
quantized(picture())
quantization.convert(quantized, inplace=True)
export("v2_quantized", quantized, opset_version=13)
