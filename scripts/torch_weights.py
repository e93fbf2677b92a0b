#!/usr/bin/env python3
"""Carries weights between STSR model files and checkpoints of the PyTorch code that Tang and Wang
released with their paper (github.com/TouKaienn/STSR-INR), or, for models of the preset coordnet, that
Han and Wang released with theirs (github.com/stevenhan1991/TVCG23-CoordNet).

    torch_weights.py export MODEL --network NETWORK.pth --latents LATENTS.pth
    torch_weights.py import --network NETWORK.pth --latents LATENTS.pth --like MODEL -o NEW_MODEL
    torch_weights.py export COORDNET --network NETWORK.pth
    torch_weights.py import --network NETWORK.pth --like COORDNET -o NEW_MODEL

The released code keeps a network and its latents in two files and knows neither grids nor times nor
units. `import` therefore takes these from another model file; without training, make one from
the same data with

    stsr train DATA --preset paper --epochs 0 -o MODEL

The released networks have residual heads, modulation and sine modulators; others are refused. Their
residual blocks and heads always use omega 30, so weights of these layers are multiplied by omega/30
on export, by 30/omega on import: sin(omega (W x + b)) stays the same. The stem's omega is not in the
checkpoint either: it is `omega_0` in the released configuration file, `omega_stem` here. A CoordNet
has omega 30 everywhere and no latents; its checkpoint is the state dict alone.

Needs Python 3.11 and numpy, and torch for `export`. Checkpoints are unpickled with a list of allowed
types, so a hostile file cannot run code.
"""

import argparse
import collections
import io
import json
import os
import pathlib
import pickle
import re
import struct
import sys
import tomllib
import zipfile

import numpy

RELEASED_OMEGA = 30.0


class WeightsError(Exception):
    """A file cannot be used; the message is one line."""


# --- model files (docs/formats.md): 8 bytes header length, JSON header, raw little-endian arrays

DTYPES = {"F32": "<f4", "F64": "<f8", "U8": "u1", "I64": "<i8"}


