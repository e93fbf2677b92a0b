#!/usr/bin/env python3
"""LPIPS of made-up pictures by PyTorch in double precision, with made-up weights; writes lpips.json.

For layer n = 1..5 with fan-in f: weights = sqrt(6 / f) hashed(.., 10 n), bias = 0.1 hashed(.., 10 n + 1),
linear = 0.5 + 0.5 hashed(.., 10 n + 2), rounded to float32. Usage: make_lpips.py (writes beside itself)
"""
import json
from pathlib import Path

import numpy as np
import torch
from made_up import hashed, pictures
from torch.nn import functional

LAYERS = [(3, 64, 11, 4, 2), (64, 192, 5, 1, 2), (192, 384, 3, 1, 1), (384, 256, 3, 1, 1), (256, 256, 3, 1, 1)]


def rounded(values):
    return torch.from_numpy(np.asarray(values, np.float32).astype(np.float64))


def features(image):
    shift = torch.tensor([-0.030, -0.088, -0.188], dtype=torch.double)[None, :, None, None]
    scale = torch.tensor([0.458, 0.448, 0.450], dtype=torch.double)[None, :, None, None]
    x = torch.from_numpy(image.astype(np.float64)).permute(2, 0, 1)[None] / 127.5 - 1
    x = (x - shift) / scale
    for n, (inputs, outputs, window, stride, padding) in enumerate(LAYERS, start=1):
        if n in (2, 3):
            x = functional.max_pool2d(x, kernel_size=3, stride=2)
        fan_in = inputs * window * window
        weights = rounded(np.sqrt(6 / fan_in) * hashed(outputs * fan_in, 10 * n))
        bias = rounded(0.1 * hashed(outputs, 10 * n + 1))
        weights = weights.reshape(outputs, inputs, window, window)
        x = functional.relu(functional.conv2d(x, weights, bias, stride=stride, padding=padding))
        yield x


def lpips(first, second):
    total = 0.0
    for n, (a, b) in enumerate(zip(features(first), features(second)), start=1):
        a, b = (f / (f.square().sum(1, keepdim=True).sqrt() + 1e-10) for f in (a, b))
        linear = rounded(0.5 + 0.5 * hashed(a.shape[1], 10 * n + 2)).reshape(1, -1, 1, 1)
        total += functional.conv2d((a - b).square(), linear).mean().item()
    return total


cases = []
for width, height in [(64, 64), (31, 31), (75, 50), (131, 96), (32, 200)]:
    cases.append({"width": width, "height": height, "lpips": lpips(*pictures(width, height))})
Path(__file__).with_name("lpips.json").write_text(json.dumps(cases, indent=1) + "\n")
