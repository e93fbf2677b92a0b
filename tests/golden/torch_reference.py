"""The networks of STSR, their loss and their optimisers, written a second time in PyTorch.

This is the independent reference that the golden files come from. It shares nothing with the C++ code
but the names and the order of the parameters. Formulas: Tang & Wang 2024 and docs/data-path.md.

A network is a dict from parameter name to tensor; a configuration is a dict with the keys of the
[network] section of a configuration file, plus `variables` and `heads` (targets of a row). Where
`architecture` is "coordnet" it is the baseline of Han & Wang 2023, else the modulated sine network.
"""

import math

import numpy
import torch

DEFAULTS = {
    "width": 16,
    "residual_blocks": 2,
    "head": "residual",              # or "linear"
    "conditioning": "modulation",    # or "concatenation"
    "modulator_activation": "sine",  # or "relu"
    "latent": "vad",                 # or "ad", "one-hot"
    "latent_length": 12,
    "latent_log_variance": 1e-3,
    "omega_stem": 5.0,
    "omega_residual": 30.0,
    "omega_head": 20.0,
    "variables": 3,
    "heads": 4,
}


def is_coordnet(config):
    return config.get("architecture") == "coordnet"


def phi_length(config):
    if is_coordnet(config):
        return 0
    return config["variables"] if config["latent"] == "one-hot" else config["latent_length"]


def modulated(config):
    return config["conditioning"] == "modulation"


