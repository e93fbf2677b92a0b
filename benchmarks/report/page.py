"""Writes docs/performance.md and its plots from the figures of scripts/bench.sh --json.

    python3 benchmarks/report/page.py docs/performance.json [--output FILE] [--no-plots]

The text is benchmarks/report/performance.md.in; ${...} is replaced. Plots need matplotlib.
"""

import argparse
import json
import pathlib
import statistics
import string
import sys
import textwrap

import experiments

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks/suite"))
import rows  # noqa: E402
import text_table  # noqa: E402

# What a function of the profile does, where its name does not say.
FUNCTIONS = json.loads((pathlib.Path(__file__).parent / "functions.json").read_text())


def wrapped(sentence):
    """A paragraph of the page."""
    return textwrap.fill(sentence, 110, break_long_words=False, break_on_hyphens=False)


def machine(result):
    info = result["machine"]
    sets = ", ".join(info["instruction_sets"]) or "none beyond the architecture's own"
    family, model, stepping = info["family_model_stepping"]
    return (f"{info['processor']} (family {family}, model {model}, stepping {stepping}; {sets}), "
            f"{info['cores']} cores, {info['caches']}, {info['memory_gib']:g} GiB; Linux "
            f"{info['kernel'].split('-')[0]}, {info['compiler']}.")


def run(result):
    count = len(result["repetitions"])
    times = f"{count} repetitions, median (least to most)" if count > 1 else "one repetition"
    others = max(measured["others"] for measured in result["repetitions"])
    return (f"Measured at commit `{result['commit']}`, {result['date']}, {result['threads']} threads, {times}; other "
            f"processes took {100 * others:.1f} % of a core meanwhile.")


def peaks(result):
    peak = rows.merged([measured["peak"] for measured in result["repetitions"]], statistics.median)
    threads = sorted({int(count) for counts in peak.values() for count in counts})
    lines = ["| GFLOP/s | " + " | ".join(f"{n} thread{'s' if n > 1 else ''}" for n in threads) + " |",
             "|---|" + "---:|" * len(threads)]
    lines += [f"| {name} | " + " | ".join(f"{counts[str(n)] / 1e9:.1f}" for n in threads) + " |"
              for name, counts in peak.items()]
    return "\n".join(lines)


def profile(result):
    """Training and inference with both heads side by side, largest shares first."""
    columns = {name: entry for name, entry in result["profile"].items() if "shares" in entry}
    if not columns:
        return next(iter(result["profile"].values()))["unavailable"]
    shares = {name: dict(entry["shares"]) for name, entry in columns.items()}
    functions = sorted({f for column in shares.values() for f in column},
                       key=lambda f: (-max(column.get(f, 0.0) for column in shares.values()), f))
    lines = ["| | " + " | ".join(columns) + " | |", "|---|" + "---:|" * len(columns) + "---|"]
    for function in functions:
        cells = [f"{100 * column[function]:.1f} %" if function in column else ""
                 for column in shares.values()]
        code = function if " " in function else f"`{function}`"
        lines.append(f"| {code} | " + " | ".join(cells) + f" | {FUNCTIONS.get(function, '')} |")
    return "\n".join(lines)


def kernels(result):
    lines = ["| | | |", "|---|---:|---:|"]
    for name, entry in result["kernels"].items():
        rate = (f"{entry['FLOP/s'] / 1e9:.1f} GFLOP/s" if "FLOP/s" in entry
                else f"{entry['elements/s'] / 1e9:.2f} G elements/s")
        lines.append(f"| {name} | {entry['nanoseconds'] / 1000:.1f} us | {rate} |")
    return "\n".join(lines)


def growth_table(points, value):
    return ", ".join(f"{point['x']}: {value(point)}" for point in points)


def growth(result):
    """Shares of the peak over each parameter, in words."""
    lines = []
    for parameter in ("heads", "width", "rows", "threads"):
        for name, points in result["growth"][parameter].items():
            rates = growth_table(points, lambda p: f"{p['operations_per_second'] / 1e9:.0f}")
            lines.append(f"| {parameter} | {name} | {rates} |")
    return "\n".join(["| | | GFLOP/s |", "|---|---|---|"] + lines)


def render(result):
    """The page as text."""
    typical = rows.merged(result["repetitions"], statistics.median)
    template = (pathlib.Path(__file__).parent / "performance.md.in").read_text()
    return string.Template(template).substitute(
        machine=wrapped(machine(result)), run=wrapped(run(result)), peaks=peaks(result),
        table=text_table.markdown(result["rows"]), profile=profile(result), kernels=kernels(result),
        growth=growth(result), experiments=experiments.table(typical),
        experiments_heads=experiments.heads_table(result["growth"]),
        experiments_why=wrapped(experiments.explanation(typical)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("figures", type=pathlib.Path)
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "docs/performance.md")
    parser.add_argument("--no-plots", action="store_true")
    options = parser.parse_args()
    result = json.loads(options.figures.read_text())
    options.output.write_text(render(result))
    if not options.no_plots:
        import plots  # matplotlib is not needed for the text
        plots.draw_all(result["growth"], options.output.parent)


if __name__ == "__main__":
    main()