def read_model(path):
    """(tensors by name, metadata)."""
    data = pathlib.Path(path).read_bytes()
    length = struct.unpack("<Q", data[:8])[0] if len(data) >= 8 else len(data)
    if length > len(data) - 8:
        raise WeightsError(f"{path}: not a model file, or truncated")
    try:
        header = json.loads(data[8:8 + length])
        metadata = header.pop("__metadata__", {})
        tensors = {}
        for name, entry in header.items():
            begin, end = (8 + length + offset for offset in entry["data_offsets"])
            array = numpy.frombuffer(data[begin:end], DTYPES[entry["dtype"]])
            tensors[name] = array.reshape(entry["shape"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WeightsError(f"{path}: damaged header: {error}") from error
    if metadata.get("format") != "stsr-model" or metadata.get("version") != "1":
        raise WeightsError(f"{path}: not an STSR model of version 1")
    return tensors, metadata


def write_model(path, tensors, metadata):
    """Large elements first, which aligns all arrays; written beside the final name and renamed."""
    codes = {numpy.dtype(text): code for code, text in DTYPES.items()}
    header, offset, order = {"__metadata__": metadata}, 0, []
    for name, array in sorted(tensors.items(), key=lambda item: (-item[1].itemsize, item[0])):
        header[name] = {"dtype": codes[array.dtype], "shape": list(array.shape),
                        "data_offsets": [offset, offset + array.nbytes]}
        offset += array.nbytes
        order.append(array)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    partial = pathlib.Path(str(path) + ".stsr-partial")
    try:
        with partial.open("wb") as stream:
            stream.write(struct.pack("<Q", len(text)) + text)
            for array in order:
                stream.write(array.tobytes())
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


# --- checkpoints: a zip archive with a pickle and one file of raw numbers for every storage

STORAGES = {"FloatStorage": "<f4", "DoubleStorage": "<f8", "HalfStorage": "<f2", "IntStorage": "<i4",
            "LongStorage": "<i8", "ByteStorage": "u1", "BoolStorage": "?"}


def rebuild_tensor(storage, offset, shape, stride, *_):
    """What torch._utils._rebuild_tensor_v2 does, as a numpy array."""
    last = offset + sum((n - 1) * step for n, step in zip(shape, stride, strict=True))
    if min((offset, *shape, *stride)) < 0 or (0 not in shape and last >= storage.size):
        raise pickle.UnpicklingError(f"a tensor of shape {list(shape)} exceeds its storage")
    steps = [step * storage.itemsize for step in stride]
    return numpy.lib.stride_tricks.as_strided(storage[offset:], shape, steps).copy()


class CheckpointUnpickler(pickle.Unpickler):
    """Knows tensors and plain containers only. (torch.load cannot be used: its `weights_only` mode
    refuses the released files in torch 1.13, and there it ignores `pickle_module`.)"""

    ALLOWED = {
        ("collections", "OrderedDict"): collections.OrderedDict,
        ("torch._utils", "_rebuild_tensor_v2"): rebuild_tensor,
        ("torch._utils", "_rebuild_parameter"): lambda data, *_: data,
    }

    def __init__(self, archive, name):
        super().__init__(io.BytesIO(archive.read(name)))
        self.archive = archive
        self.prefix = name[:-len("data.pkl")] + "data/"

    def find_class(self, module, name):
        if (module, name) in self.ALLOWED:
            return self.ALLOWED[module, name]
        if module == "torch" and name in STORAGES:
            return STORAGES[name]
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed in a checkpoint")

    def persistent_load(self, saved):
        kind, dtype, key, _, count = saved
        if kind != "storage":
            raise pickle.UnpicklingError(f"unknown kind of data '{kind}'")
        return numpy.frombuffer(self.archive.read(self.prefix + key), dtype, count)


def read_checkpoint(path, key):
    """The tensors of the state dict under `key`, or of one that is the whole file, float32."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.endswith("/data.pkl")]
            if len(names) != 1:
                raise WeightsError(f"{path}: not a checkpoint of torch 1.6 or newer")
            content = CheckpointUnpickler(archive, names[0]).load()
    except zipfile.BadZipFile as error:
        raise WeightsError(f"{path}: not a checkpoint of torch 1.6 or newer: {error}") from error
    except (pickle.UnpicklingError, EOFError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise WeightsError(f"{path}: cannot be read: {error}") from error
    state = content.get(key) if key and isinstance(content, dict) else content
    if not isinstance(state, dict) or not all(isinstance(value, numpy.ndarray) for value in state.values()):
        raise WeightsError(f"{path}: holds no '{key or 'state dict'}'")
    return {name: value.astype(numpy.float32) for name, value in state.items()}


# --- names

LAYER = re.compile(r"(.*?)(?:\.(first|second|projection))?\.(weight|bias)")


def is_coordnet(network):
    return network.get("architecture") == "coordnet"


def coordnet_name(name, network):
    """The same for a CoordNet: its last block is number 3 + residual_blocks."""
    stage, part, kind = LAYER.fullmatch(name).groups()
    block = 3 + network["residual_blocks"] if stage == "output" else stage.split(".")[1]
    inner = {"first": "net.0", "second": "net.1", "projection": "transform"}[part]
    return f"net.{block}.{inner}.linear.{kind}"


def released_name(name, network):
    """The released code's name of one of our parameters, other than the latents."""
    if is_coordnet(network):
        return coordnet_name(name, network)
    stage, part, kind = LAYER.fullmatch(name).groups()
    inner = {"first": "net.0.linear.", "second": "net.1.linear.", None: "linear."}[part] + kind
    words = stage.split(".")
    if words[0] in ("synthesis", "modulator"):
        body = {"synthesis": "Synthesis_Net", "modulator": "Modulated_Net"}[words[0]]
        return f"{body}.net.{words[1]}.{inner}"
    head = f"final_layers.{words[1]}"
    if words[2] == "output":
        return f"{head}.final_layer.0.{kind}"
    return f"{head}.{words[2]}_net.{words[3]}.{inner}"


def omega_of(name, network):
    """omega of the layer if the released code has a fixed one there, else that one."""
    if is_coordnet(network):
        stem = re.match(r"synthesis\.[012]\.", name)
        part = "stem" if stem else "head" if name.startswith("output.") else "residual"
        return network["omega_" + part]
    if re.fullmatch(r"head\.\d+\.(synthesis|modulator)\..*", name):
        return network["omega_head"]
    if ".first." in name or ".second." in name:
        return network["omega_residual"]
    return RELEASED_OMEGA


def scaled(array, numerator, denominator):
    """array * numerator / denominator in float32; the very same array where they are equal."""
    if numerator == denominator:
        return array
    return (array.astype(numpy.float64) * (numerator / denominator)).astype(numpy.float32)


def network_of(path, tensors, metadata):
    """The [network] section; refuses what the released code has no counterpart for."""
    try:
        config = tomllib.loads(metadata["config"])
        network = config["network"]
        required = [("blocks", "mode", "paper")]
        if not is_coordnet(network):
            required += [("network", "head", "residual"), ("network", "conditioning", "modulation"),
                         ("network", "modulator_activation", "sine")]
        for section, key, value in required:
            if config[section][key] != value:
                raise WeightsError(f"{path}: {section}.{key} is '{config[section][key]}'; the released code "
                                   f"only has '{value}'")
        if is_coordnet(network):
            return network
        if network["latent"] == "one-hot":
            raise WeightsError(f"{path}: network.latent is 'one-hot'; the released code learns its latents")
    except (KeyError, tomllib.TOMLDecodeError) as error:
        raise WeightsError(f"{path}: the configuration in its metadata is damaged: {error}") from error
    if "latent.mu" not in tensors:
        raise WeightsError(f"{path}: the tensor 'latent.mu' is missing")
    return network


def network_names(tensors):
    return [name for name in tensors if name.startswith(("synthesis.", "modulator.", "head.", "output."))]


def to_released(tensors, network):
    """(state dict of the network, state dict of the latents or None) as numpy arrays."""
    state = {released_name(name, network): scaled(tensors[name], omega_of(name, network), RELEASED_OMEGA)
             for name in network_names(tensors)}
    if is_coordnet(network):
        return state, None
    mu = tensors["latent.mu"]
    log_variance = network["latent_log_variance"] if network["latent"] == "vad" else 1e-3
    return state, {"weight_mu": mu, "weight_logvar": numpy.full_like(mu, log_variance)}


def from_released(state, latents, like, network):
    """Our tensors; names and shapes are those of `like`. `latents` is None for a CoordNet."""
    if any(re.fullmatch(r"final_layers\.\d+\.final_layer\.weight", name) for name in state):
        raise WeightsError("the network ends without tanh, as in the first version of the released code; "
                           "STSR has no such network")
    wanted = {released_name(name, network): name for name in network_names(like)}
    unknown = sorted(set(state) - set(wanted))
    if unknown:
        raise WeightsError(f"the network has {len(unknown)} tensors that the model lacks, first "
                           f"'{unknown[0]}': residual_blocks and blocks.split must be those of the network")
    tensors = {}
    for released, name in wanted.items():
        tensors[name] = scaled(of_shape(state, released, like[name].shape), RELEASED_OMEGA,
                               omega_of(name, network))
    if latents is not None:
        tensors["latent.mu"] = of_shape(latents, "weight_mu", like["latent.mu"].shape)
    return tensors


def of_shape(state, name, shape):
    if name not in state:
        raise WeightsError(f"the checkpoint has no '{name}', which the model needs")
    if state[name].shape != shape:
        raise WeightsError(f"'{name}' has the shape {list(state[name].shape)}, the model needs {list(shape)}")
    return state[name]


# --- commands


def check_latents(options, network):
    if is_coordnet(network) and options.latents:
        raise WeightsError("a CoordNet has no latents; leave out --latents")
    if not is_coordnet(network) and not options.latents:
        raise WeightsError("this network has latents, which the released code keeps in a file of their own; "
                           "name it with --latents")


def export_model(options):
    import torch  # only here: reading needs none

    tensors, metadata = read_model(options.model)
    network = network_of(options.model, tensors, metadata)
    check_latents(options, network)
    state, latents = to_released(tensors, network)

    def as_torch(arrays):
        return collections.OrderedDict((name, torch.from_numpy(numpy.array(a))) for name, a in arrays.items())

    if is_coordnet(network):
        torch.save(as_torch(state), options.network)
        print(f"init: {network['width'] // 4}  num_res: {network['residual_blocks']}  "
              f"out_features: {len(tensors['output.second.bias'])}  (arguments of the released CoordNet)")
        return
    torch.save({"model_name": "STSR", "epoch": 0, "model_state_dict": as_torch(state)}, options.network)
    torch.save({"latent_state_dict": as_torch(latents)}, options.latents)
    print(f"omega_0: {network['omega_stem']}  init: {network['width'] // 4}  "
          f"num_res: {network['residual_blocks']}  (model_setting of the released configuration)")
    if network["latent_length"] != 256:
        print(f"embedding_dims is 256 in the released main.py; this model needs {network['latent_length']}")


def import_model(options):
    like, metadata = read_model(options.like)
    network = network_of(options.like, like, metadata)
    check_latents(options, network)
    coordnet = is_coordnet(network)
    state = read_checkpoint(options.network, None if coordnet else "model_state_dict")
    latents = None if coordnet else read_checkpoint(options.latents, "latent_state_dict")
    tensors = from_released(state, latents, like, network)
    kept = {name: array for name, array in like.items() if name.startswith("missing.")}
    metadata = {key: metadata[key] for key in ("format", "version", "config", "variables")}
    write_model(options.output, {**tensors, **kept}, metadata)
    if coordnet:
        return
    print(f"omega_stem = {network['omega_stem']}, from {options.like}; the network must have been trained "
          "with this omega_0")


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, metavar="export|import")
    out = commands.add_parser("export", help="model file to checkpoints")
    out.add_argument("model")
    back = commands.add_parser("import", help="checkpoints to model file")
    back.add_argument("--like", required=True, help="model file with the data's grids, times and units")
    back.add_argument("-o", "--output", required=True)
    for command, function in ((out, export_model), (back, import_model)):
        command.add_argument("--network", required=True,
                             help="checkpoint with 'model_state_dict', or of a CoordNet")
        command.add_argument("--latents", help="checkpoint with 'latent_state_dict'; none for a CoordNet")
        command.set_defaults(function=function)
    return parser.parse_args(arguments)


def main(arguments=None):
    options = parse(arguments)
    try:
        options.function(options)
    except (WeightsError, OSError) as error:
        print(f"torch_weights.py: {error}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
