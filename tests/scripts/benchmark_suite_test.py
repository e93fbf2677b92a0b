"""Tests of scripts/bench.sh beyond what it measures: the rows follow from the measurements, the command
line of the suite refuses what it does not know, and docs/performance.md is what page.py makes of
docs/performance.json. Needs nothing but Python 3.9.
"""

import json
import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "benchmarks/suite"), str(ROOT / "benchmarks/report")]

import experiments  # noqa: E402
import page  # noqa: E402
import profiles  # noqa: E402
import rows  # noqa: E402
import text_table  # noqa: E402


def rate(rows_per_second, operations_per_row=1e6):
    return {"rows_per_second": rows_per_second, "operations_per_row": operations_per_row,
            "operations_per_second": rows_per_second * operations_per_row}


def measured(factor=1.0, bf16=None):
    """A repetition of round figures; `factor` scales STSR's float32 rates on all threads."""
    network = {"float32": rate(80e3 * factor), "one_thread": rate(40e3), "one_draw_a_row": rate(40e3),
               "bf16": rate(160e3) if bf16 is None else {"unavailable": bf16}}
    peer = {name: {"tuned": rate(40e3), "untuned": rate(20e3)} for name in ("float32", "bf16")}
    names = [f"{mode} {head}" for mode in ("training", "inference") for head in ("linear", "residual")]
    run = {"rows": 1000, "seconds": 1.0, "rows_per_second": 72e3, "peak_memory_bytes": 300 * 2**20,
           "model_bytes": 100 * 2**20}
    return {"threads": 2, "networks": {name: network for name in names},
            "torch": {name: peer for name in names}, "end_to_end": {name: run for name in names},
            "peak": {"portable float32": {"1": 25e9, "2": 50e9}, "avx2 float32": {"1": 50e9, "2": 100e9},
                     "avx512 bf16": {"1": 200e9, "2": 400e9}},
            "feeding": {"row_seconds": 200e-9, "data_bytes": 2**30},
            "mapped": {"data_bytes": 512 * 2**20, "window_bytes": 8 * 2**20,
                       "in_memory": rate(100e3) | {"peak_memory_bytes": 600 * 2**20},
                       "mapped": rate(96e3) | {"peak_memory_bytes": 310 * 2**20}},
            "memory": {"training": {"peak_memory_bytes": 400 * 2**20, "data_bytes": 100 * 2**20},
                       "inference": {"peak_memory_bytes": 700 * 2**20, "model_bytes": 50 * 2**20,
                                     "volume_bytes": 512 * 2**20}}}


class Rows(unittest.TestCase):
    def test_values_follow_from_the_measurements(self):
        table = rows.table([measured()])
        for key, value, reached in [
                ("training_float32_linear", 80.0, True), ("inference_float32_linear", 80.0, False),
                ("training_bf16_linear", 2.0, True), ("training_float32_linear_torch", 2.0, True),
                ("inference_bf16_residual_torch", 4.0, True), ("noise_group_residual", 2.0, True),
                ("scaling_training_linear", 2.0, True), ("end_to_end_train_linear", 90.0, True),
                ("feeding", 1.0, True), ("mapped_training", 96.0, True), ("memory_mapped", 310.0, False),
                ("memory_training", 400.0, True), ("memory_inference", 650.0, False)]:
            self.assertAlmostEqual(table[key]["median"], value, msg=key)
            self.assertEqual(table[key]["reached"], reached, key)
        self.assertEqual(table["memory_training"]["bar"], 425.0)
        self.assertIn("untuned 20,000, 4.00 x", table["training_float32_linear_torch"]["note"])

    def test_repetitions_give_a_spread_and_the_median_counts(self):
        row = rows.table([measured(), measured(1.2), measured(0.5)])["training_float32_linear"]
        self.assertEqual([round(row[key]) for key in ("min", "median", "max")], [40, 80, 96])
        self.assertTrue(row["reached"])

    def test_what_a_machine_lacks_is_a_dash_with_the_reason(self):
        table = rows.table([measured(bf16="no instructions")])
        for key in ("training_bf16_linear", "inference_bf16_linear_torch"):
            self.assertEqual(table[key]["unavailable"], "no instructions")
            self.assertEqual(text_table.cells(table[key])[1:2] + text_table.cells(table[key])[3:],
                             ("-", "-", "no instructions"))
        self.assertNotIn("unavailable", table["training_float32_linear"])

    def test_other_thread_counts_leave_out_the_scaling(self):
        table = rows.table([measured() | {"threads": 1}])
        self.assertIn("unavailable", table["scaling_training_linear"])

    def test_the_text_has_every_row(self):
        table = rows.table([measured()])
        lines = text_table.text(table).splitlines()
        self.assertEqual(len(lines), 1 + len(rows.all_rows()))
        self.assertEqual(len({row.key for row in rows.all_rows()}), len(rows.all_rows()))


class Experiments(unittest.TestCase):
    def test_rows_of_an_epoch(self):
        by_name = {name: sum(s.rows() for s in sequences) for name, sequences in experiments.EXPERIMENTS}
        self.assertEqual(by_name["ionization, 4 variables"], 75 * 31 * 31 * 25 * 4)
        self.assertEqual(by_name["Tangaroa, 4 variables"], 38 * 23 * 15 * 38 * 4)
        self.assertEqual(by_name["ionization, Tangaroa and vortex"],
                         75 * 31 * 31 * 17 + 30 * 18 * 12 * 19 + 32**3 * 23)


class Profile(unittest.TestCase):
    def test_functions_are_named_without_namespaces_and_arguments(self):
        for symbol, library, name in [
                ("stsr::(anonymous namespace)::multiply_panel<stsr::(anonymous namespace)::Float32>"
                 "(unsigned long, float const* const*, float const*)", "/x/bench_network", "multiply_panel"),
                ("[unknown]", "/tmp/perf-42.map", "matrix products of oneDNN"),
                ("[unknown]", "/usr/lib/libgomp.so.1.0.0", "waiting at the end of parallel loops"),
                ("__memcpy_avx", "/usr/lib/libc.so.6", "__memcpy_avx")]:
            self.assertEqual(profiles.function_name(symbol, library), name)


class Page(unittest.TestCase):
    def test_the_page_is_made_from_the_figures(self):
        figures = ROOT / "docs/performance.json"
        expected = page.render(json.loads(figures.read_text()))
        self.assertEqual((ROOT / "docs/performance.md").read_text(), expected,
                         "run: python3 benchmarks/report/page.py docs/performance.json")

    def test_the_figures_have_every_row(self):
        figures = json.loads((ROOT / "docs/performance.json").read_text())
        self.assertEqual(list(figures["rows"]), [row.key for row in rows.all_rows()])
        self.assertEqual(figures["rows"], rows.table(figures["repetitions"]))


class CommandLine(unittest.TestCase):
    def test_unknown_options_are_refused(self):
        result = subprocess.run([sys.executable, ROOT / "benchmarks/suite/bench.py", "--fast"],
                                capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 2)
        self.assertIn("--fast", result.stderr)

    def test_missing_programs_are_one_line(self):
        result = subprocess.run([sys.executable, ROOT / "benchmarks/suite/bench.py", "--quick",
                                 "--binaries", "/nonexistent"],
                                capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 1)
        last = result.stderr.splitlines()[-1]
        self.assertIn("bench: ", last)
        self.assertIn("scripts/bench.sh builds", last)


if __name__ == "__main__":
    unittest.main()
