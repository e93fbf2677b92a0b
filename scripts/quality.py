#!/usr/bin/env python3
"""Prints what a comparison gained over interpolation beside what its models expected to gain.

    stsr compare configs/quality/analytic.toml -o out/quality
    scripts/quality.py out/quality

The comparison has an interpolation 'TL' and a method with a model for each variable ('separate'),
by default 'default'. The table is Markdown; below it are the correlation of expected and true gains
and the largest loss.
"""

import argparse
import json
import pathlib


def corrections(folder):
    """Variable's file name -> correction, from the headers of the model files."""
    found = {}
    for path in sorted(folder.glob("*.stsr")):
        data = path.read_bytes()
        header = json.loads(data[8:8 + int.from_bytes(data[:8], "little")])
        for variable in json.loads(header["__metadata__"]["variables"]):
            found[path.stem] = variable.get("correction")
    return found


def correlation(pairs):
    n = len(pairs)
    mean = [sum(p[k] for p in pairs) / n for k in (0, 1)]
    cross = sum((a - mean[0]) * (b - mean[1]) for a, b in pairs)
    square = [sum((p[k] - mean[k]) ** 2 for p in pairs) for k in (0, 1)]
    return cross / (square[0] * square[1]) ** 0.5


def file_of(key):
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in key)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path, help="what stsr compare wrote")
    parser.add_argument("--method", default="default", help="name of the method (default: default)")
    options = parser.parse_args()
    methods = json.loads((options.folder / "scores.json").read_text())["methods"]
    known = corrections(options.folder / "methods" / file_of(options.method))
    print("| data | TL kept | gain | expected | TL between | gain | expected | in space | in time |")
    print("|---|---|---|---|---|---|---|---|---|")
    pairs = []
    losses = []
    for key, result in methods[options.method]["variables"].items():
        correction = known[file_of(key)]
        cells = [key]
        for group in ("kept", "between"):
            tl = methods["TL"]["variables"][key]["psnr"][group]
            gain = result["psnr"][group] - tl
            expected = correction[group + "_gain"]
            pairs.append((expected, gain))
            losses.append((gain, f"{key}, {group}"))
            cells += [f"{tl:.2f}", f"{gain:+.2f}", f"{expected:.2f}"]
        cells += [f"{correction[k]:.2f}" for k in ("space", "time")]
        print("| " + " | ".join(cells) + " |")
    errors = [abs(a - b) for a, b in pairs]
    print(f"\nCorrelation of expected and true gains {correlation(pairs):.2f}, mean difference "
          f"{sum(errors) / len(errors):.2f} dB, largest {max(errors):.2f} dB; least gain "
          f"{min(losses)[0]:+.2f} dB ({min(losses)[1]}).")


if __name__ == "__main__":
    main()
