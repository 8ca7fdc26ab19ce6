"""Makes Files/keras.zip from Files/tensorflowjs, with h5py, in the layouts that Keras writes.

Keras itself is not needed: the layouts are those of its sources (hdf5_format.py of Keras 2, saving_lib.py of Keras 3), and the parameters and configurations
those that TensorFlow.js wrote, which also computed what the network gives.

    python3 make_keras.py tensorflowjs keras.zip
"""
import io
import json
import re
import sys
import zipfile

import h5py
import numpy as np

source, target = sys.argv[1:]


files = {}


class Hdf5File(h5py.File):
    """A file in memory, which is kept when it is closed."""

    def __init__(self, name, **options):
        self.kept_name, self.stream = name, io.BytesIO()
        super().__init__(self.stream, "w", **options)

    def __exit__(self, *error):
        super().__exit__(*error)
        files[self.kept_name] = self.stream.getvalue()


def read(name):
    with open(f"{source}/{name}") as file:
        return json.load(file)


model, epsilon, teachable = read("model.json"), read("epsilon.json"), read("teachable.json")
weights = {}
for manifest in (model, teachable):
    group, = manifest["weightsManifest"]
    data, start = np.fromfile(f"{source}/{group['paths'][0]}", "<f4"), 0
    for weight in group["weights"]:
        size = int(np.prod(weight["shape"]))
        layer, name = weight["name"].split("/")
        weights.setdefault(layer, {})[name] = data[start:start + size].reshape(weight["shape"])
        start += size

order = ["kernel", "depthwise_kernel", "bias", "gamma", "beta", "moving_mean", "moving_variance"]
weights = {layer: {name: own[name] for name in order if name in own} for layer, own in weights.items()}


def config_of(manifest):
    """Keras' own form of what TensorFlow.js has: the same, but for what its loader adds."""
    return renamed({name: manifest["modelTopology"][name] for name in ("class_name", "config")})


def renamed(layer):
    """What TensorFlow.js calls a Model is Functional in Keras, from 2.4."""
    if "layers" not in layer["config"]:
        return layer
    kind = layer["class_name"].replace("Model", "Functional")
    return {**layer, "class_name": kind, "config": {**layer["config"], "layers": [renamed(inner) for inner in layer["config"]["layers"]]}}


def keras3(layer):
    """A configuration as Keras 3 writes it: types as objects, and calls with their arguments."""
    config = {name: value for name, value in layer["config"].items() if name not in ("batch_input_shape", "layers")}
    is_model = "layers" in layer["config"]
    if is_model:
        config["layers"] = [keras3(inner) for inner in layer["config"]["layers"]]
    elif layer["class_name"] == "InputLayer":
        config["batch_shape"] = layer["config"]["batch_input_shape"]
    else:
        config["dtype"] = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}, "registered_name": None}
    module = f"keras.src.models.{layer['class_name'].lower()}" if is_model else "keras.layers"
    result = {**layer, "module": module, "registered_name": layer["class_name"] if is_model else None, "config": config, "build_config": {"input_shape": [None]}}
    if "inbound_nodes" in layer:
        tensors = [[{"class_name": "__keras_tensor__", "config": {"shape": [None], "dtype": "float32", "keras_history": part[:3]}} for part in node] for node in layer["inbound_nodes"]]
        result["inbound_nodes"] = [{"args": node if len(node) == 1 else [node], "kwargs": {"training": False} if "BN" in layer["name"] else {}} for node in tensors]
    return result


def names(values):
    return np.asarray([value.encode("utf8") for value in values])


def save_layers(group, layers, weight_names):
    """Keras 2: the attributes that give the order, and a group for each layer."""
    group.attrs["layer_names"] = names(layers)
    group.attrs["backend"] = "tensorflow".encode("utf8")
    group.attrs["keras_version"] = "2.11.0".encode("utf8")
    for layer in layers:
        own = group.create_group(layer)
        listed = weight_names(layer)
        own.attrs["weight_names"] = names([name for name, _ in listed])
        for name, value in listed:
            own.create_dataset(name, data=value)


