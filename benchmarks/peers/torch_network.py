"""The network of STSR in PyTorch, as fast as PyTorch has it: the peer that STSR is timed against.

tests/golden/torch_reference.py says what is computed, one formula after the other. This is the same
network for speed: omega is folded into the weights, the modulator runs once a noise group, the head's
input is modulated once for all heads, and inference folds the modulator away and works in place.
check() holds the two against each other.
"""

import math
import pathlib
import sys

import torch
import torch.nn.functional as functional

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests" / "golden"))
import torch_reference as reference  # noqa: E402

PAPER = dict(reference.DEFAULTS, width=256, residual_blocks=5, latent_length=256, variables=4, heads=8,
             omega_head=30.0)


class Network:
    """Parameters, and the two ways through them. Sine modulators, latents that are learned."""

    def __init__(self, config):
        self.config = config
        self.parameters = reference.generated_parameters(config)
        for tensor in self.parameters.values():
            tensor.requires_grad_(True)
        self.stages = [self._stage(str(i), "stem" if i < 3 else "residual")
                       for i in range(3 + config["residual_blocks"])]

    def _stage(self, name, part):
        return name, self.config["omega_" + part]

    def _sine(self, name, x, omega):
        """sin(omega (W x + b)), omega folded into W and b: a pass over the features less."""
        weight, bias = self.parameters[name + ".weight"], self.parameters[name + ".bias"]
        return torch.sin(functional.linear(x, omega * weight, omega * bias))

    def _run(self, name, x, omega):
        if name + ".weight" in self.parameters:
            return self._sine(name, x, omega)
        return torch.lerp(x, self._sine(name + ".second", self._sine(name + ".first", x, omega), omega),
                          0.5)

    def _modulate(self, f, m, group):
        if group == 1:
            return f * m
        width = f.shape[1]
        return (f.view(-1, group, width) * m.unsqueeze(1)).view(-1, width)

    def forward(self, coordinates, variables, noise, group):
        """Outputs [rows, heads] of rows in groups that share phi = mu + noise."""
        m = self.parameters["latent.mu"][variables] + noise
        u = coordinates
        for name, omega in self.stages:
            m = self._run("modulator." + name, m, omega)
            u = self._modulate(self._run("synthesis." + name, u, omega), m, group)
        if self.config["head"] == "linear":
            return torch.tanh(functional.linear(u, self.parameters["heads.weight"],
                                                self.parameters["heads.bias"]))
        outputs = []
        for head in range(self.config["heads"]):
            f, n = u, m
            for j in range(3):
                f = self._run(f"head.{head}.synthesis.{j}", f, self.config["omega_head"])
                n = self._run(f"head.{head}.modulator.{j}", n, self.config["omega_head"])
                f = self._modulate(f, n, group)
            outputs.append(functional.linear(f, self.parameters[f"head.{head}.output.weight"],
                                             self.parameters[f"head.{head}.output.bias"]))
        return torch.tanh(torch.cat(outputs, dim=1))


class Decoder:
    """The network of one variable for inference: modulator folded away, everything scaled once."""

    def __init__(self, network, variable, dtype=torch.float32):
        self.dtype = dtype
        config, parameters = network.config, network.parameters
        with torch.inference_mode():
            m = parameters["latent.mu"][variable].clone().unsqueeze(0)
            self.trunk = []
            for name, omega in network.stages:
                m = network._run("modulator." + name, m, omega)
                self.trunk.append(self._folded(parameters, "synthesis." + name, omega, m))
            self.heads = []
            if config["head"] == "linear":
                self.output = self._plain(parameters, "heads")
                return
            for head in range(config["heads"]):
                n, stages = m, []
                for j in range(3):
                    n = network._run(f"head.{head}.modulator.{j}", n, config["omega_head"])
                    stages.append(self._folded(parameters, f"head.{head}.synthesis.{j}",
                                               config["omega_head"], n))
                self.heads.append((stages, self._plain(parameters, f"head.{head}.output")))

    def _plain(self, parameters, name):
        return (parameters[name + ".weight"].to(self.dtype, copy=True),
                parameters[name + ".bias"].to(self.dtype, copy=True))

    def _folded(self, parameters, name, omega, m):
        def scaled(layer):
            return ((omega * parameters[layer + ".weight"]).to(self.dtype),
                    (omega * parameters[layer + ".bias"]).to(self.dtype))

        if name + ".weight" in parameters:
            return [scaled(name)], m.to(self.dtype)
        return [scaled(name + ".first"), scaled(name + ".second")], (0.5 * m).to(self.dtype)

    @staticmethod
    def _run(stages, u):
        for layers, m in stages:
            f = u
            for weight, bias in layers:
                f = functional.linear(f, weight, bias).sin_()
            u = f.mul_(m) if len(layers) == 1 else f.add_(u).mul_(m)
        return u

    def evaluate(self, coordinates):
        """Outputs [rows, heads]."""
        with torch.inference_mode():
            u = self._run(self.trunk, coordinates.to(self.dtype))
            if not self.heads:
                return functional.linear(u, *self.output).tanh_()
            outputs = [functional.linear(self._run(stages, u), *output) for stages, output in self.heads]
            return torch.cat(outputs, dim=1).tanh_()


def check(head):
    """@raises SystemExit  the fast network or its gradient is not the reference's."""
    config = dict(PAPER, width=32, latent_length=24, residual_blocks=2, head=head, omega_residual=10.0,
                  omega_head=10.0)
    network, group, groups = Network(config), 4, 6
    generator = torch.Generator().manual_seed(1)
    coordinates = torch.rand([groups * group, 4], generator=generator) * 2 - 1
    noise = 0.3 * torch.randn([groups, 24], generator=generator)
    variables = torch.arange(groups) % config["variables"]

    def expected_outputs(scaled_noise):
        phi = network.parameters["latent.mu"][variables] + scaled_noise
        return reference.forward(config, network.parameters, coordinates,
                                 phi.repeat_interleave(group, dim=0))

    def gradient(outputs):
        return torch.autograd.grad((outputs**2).mean(), list(network.parameters.values()))

    def require(close, what):
        if not close:
            raise SystemExit(f"torch_network: {what} with {head} heads differ from torch_reference.py")

    fast, slow = network.forward(coordinates, variables, noise, group), expected_outputs(noise)
    require(torch.allclose(fast, slow, atol=1e-4), "outputs")
    for a, b in zip(gradient(fast), gradient(slow)):
        require(torch.allclose(a, b, rtol=1e-2, atol=1e-2 * float(b.abs().max())), "gradients")
    decoded = Decoder(network, 1).evaluate(coordinates)
    variables = torch.ones_like(variables)
    require(torch.allclose(decoded, expected_outputs(0.0), atol=1e-4), "decoded values")