class Layout(list):
    """Parameters in file order: tuples (name, shape, scale); scale bounds the initial values."""

    def layer(self, name, inputs, outputs, omega):
        """A layer with a bias; omega is None for a layer without a sine."""
        bound = 1 / math.sqrt(inputs)
        weight = math.sqrt(6 / inputs) / omega if omega else bound
        self.append((name + ".weight", [outputs, inputs], weight))
        self.append((name + ".bias", [outputs], bound))

    def block(self, name, width, omega):
        self.coordnet_block(name, width, width, omega)

    def coordnet_block(self, name, inputs, outputs, omega):
        self.layer(name + ".first", inputs, outputs, omega)
        self.layer(name + ".second", outputs, outputs, omega)
        if inputs != outputs:
            self.layer(name + ".projection", inputs, outputs, omega)

    def body(self, name, inputs, config, relu):
        width = config["width"]
        widths = [inputs, width // 4, width // 2, width]
        for i in range(3):
            self.layer(f"{name}.{i}", widths[i], widths[i + 1], 1.7 if relu else config["omega_stem"])
        for i in range(3, 3 + config["residual_blocks"]):
            self.block(f"{name}.{i}", width, 1.7 if relu else config["omega_residual"])

    def head_stages(self, name, config, relu):
        width, omega = config["width"], 1.7 if relu else config["omega_head"]
        self.block(name + ".0", width, omega)
        self.layer(name + ".1", width, width // 2, omega)
        self.layer(name + ".2", width // 2, width // 4, omega)


def coordnet_blocks(config):
    """(name, inputs, outputs, omega) of the residual blocks of a CoordNet."""
    width, deep = config["width"], config["residual_blocks"]
    widths = [4, width // 4, width // 2] + [width] * (deep + 1) + [config["heads"]]
    omegas = [config["omega_stem"]] * 3 + [config["omega_residual"]] * deep + [config["omega_head"]]
    names = [f"synthesis.{i}" for i in range(3 + deep)] + ["output"]
    return list(zip(names, widths[:-1], widths[1:], omegas, strict=True))


def layout(config):
    if is_coordnet(config):
        table = Layout()
        for block in coordnet_blocks(config):
            table.coordnet_block(*block)
        return table
    relu = config["modulator_activation"] == "relu"
    length = phi_length(config)
    table = Layout()
    table.body("synthesis", 4 if modulated(config) else 4 + length, config, False)
    if modulated(config):
        table.body("modulator", length, config, relu)
    if config["head"] == "linear":
        bound = 1 / math.sqrt(config["width"])
        table.append(("heads.weight", [config["heads"], config["width"]], bound))
        table.append(("heads.bias", [config["heads"]], bound))
    else:
        for h in range(config["heads"]):
            table.head_stages(f"head.{h}.synthesis", config, False)
            if modulated(config):
                table.head_stages(f"head.{h}.modulator", config, relu)
            table.layer(f"head.{h}.output", config["width"] // 4, 1, None)
    if config["latent"] != "one-hot":
        table.append(("latent.mu", [config["variables"], length], math.sqrt(3 / length)))
    return table


def uniform(count, stream):
    """Numbers in [-1, 1) that any language reproduces to the bit: number k of a stream is
    mix(k + 2654435769 * (stream + 1)) / 2^31 - 1 with the 32-bit mixing function below."""
    x = (numpy.arange(count, dtype=numpy.uint64) + 2654435769 * (stream + 1)).astype(numpy.uint32)
    x ^= x >> numpy.uint32(16)
    x = x * numpy.uint32(0x7FEB352D)
    x ^= x >> numpy.uint32(15)
    x = x * numpy.uint32(0x846CA68B)
    x ^= x >> numpy.uint32(16)
    return x.astype(numpy.float64) / 2.0**31 - 1.0


def generated_parameters(config):
    """Parameter i of the layout is float32(scale * uniform(stream i))."""
    parameters = {}
    for stream, (name, shape, scale) in enumerate(layout(config)):
        values = (scale * uniform(int(numpy.prod(shape)), stream)).astype(numpy.float32)
        parameters[name] = torch.from_numpy(values.reshape(shape))
    return parameters


def latents(config, parameters, group_variable, noise):
    """phi of every group, [groups, length]; none for a CoordNet."""
    if is_coordnet(config):
        return torch.empty(len(group_variable), 0)
    if config["latent"] == "one-hot":
        return torch.eye(config["variables"], dtype=next(iter(parameters.values())).dtype)[group_variable]
    phi = parameters["latent.mu"][group_variable]
    if config["latent"] == "vad" and noise is not None:
        phi = phi + math.exp(0.5 * config["latent_log_variance"]) * noise
    return phi


def coordnet_forward(config, parameters, coordinates):
    """Outputs [rows, heads] of a CoordNet: residual blocks of sine layers, and nothing else."""
    x = coordinates
    for name, _, _, omega in coordnet_blocks(config):

        def sine_layer(part, values):
            weight, bias = (parameters[f"{name}.{part}.{kind}"] for kind in ("weight", "bias"))
            return torch.sin(omega * torch.nn.functional.linear(values, weight, bias))

        passing = sine_layer("projection", x) if f"{name}.projection.weight" in parameters else x
        x = (passing + sine_layer("second", sine_layer("first", x))) / 2
    return x


def forward(config, parameters, coordinates, phi):
    """Outputs [rows, heads] for coordinates [rows, 4] = (t, z, y, x) and phi [rows, length]."""
    if is_coordnet(config):
        return coordnet_forward(config, parameters, coordinates)

    def linear(name, x):
        return x @ parameters[name + ".weight"].T + parameters[name + ".bias"]

    def sine(omega):
        return lambda x: torch.sin(omega * x)

    def stage(name, x, activation):
        if name + ".weight" in parameters:
            return activation(linear(name, x))
        return 0.5 * (x + activation(linear(name + ".second", activation(linear(name + ".first", x)))))

    relu = config["modulator_activation"] == "relu"
    stem, residual = sine(config["omega_stem"]), sine(config["omega_residual"])
    in_head = sine(config["omega_head"])
    stages = 3 + config["residual_blocks"]

    f, m = coordinates, None
    if not modulated(config):
        f = torch.cat([coordinates, phi], dim=1)
    for i in range(stages):
        activation = stem if i < 3 else residual
        f = stage(f"synthesis.{i}", f if m is None else f * m, activation)
        if modulated(config):
            m = stage(f"modulator.{i}", phi if m is None else m, torch.relu if relu else activation)

    if config["head"] == "linear":
        return torch.tanh(linear("heads", f if m is None else f * m))
    outputs = []
    for h in range(config["heads"]):
        fh, mh = f, m
        for j in range(3):
            fh = stage(f"head.{h}.synthesis.{j}", fh if mh is None else fh * mh, in_head)
            if mh is not None:
                mh = stage(f"head.{h}.modulator.{j}", mh, torch.relu if relu else in_head)
        outputs.append(torch.tanh(linear(f"head.{h}.output", fh if mh is None else fh * mh)))
    return torch.cat(outputs, dim=1)


def masked_loss(outputs, targets):
    """Mean squared error over all entries whose target is not NaN."""
    present = ~torch.isnan(targets)
    return ((outputs - targets)[present] ** 2).mean()


def kl_divergence(config, mu):
    """KLD of N(mu, sigma^2) against N(0, 1), divided by the number of variables."""
    log_variance = config["latent_log_variance"]
    return 0.5 * (math.exp(log_variance) + mu**2 - 1 - log_variance).sum() / config["variables"]


def muon_direction(update, iterations=5):
    """Nearly orthogonal matrix of the same singular directions, by Newton-Schulz iterations."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = update / (update.norm() + 1e-7)
    if x.shape[0] > x.shape[1]:
        return muon_direction(update.T, iterations).T
    for _ in range(iterations):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x


def muon_step(weight, gradient, momentum, learning_rate, decay=0.0):
    """One step, with decoupled decay; changes weight and momentum in place."""
    weight.mul_(1 - learning_rate * decay)
    momentum.mul_(0.95).add_(gradient)
    update = gradient + 0.95 * momentum
    weight.sub_(learning_rate * 0.2 * math.sqrt(max(weight.shape)) * muon_direction(update))
