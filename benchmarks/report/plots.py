"""Plots of how the cost grows, as SVG files that are the same for the same figures."""

import pathlib

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as pyplot  # noqa: E402

STYLES = {"training linear": ("#1b6ca8", "-"), "training residual": ("#c0392b", "-"),
          "inference linear": ("#1b6ca8", "--"), "inference residual": ("#c0392b", "--"),
          "stsr train": ("#1b6ca8", "-"), "stsr upscale": ("#c0392b", "--")}


def microseconds_a_row(point):
    return 1e6 / point["rows_per_second"]


def microseconds_a_value(point):
    return 1e6 / point["rows_per_second"] / point["x"]


PLOTS = {  # parameter: (x label, y label, y of a point)
    "heads": ("heads", "microseconds a value", microseconds_a_value),
    "width": ("width", "microseconds per row", microseconds_a_row),
    "rows": ("rows of a batch", "microseconds per row", microseconds_a_row),
    "threads": ("threads", "microseconds per row", microseconds_a_row),
    "volume": ("values (trained on, or written)", "seconds of the command",
               lambda point: point["seconds"]),
}


def draw(growth, parameter, path):
    x_label, y_label, y_of = PLOTS[parameter]
    figure, axes = pyplot.subplots(figsize=(5, 3.4))
    ticks = set()
    for name, points in growth[parameter].items():
        color, line = STYLES[name]
        xs = [point["x"] for point in points]
        ticks.update(xs)
        axes.loglog(xs, [y_of(point) for point in points], line, color=color, marker="o", markersize=3,
                    label=name)
    if parameter != "volume":
        axes.set_xticks(sorted(ticks), [str(x) for x in sorted(ticks)])
        axes.minorticks_off()
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    axes.set_ylim(bottom=axes.get_ylim()[0] / 1.2)
    axes.grid(True, alpha=0.3)
    axes.legend(frameon=False, fontsize=8)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def draw_all(growth, folder):
    """performance-<parameter>.svg for every parameter."""
    matplotlib.rcParams.update({"svg.hashsalt": "stsr", "svg.fonttype": "none", "font.size": 9})
    for parameter in PLOTS:
        draw(growth, parameter, pathlib.Path(folder) / f"performance-{parameter}.svg")
