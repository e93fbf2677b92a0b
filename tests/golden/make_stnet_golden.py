#!/usr/bin/env python3
"""Makes stnet_*.json: outputs, losses, gradients and steps of STNet from PyTorch.

Needs python3-torch (scripts/install-deps.sh golden). Written with torch.nn modules, torch.optim.Adam
and automatic differentiation, and shares no code with src/baselines/stnet.

Parameters and volumes come from a formula, so that the files stay small: value i of array k is
`2 frac((i + 1) phi + 0.17 k) - 1` in double precision, phi the golden ratio's fraction.
"""

import json
import math
import pathlib

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

PHI = 0.6180339887498949


def formula(count, k):
    u = (np.arange(1, count + 1, dtype=np.float64) * PHI + 0.17 * k) % 1.0
    return 2.0 * u - 1.0


class DenseBlock(nn.Module):
    def __init__(self, a, b):
        super().__init__()
        self.conv1 = nn.Conv3d(a, 2 * a, 3, padding=1)
        self.conv2 = nn.Conv3d(3 * a, 4 * a, 3, padding=1)
        self.conv3 = nn.Conv3d(7 * a, b, 3, padding=1)

    def forward(self, x):
        x1 = F.relu(self.conv1(x))
        x2 = F.relu(self.conv2(torch.cat([x, x1], 1)))
        return F.relu(self.conv3(torch.cat([x, x1, x2], 1)))


