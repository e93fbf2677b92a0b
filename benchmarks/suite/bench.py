"""Measures STSR on this machine and prints a table with what each row should reach.

    scripts/bench.sh [--quick] [--json FILE] [--only-table] [--threads N] [--lock FILE]

scripts/bench.sh builds what is measured; docs/performance.md explains every row.
"""

import argparse
import json
import pathlib
import sys
import time

import growth
import machine
import measurements
import profiles
import programs
import rows
import text_table

MOST_DISTURBANCE = 0.03  # of a core, by other processes, without a warning
SCHEMA = 1  # of the JSON file; grows when a key changes its meaning


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench.sh", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true",
                        help="one repetition and shorter measurements, in under five minutes")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write all figures to FILE")
    parser.add_argument("--threads", type=int, default=min(2, machine.cores()),
                        help="threads of all rows (default: 2)")
    parser.add_argument("--lock", type=pathlib.Path, metavar="FILE",
                        help="hold an exclusive lock on FILE while a command is measured, for a machine "
                        "whose other users take it, too")
    parser.add_argument("--binaries", type=pathlib.Path, metavar="FOLDER",
                        default=programs.Settings.binaries, help="the programs to measure")
    parser.add_argument("--only-table", action="store_true",
                        help="leave out growth, profile and kernels")
    return parser.parse_args()


def measure(options, settings):
    start = time.monotonic()

    def say(what):
        print(f"bench: {time.monotonic() - start:4.0f} s  {what}", file=sys.stderr, flush=True)

    repetitions = []
    for repetition in range(1 if options.quick else 3):
        say(f"repetition {repetition + 1}")
        repetitions.append(measurements.measure(settings, say) | {"threads": settings.threads})
        others = repetitions[-1]["others"]
        if others > MOST_DISTURBANCE:
            say(f"warning: other processes took {100 * others:.0f} % of a core; the figures suffer from it")
    result = {"schema": SCHEMA, **machine.version(), "machine": machine.describe(),
              "threads": settings.threads, "quick": settings.quick,
              "rows": rows.table(repetitions),
              "peak": rows.merged([measured["peak"] for measured in repetitions], rows.spread),
              "peer": rows.peer(repetitions)}
    if not options.only_table:
        result["growth"] = growth.measure(settings, say)
        say("profile")
        result["profile"] = {f"{mode} {head}": profiles.measure(settings, mode, head)
                             for mode in ("training", "inference") for head in measurements.HEADS}
        say("kernels")
        result["kernels"] = profiles.kernels(settings)
    result["repetitions"] = repetitions
    result["seconds"] = time.monotonic() - start
    return result


def main():
    options = arguments()
    settings = programs.Settings(quick=options.quick, threads=options.threads,
                                 lock=options.lock, binaries=options.binaries.resolve())
    settings.work.mkdir(parents=True, exist_ok=True)
    try:
        result = measure(options, settings)
    except programs.BenchError as error:
        sys.exit(f"bench: {error}")
    print("\nPeak of multiply-adds in registers, GFLOP/s:\n"
          + text_table.peaks(result["repetitions"][0]["peak"]) + "\n")
    print(text_table.text(result["rows"]))
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n")
        print(f"\nbench: wrote {options.json}", file=sys.stderr)


if __name__ == "__main__":
    main()
