#!/usr/bin/python3
"""Reference for the block partition of paper mode, by cutting real arrays with numpy.

A volume whose samples hold their own number (from 1; padding is 0) is halved again and again as
the method says. Written for every case:

  case nx ny nz kx ky kz scale bx by bz
  <coordinates along x of the b_x local samples, by linspace over the fine block>
  <a checksum of the block of every head, in the order of the heads>

The checksum is the sum of value * weight modulo 2^64 over the block in C order [z][y][x], with
weight = (1000003 * position + 12345) modulo 2^32, so it depends on every value and every place.

Usage: partition.py > partition.txt
"""
import numpy as np

CASES = [
    ((75, 45, 30), (2, 2, 1), 4), ((75, 45, 30), (2, 2, 2), 4), ((75, 45, 30), (4, 2, 2), 2),
    ((75, 45, 30), (4, 4, 4), 4), ((75, 45, 30), (8, 8, 8), 4), ((32, 32, 32), (2, 2, 2), 2),
    ((32, 32, 32), (4, 4, 4), 2), ((32, 16, 8), (4, 2, 2), 1), ((7, 5, 3), (2, 2, 2), 3),
    ((7, 5, 3), (4, 4, 4), 2), ((7, 5, 3), (8, 8, 8), 1), ((1, 9, 13), (1, 2, 4), 2),
    ((37, 11, 1), (8, 1, 1), 4), ((21, 22, 23), (1, 1, 8), 2), ((5, 6, 7), (1, 1, 1), 1),
]


def halve(blocks, axis):
    """Every block in two along a numpy axis, low half first, odd ones padded at the low end."""
    result = []
    for block in blocks:
        if block.shape[axis] % 2:
            width = [(0, 0)] * 3
            width[axis] = (1, 0)
            block = np.pad(block, width)
        result += np.split(block, 2, axis=axis)
    return result


def partition(volume, split):
    blocks, done = [volume], [1, 1, 1]
    while done != list(split):
        for axis in range(3):
            if done[axis] < split[axis]:
                blocks = halve(blocks, 2 - axis)
                done[axis] *= 2
    return blocks


def checksum(block):
    values = block.ravel().astype(np.uint64)
    position = np.arange(values.size, dtype=np.uint64)
    weight = (position * np.uint64(1000003) + np.uint64(12345)) & np.uint64(0xFFFFFFFF)
    return int((values * weight).sum(dtype=np.uint64))


for (nx, ny, nz), split, scale in CASES:
    volume = np.arange(1, nx * ny * nz + 1).reshape(nz, ny, nx)
    blocks = partition(volume, split)
    bz, by, bx = blocks[0].shape
    fine = np.linspace(-1.0, 1.0, bx * scale) if bx * scale > 1 else np.zeros(1)
    print("case", nx, ny, nz, *split, scale, bx, by, bz)
    print(*(f"{c:.17g}" for c in fine[::scale]))
    print(*(checksum(block) for block in blocks))
