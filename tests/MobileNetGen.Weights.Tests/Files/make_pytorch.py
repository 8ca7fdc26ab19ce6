"""Makes the files in pytorch/ and safetensors/ with PyTorch 1.13 and torchvision 0.14: a small MobileNetV2 with statistics that
training would leave, saved in every way that the readers know, and beside each file the outputs that PyTorch computes from it.

The safetensors library was not at hand: that file is written here from the format's description.
"""
import io
import json
import os
import struct
import zipfile

import torch
import torchvision
from torch import nn

here = os.path.dirname(os.path.abspath(__file__))


def randomize(model, seed):
    generator = torch.Generator().manual_seed(seed)

    def uniform(tensor, low, high):
        tensor.data.copy_(torch.rand(tensor.shape, generator=generator) * (high - low) + low)

    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            uniform(module.weight, 0.5, 1.5)
            uniform(module.bias, -0.5, 1.0)
            uniform(module.running_mean, -0.5, 0.5)
            uniform(module.running_var, 0.001, 0.5)  # small enough that epsilon counts
        elif isinstance(module, (nn.Conv2d, nn.Linear)):
            limit = (3.0 / module.weight[0].numel()) ** 0.5
            uniform(module.weight, -limit, limit)
            if module.bias is not None:
                uniform(module.bias, -0.5, 0.5)
    return model.eval()


def mobilenet(seed):
    model = torchvision.models.MobileNetV2(
        num_classes=5, width_mult=0.25, inverted_residual_setting=[[1, 32, 1, 1], [3, 64, 2, 2], [3, 96, 1, 2]])
    # torchvision's last layer has 1280 channels at any width; 48 make a small file.
    model.features[-1] = torchvision.ops.misc.Conv2dNormActivation(24, 48, kernel_size=1, activation_layer=nn.ReLU6)
    model.classifier[1] = nn.Linear(48, 5)
    return randomize(model, seed)


def picture(side=32, channels=3):
    y, x, c = torch.meshgrid(torch.arange(side), torch.arange(side), torch.arange(channels), indexing="ij")
    return ((((y * 31 + x * 17 + c * 7) % 64).float() / 32) - 1).permute(2, 0, 1)[None]


def expect(name, model):
    with torch.no_grad():
        output = model(picture())[0]
    with open(os.path.join(here, name + ".expected.txt"), "w") as file:
        file.writelines(f"{value.item():.9g}\n" for value in output)


def save(name, content, model, **options):
    torch.save(content, os.path.join(here, name), **options)
    expect(name, model)


# A state dictionary in a zip archive, as torchvision publishes its networks.
model = mobilenet(1)
save("pytorch/state_dict.pth", model.state_dict(), model)

# The same one as safetensors: names sorted, tensors one behind the other.
tensors = {name: tensor for name, tensor in sorted(model.state_dict().items())}
header, data = {"__metadata__": {"format": "pt"}}, b""
for name, tensor in tensors.items():
    content = tensor.numpy().tobytes()
    header[name] = {
        "dtype": {torch.float32: "F32", torch.int64: "I64"}[tensor.dtype],
        "shape": list(tensor.shape),
        "data_offsets": [len(data), len(data) + len(content)],
    }
    data += content
text = json.dumps(header, separators=(",", ":")).encode()
text += b" " * (-len(text) % 8)
with open(os.path.join(here, "safetensors/mobilenet.safetensors"), "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + data)
expect("safetensors/mobilenet.safetensors", model)

# A training script's checkpoint: half precision, wrapped for several devices, kernels in channels-last order, an optimiser beside it.
model = mobilenet(3).half().to(memory_format=torch.channels_last)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
checkpoint = {
    "epoch": 7,
    "best_acc1": torch.tensor(71.9),
    "optimizer": optimizer.state_dict(),
    "state_dict": nn.DataParallel(model).state_dict(),
}
save("pytorch/checkpoint_half.pt", checkpoint, model.float())


def small(seed):
    """Layers with and without biases and batch normalisation."""
    return randomize(nn.Sequential(
        torchvision.ops.misc.Conv2dNormActivation(3, 8, stride=2, activation_layer=nn.ReLU6),
        torchvision.ops.misc.Conv2dNormActivation(8, 8, stride=2, groups=8, activation_layer=nn.ReLU6),
        nn.Conv2d(8, 16, 1), nn.ReLU6(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 3)), seed)


# A state dictionary in the format before PyTorch 1.6.
model = small(4)
save("pytorch/state_dict_legacy.pth", model.state_dict(), model, _use_new_zipfile_serialization=False)

# A whole module, whose batch normalisations state their epsilon.
model = small(5)
for module in model.modules():
    if isinstance(module, nn.BatchNorm2d):
        module.eps = 0.001
save("pytorch/module.pt", model, model, pickle_protocol=4)

# TorchScript, without the passages of PyTorch's sources that it quotes for messages.
model = small(6)
script = io.BytesIO()
torch.jit.save(torch.jit.script(model), script)
with zipfile.ZipFile(script) as full, zipfile.ZipFile(os.path.join(here, "pytorch/script.pt"), "w") as file:
    for entry in full.infolist():
        if not entry.filename.endswith(".debug_pkl"):
            file.writestr(zipfile.ZipInfo(entry.filename), full.read(entry))
expect("pytorch/script.pt", torch.jit.load(os.path.join(here, "pytorch/script.pt")))