def listed(layer):
    return [(f"{layer}/{name}:0", value) for name, value in weights.get(layer, {}).items()]


layers = [layer["config"]["name"] for layer in model["modelTopology"]["config"]["layers"]]

with Hdf5File("weights.h5") as file:
    save_layers(file, layers, listed)

with Hdf5File("model.h5") as file:
    file.attrs["keras_version"] = "2.11.0".encode("utf8")
    file.attrs["model_config"] = json.dumps(config_of(epsilon)).encode("utf8")
    save_layers(file.create_group("model_weights"), layers, listed)
    # What an optimizer keeps has the names of the weights, too.
    slots = file.create_group("optimizer_weights")
    slots.attrs["weight_names"] = names(["Adam/Conv1/kernel/m:0"])
    slots.create_dataset("Adam/Conv1/kernel/m:0", data=np.zeros_like(weights["Conv1"]["kernel"]))


def nested_config(manifest):
    """A network without its head in a Sequential, as in transfer learning."""
    config = manifest["modelTopology"]["config"]
    *features, head = config["layers"]
    inner = {"class_name": "Functional", "config": {
        "name": "features", "trainable": True, "layers": features, "input_layers": config["input_layers"], "output_layers": [[features[-1]["name"], 0, 0]]}}
    return {"class_name": "Sequential", "config": {"name": "sequential", "layers": [inner, head]}}


def fine_tuned(layer):
    """Keras 3 in the older format: the last block is trained, and what is trained comes first; depthwise kernels are called kernels."""
    if layer == "predictions":
        return [(f"sequential/predictions/{name}", value) for name, value in weights[layer].items()]
    trained, frozen = [], []
    for inner in layers[:-1]:
        for name, value in weights.get(inner, {}).items():
            is_trained = inner in ("Conv_1", "Conv_1_bn") and not name.startswith("moving")
            (trained if is_trained else frozen).append((f"{inner}/{name.replace('depthwise_', '')}", value))
    return trained + frozen


with Hdf5File("nested.h5") as file:
    file.attrs["keras_version"] = "3.5.0".encode("utf8")
    file.attrs["model_config"] = json.dumps(keras3(nested_config(epsilon))).encode("utf8")
    save_layers(file.create_group("model_weights"), ["features", "predictions"], fine_tuned)


def within(layer):
    """The weights of the layers of a model that stands as a layer, the trained ones first."""
    if "layers" not in layer["config"]:
        return listed(layer["config"]["name"])
    return sorted((weight for inner in layer["config"]["layers"] for weight in within(inner)), key=lambda weight: "/moving_" in weight[0])


with Hdf5File("teachable.h5") as file:
    config = config_of(teachable)
    parts = {layer["config"]["name"]: layer for layer in config["config"]["layers"]}
    file.attrs["model_config"] = json.dumps(config).encode("utf8")
    save_layers(file.create_group("model_weights"), list(parts), lambda name: within(parts[name]))


def snake_case(name):
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def save_variables(group, config):
    """Keras 3: groups named for the layers' classes, with numbered variables."""
    group.create_group("vars")
    used = {}
    for layer in config["config"]["layers"]:
        name = snake_case(layer["class_name"])
        used[name] = used.get(name, -1) + 1
        own = group.create_group(f"layers/{name}" + (f"_{used[name]}" if used[name] else ""))
        if "layers" in layer["config"]:
            save_variables(own, layer)
            continue
        variables = own.create_group("vars")
        for i, value in enumerate(weights.get(layer["config"]["name"], {}).values()):
            variables.create_dataset(str(i), data=value)


with Hdf5File("model.weights.h5") as file:
    save_variables(file, config_of(model))
    file.create_group("optimizer/vars").create_dataset("0", data=7)


def archive(contents, compression):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name, content in contents.items():
            file.writestr(zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), content, compression)
    return stream.getvalue()


def save_model(name, config):
    config = keras3(config)
    with Hdf5File(name) as file:
        save_variables(file, config)
    files[name] = archive({
        "metadata.json": json.dumps({"keras_version": "3.5.0", "date_saved": "2025-01-01@00:00:00"}),
        "config.json": json.dumps(config),
        "model.weights.h5": files[name],
    }, zipfile.ZIP_STORED)