def voxel_shuffle(x):
    n, c, d, h, w = x.shape
    out = x.new_zeros(n, c // 8, 2 * d, 2 * h, 2 * w)
    for dz in range(2):
        for dy in range(2):
            for dx in range(2):
                out[:, :, dz::2, dy::2, dx::2] = x[:, 4 * dz + 2 * dy + dx::8]
    return out


class Upscale(nn.Module):
    def __init__(self, a, b):
        super().__init__()
        self.value = nn.Conv3d(a, 8 * b, 3, padding=1)
        self.gate = nn.Conv3d(a, 8 * b, 3, padding=1)
        self.gate_conv = nn.Conv3d(b, b, 3, padding=1)
        self.dense = nn.Conv3d(b, b, 3, padding=1)
        self.out = nn.Conv3d(2 * b, b, 3, padding=1)

    def forward(self, x):
        x1 = F.relu(voxel_shuffle(self.value(x)))
        x1 = x1 * torch.sigmoid(self.gate_conv(voxel_shuffle(self.gate(x))))
        x2 = F.relu(self.dense(x1))
        return self.out(torch.cat([x1, x2], 1))


class Generator(nn.Module):
    def __init__(self, features, scale, frames):
        super().__init__()
        a = 2
        for i, b in enumerate(features):
            setattr(self, f"rdb{i}", DenseBlock(a, b))
            a = b
        self.blocks = len(features)
        self.ups = int(math.log2(scale))
        for i in range(self.ups):
            setattr(self, f"up{i}", Upscale(a, a // 2))
            a //= 2
        self.frames = nn.Conv3d(a, frames, 3, padding=1)

    def forward(self, x):
        for i in range(self.blocks):
            x = getattr(self, f"rdb{i}")(x)
        for i in range(self.ups):
            x = F.relu(getattr(self, f"up{i}")(x))
        return self.frames(x)


class Discriminator(nn.Module):
    def __init__(self, c, d):
        super().__init__()
        self.conv1 = nn.Conv3d(1, c, 4, stride=2, padding=1)
        self.conv2 = nn.Conv3d(c, d, 4, stride=2, padding=1)
        self.gates = nn.Conv3d(2 * d, 4 * d, 3, padding=1)
        self.score = nn.Conv3d(d, 1, 4, stride=2, padding=1)
        self.d = d

    def forward(self, frames):  # [frames, z, y, x] -> [frames]
        h = c = None
        scores = []
        for frame in frames:
            x = F.relu(self.conv2(F.relu(self.conv1(frame[None, None]))))
            if h is None:
                h, c = torch.zeros_like(x), torch.zeros_like(x)
            i, f, o, g = torch.split(self.gates(torch.cat([x, h], 1)), self.d, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            scores.append(self.score(h).mean())
        return torch.stack(scores)


def fill(network, first):
    """Parameters by the formula; weights in Kaiming's range, biases within 0.1."""
    k = first
    for name, value in network.named_parameters():
        bound = 0.1
        if name.endswith("weight"):
            bound = math.sqrt(6.0 / value[0].numel())
        values = (bound * formula(value.numel(), k)).astype(np.float32)
        value.data = torch.from_numpy(values.reshape(tuple(value.shape)))
        k += 1


def volumes(count, dims, k):
    """[count, z, y, x]: a smooth part and a rough one, of the size of network units."""
    x, y, z = dims
    n = count * x * y * z
    smooth = np.sin(0.1 * np.arange(n) + k)
    return torch.from_numpy((0.6 * smooth + 0.4 * formula(n, k)).astype(np.float32)).reshape(
        count, z, y, x)


def tent_down(frames, s):
    """Weighted means around every s-th sample, by explicit loops; frames [n, z, y, x]."""
    def along(v, axis):
        v = v.movedim(axis, 0)
        rows = []
        for i in range(v.shape[0] // s):
            reach = [p for p in range(i * s - s + 1, i * s + s) if 0 <= p < v.shape[0]]
            w = [s - abs(p - i * s) for p in reach]
            rows.append(sum(a * v[p] for a, p in zip(w, reach)) / sum(w))
        return torch.stack(rows).movedim(0, axis)
    for axis in (1, 2, 3):
        frames = along(frames, axis)
    return frames


def rounded(values):
    return [float(f"{v:.9g}") for v in np.asarray(values, dtype=np.float64).ravel()]


def after_step(network, before):
    """Of each parameter some gradients, and some changes, in the order of named_parameters()."""
    result = []
    for (name, value), old in zip(network.named_parameters(), before):
        stride = max(1, value.numel() // 12)
        result.append({
            "name": name, "stride": stride,
            "gradient_size": float(value.grad.abs().max()),
            "gradient": rounded(value.grad.flatten()[::stride]),
            "change": rounded((value.detach() - old).flatten()[::stride])})
    return result


def published_parameters():
    """Of the generator in the published size, for u_s = 4 and u_t = 3."""
    network = Generator([32, 64, 128, 256], 4, 5)
    return sum(p.numel() for p in network.parameters())


def case(name, scale, frames, features, discriminator, coarse, fine):
    config = {"scale": scale, "frames": frames, "features": features,
              "discriminator_features": discriminator, "coarse": coarse, "fine": fine,
              "learning_rate": 1e-3, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8,
              "adversarial_weight": 0.05}
    inputs = volumes(2, coarse, 1)[None]
    coarse_targets = volumes(frames, coarse, 2)
    fine_targets = volumes(frames, fine, 3)

    def fresh():
        g = Generator(features, scale, frames)
        d = Discriminator(*discriminator)
        fill(g, 100)
        fill(d, 500)
        options = dict(lr=config["learning_rate"], betas=(0.9, 0.999), eps=1e-8)
        return g, d, torch.optim.Adam(g.parameters(), **options), torch.optim.Adam(
            d.parameters(), **options)

    def cropped(frames_):
        return frames_[:, :fine[2], :fine[1], :fine[0]]

    g, d, _, _ = fresh()
    with torch.no_grad():
        output = g(inputs)[0]
        stride = max(1, output.numel() // 1500)
        result = {"config": config, "published_parameters": published_parameters(),
                  "parameters": [sum(p.numel() for p in n.parameters()) for n in (g, d)],
                  "output_stride": stride, "output": rounded(output.flatten()[::stride])}

    def step(phase, loss_of):
        g, d, optimise_g, optimise_d = fresh()
        before = [p.detach().clone() for p in g.parameters()]
        before_d = [p.detach().clone() for p in d.parameters()]
        losses, loss = loss_of(g, d, optimise_d)
        # Now, before the generator's pass adds to the discriminator's gradients.
        if "discriminator" in losses:
            result[phase + "_d"] = after_step(d, before_d)
        optimise_g.zero_grad()
        loss.backward()
        optimise_g.step()
        result[phase] = {"losses": losses, "generator": after_step(g, before)}
        if "discriminator" in losses:
            result[phase]["discriminator"] = result.pop(phase + "_d")

    def unsupervised(g, d, _):
        down = F.interpolate(g(inputs), scale_factor=1.0 / scale, mode="trilinear",
                             align_corners=False)[0]
        loss = frames * F.mse_loss(down, coarse_targets)
        return {"frames": loss.item()}, loss

    def ends(g, d, _):
        down = tent_down(g(inputs)[0], scale)
        loss = frames * F.mse_loss(down[[0, -1]], coarse_targets[[0, -1]])
        return {"frames": loss.item()}, loss

    def supervised(g, d, _):
        loss = frames * F.mse_loss(cropped(g(inputs)[0]), fine_targets)
        return {"frames": loss.item()}, loss

    def adversarial(g, d, optimise_d):
        fake = cropped(g(inputs)[0])
        optimise_d.zero_grad()
        real_score, fake_score = d(fine_targets), d(fake.detach())
        loss_d = 0.5 * (F.mse_loss(real_score, torch.ones_like(real_score)) +
                        F.mse_loss(fake_score, torch.zeros_like(fake_score)))
        loss_d.backward()
        optimise_d.step()
        score = d(fake)
        opinion = F.mse_loss(score, torch.ones_like(score))
        mse = frames * F.mse_loss(fake, fine_targets)
        return ({"frames": mse.item(), "adversarial": opinion.item(),
                 "discriminator": loss_d.item()},
                mse + config["adversarial_weight"] * opinion)

    step("unsupervised", unsupervised)
    step("ends", ends)
    step("supervised", supervised)
    step("adversarial", adversarial)
    path = pathlib.Path(__file__).parent / f"stnet_{name}.json"
    path.write_text(json.dumps(result, separators=(",", ":")) + "\n")
    print(path.name, path.stat().st_size, result["adversarial"]["losses"])


def main():
    torch.set_num_threads(1)
    case("two", 2, 5, [3, 4, 5, 6], [3, 4], [5, 4, 6], [9, 8, 12])
    case("four", 4, 3, [2, 3, 4, 8], [2, 3], [3, 4, 2], [11, 16, 8])


if __name__ == "__main__":
    main()
