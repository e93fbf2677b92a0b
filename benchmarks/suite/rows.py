"""The rows of the table: what each is, its bar, and how it follows from the measurements."""

import dataclasses
import statistics
from typing import Callable, Optional

MIB = 2**20


class Unavailable(Exception):
    """This machine or version cannot have the row; the message says why."""


@dataclasses.dataclass
class Row:
    key: str
    title: str
    unit: str                       # of value and bar
    bar: Optional[float]            # None: it follows from the data, see `bar_of`
    value: Callable                 # of one repetition's measurements; may raise Unavailable
    higher_is_better: bool = True
    bar_of: Optional[Callable] = None
    note: Optional[Callable] = None  # of the first repetition's measurements: what stands beside


def _have(result):
    if "unavailable" in result:
        raise Unavailable(result["unavailable"])
    return result


def _rate(result):
    return _have(result)["rows_per_second"]


def float32_peak(measured, threads):
    """Of the strongest instruction set."""
    return max(counts[str(threads)] for name, counts in measured["peak"].items()
               if name.endswith("float32"))


def _threads(measured):
    return measured["threads"]


def _peak_rows():
    for mode, bars in (("inference", (88, 80)), ("training", (80, 75))):
        for head, bar in zip(("linear", "residual"), bars):
            def value(m, name=f"{mode} {head}"):
                operations = m["networks"][name]["float32"]["operations_per_second"]
                return 100 * operations / float32_peak(m, _threads(m))

            def note(m, name=f"{mode} {head}"):
                network = m["networks"][name]["float32"]
                return (f"{network['operations_per_second'] / 1e9:.1f} GFLOP/s, "
                        f"{network['rows_per_second']:,.0f} rows/s")

            yield Row(f"{mode}_float32_{head}", f"{mode} in float32, {head} head",
                      "% of the float32 peak", bar, value, note=note)


def _bf16_rows():
    for mode, bar in (("inference", 1.8), ("training", 1.75)):
        for head in ("linear", "residual"):
            def value(m, name=f"{mode} {head}"):
                network = m["networks"][name]
                return _rate(network["bf16"]) / _rate(network["float32"])

            yield Row(f"{mode}_bf16_{head}", f"{mode} in bf16 against float32, {head} head", "x", bar,
                      value)


def _torch_rows():
    for mode in ("inference", "training"):
        for precision in ("float32", "bf16"):
            for head in ("linear", "residual"):
                def value(m, name=f"{mode} {head}", precision=precision):
                    own = _rate(m["networks"][name][precision])
                    return own / _rate(_have(m["torch"][name][precision])["tuned"])

                def note(m, name=f"{mode} {head}", precision=precision):
                    own = _rate(m["networks"][name][precision])
                    peer = m["torch"][name][precision]
                    return (f"PyTorch {_rate(peer['tuned']):,.0f} rows/s tuned; untuned "
                            f"{_rate(peer['untuned']):,.0f}, {own / _rate(peer['untuned']):.2f} x")

                yield Row(f"{mode}_{precision}_{head}_torch",
                          f"{mode} in {precision} against PyTorch, {head} head", "x", 1.8, value,
                          note=note)


def _group_rows():
    for head in ("linear", "residual"):
        def value(m, name=f"training {head}"):
            return _rate(m["networks"][name]["float32"]) / _rate(m["networks"][name]["one_draw_a_row"])

        yield Row(f"noise_group_{head}",
                  f"training with a draw of the noise per 64 rows against one per row, {head} head",
                  "x", 1.9, value)


def _scaling_rows():
    for mode in ("inference", "training"):
        for head in ("linear", "residual"):
            def value(m, name=f"{mode} {head}"):
                if _threads(m) == 1:
                    raise Unavailable("there is one core")
                if _threads(m) != 2:
                    raise Unavailable(f"{_threads(m)} threads were asked for, not 2")
                return _rate(m["networks"][name]["float32"]) / _rate(m["networks"][name]["one_thread"])

            yield Row(f"scaling_{mode}_{head}", f"{mode} on 2 threads against 1, {head} head", "x", 1.85,
                      value)


def _end_to_end_rows():
    for mode, command in (("training", "train"), ("inference", "upscale")):
        for head in ("linear", "residual"):
            def value(m, name=f"{mode} {head}"):
                return 100 * _rate(m["end_to_end"][name]) / _rate(m["networks"][name]["float32"])

            def note(m, name=f"{mode} {head}"):
                run = m["end_to_end"][name]
                return f"{run['rows']:,} rows in {run['seconds']:.1f} s, files included"

            yield Row(f"end_to_end_{command}_{head}", f"stsr {command} against the network alone, {head} "
                      "head", "% of its rate", 85, value, note=note)


