#!/usr/bin/env python3
"""Tests of scripts/torch_weights.py: python3 torch_weights_test.py (needs numpy and torch)."""

import contextlib
import io
import json
import math
import os
import pathlib
import sys
import tempfile
import unittest

import numpy
import torch

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests" / "golden")]
import torch_reference as reference
import torch_weights

SMALL = {**reference.DEFAULTS, "omega_residual": 30.0, "omega_head": 30.0}


COORDNET = {**SMALL, "architecture": "coordnet", "omega_stem": 30.0, "variables": 3, "heads": 3}


def arrays(config):
    return {name: value.numpy() for name, value in reference.generated_parameters(config).items()}


def write_model(path, config, tensors=None, mode="paper"):
    lines = [f"{key} = {json.dumps(value)}" for key, value in config.items() if key not in ("variables", "heads")]
    text = "\n".join(["[network]", *lines, "[blocks]", f'mode = "{mode}"', "split = [2, 2, 1]"])
    metadata = {"format": "stsr-model", "version": "1", "config": text, "variables": "[]"}
    extra = {"missing.0": numpy.array([[1, 2, 3]], dtype=numpy.uint8)}
    torch_weights.write_model(path, {**(tensors or arrays(config)), **extra}, metadata)


def released_forward(state, coordinates, phi, omega_0, stages, heads):
    """The released network, from the names of its parameters alone."""

    def layer(name, x, omega):
        return torch.sin(omega * (x @ state[name + ".linear.weight"].T + state[name + ".linear.bias"]))

    def stage(name, x, omega):
        if name + ".linear.weight" in state:
            return layer(name, x, omega)
        return 0.5 * (layer(name + ".net.1", layer(name + ".net.0", x, 30), 30) + x)

    feature, latent = stage("Synthesis_Net.net.0", coordinates, omega_0), stage("Modulated_Net.net.0", phi, omega_0)
    for i in range(1, stages):
        feature = stage(f"Synthesis_Net.net.{i}", feature * latent, omega_0)
        latent = stage(f"Modulated_Net.net.{i}", latent, omega_0)
    outputs = []
    for h in range(heads):
        f, m = feature, latent
        for j in range(3):
            f = stage(f"final_layers.{h}.synthesis_net.{j}", f * m, 30)
            m = stage(f"final_layers.{h}.modulator_net.{j}", m, 30)
        name = f"final_layers.{h}.final_layer.0"
        outputs.append(torch.tanh((f * m) @ state[name + ".weight"].T + state[name + ".bias"]))
    return torch.cat(outputs, dim=1)


def released_coordnet_forward(state, coordinates, blocks):
    """The released CoordNet, from the names of its parameters alone."""

    def layer(name, x):
        return torch.sin(30 * (x @ state[name + ".linear.weight"].T + state[name + ".linear.bias"]))

    x = coordinates
    for i in range(blocks):
        passing = layer(f"net.{i}.transform", x) if f"net.{i}.transform.linear.weight" in state else x
        x = 0.5 * (layer(f"net.{i}.net.1", layer(f"net.{i}.net.0", x)) + passing)
    return x


class Names(unittest.TestCase):
    def test_names_of_the_released_code(self):
        expected = {
            "synthesis.0.weight": "Synthesis_Net.net.0.linear.weight",
            "synthesis.3.first.bias": "Synthesis_Net.net.3.net.0.linear.bias",
            "modulator.7.second.weight": "Modulated_Net.net.7.net.1.linear.weight",
            "head.5.synthesis.0.second.weight": "final_layers.5.synthesis_net.0.net.1.linear.weight",
            "head.0.modulator.2.bias": "final_layers.0.modulator_net.2.linear.bias",
            "head.7.output.weight": "final_layers.7.final_layer.0.weight",
        }
        for ours, theirs in expected.items():
            self.assertEqual(torch_weights.released_name(ours, SMALL), theirs)

    def test_no_name_is_used_twice(self):
        names = torch_weights.network_names(arrays(SMALL))
        self.assertEqual(len({torch_weights.released_name(name, SMALL) for name in names}), len(names))
        self.assertEqual(len(names), len(reference.layout(SMALL)) - 1)

    def test_names_of_the_released_coordnet(self):
        expected = {
            "synthesis.0.first.weight": "net.0.net.0.linear.weight",
            "synthesis.2.projection.bias": "net.2.transform.linear.bias",
            "synthesis.4.second.weight": "net.4.net.1.linear.weight",
            "output.projection.weight": "net.5.transform.linear.weight",
        }
        for ours, theirs in expected.items():
            self.assertEqual(torch_weights.released_name(ours, COORDNET), theirs)
        names = torch_weights.network_names(arrays(COORDNET))
        self.assertEqual(len({torch_weights.released_name(name, COORDNET) for name in names}), len(names))
        self.assertEqual(len(names), len(reference.layout(COORDNET)))