save_model("model.keras", config_of(epsilon))
save_model("nested.keras", nested_config(epsilon))
save_model("teachable.keras", config_of(teachable))

# Small files, to be damaged, and files with what a stranger might put into one.
weights = {
    "conv2d": {"kernel": np.full((1, 1, 3, 2), 0.5, "<f4"), "bias": np.zeros(2, "<f4")},
    "batch_normalization": {name: np.ones(2, "<f4") for name in ("gamma", "beta", "moving_mean", "moving_variance")},
    "dense": {"kernel": np.full((2, 2), 0.25, "<f4"), "bias": np.zeros(2, "<f4")},
}
layers = list(weights)
small = {"class_name": "Sequential", "config": {"name": "small", "layers": [
    {"class_name": "InputLayer", "config": {"name": "input_1", "batch_input_shape": [None, 1, 1, 3]}},
    {"class_name": "Conv2D", "config": {"name": "conv2d", "filters": 2, "kernel_size": [1, 1], "activation": "linear"}},
    {"class_name": "BatchNormalization", "config": {"name": "batch_normalization", "axis": [3]}},
    {"class_name": "Dense", "config": {"name": "dense", "units": 2, "activation": "softmax"}}]}}


def save_small(name, change=lambda file: None, **options):
    with Hdf5File(name, **options) as file:
        file.attrs["model_config"] = json.dumps(small).encode("utf8")
        save_layers(file.create_group("model_weights"), layers, listed)
        change(file["model_weights/conv2d/conv2d"])


def replace(group, **options):
    del group["kernel:0"]
    group.create_dataset("kernel:0", (1, 1, 3, 2), "<f4", **options)


def link(group, target):
    del group["kernel:0"]
    group["kernel:0"] = target


save_small("small.h5")
save_model("small.keras", small)
save_small("latest.h5", libver="latest")
save_small("compressed.h5", lambda group: replace(group, compression="gzip"))
save_small("chunks.h5", lambda group: replace(group, chunks=(1, 1, 1, 1)))
save_small("elsewhere.h5", lambda group: replace(group, external=[("/etc/hostname", 0, 24)]))
save_small("integers.h5", lambda group: link(group, np.zeros((1, 1, 3, 2), "<i4")))
save_small("big_endian.h5", lambda group: link(group, np.zeros((1, 1, 3, 2), ">f4")))
save_small("loop.h5", lambda group: link(group, h5py.SoftLink("kernel:0")))
save_small("other_file.h5", lambda group: link(group, h5py.ExternalLink("model.h5", "/")))



def save_classes(name, layers, container="layers", step=1):
    """Keras 3's weights without a model: kernels filled with 1, 2, … in the order the layers run, and batch normalisations with that of their kernel."""
    used, kernels = {}, 0
    with Hdf5File(name) as file:
        for kind, *shape in layers:
            number = used[kind] = used.get(kind, -step) + step
            kernels += kind != "batch_normalization"
            variables = file.create_group(f"{container}/{kind}" + (f"_{number}" if number else "") + "/vars")
            for i in range(4 if kind == "batch_normalization" else 1):
                variables.create_dataset(str(i), data=np.full(shape, kernels, "<f4"))


def separable(inputs, outputs):
    return [("depthwise_conv2d", 3, 3, inputs, 1), ("batch_normalization", inputs), ("conv2d", 1, 1, inputs, outputs), ("batch_normalization", outputs)]


stem = [("conv2d", 3, 3, 3, 8), ("batch_normalization", 8)]
save_classes("v1.weights.h5", stem + separable(8, 8) + separable(8, 8) + separable(8, 16) + [("conv2d", 1, 1, 16, 5)])
save_classes("dependencies.weights.h5", stem + separable(8, 8) + separable(8, 16), "_layer_checkpoint_dependencies", 2)
save_classes("unordered.weights.h5", stem + [("conv2d", 1, 1, 4, 4), ("batch_normalization", 4)])

with open(target, "wb") as file:
    file.write(archive(files, zipfile.ZIP_DEFLATED))
