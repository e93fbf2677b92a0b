#!/usr/bin/env python3
"""CIELUV of some colours, and distances of made-up pictures, by scikit-image; writes difference.json.

Usage: make_difference.py (writes beside itself)
"""
import json
from pathlib import Path

import numpy as np
from made_up import pictures
from skimage.color import rgb2luv

levels = [0, 1, 10, 11, 12, 77, 128, 200, 255]
colors = [(r, g, b) for r in levels for g in levels[::2] for b in levels[1::3]]
luv = rgb2luv(np.array(colors, np.uint8)[None])[0]

images = []
for width, height in [(64, 48), (33, 70), (1, 1)]:
    first, second = pictures(width, height)
    distance = np.linalg.norm(rgb2luv(first) - rgb2luv(second), axis=2)
    images.append(
        {
            "width": width,
            "height": height,
            "mean": distance.mean(),
            "maximum": distance.max(),
            "below_6": int((distance < 6).sum()),
        }
    )
lines = [json.dumps([*color, *np.round(values, 6)], default=float) for color, values in zip(colors, luv)]
text = '{"luv": [\n' + ",\n".join(lines) + '\n],\n"images": ' + json.dumps(images) + "}\n"
Path(__file__).with_name("difference.json").write_text(text)
