#!/usr/bin/env python3
"""Writes docs/results.md from what `stsr compare` made of the files in configs/small/.

    for c in configs/small/*.toml; do stsr compare "$c" -o out/$(basename "$c" .toml); done
    scripts/make-results.py out

Takes the text of scripts/results.md.in and replaces @table:NAME@ by the tables of out/NAME/scores.json,
with the published scores of configs/small/NAME.toml below them, @picture:NAME/FILE:TEXT@ by a scaled copy
of out/NAME/pictures/FILE.png in docs/results/, and @chart:NAME:TITLE@ by a chart of out/NAME/report.html.
Needs python3-pil.
"""

import argparse
import json
import pathlib
import re
import sys
import tomllib

from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parent.parent
WIDTH = 1400  # of the copies, in pixels
METRICS = {"psnr": ("PSNR", 2), "ssim": ("SSIM", 4), "lpips": ("LPIPS", 4), "chamfer": ("CD", 3)}


def number(value, decimals):
    return "–" if value is None else "inf" if value == "inf" else f"{value:.{decimals}f}"


def mean(variables, metric, group):
    values = [v[metric][group] for v in variables.values()
              if v.get(metric, {}).get(group) not in (None, "inf")]
    return sum(values) / len(values) if values else None


def duration(seconds):
    return "–" if seconds == 0 else f"{seconds:.3g} s" if seconds < 90 else f"{seconds / 60:.1f} min"


def size(size_in_bytes):
    return "–" if size_in_bytes == 0 else f"{size_in_bytes / 1e6:.2f} MB"


def table(scores, published):
    """One row a method: means over the variables, and the costs; then what others published."""
    methods = scores["methods"]
    columns = []
    for metric, (label, decimals) in METRICS.items():
        groups = ("all", "kept", "between") if metric == "psnr" else ("all",)
        for group in groups:
            cells = [mean(m["variables"], metric, group) for m in methods.values()]
            if any(cell is not None for cell in cells):
                columns.append((label if group == "all" else group, [number(c, decimals) for c in cells]))
    columns.append(("training", [duration(m["training_seconds"]) for m in methods.values()]))
    columns.append(("inference", [duration(m["inference_seconds"]) for m in methods.values()]))
    columns.append(("model", [size(m["model_bytes"]) for m in methods.values()]))
    lines = ["| method | " + " | ".join(header for header, _ in columns) + " |",
             "|---|" + "---:|" * len(columns)]
    for row, name in enumerate(methods):
        lines.append(f"| {name} | " + " | ".join(cells[row] for _, cells in columns) + " |")
    keys = {label: metric for metric, (label, _) in METRICS.items()}
    for one in published:
        cells = [f"{one[keys[header]]:g}" if keys.get(header) in one else "–" for header, _ in columns]
        lines.append(f"| {one['method']} ({one['source']}) | " + " | ".join(cells) + " |")
    failed = [f"{name} failed: {m['error']}" for name, m in methods.items() if m["error"]]
    return "\n".join(lines + [""] + failed if failed else lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out", type=pathlib.Path, help="folder with one folder a comparison")
    out = parser.parse_args().out
    pictures = ROOT / "docs" / "results"
    pictures.mkdir(exist_ok=True)

    def put_table(match):
        file = out / match[1] / "scores.json"
        if not file.exists():
            sys.exit(f"make-results: {file} is missing; run 'stsr compare configs/small/{match[1]}.toml "
                     f"-o {out / match[1]}'")
        config = tomllib.loads((ROOT / "configs" / "small" / f"{match[1]}.toml").read_text())
        return table(json.loads(file.read_text()), config.get("reference", []))

    def put_chart(match):
        report = (out / match[1] / "report.html").read_text()
        for svg in re.findall(r"<svg.*?</svg>", report, re.DOTALL):
            if f"<title>{match[2]}</title>" in svg:
                name = re.sub(r"\W+", "-", f"{match[1]} {match[2]}".lower()) + ".svg"
                (pictures / name).write_text(svg + "\n")
                return f"![{match[2]}](results/{name})"
        sys.exit(f"make-results: {out / match[1] / 'report.html'} has no chart '{match[2]}'")

    def put_picture(match):
        name = f"{match[1]}-{match[2]}.png"
        with Image.open(out / match[1] / "pictures" / f"{match[2]}.png") as image:
            image.thumbnail((WIDTH, 10 * WIDTH))
            image.save(pictures / name, optimize=True)
        return f"![{match[3]}](results/{name})"

    text = (ROOT / "scripts" / "results.md.in").read_text()
    text = re.sub(r"@table:([\w-]+)@", put_table, text)
    text = re.sub(r"@chart:([\w-]+):([^@]+)@", put_chart, text)
    text = re.sub(r"@picture:([\w-]+)/([\w.-]+):([^@]+)@", put_picture, text)
    (ROOT / "docs" / "results.md").write_text(text)


if __name__ == "__main__":
    main()
