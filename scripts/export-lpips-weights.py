#!/usr/bin/env python3
"""Writes the weights of LPIPS (variant AlexNet, version 0.1) into the file that STSR reads.

    export-lpips-weights.py -o alex.safetensors
    export-lpips-weights.py --alexnet alexnet.pth --linear alex.pth -o alex.safetensors
    export-lpips-weights.py --alexnet lpips.pth -o alex.safetensors

The first form asks the Python packages lpips and torchvision, which download AlexNet's weights on first
use. The second reads state dicts saved by torch: AlexNet as torchvision has it (features.0.weight, ...)
and the linear layers as the LPIPS authors publish them (lin0.model.1.weight, ...). The third reads one
state dict of a whole lpips.LPIPS(net='alex') (net.slice1.0.weight, ..., lin0.model.1.weight, ...).

The weights are their authors' and are not part of STSR. Needs numpy and torch.
"""

import argparse
import pathlib
import re
import sys

import numpy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from torch_weights import write_model  # noqa: E402

# Number of the convolution in torchvision's features, and the shape of its weights.
CONVOLUTIONS = {0: (64, 3, 11, 11), 3: (192, 64, 5, 5), 6: (384, 192, 3, 3), 8: (256, 384, 3, 3),
                10: (256, 256, 3, 3)}

CONVOLUTION_NAME = re.compile(r"(?:module\.)?(?:features|net\.slice\d)\.(\d+)\.(weight|bias)")
LINEAR_NAME = re.compile(r"(?:module\.)?(?:lin|lins\.)(\d)\.model\.\d\.weight")


class WeightsError(Exception):
    """Weights cannot be used; the message is one line."""


def our_name(name):
    """What STSR calls a tensor of either naming; None for what LPIPS does not use."""
    match = CONVOLUTION_NAME.fullmatch(name)
    if match and int(match[1]) in CONVOLUTIONS:
        return f"conv{list(CONVOLUTIONS).index(int(match[1])) + 1}.{match[2]}"
    match = LINEAR_NAME.fullmatch(name)
    if match and int(match[1]) < len(CONVOLUTIONS):
        return f"lin{int(match[1]) + 1}.weight"
    return None


def wanted_shapes():
    """Shapes by our names; the linear weights are [outputs] with us and [1, outputs, 1, 1] there."""
    shapes = {}
    for n, shape in enumerate(CONVOLUTIONS.values(), start=1):
        shapes[f"conv{n}.weight"] = shape
        shapes[f"conv{n}.bias"] = shape[:1]
        shapes[f"lin{n}.weight"] = shape[:1]
    return shapes


def converted(state):
    """Our tensors of a state dict whose values are arrays."""
    shapes = wanted_shapes()
    tensors = {}
    for name, array in state.items():
        ours = our_name(name)
        if ours is None:
            continue
        array = numpy.ascontiguousarray(array, numpy.float32)
        shape = shapes[ours]
        accepted = [shape, (1, *shape, 1, 1)] if ours.startswith("lin") else [shape]
        if array.shape not in accepted:
            raise WeightsError(f"'{name}' has the shape {list(array.shape)}, AlexNet's LPIPS needs "
                               f"{list(accepted[-1])}")
        if not numpy.isfinite(array).all():
            raise WeightsError(f"'{name}' holds values that are not finite")
        array = array.reshape(shape)
        if ours in tensors and not numpy.array_equal(tensors[ours], array):
            raise WeightsError(f"'{name}' and another tensor are both {ours}, and differ")
        tensors[ours] = array
    missing = [name for name in shapes if name not in tensors]
    if missing:
        hint = "give the linear layers with --linear" if missing[0].startswith("lin") else \
            "it is not AlexNet of torchvision or lpips"
        raise WeightsError(f"{len(missing)} tensors are missing, first {missing[0]}; {hint}")
    return tensors


def read_state(path):
    """A state dict that torch has saved, as arrays. Only plain tensors are unpickled."""
    import torch  # only here: --help needs none

    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise WeightsError(f"{path}: there is no such file") from error
    except Exception as error:  # torch has many kinds of them
        text = " ".join(str(error).split())
        raise WeightsError(f"{path}: torch cannot read it as a state dict: {text}") from error
    if isinstance(state, dict) and isinstance(state.get("state_dict"), dict):
        state = state["state_dict"]
    if not isinstance(state, dict):
        raise WeightsError(f"{path}: holds no state dict")
    return {name: value.float().numpy() for name, value in state.items() if torch.is_tensor(value)}


def state_of_packages():
    try:
        import lpips
    except ImportError as error:
        raise WeightsError(f"{error}; install the Python packages lpips and torchvision, or give saved state "
                           "dicts with --alexnet and --linear") from error
    network = lpips.LPIPS(net="alex", version="0.1", verbose=False)
    return {name: value.detach().cpu().numpy() for name, value in network.state_dict().items()}


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--alexnet", help="state dict of AlexNet, or of the whole LPIPS")
    parser.add_argument("--linear", help="state dict of the linear layers")
    parser.add_argument("-o", "--output", required=True, help="safetensors file to write")
    options = parser.parse_args(arguments)
    if options.linear and not options.alexnet:
        parser.error("--linear needs --alexnet")
    return options


def main(arguments=None):
    options = parse(arguments)
    try:
        if options.alexnet:
            state = read_state(options.alexnet)
            if options.linear:
                state.update(read_state(options.linear))
        else:
            state = state_of_packages()
        write_model(options.output, converted(state), {"format": "stsr-lpips", "version": "1",
                                                       "network": "alex", "lpips": "0.1"})
    except (WeightsError, OSError) as error:
        print(f"export-lpips-weights.py: {error}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
