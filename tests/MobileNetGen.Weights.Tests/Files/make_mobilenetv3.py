"""Makes the files in mobilenetv3/ with PyTorch 1.13 and torchvision 0.14: a small MobileNetV3 with statistics that training would leave,
saved and exported in every way that the readers know, and beside each file the outputs that PyTorch computes from it.

timm and the safetensors library were not at hand: that file has timm's names, and is written here from the format's description.
"""
import json
import os
import re
import struct
import warnings
from functools import partial

import torch
from torch import nn
from torchvision.models.mobilenetv3 import InvertedResidualConfig, MobileNetV3

warnings.filterwarnings("ignore")
folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "mobilenetv3")
os.makedirs(folder, exist_ok=True)



def randomize(model, seed):
    generator = torch.Generator().manual_seed(seed)

    def uniform(tensor, low, high):
        tensor.data.copy_(torch.rand(tensor.shape, generator=generator) * (high - low) + low)

    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            uniform(module.weight, 0.5, 1.5)
            uniform(module.bias, -0.5, 1.0)
            uniform(module.running_mean, -0.5, 0.5)
            uniform(module.running_var, 0.5, 2)
        elif isinstance(module, (nn.Conv2d, nn.Linear)):
            limit = (3.0 / module.weight[0].numel()) ** 0.5 * (0.25 if isinstance(module, nn.Linear) else 1)
            uniform(module.weight, -limit, limit)
            if module.bias is not None:
                uniform(module.bias, -0.5, 0.5)
    return model.eval()


def picture(side=32, channels=3):
    y, x, c = torch.meshgrid(torch.arange(side), torch.arange(side), torch.arange(channels), indexing="ij")
    return ((((y * 31 + x * 17 + c * 7) % 64).float() / 32) - 1).permute(2, 0, 1)[None]


block = partial(InvertedResidualConfig, width_mult=1.0, dilation=1)
model = MobileNetV3(
    [
        # input, kernel, expanded, output, squeeze, activation, stride
        block(8, 3, 8, 8, True, "RE", stride=1),
        block(8, 5, 24, 16, False, "HS", stride=2),
        block(16, 5, 40, 16, True, "HS", stride=1),
        block(16, 3, 40, 24, True, "RE", stride=2),
    ],
    last_channel=24, num_classes=5, norm_layer=partial(nn.BatchNorm2d, eps=0.001))
randomize(model, 23)


def expect(name):
    with torch.no_grad(), open(os.path.join(folder, name + ".expected.txt"), "w") as file:
        file.writelines(f"{value.item():.9g}\n" for value in model(picture())[0])


def path(name):
    expect(name)
    return os.path.join(folder, name)


def timm_name(name):
    """timm's names of torchvision's tensors; the first block has no expansion."""
    name = re.sub(r"^features\.0\.0", "conv_stem", name)
    name = re.sub(r"^features\.0\.1", "bn1", name)
    match = re.match(r"features\.(\d+)\.block\.(\d+)(?:\.(\d|fc\d))?\.(.*)", name)
    if match:
        index, part, inner, tensor = int(match[1]) - 1, int(match[2]), match[3], match[4]
        has_squeeze, has_expansion = index != 1, index > 0
        parts = (["pw"] if has_expansion else []) + ["dw"] + (["se"] if has_squeeze else []) + ["pwl"]
        kind = parts[part]
        if kind == "se":
            return f"blocks.{index}.0.se.conv_{'reduce' if inner == 'fc1' else 'expand'}.{tensor}"
        if index == 0:
            kind = "pw" if kind == "pwl" else kind
        number = {"pw": 1, "dw": 2, "pwl": 3}[kind] if has_expansion else {"dw": 1, "pw": 2}[kind]
        return f"blocks.{index}.0.conv_{kind}.{tensor}" if inner == "0" else f"blocks.{index}.0.bn{number}.{tensor}"
    name = re.sub(r"^features\.5\.0", "blocks.4.0.conv", name)
    name = re.sub(r"^features\.5\.1", "blocks.4.0.bn1", name)
    name = re.sub(r"^classifier\.0", "conv_head", name)
    return re.sub(r"^classifier\.3", "classifier", name)


torch.save(model.state_dict(), path("state_dict.pth"))
torch.save(model, path("module.pt"))
torch.jit.script(model).save(path("script.pt"))
for opset in (11, 14):  # before HardSwish was an operator, and after
    torch.onnx.export(model, picture(), path(f"opset{opset}.onnx"), opset_version=opset, input_names=["image"], output_names=["scores"])

tensors = {timm_name(name): tensor for name, tensor in model.state_dict().items() if not name.endswith("num_batches_tracked")}
tensors["conv_head.weight"] = tensors["conv_head.weight"][:, :, None, None]
header, data = {}, b""
for name in sorted(tensors):
    content = tensors[name].contiguous().numpy().tobytes()
    header[name] = {"dtype": "F32", "shape": list(tensors[name].shape), "data_offsets": [len(data), len(data) + len(content)]}
    data += content
text = json.dumps(header).encode()
with open(path("timm.safetensors"), "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + data)
