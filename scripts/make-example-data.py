#!/usr/bin/env python3
"""Cuts examples/data/half-cylinder from the half-cylinder simulation.

    scripts/make-example-data.py SOURCE [DESTINATION]

SOURCE is a folder with 160/ and 640/, float32 volumes of 128 x 48 x 16 samples, x fastest, one file
a variable and time step (vlm_0000.raw, ...), 61 steps. The cut is the wake behind the body.
"""

import pathlib
import sys

import numpy as np

FULL = (16, 48, 128)  # z, y, x
FIRST = {"x": 14, "y": 8, "z": 0}  # behind the body, which ends at x = 11
SIZE = {"x": 65, "y": 33, "z": 15}
STEPS = range(30, 55)  # 25 steps, 1.4 shedding periods
SPACING = 0.0625
ORIGIN = {"x": -0.46875, "y": -1.46875, "z": -0.46875}
TIME_0, TIME_STEP = 4.0, 0.08
VARIABLES = [  # name here, folder, name there, unit
    ("speed_160", "160", "vlm", "U"),
    ("speed_640", "640", "vlm", "U"),
    ("pressure_640", "640", "p", "rho U^2"),
]

HEAD = """\
# Wake behind a half cylinder: speed at Reynolds numbers 160 and 640, pressure at 640.
# README.md says where it comes from; scripts/make-example-data.py made it.
stsr_dataset = 1
format = "raw"
type = "float32"
byte_order = "little"
dims = [{dims}]
spacing = [{spacing}]
origin = [{origin}]
times = {{ start = {start}, step = {step}, count = {count} }}
"""

VARIABLE = """
[[variable]]
name = "{name}"
unit = "{unit}"
files = "{name}_%04d.raw"
"""


def main() -> None:
    source = pathlib.Path(sys.argv[1])
    default = pathlib.Path(__file__).parent.parent / "examples/data/half-cylinder"
    destination = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else default
    destination.mkdir(parents=True, exist_ok=True)

    box = tuple(slice(FIRST[a], FIRST[a] + SIZE[a]) for a in "zyx")
    for name, folder, variable, _ in VARIABLES:
        for out, step in enumerate(STEPS):
            values = np.fromfile(source / folder / f"{variable}_{step:04d}.raw", "<f4")
            cut = np.ascontiguousarray(values.reshape(FULL)[box])
            assert np.isfinite(cut).all() and np.ptp(cut) > 0, (name, step)
            cut.tofile(destination / f"{name}_{out:04d}.raw")

    text = HEAD.format(
        dims=", ".join(str(SIZE[a]) for a in "xyz"),
        spacing=", ".join([str(SPACING)] * 3),
        origin=", ".join(str(ORIGIN[a] + FIRST[a] * SPACING) for a in "xyz"),
        start=round(TIME_0 + STEPS[0] * TIME_STEP, 10), step=TIME_STEP, count=len(STEPS))
    for name, _, _, unit in VARIABLES:
        text += VARIABLE.format(name=name, unit=unit)
    (destination / "dataset.toml").write_text(text)


if __name__ == "__main__":
    main()
