"""Makes volume_rendering.json: a volume cast through by NumPy and SciPy alone.

Parallel rays along z through a small volume, emission and absorption front to back over white, trilinear
interpolation, the transfer function applied after it, no light. The camera is that of the library: the
box of the grid with 6% room. `/usr/bin/python3 make_volume_rendering.py` writes the file beside itself.
"""

import json
import pathlib

import numpy as np
from scipy.ndimage import map_coordinates

NX, NY, NZ = 24, 20, 16
SPACING = 1.0
SIZE = 60
MARGIN = 1.06
OPACITY_LENGTH = 0.02
STEP = 0.05


def main():
    x, y, z = np.meshgrid(np.linspace(-1, 1, NX), np.linspace(-1, 1, NY), np.linspace(-1, 1, NZ),
                          indexing="ij")
    volume = np.exp(-3 * ((x - 0.4) ** 2 + (y - 0.3) ** 2 + (z + 0.2) ** 2)) + 0.3 * np.sin(3 * x) * y
    volume = volume.astype(np.float32)
    colours = np.array([[-0.3, 0.1, 0.2, 0.9], [0.3, 0.2, 0.8, 0.3], [1.0, 0.9, 0.2, 0.1]])
    opacities = np.array([[-0.3, 0.0], [0.1, 0.05], [1.0, 0.7]])

    extent = np.array([NX - 1, NY - 1, NZ - 1]) * SPACING
    unit = OPACITY_LENGTH * np.linalg.norm(extent)
    half = MARGIN * max(extent[0], extent[1]) / 2
    pixel = ((np.arange(SIZE) + 0.5) / SIZE * 2 - 1) * half
    px, py = np.meshgrid(pixel, -pixel)
    cx, cy = px / SPACING + (NX - 1) / 2, py / SPACING + (NY - 1) / 2
    inside = (cx >= 0) & (cx <= NX - 1) & (cy >= 0) & (cy <= NY - 1)

    light = np.zeros((SIZE, SIZE, 3))
    clear = np.ones((SIZE, SIZE))
    depths = np.arange(extent[2] - STEP / 2, 0, -STEP)  # the viewer is at large z
    for depth in depths:
        value = map_coordinates(volume, [cx, cy, np.full_like(cx, depth / SPACING)], order=1, mode="nearest")
        rgb = np.stack([np.interp(value, colours[:, 0], colours[:, c]) for c in (1, 2, 3)], axis=-1)
        opacity = np.interp(value, opacities[:, 0], opacities[:, 1])
        alpha = np.where(inside, 1 - (1 - opacity) ** (STEP / unit), 0)
        light += (clear * alpha)[..., None] * rgb
        clear *= 1 - alpha
    picture = light + clear[..., None]
    result = {
        "dims": [NX, NY, NZ],
        "size": SIZE,
        "opacity_length": OPACITY_LENGTH,
        "colours": colours.tolist(),
        "opacities": opacities.tolist(),
        "values": [round(float(v), 6) for v in volume.transpose(2, 1, 0).ravel()],
        "picture": [int(v) for v in np.rint(255 * picture).astype(int).ravel()],
    }
    path = pathlib.Path(__file__).with_name("volume_rendering.json")
    path.write_text(json.dumps(result, separators=(",", ":")) + "\n")


main()
