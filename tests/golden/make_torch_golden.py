#!/usr/bin/env python3
"""Writes network_*.json, training_*.json and muon.json: reference numbers from PyTorch.

    python3 make_torch_golden.py            (needs numpy and torch >= 1.13; a minute on one core)

All reference values are computed in float64 from float32 weights and inputs. Weights are not stored:
tests make them again, parameter i of a file being float32(scale * uniform(stream i)), see
torch_reference.uniform. NaN (a masked target) is written as null. A gradient of more than
`keep` entries is stored with a stride, beside its full Euclidean norm.
"""

import json
import math
import pathlib

import numpy
import torch

import torch_reference as reference

FOLDER = pathlib.Path(__file__).parent
ROWS_STREAM = 1000000  # streams of inputs, beyond those of parameters

COORDNET = {"architecture": "coordnet", "latent": "ad", "omega_stem": 30.0, "omega_head": 30.0}

NETWORKS = {
    "residual_sine": {},
    "residual_relu": {"modulator_activation": "relu", "latent": "ad"},
    "residual_concatenation": {"conditioning": "concatenation", "group": 1},
    "residual_one_hot": {"latent": "one-hot"},
    "linear_sine": {"head": "linear", "width": 32, "omega_residual": 10.0},
    "linear_relu": {"head": "linear", "modulator_activation": "relu", "width": 20, "group": 1},
    "linear_many_rows": {"head": "linear", "width": 8, "heads": 2, "rows": 620, "group": 20},
    "residual_long_groups": {"width": 8, "heads": 2, "rows": 501, "group": 167, "residual_blocks": 1},
    "linear_concatenation": {"head": "linear", "conditioning": "concatenation", "width": 32,
                             "latent": "ad", "omega_residual": 8.0},
    "linear_concatenation_one_hot": {"head": "linear", "conditioning": "concatenation",
                                     "latent": "one-hot", "width": 24},
    "linear_relu_one_hot": {"head": "linear", "modulator_activation": "relu", "latent": "one-hot",
                            "width": 24},
    "residual_relu_one_head": {"modulator_activation": "relu", "heads": 1, "residual_blocks": 1},
    "released": {"width": 256, "residual_blocks": 5, "latent_length": 256, "heads": 8,
                 "omega_head": 30.0, "rows": 8, "group": 4, "keep": 16},
    "coordnet_one": {**COORDNET, "width": 24, "heads": 1},
    "coordnet_three": {**COORDNET, "width": 20, "heads": 3},
    "coordnet_many_rows": {**COORDNET, "width": 16, "heads": 5, "rows": 620, "group": 20,
                           "residual_blocks": 1},  # 4 -> 4 needs no projection
    "coordnet_wide": {**COORDNET, "width": 8, "heads": 17, "residual_blocks": 1},
    "coordnet_as_wide": {**COORDNET, "width": 8, "heads": 8, "residual_blocks": 0},
    "coordnet_published": {**COORDNET, "width": 256, "residual_blocks": 10, "heads": 4, "rows": 8,
                           "keep": 16},
}

TRAININGS = {
    "adam_residual": {"latent": "ad", "learning_rate": 1e-3},
    "adam_paper": {"latent": "ad", "learning_rate": 1e-5, "weight_decay": 1e-6},
    "adam_decay": {"latent": "ad", "head": "linear", "learning_rate": 1e-3, "weight_decay": 1e-2,
                   "omega_residual": 10.0},
    "adam_relu": {"latent": "ad", "head": "linear", "modulator_activation": "relu",
                  "learning_rate": 1e-3, "latent_learning_rate": 3e-3},
    "adam_concatenation": {"latent": "ad", "conditioning": "concatenation", "head": "linear",
                           "learning_rate": 1e-3, "omega_residual": 10.0},
    "adam_kld": {"head": "linear", "learning_rate": 1e-3, "latent_learning_rate": 1e-2,
                 "kld_weight": 1e-1, "omega_residual": 10.0},
    "muon_linear": {"latent": "ad", "head": "linear", "optimiser": "muon", "learning_rate": 1e-3,
                    "matrix_learning_rate": 2e-3, "omega_residual": 10.0},
    "muon_residual": {"latent": "ad", "optimiser": "muon", "learning_rate": 1e-3,
                      "matrix_learning_rate": 1e-3, "omega_residual": 8.0, "omega_head": 5.0},
    "muon_decay": {"latent": "ad", "head": "linear", "optimiser": "muon", "learning_rate": 1e-3,
                   "matrix_learning_rate": 1e-2, "matrix_decay": 0.5, "omega_residual": 5.0},
    "coordnet_one": {**COORDNET, "width": 24, "heads": 1, "learning_rate": 1e-5, "weight_decay": 1e-6},
    "coordnet_three": {**COORDNET, "width": 20, "heads": 3, "learning_rate": 1e-4},
    "coordnet_muon": {**COORDNET, "width": 16, "heads": 3, "optimiser": "muon", "omega_stem": 5.0,
                      "omega_residual": 8.0, "omega_head": 5.0},
}


