#!/usr/bin/env python3
"""Interpolated volumes from scipy and numpy, to hold the TL baseline against.

Writes interpolation.json: cases with the coarse dimensions (x, y, z), coarse values (x fastest),
the output positions in units of the coarse index per axis, the output spacing in the same unit, the
kernel, the registration, and the expected values (x fastest).
Needs python3-numpy and python3-scipy. Usage: make_interpolation.py (writes beside itself)
"""
import json
from pathlib import Path

import numpy as np
from scipy.ndimage import map_coordinates


def catmull_rom(volume, positions):
    """Cubic convolution (a = -1/2) from its piecewise definition; the border value goes on."""

    def kernel(t):
        t = np.abs(t)
        return np.where(
            t <= 1, 1.5 * t**3 - 2.5 * t**2 + 1, np.where(t < 2, -0.5 * t**3 + 2.5 * t**2 - 4 * t + 2, 0)
        )

    for axis, position in enumerate(positions):
        n = volume.shape[axis]
        matrix = np.zeros((len(position), n))
        for row, p in enumerate(position):
            for j in range(int(np.floor(p)) - 3, int(np.floor(p)) + 5):
                matrix[row, min(max(j, 0), n - 1)] += kernel(p - j)
        volume = np.moveaxis(np.tensordot(matrix, volume, axes=(1, axis)), 0, axis)
    return volume


def case(name, random, dims, positions, spacing, kernel, registration):
    volume = random.normal(size=dims[::-1]).astype(np.float32)
    clamped = []
    for n, position, step in zip(dims, positions, spacing):
        shift = 0.5 * step - 0.5 if registration == "half-pixel" else 0.0
        clamped.append(np.clip(np.asarray(position) + shift, 0, n - 1))
    zyx = clamped[::-1]
    if kernel == "catmull-rom":
        expected = catmull_rom(volume.astype(np.float64), zyx)
    else:
        order = {"linear": 1, "b-spline": 3}[kernel]
        grid = np.meshgrid(*zyx, indexing="ij")
        expected = map_coordinates(volume.astype(np.float64), grid, order=order, mode="nearest")
    return {
        "name": name,
        "dims": dims,
        "values": [float(v) for v in volume.ravel()],
        "positions": [[float(p) for p in position] for position in positions],
        "spacing": spacing,
        "kernel": kernel,
        "registration": registration,
        "expected": [float(f"{v:.9g}") for v in expected.ravel()],
    }


def fine(dims, full, s):
    return [list(np.arange(n) / s) for n in full], [1 / s] * 3


def main():
    random = np.random.default_rng(11)
    cases = []
    for kernel in ("linear", "catmull-rom", "b-spline"):
        for registration in ("aligned", "half-pixel"):
            dims = [6, 5, 4]
            positions, spacing = fine(dims, [12, 9, 7], 2)
            cases.append(
                case(f"twice, {kernel}, {registration}", random, dims, positions, spacing, kernel, registration)
            )
        dims = [7, 2, 3]
        positions = [list(np.linspace(0, 6, 9)), [0.0, 0.3, 1.0], list(np.linspace(0.2, 1.9, 4))]
        spacing = [0.75, 0.5, 1.7 / 3]
        cases.append(case(f"odd places, {kernel}", random, dims, positions, spacing, kernel, "aligned"))
        dims = [9, 8, 1]
        positions = [list(np.arange(17) / 2), list(np.arange(16) / 2), [0.0]]
        cases.append(case(f"slice, {kernel}", random, dims, positions, [0.5, 0.5, 1.0], kernel, "half-pixel"))
    Path(__file__).with_name("interpolation.json").write_text(json.dumps(cases) + "\n")


if __name__ == "__main__":
    main()
