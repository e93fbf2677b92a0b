#!/usr/bin/env python3
"""PSNR of a made-up volume by numpy in double precision; writes psnr.json.

truth[i] = 3 + 40 sin(0.1 i), predicted[i] = truth[i] + 0.3 cos(0.37 i), both rounded to float32,
i = 0..n-1. Usage: make_psnr.py (writes beside itself)
"""
import json
from pathlib import Path

import numpy as np

cases = []
for n in (2, 4095, 4096, 4097, 100003):
    i = np.arange(n, dtype=np.float64)
    truth = (3 + 40 * np.sin(0.1 * i)).astype(np.float32)
    exact = truth.astype(np.float64)
    predicted = (exact + 0.3 * np.cos(0.37 * i)).astype(np.float32).astype(np.float64)
    low, high = exact.min(), exact.max()
    mse = np.mean((predicted - exact) ** 2)

    def scaled(v):
        return 2 * (v - low) / (high - low) - 1

    mse_scaled = np.mean((scaled(predicted) - scaled(exact)) ** 2)
    cases.append(
        {
            "n": n,
            "psnr": 20 * np.log10(high - low) - 10 * np.log10(mse),
            "normalised": 20 * np.log10(2) - 10 * np.log10(mse_scaled),
        }
    )
Path(__file__).with_name("psnr.json").write_text(json.dumps(cases, indent=1) + "\n")
