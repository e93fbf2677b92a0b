"""Volumes and pictures that the tests of tests/metrics (made_up.h) make by the same formulas."""

import numpy as np


def indices(nx, ny, nz):
    z, y, x = np.meshgrid(np.arange(nz), np.arange(ny), np.arange(nx), indexing="ij")
    return x.astype(float), y.astype(float), z.astype(float)


def volumes(nx, ny, nz, offset=0.0):
    """Truth and result, float32 values as float64, [nz][ny][nx]."""
    x, y, z = indices(nx, ny, nz)
    truth = offset + 3 * np.sin(0.21 * x + 0.13 * y) + 2 * np.cos(0.17 * y + 0.29 * z) + 0.02 * x
    truth = truth.astype(np.float32)
    result = truth.astype(float) + 0.4 * np.sin(0.9 * x + 0.7 * y + 1.1 * z)
    return truth.astype(float), result.astype(np.float32).astype(float)


def pictures(width, height):
    """Two 8-bit pictures, [height][width][3]."""
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    first = (7 * x + 3 * y + 50 * c + x * y // 8) % 256
    second = np.minimum(first + (x * x + 3 * y + 5 * c) % 41, 255)
    return first.astype(np.uint8), second.astype(np.uint8)


def hashed(count, seed):
    """`count` numbers in [-1, 1): bits of splitmix64, so the same in every language."""
    z = (np.arange(count, dtype=np.uint64) + np.uint64(seed << 32)) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(40)).astype(float) / 2.0**23 - 1.0
