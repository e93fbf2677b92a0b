#!/usr/bin/env python3
"""Values of the analytic fields at random points, from their formulas in PyTorch.

Writes analytic.csv: field,variable,parameter,time,x,y,z,value. Vorticity and helicity come from
automatic differentiation in double precision, independent of the C++ code.
Needs python3-torch and python3-numpy. Usage: make_analytic.py (writes beside itself)
"""
import math
from pathlib import Path

import numpy as np
import torch

torch.set_default_dtype(torch.float64)
sin, cos, exp, sqrt = torch.sin, torch.cos, torch.exp, torch.sqrt


def tornado(x, y, z, tau, _):
    xc = 0.5 + 0.1 * sin(0.04 * tau + 10 * z)
    yc = 0.5 + 0.1 * cos(0.03 * tau + 3 * z)
    r = 0.1 + 0.4 * z**2 + 0.1 * z * sin(8 * z)
    r2 = 0.2 + 0.1 * z
    rho = sqrt((x - xc) ** 2 + (y - yc) ** 2)
    d = (r - rho).abs()
    g = torch.where(d > r2, 0.8 - d, torch.ones_like(d))
    zeta = (0.1 * (0.1 - rho * z)).clamp(min=0)
    R = sqrt(rho**2 + zeta**2)
    S = (r + r2 - R) * g / ((R + 1e-11) * (1 + z))
    return torch.stack([S * (y - yc) + 0.1 * (x - xc), -S * (x - xc) + 0.1 * (y - yc), S * zeta])


def ethier_steinman(x, y, z, t, nu):
    a, d = math.pi / 4, math.pi / 2

    def c(p, q, r):
        return -a * (exp(a * p) * sin(a * q + d * r) + exp(a * r) * cos(a * p + d * q))

    return torch.stack([c(x, y, z), c(y, z, x), c(z, x, y)]) * math.exp(-nu * d * d * t)


def ethier_steinman_p(x, y, z, t, nu):
    a, d = math.pi / 4, math.pi / 2
    total = exp(2 * a * x) + exp(2 * a * y) + exp(2 * a * z)
    for p, q, r in ((x, y, z), (y, z, x), (z, x, y)):
        total = total + 2 * sin(a * p + d * q) * cos(a * r + d * p) * exp(a * (q + r))
    return -(a * a / 2) * total * math.exp(-2 * nu * d * d * t)


def hill(x, y, z, t, U):
    z = z - U * t
    s2 = x**2 + y**2
    r = sqrt(s2 + z**2)
    inside = torch.stack([1.5 * U * z * x, 1.5 * U * z * y, 1.5 * U * (1 - 2 * s2 - z**2)])
    outside = torch.stack(
        [1.5 * U * z * x / r**5, 1.5 * U * z * y / r**5, -U * (1 - (2 * z**2 - s2) / (2 * r**5))]
    )
    return torch.where(r <= 1, inside, outside)


def marschner_lobb(x, y, z, t, f):
    a = 0.25
    s = sqrt(x**2 + y**2)
    ripple = cos(2 * math.pi * f * cos(math.pi * s / 2) + t)
    return (1 - sin(math.pi * z / 2) + a * (1 + ripple)) / (2 * (1 + a))


def derived(velocity, points, t, parameter):
    """speed, u, v, w, vorticity, helicity at points [3, n]."""
    v = velocity(*points, t, parameter)
    J = torch.autograd.functional.jacobian(
        lambda p: velocity(*p, t, parameter).sum(dim=1), points
    )  # [component, axis, n]
    curl = torch.stack([J[2, 1] - J[1, 2], J[0, 2] - J[2, 0], J[1, 0] - J[0, 1]])
    return {
        "speed": v.norm(dim=0),
        "u": v[0],
        "v": v[1],
        "w": v[2],
        "vorticity": curl.norm(dim=0),
        "helicity": (v * curl).sum(dim=0),
    }


def main():
    random = np.random.default_rng(20240817)
    lines = ["field,variable,parameter,time,x,y,z,value"]

    def emit(field, names, values, parameter, t, points):
        for name in names:
            for i in range(points.shape[1]):
                x, y, z = (float(c) for c in points[:, i])
                lines.append(
                    f"{field},{name},{parameter!r},{t!r},{x!r},{y!r},{z!r},{float(values[name][i])!r}"
                )

    def draw(low, high):
        low, high = np.array(low)[:, None], np.array(high)[:, None]
        return torch.tensor(low + (high - low) * random.random((3, 12)))

    basic = ["speed", "u", "v", "w", "vorticity"]
    for t in (0.0, 7.0, 47.0):
        points = draw([0, 0, 0], [1, 1, 1])
        emit("tornado", basic, derived(tornado, points, t, 0), 0.0, t, points)
    for t, nu in ((0.0, 0.1), (0.7, 0.01)):
        points = draw([-1, -1, -1], [1, 1, 1])
        values = derived(ethier_steinman, points, t, nu)
        values["p"] = ethier_steinman_p(*points, t, nu)
        emit("ethier-steinman", basic + ["helicity", "p"], values, nu, t, points)
    for t, U in ((0.0, 1.0), (0.8, 1.5)):
        points = draw([-1.2, -1.2, -1.2], [1.2, 1.2, 2.4])
        emit("hill", basic, derived(hill, points, t, U), U, t, points)
    for t, f in ((0.0, 6.0), (1.3, 4.5)):
        points = draw([-1, -1, -1], [1, 1, 1])
        values = {"density": marschner_lobb(*points, t, f)}
        emit("marschner-lobb", ["density"], values, f, t, points)
    Path(__file__).with_name("analytic.csv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
