#!/usr/bin/env python3
"""SSIM of made-up volumes and pictures by scikit-image; writes ssim.json.

Volumes thinner than the window, which scikit-image refuses, are filtered by scipy along each axis.
Usage: make_ssim.py (writes beside itself)
"""
import json
from pathlib import Path

import numpy as np
from made_up import pictures, volumes
from scipy.ndimage import correlate1d
from skimage.metrics import structural_similarity

WINDOW = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}


def by_scikit_image(truth, result):
    """Mean over the windows inside the data that hold no NaN."""
    span = np.nanmax(truth) - np.nanmin(truth)
    if truth.shape[0] == 1:
        truth, result = truth[0], result[0]
    _, every = structural_similarity(truth, result, data_range=span, full=True, **WINDOW)
    inside = every[tuple(slice(5, n - 5) for n in truth.shape)]
    return np.nanmean(inside)


def by_scipy(truth, result):
    def mean(values):
        for axis, n in enumerate(values.shape):
            taps = min(11, n if n % 2 == 1 else n - 1)
            weights = np.exp(-0.5 * (np.arange(taps) - taps // 2) ** 2 / 1.5**2)
            values = correlate1d(values, weights / weights.sum(), axis=axis)
            values = np.take(values, range(taps // 2, n - taps // 2), axis=axis)
        return values

    t, r = mean(truth), mean(result)
    c1, c2 = (0.01 * np.ptp(truth)) ** 2, (0.03 * np.ptp(truth)) ** 2
    tt, rr, tr = mean(truth * truth) - t * t, mean(result * result) - r * r, mean(truth * result) - t * r
    return np.mean((2 * t * r + c1) * (2 * tr + c2) / ((t * t + r * r + c1) * (tt + rr + c2)))


thick = [
    {"dims": dims, "offset": offset, "ssim": by_scikit_image(*volumes(*dims, offset))}
    for dims, offset in [
        ((24, 20, 18), 0.0),
        ((24, 20, 18), 2000.0),
        ((11, 12, 13), 0.0),
        ((128, 48, 16), 0.0),
        ((40, 77, 45), 0.0),
        ((60, 33, 1), 0.0),
    ]
]
thin = [
    {"dims": dims, "ssim": by_scipy(*volumes(*dims))}
    for dims in [(20, 16, 4), (10, 9, 2), (30, 1, 1), (1, 5, 40), (16, 15, 14)]
]

truth, result = volumes(32, 28, 24)
truth[20:, 3, 5] = np.nan  # [z][y][x]: z = 20..23 at y = 3, x = 5 of the truth,
result[12, 14, 30] = np.nan  # and one voxel of the result
missing = {"dims": (32, 28, 24), "ssim": by_scikit_image(truth, result)}

images = []
for width, height in [(64, 48), (33, 70), (11, 11)]:
    first, second = pictures(width, height)
    value = structural_similarity(first, second, data_range=255, channel_axis=2, **WINDOW)
    images.append({"width": width, "height": height, "ssim": value})

text = json.dumps({"thick": thick, "thin": thin, "missing": missing, "images": images}, indent=1)
Path(__file__).with_name("ssim.json").write_text(text + "\n")
