#!/usr/bin/env python3
"""Tests of scripts/export-lpips-weights.py: python3 export_lpips_weights_test.py (needs numpy and torch)."""

import contextlib
import importlib.util
import io
import json
import pathlib
import struct
import sys
import tempfile
import types
import unittest
from unittest import mock

import numpy
import torch

sys.dont_write_bytecode = True
SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "export-lpips-weights.py"
spec = importlib.util.spec_from_file_location("export_lpips_weights", SCRIPT)
export = importlib.util.module_from_spec(spec)
spec.loader.exec_module(export)

CHANNELS = [64, 192, 384, 256, 256]
NUMBERS = [0, 3, 6, 8, 10]  # of the convolutions among torchvision's features


def torchvision_state():
    """AlexNet with random weights under torchvision's names, the classifier included."""
    generator = torch.Generator().manual_seed(1)
    shapes = [(64, 3, 11, 11), (192, 64, 5, 5), (384, 192, 3, 3), (256, 384, 3, 3), (256, 256, 3, 3)]
    state = {}
    for number, shape in zip(NUMBERS, shapes):
        state[f"features.{number}.weight"] = torch.randn(shape, generator=generator)
        state[f"features.{number}.bias"] = torch.randn(shape[0], generator=generator)
    state["classifier.1.weight"] = torch.zeros(3, 3)
    return state


def linear_state(prefix="lin"):
    generator = torch.Generator().manual_seed(2)
    return {f"{prefix}{n}.model.1.weight": torch.rand(1, count, 1, 1, generator=generator)
            for n, count in enumerate(CHANNELS)}


def lpips_state():
    """The same under the names of lpips.LPIPS, which has the linear layers twice."""
    state = {"scaling_layer.shift": torch.zeros(1, 3, 1, 1)}
    for name, value in torchvision_state().items():
        if name.startswith("features."):
            number = int(name.split(".")[1])
            state[f"net.slice{NUMBERS.index(number) + 1}.{name[len('features.'):]}"] = value
    return {**state, **linear_state("lin"), **linear_state("lins.")}


def read_safetensors(path):
    data = pathlib.Path(path).read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    metadata = header.pop("__metadata__")
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        assert entry["dtype"] == "F32"
        tensors[name] = numpy.frombuffer(data[begin:end], "<f4").reshape(entry["shape"])
    return tensors, metadata


class ExportTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return str(pathlib.Path(self.folder.name) / name)

    def saved(self, name, state):
        torch.save(state, self.path(name))
        return self.path(name)

    def run_script(self, *arguments):
        text = io.StringIO()
        with contextlib.redirect_stderr(text):
            code = export.main([*arguments, "-o", self.path("out.safetensors")])
        return code, text.getvalue()

    def check_output(self):
        tensors, metadata = read_safetensors(self.path("out.safetensors"))
        self.assertEqual(len(tensors), 15)
        self.assertEqual(metadata["format"], "stsr-lpips")
        for n, number in enumerate(NUMBERS, start=1):
            for kind in ("weight", "bias"):
                expected = torchvision_state()[f"features.{number}.{kind}"].numpy()
                numpy.testing.assert_array_equal(tensors[f"conv{n}.{kind}"], expected)
            expected = linear_state()[f"lin{n - 1}.model.1.weight"].numpy().ravel()
            numpy.testing.assert_array_equal(tensors[f"lin{n}.weight"], expected)

    def test_names_of_torchvision(self):
        code, text = self.run_script("--alexnet", self.saved("a.pth", torchvision_state()), "--linear",
                                     self.saved("l.pth", linear_state()))
        self.assertEqual((code, text), (0, ""))
        self.check_output()

    def test_names_of_lpips(self):
        code, text = self.run_script("--alexnet", self.saved("p.pth", {"state_dict": lpips_state()}))
        self.assertEqual((code, text), (0, ""))
        self.check_output()

    def test_the_package(self):
        def network(net, version, verbose):
            self.assertEqual((net, version, verbose), ("alex", "0.1", False))
            return types.SimpleNamespace(state_dict=lpips_state)

        with mock.patch.dict(sys.modules, {"lpips": types.SimpleNamespace(LPIPS=network)}):
            self.assertEqual(self.run_script(), (0, ""))
        self.check_output()

    def fails(self, expected, *arguments):
        code, text = self.run_script(*arguments)
        self.assertEqual((code, len(text.splitlines())), (3, 1), text)
        self.assertIn(expected, text)
        self.assertFalse(pathlib.Path(self.path("out.safetensors")).exists())

    def test_errors_are_one_line(self):
        with mock.patch.dict(sys.modules, {"lpips": None}):
            self.fails("install the Python packages lpips and torchvision")
        self.fails("no such file", "--alexnet", self.path("none.pth"))
        alexnet = self.saved("a.pth", torchvision_state())
        self.fails("give the linear layers with --linear", "--alexnet", alexnet)
        self.fails("it is not AlexNet", "--alexnet", self.saved("l.pth", linear_state()))
        bad = torchvision_state()
        bad["features.3.weight"] = bad["features.3.weight"][:, :32]
        self.fails("'features.3.weight' has the shape [192, 32, 5, 5], AlexNet's LPIPS needs [192, 64, 5, 5]",
                   "--alexnet", self.saved("b.pth", bad))
        bad = {**lpips_state(), "lins.2.model.1.weight": torch.ones(1, 384, 1, 1)}
        self.fails("are both lin3.weight, and differ", "--alexnet", self.saved("b.pth", bad))
        bad = torchvision_state()
        bad["features.0.bias"][3] = float("nan")
        self.fails("not finite", "--alexnet", self.saved("b.pth", bad))
        pathlib.Path(self.path("b.pth")).write_bytes(b"PK nonsense")
        self.fails("torch cannot read it", "--alexnet", self.path("b.pth"))


if __name__ == "__main__":
    torch.set_num_threads(1)
    unittest.main()