def _feeding_rows():
    def share(m):
        step = m["mapped"]["in_memory"]["rows_per_second"] / _threads(m)
        return 100 * m["feeding"]["row_seconds"] * step

    def mapped(m):
        return 100 * _rate(m["mapped"]["mapped"]) / _rate(m["mapped"]["in_memory"])

    yield Row("feeding", "drawing and gathering rows, in training of the default recipe",
              "% of a step's time", 2, share, False,
              note=lambda m: f"{1e9 * m['feeding']['row_seconds']:.0f} ns per row of "
              f"{m['feeding']['data_bytes'] / MIB:.0f} MiB, a thread")
    yield Row("mapped_training", "training of the default recipe on data mapped from disk against data "
              "in memory", "% of its rate", 95, mapped,
              note=lambda m: f"{m['mapped']['data_bytes'] / MIB:.0f} MiB, shuffled "
              f"{m['mapped']['window_bytes'] / MIB:.0f} MiB at a time")
    yield Row("memory_mapped", "memory of stsr train on data mapped from disk", "MiB", 300,
              lambda m: m["mapped"]["mapped"]["peak_memory_bytes"] / MIB, False,
              note=lambda m: f"{m['mapped']['in_memory']['peak_memory_bytes'] / MIB:.0f} MiB where the "
              "same are in memory")


def _memory_rows():
    def training(m):
        return m["memory"]["training"]["peak_memory_bytes"] / MIB

    def training_bar(m):
        return 1.25 * m["memory"]["training"]["data_bytes"] / MIB + 300

    def inference(m):
        runs = [m["memory"]["inference"]] + [m["end_to_end"][f"inference {head}"]
                                             for head in ("linear", "residual")]
        return max(run["peak_memory_bytes"] - run["model_bytes"] for run in runs) / MIB

    yield Row("memory_training", "memory of stsr train", "MiB", None, training, False, training_bar,
              lambda m: f"{m['memory']['training']['data_bytes'] / MIB:.0f} MiB of data; the bar is "
              "these, 25 % and 300 MiB")
    yield Row("memory_inference", "memory of stsr upscale beyond the model", "MiB", 500, inference,
              False, note=lambda m: f"a volume has {m['memory']['inference']['volume_bytes'] / MIB:.0f} "
              "MiB")


def all_rows():
    return [*_peak_rows(), *_bf16_rows(), *_torch_rows(), *_group_rows(), *_scaling_rows(),
            *_end_to_end_rows(), *_feeding_rows(), *_memory_rows()]


def merged(values, summary):
    """`summary` of numbers, entry by entry where the values are dictionaries of them; what only some
    have is left out, and of what is no number the first counts."""
    if isinstance(values[0], dict):
        shared = [key for key in values[0] if all(key in value for value in values)]
        return {key: merged([value[key] for value in values], summary) for key in shared}
    return summary(values) if isinstance(values[0], (int, float)) else values[0]


def spread(values):
    return {"min": min(values), "median": statistics.median(values), "max": max(values)}


def peer(repetitions):
    """Rows a second of PyTorch: {"training linear": {"float32": {"tuned": spread, "untuned": ...}}}."""
    def rates(measured):
        return {name: {precision: {kind: run["rows_per_second"] for kind, run in runs.items()}
                       for precision, runs in precisions.items() if "unavailable" not in runs}
                for name, precisions in measured["torch"].items()}
    return merged([rates(measured) for measured in repetitions], spread)


def evaluate(row, repetitions):
    """One row over all repetitions: {"title", "unit", "bar", "better", "min", "median", "max",
    "values", "reached", "note"}, or {"title", ..., "unavailable": why}."""
    first = repetitions[0]
    bar = row.bar_of(first) if row.bar_of else row.bar
    result = {"title": row.title, "unit": row.unit, "bar": round(bar, 2),
              "better": "higher" if row.higher_is_better else "lower"}
    try:
        values = [row.value(measured) for measured in repetitions]
        note = row.note(first) if row.note else ""
    except Unavailable as reason:
        return result | {"unavailable": str(reason)}
    median = statistics.median(values)
    reached = median >= bar if row.higher_is_better else median <= bar
    return result | spread(values) | {"values": values, "reached": reached, "note": note}


def table(repetitions):
    """All rows by key."""
    return {row.key: evaluate(row, repetitions) for row in all_rows()}