class Files(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def run_script(self, *arguments):
        """(exit code, what it printed)"""
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            code = torch_weights.main([str(a) for a in arguments])
        return code, out.getvalue()

    def export(self, model):
        return self.run_script("export", model, "--network", self.path("n.pth"), "--latents", self.path("l.pth"))

    def import_(self, like):
        return self.run_script("import", "--network", self.path("n.pth"), "--latents", self.path("l.pth"),
                               "--like", like, "-o", self.path("new"))

    def test_released_layout_gives_the_golden_outputs(self):
        golden = json.loads((ROOT / "tests/golden/network_released.json").read_text())
        config = golden["config"]
        write_model(self.path("model"), config)
        code, text = self.export(self.path("model"))
        self.assertEqual(code, 0, text)
        self.assertIn("omega_0: 5.0  init: 64  num_res: 5", text)
        state = torch.load(self.path("n.pth"))["model_state_dict"]
        mu = torch.load(self.path("l.pth"))["latent_state_dict"]["weight_mu"]
        groups = golden["group_variable"]
        noise = torch.tensor(golden["noise"]).reshape(len(groups), -1)
        phi = mu[groups] + math.exp(0.5 * config["latent_log_variance"]) * noise
        outputs = released_forward(state, torch.tensor(golden["coordinates"]).reshape(-1, 4),
                                   phi.repeat_interleave(golden["group"], dim=0), 5.0, 8, 8)
        expected = torch.tensor(golden["outputs"]).reshape(outputs.shape)
        self.assertLess((outputs - expected).abs().max(), 1e-5 * expected.abs().max())

    def test_export_then_import_is_the_identity(self):
        write_model(self.path("model"), SMALL)
        other = {name: numpy.zeros_like(value) for name, value in arrays(SMALL).items()}
        write_model(self.path("like"), SMALL, other)
        self.assertEqual(self.export(self.path("model"))[0], 0)
        code, text = self.import_(self.path("like"))
        self.assertEqual(code, 0, text)
        self.assertEqual(pathlib.Path(self.path("new")).read_bytes(), pathlib.Path(self.path("model")).read_bytes())

    def test_other_omegas_are_folded_into_the_weights(self):
        config = {**SMALL, "omega_stem": 7.0, "omega_residual": 10.0, "omega_head": 5.0}
        write_model(self.path("model"), config)
        self.assertEqual(self.export(self.path("model"))[0], 0)
        state = torch.load(self.path("n.pth"))["model_state_dict"]
        rows = torch.from_numpy(reference.uniform(40, 5).astype(numpy.float32).reshape(10, 4))
        phi = torch.from_numpy(reference.uniform(120, 6).astype(numpy.float32).reshape(10, 12))
        expected = reference.forward(config, reference.generated_parameters(config), rows, phi)
        outputs = released_forward(state, rows, phi, 7.0, 5, 4)
        self.assertLess((outputs - expected).abs().max(), 1e-5)
        self.assertEqual(self.import_(self.path("model"))[0], 0)
        tensors, _ = torch_weights.read_model(self.path("new"))
        for name, value in arrays(config).items():
            numpy.testing.assert_allclose(tensors[name], value, rtol=2e-7, err_msg=name)

    def test_released_coordnet_gives_the_golden_outputs(self):
        golden = json.loads((ROOT / "tests/golden/network_coordnet_published.json").read_text())
        write_model(self.path("model"), golden["config"])
        code, text = self.run_script("export", self.path("model"), "--network", self.path("n.pth"))
        self.assertEqual(code, 0, text)
        self.assertIn("init: 64  num_res: 10  out_features: 4", text)
        outputs = released_coordnet_forward(torch.load(self.path("n.pth")),
                                            torch.tensor(golden["coordinates"]).reshape(-1, 4), 14)
        expected = torch.tensor(golden["outputs"]).reshape(outputs.shape)
        self.assertLess((outputs - expected).abs().max(), 1e-5 * expected.abs().max())

    def test_coordnets_go_there_and_back(self):
        config = {**COORDNET, "omega_stem": 15.0, "omega_residual": 10.0, "omega_head": 5.0}
        for case in (COORDNET, config):
            write_model(self.path("model"), case)
            other = {name: numpy.zeros_like(value) for name, value in arrays(case).items()}
            write_model(self.path("like"), case, other)
            self.assertEqual(self.run_script("export", self.path("model"), "--network", self.path("n.pth"))[0], 0)
            code, text = self.run_script("import", "--network", self.path("n.pth"), "--like", self.path("like"),
                                         "-o", self.path("new"))
            self.assertEqual(code, 0, text)
            tensors, _ = torch_weights.read_model(self.path("new"))
            for name, value in arrays(case).items():
                numpy.testing.assert_allclose(tensors[name], value, rtol=2e-7, err_msg=name)
        state = torch.load(self.path("n.pth"))
        rows = torch.from_numpy(reference.uniform(40, 5).astype(numpy.float32).reshape(10, 4))
        expected = reference.forward(config, reference.generated_parameters(config), rows, None)
        self.assertLess((released_coordnet_forward(state, rows, 6) - expected).abs().max(), 1e-5)

    def test_latents_are_named_only_where_there_are_some(self):
        write_model(self.path("coordnet"), COORDNET)
        write_model(self.path("model"), SMALL)
        self.assertIn("has no latents", self.export(self.path("coordnet"))[1])
        code, text = self.run_script("export", self.path("model"), "--network", self.path("n.pth"))
        self.assertEqual(code, 3)
        self.assertIn("--latents", text)

    def test_refuses_networks_that_were_not_released(self):
        for change, word in (({"head": "linear"}, "head"), ({"conditioning": "concatenation"}, "conditioning"),
                             ({"modulator_activation": "relu"}, "relu"), ({"latent": "one-hot"}, "one-hot")):
            write_model(self.path("model"), {**SMALL, **change})
            code, text = self.export(self.path("model"))
            self.assertEqual(code, 3)
            self.assertIn(word, text)
        write_model(self.path("model"), SMALL, mode="shared-faces")
        self.assertIn("blocks.mode", self.export(self.path("model"))[1])
        self.assertFalse(os.path.exists(self.path("n.pth")))

    def test_refuses_checkpoints_that_do_not_fit(self):
        write_model(self.path("model"), SMALL)
        self.assertEqual(self.export(self.path("model"))[0], 0)
        for change, word in (({"width": 32}, "shape"), ({"heads": 2}, "lacks"), ({"heads": 8}, "no 'final_layers.4"),
                             ({"variables": 2}, "weight_mu"), ({"residual_blocks": 1}, "lacks")):
            write_model(self.path("like"), {**SMALL, **change})
            code, text = self.import_(self.path("like"))
            self.assertEqual(code, 3)
            self.assertIn(word, text)
            self.assertEqual(len(text.splitlines()), 1, text)
        self.assertFalse(os.path.exists(self.path("new")))

    def test_refuses_the_first_version_without_tanh(self):
        write_model(self.path("model"), SMALL)
        self.assertEqual(self.export(self.path("model"))[0], 0)
        state = torch.load(self.path("n.pth"))["model_state_dict"]
        renamed = {name.replace("final_layer.0.", "final_layer."): value for name, value in state.items()}
        torch.save({"model_state_dict": renamed}, self.path("n.pth"))
        self.assertIn("without tanh", self.import_(self.path("model"))[1])

    def test_reads_checkpoints_with_an_optimiser(self):
        write_model(self.path("model"), SMALL)
        self.assertEqual(self.export(self.path("model"))[0], 0)
        content = torch.load(self.path("n.pth"))
        parameter = torch.nn.Parameter(torch.ones(3))
        content.update(optimizer=torch.optim.Adam([parameter]).state_dict(), cur_lr=1e-5,
                       datasetInfo={"a": {"dim": [1, 2, 3]}})
        torch.save(content, self.path("n.pth"))
        code, text = self.import_(self.path("model"))
        self.assertEqual(code, 0, text)

    def test_a_checkpoint_cannot_run_code(self):
        class Hostile:
            def __reduce__(self):
                return os.mkdir, (marker,)

        marker = self.path("executed")
        write_model(self.path("model"), SMALL)
        self.assertEqual(self.export(self.path("model"))[0], 0)
        torch.save({"model_state_dict": Hostile()}, self.path("n.pth"))
        code, text = self.import_(self.path("model"))
        self.assertEqual(code, 3)
        self.assertIn("not allowed", text)
        self.assertFalse(os.path.exists(marker))

    def test_damaged_files(self):
        write_model(self.path("model"), SMALL)
        whole = pathlib.Path(self.path("model")).read_bytes()
        for bytes_ in (b"", whole[:7], whole[:100], whole[:-1], b"\xff" * 100):
            pathlib.Path(self.path("model")).write_bytes(bytes_)
            code, text = self.export(self.path("model"))
            self.assertEqual((code, len(text.splitlines())), (3, 1), text)
        pathlib.Path(self.path("model")).write_bytes(whole)
        pathlib.Path(self.path("n.pth")).write_bytes(b"PK nonsense")
        pathlib.Path(self.path("l.pth")).write_bytes(b"text")
        self.assertEqual(self.import_(self.path("model"))[0], 3)


if __name__ == "__main__":
    torch.set_num_threads(1)
    unittest.main()