def rounded(values):
    """Flat list of numbers with nine digits; NaN becomes null."""
    flat = numpy.asarray(values, dtype=numpy.float64).reshape(-1)
    return [None if math.isnan(v) else float(f"{v:.9g}") for v in flat]


def make_rows(config, count, group, stream):
    """Coordinates, the variable of every group, noise of every group, targets with some missing."""
    groups = count // group
    sources = 1 if reference.is_coordnet(config) else config["variables"]  # of rows

    def numbers(rows, columns, offset):
        values = reference.uniform(rows * columns, ROWS_STREAM + stream * 10 + offset)
        return values.astype(numpy.float32).reshape(rows, columns)

    noise = 1.7 * numbers(groups, reference.phi_length(config), 1)
    targets = numbers(count, config["heads"], 2)
    missing = numpy.abs(numbers(count, config["heads"], 3)) < 0.15
    targets[missing] = numpy.nan
    return {
        "coordinates": torch.from_numpy(numbers(count, 4, 0)),
        "group_variable": torch.tensor([(2 * i + i // 3) % sources for i in range(groups)]),
        "noise": torch.from_numpy(noise) if config["latent"] == "vad" else None,
        "targets": torch.from_numpy(targets),
    }


def evaluate(config, parameters, rows, group, dtype):
    """Outputs and loss in the given precision."""
    noise = rows["noise"].to(dtype) if rows["noise"] is not None else None
    phi = reference.latents(config, parameters, rows["group_variable"], noise)
    phi = phi.repeat_interleave(group, dim=0)
    outputs = reference.forward(config, parameters, rows["coordinates"].to(dtype), phi)
    return outputs, reference.masked_loss(outputs, rows["targets"].to(dtype))


def leaves(config, dtype):
    return {name: value.to(dtype).requires_grad_()
            for name, value in reference.generated_parameters(config).items()}


def settings(options, extra):
    """A whole network configuration, and the options that are not part of it."""
    rest = {key: options.get(key, value) for key, value in extra.items()}
    config = dict(reference.DEFAULTS)
    config.update({key: value for key, value in options.items() if key in config})
    if reference.is_coordnet(options):
        config.update(architecture="coordnet", variables=config["heads"])
    return config, rest


def rows_as_json(rows):
    out = {key: rounded(rows[key]) for key in ("coordinates", "targets")}
    out["group_variable"] = rows["group_variable"].tolist()
    out["noise"] = [] if rows["noise"] is None else rounded(rows["noise"])
    return out


def parameters_as_json(config):
    return [{"name": name, "shape": shape, "scale": scale} for name, shape, scale in reference.layout(config)]


def write(name, content):
    path = FOLDER / name
    path.write_text(json.dumps(content, indent=None, separators=(",", ":")) + "\n")
    print(f"{name}: {path.stat().st_size} bytes")


def network_case(name, options):
    config, rest = settings(options, {"rows": 24, "group": 4, "keep": 4096})
    rows = make_rows(config, rest["rows"], rest["group"], 0)
    exact = leaves(config, torch.float64)
    outputs, loss = evaluate(config, exact, rows, rest["group"], torch.float64)
    loss.backward()
    single = leaves(config, torch.float32)
    outputs32, loss32 = evaluate(config, single, rows, rest["group"], torch.float32)
    loss32.backward()

    parameters = parameters_as_json(config)
    worst = 0.0
    for entry in parameters:
        gradient = exact[entry["name"]].grad.reshape(-1)
        stride = -(-gradient.numel() // rest["keep"])
        entry["gradient_stride"] = stride
        entry["gradient_norm"] = float(f"{gradient.norm().item():.9g}")
        entry["gradient"] = rounded(gradient[::stride])
        difference = (single[entry["name"]].grad.reshape(-1) - gradient).norm() / gradient.norm()
        worst = max(worst, difference.item())
        assert gradient.norm() > 0, entry["name"]
    spread = ((outputs32 - outputs).abs().max() / outputs.abs().max()).item()
    print(f"{name}: float32 differs by {spread:.1e} in outputs, {worst:.1e} in gradients")
    write(f"network_{name}.json", {
        "config": config, "group": rest["group"], **rows_as_json(rows),
        "outputs": rounded(outputs.detach()), "loss": loss.item(), "parameters": parameters})


def hidden_matrix(name):
    """What Muon steps: all weights but those of inputs and outputs."""
    others = ("synthesis.0.weight", "modulator.0.weight", "heads.weight", "latent.mu",
              "synthesis.0.first.weight", "synthesis.0.projection.weight")
    return (name.endswith(".weight") and name not in others and not name.endswith(".output.weight")
            and not name.startswith("output."))


def train(config, rest, batches, dtype):
    """Losses before each step, and mu at the end (empty where there is none)."""
    parameters = leaves(config, dtype)
    decay = rest["weight_decay"]
    muon = {name: torch.zeros_like(value) for name, value in parameters.items()
            if rest["optimiser"] == "muon" and hidden_matrix(name)}
    network = torch.optim.Adam([p for n, p in parameters.items() if n != "latent.mu" and n not in muon],
                               lr=rest["learning_rate"], weight_decay=decay)
    mu = parameters.get("latent.mu", torch.zeros(0))  # what has no gradient is not stepped
    latent = torch.optim.Adam([mu], lr=rest["latent_learning_rate"] or rest["learning_rate"],
                              weight_decay=decay)
    losses = []
    for _ in range(2):
        for rows in batches:
            for value in parameters.values():
                value.grad = None
            _, loss = evaluate(config, parameters, rows, rest["group"], dtype)
            loss.backward()
            latent.step()
            network.step()
            for name, momentum in muon.items():
                weight = parameters[name]
                reference.muon_step(weight.data, weight.grad, momentum, rest["matrix_learning_rate"],
                                    rest["matrix_decay"])
            losses.append(loss.item())
        if config["latent"] == "vad":
            latent.zero_grad()
            (rest["kld_weight"] * reference.kl_divergence(config, mu)).backward()
            latent.step()
    return losses, mu.detach()


def training_case(name, options):
    config, rest = settings(options, {"rows": 24, "group": 4, "optimiser": "adam",
                                      "learning_rate": 1e-3, "matrix_learning_rate": 1e-3,
                                      "matrix_decay": 0.0, "latent_learning_rate": None,
                                      "weight_decay": 0.0, "kld_weight": 1e-3})
    batches = [make_rows(config, rest["rows"], rest["group"], 1 + i) for i in range(5)]
    for rows in batches:
        rows["noise"] = None
    losses, mu = train(config, rest, batches, torch.float64)
    losses32, _ = train(config, rest, batches, torch.float32)
    spread = max(abs(a / b - 1) for a, b in zip(losses32, losses))
    print(f"{name}: float32 differs by {spread:.1e} in losses")
    rest["latent_learning_rate"] = rest["latent_learning_rate"] or rest["learning_rate"]
    write(f"training_{name}.json", {
        "config": config, **rest, "parameters": parameters_as_json(config),
        "batches": [rows_as_json(rows) for rows in batches], "losses": losses, "mu": rounded(mu)})


def muon_case():
    """Weights after each of three steps; weight and gradients come from streams of uniform()."""
    cases, rate = [], 0.02
    for index, shape in enumerate([(32, 32), (16, 32), (32, 16)]):
        def stream(offset):
            values = reference.uniform(shape[0] * shape[1], 10 * index + offset)
            return torch.from_numpy(values.astype(numpy.float32).reshape(shape))

        weight, momentum = stream(0), torch.zeros(shape)
        steps = []
        for step in range(3):
            reference.muon_step(weight, stream(1 + step), momentum, rate)
            steps.append(rounded(weight))
        cases.append({"shape": list(shape), "first_stream": 10 * index, "weights": steps})
    write("muon.json", {"learning_rate": rate, "cases": cases})


def main():
    torch.set_num_threads(1)
    for name, options in NETWORKS.items():
        network_case(name, options)
    for name, options in TRAININGS.items():
        training_case(name, options)
    muon_case()


if __name__ == "__main__":
    main()
