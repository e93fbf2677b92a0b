#!/usr/bin/env python3
"""Prints what a comparison gained over interpolation beside what its models expected to gain.

    stsr compare configs/quality/analytic.toml -o out/quality
    scripts/quality.py out/quality

The comparison has an interpolation 'TL' and a method, by default 'default', perhaps again with other
seeds ('default, seed 2'). The table is Markdown: mean and least gain over the seeds, what was expected,
and what other methods gained; below it are the correlation of expected and true gains and the least gain.
"""

import argparse
import json
import pathlib

GROUPS = ("kept", "between")


def corrections(folder):
    """Variable's file name -> correction, from the headers of the model files: one for each variable,
    or one for all, which knows them by name."""
    found = {}
    for path in sorted(folder.glob("*.stsr")):
        data = path.read_bytes()
        header = json.loads(data[8:8 + int.from_bytes(data[:8], "little")])
        for variable in json.loads(header["__metadata__"]["variables"]):
            name = variable["name"] if path.stem == "model" else path.stem
            found[file_of(name)] = variable.get("correction")
    return found


def mean(values):
    return sum(values) / len(values)


def correlation(pairs):
    a, b = ([x - mean(values) for x in values] for values in zip(*pairs))
    product = sum(x * y for x, y in zip(a, b))
    return product / (sum(x * x for x in a) * sum(y * y for y in b)) ** 0.5


def file_of(key):
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in key)


def own(methods, name):
    """The method of that name, and the same with other seeds: "default", "default, seed 2"."""
    return [m for m in methods if m == name or m.startswith(name + ", seed")]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path, help="what stsr compare wrote")
    parser.add_argument("--method", default="default", help="name of the method (default: default)")
    options = parser.parse_args()
    methods = json.loads((options.folder / "scores.json").read_text())["methods"]
    seeds = own(methods, options.method)
    others = [m for m in methods if m != "TL" and m not in seeds]
    known = {m: corrections(options.folder / "methods" / file_of(m)) for m in seeds}
    head = ["data"]
    for group in GROUPS:
        head += [f"TL {group}", "gain"] + (["least"] if len(seeds) > 1 else []) + ["expected"] + others
    print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    pairs = []
    losses = []
    for key, tl in methods["TL"]["variables"].items():
        cells = [key]
        for group in GROUPS:
            def gain(method):
                return methods[method]["variables"][key]["psnr"][group] - tl["psnr"][group]
            gains = [gain(m) for m in seeds]
            expected = [known[m][file_of(key)][group + "_gain"] for m in seeds]
            pairs += zip(expected, gains)
            losses.append((min(gains), f"{key}, {group}"))
            cells += [f"{tl['psnr'][group]:.2f}", f"{mean(gains):+.2f}"]
            cells += [f"{min(gains):+.2f}"] if len(seeds) > 1 else []
            cells += [f"{mean(expected):.2f}"] + [f"{gain(m):+.2f}" for m in others]
        print("| " + " | ".join(cells) + " |")
    errors = [abs(a - b) for a, b in pairs]
    print(f"\nSeeds: {len(seeds)}. Correlation of expected and true gains {correlation(pairs):.2f}, "
          f"mean difference {mean(errors):.2f} dB, largest {max(errors):.2f} dB; least gain "
          f"{min(losses)[0]:+.2f} dB ({min(losses)[1]}).")


if __name__ == "__main__":
    main()
