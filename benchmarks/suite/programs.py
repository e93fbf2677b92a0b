"""Runs the programs that measure, and reads what they print."""

import contextlib
import dataclasses
import fcntl
import glob
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
from typing import Optional

import machine

MOST_SECONDS_ALONE = 45.0  # after which the lock is given up between two comparisons
ROOT = pathlib.Path(__file__).resolve().parents[2]


class BenchError(Exception):
    """A program failed; the message is one line."""


@dataclasses.dataclass
class Settings:
    quick: bool = False
    threads: int = min(2, machine.cores())
    lock: Optional[pathlib.Path] = None  # held while something is measured
    held: Optional[object] = None  # the open file of the lock
    held_since: float = 0.0
    alone: bool = False  # inside machine_alone
    # Seconds measured, and processor time that others had meanwhile: they spoil the figures.
    measured_seconds: float = 0.0
    others_seconds: float = 0.0
    binaries: pathlib.Path = ROOT / "build/release/bin"
    work: pathlib.Path = ROOT / "build/bench"

    @property
    def seconds(self):
        """How long one measurement lasts at least."""
        return 0.8 if self.quick else 3.0


def _busy_seconds():
    """Processor time that all processes have had on all cores since the machine started."""
    try:
        counts = pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    except OSError:
        return 0.0
    user, nice, system, _, _, interrupts, soft_interrupts, steal = map(int, counts[:8])
    return (user + nice + system + interrupts + soft_interrupts + steal) / os.sysconf("SC_CLK_TCK")


@dataclasses.dataclass
class Finished:
    """One ended process."""
    output: str
    errors: str
    seconds: float
    peak_memory_bytes: int


@contextlib.contextmanager
def machine_alone(settings):
    """Holds the lock of the settings, if there is one; what is compared is run inside one of these.
    Between two of them the lock is kept, unless others have waited long enough for it."""
    if settings.lock is None or settings.alone:
        yield
        return
    if settings.held is None:
        settings.held = open(settings.lock, "a")
        fcntl.flock(settings.held, fcntl.LOCK_EX)
        settings.held_since = time.monotonic()
    settings.alone = True
    try:
        yield
    finally:
        settings.alone = False
        if time.monotonic() - settings.held_since > MOST_SECONDS_ALONE:
            settings.held.close()
            settings.held = None
            time.sleep(1.0)  # others come in


def run(settings, command, environment=None, meanwhile=None):
    """Runs a command to its end. @raises BenchError  it fails; with its last line of errors.
    @param meanwhile  called with the process while it runs"""
    words = [str(word) for word in command]
    with machine_alone(settings), tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        start, busy = time.perf_counter(), _busy_seconds()
        try:
            process = subprocess.Popen(words, stdout=output, stderr=errors, env=environment, cwd=ROOT)
        except OSError as error:
            raise BenchError(f"{error}; scripts/bench.sh builds and installs what is needed") from error
        if meanwhile:
            meanwhile(process)
        _, status, usage = os.wait4(process.pid, 0)  # unlike Popen.wait it tells the memory, too
        seconds = time.perf_counter() - start
        settings.measured_seconds += seconds
        settings.others_seconds += max(
            0.0, _busy_seconds() - busy - usage.ru_utime - usage.ru_stime)
        process.returncode = os.waitstatus_to_exitcode(status)
        for file in (output, errors):
            file.seek(0)
        messages = errors.read()
        if process.returncode != 0:
            last = (messages.strip().splitlines() or ["no message"])[-1]
            raise BenchError(f"'{' '.join(words)}' failed with {process.returncode}: {last}")
        return Finished(output.read(), messages, seconds, 1024 * usage.ru_maxrss)


def others_share(settings):
    """Of one core's time, what other processes took while something was measured, since the last
    call."""
    share = settings.others_seconds / max(settings.measured_seconds, 1e-9)
    settings.measured_seconds = settings.others_seconds = 0.0
    return share


def options(values):
    """{"group": 64} as --group 64."""
    return [word for key, value in values.items() for word in ("--" + key, str(value))]


def network(settings, mode, **values):
    """bench_network: a training step or an evaluation of STSR's own network."""
    values = {"threads": settings.threads, "seconds": settings.seconds} | values
    return json.loads(run(settings, [settings.binaries / "bench_network", mode, *options(values)]).output)


def feeding(settings):
    """bench_feeding: seconds of one thread for a row of a large data set with the default recipe's
    noise, beside the number of its values' bytes."""
    command = [settings.binaries / "bench_feeding", "--benchmark_format=json",
               f"--benchmark_min_time={settings.seconds}",
               "--benchmark_filter=feeding/nx:512/group:64/latent:64/"]
    result = json.loads(run(settings, command).output)["benchmarks"][0]
    return {"row_seconds": result["time/row"], "data_bytes": result["data_bytes"]}


def peak(settings):
    """{"avx2 float32": {"1": operations a second, "2": ...}, ...}"""
    command = [settings.binaries / "bench_peak", "--threads", settings.threads]
    if settings.quick:
        command.append("--quick")
    result = {}
    for entry in json.loads(run(settings, command).output):
        name = f"{entry['instruction_set']} {entry['precision']}"
        result.setdefault(name, {})[str(entry["threads"])] = entry["operations_per_second"]
    return result


def tuned_environment(settings):
    """PyTorch at its best on this machine: nothing that misleads OpenBLAS, the widest vectors, an
    OpenBLAS that shares PyTorch's threads where one is installed, and no spinning between loops."""
    environment = {key: value for key, value in os.environ.items()
                   if key not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OPENBLAS_NUM_THREADS")}
    present = machine.flags()
    if "avx512f" in present or "avx2" in present:
        environment["ATEN_CPU_CAPABILITY"] = "avx512" if "avx512f" in present else "avx2"
    environment["OMP_WAIT_POLICY"] = "PASSIVE"
    environment["OMP_NUM_THREADS"] = str(settings.threads)
    libraries = glob.glob("/usr/lib/*/openblas-openmp")
    if libraries:
        environment["LD_LIBRARY_PATH"] = ":".join(
            libraries + [environment[key] for key in ["LD_LIBRARY_PATH"] if environment.get(key)])
    return environment


def torch(settings, mode, tuned, **values):
    """bench_torch.py: the same step or evaluation in PyTorch."""
    values = {"seconds": settings.seconds} | values
    if tuned:
        values["threads"] = settings.threads
    script = ROOT / "benchmarks/peers/bench_torch.py"
    environment = tuned_environment(settings) if tuned else None
    return json.loads(run(settings, [sys.executable, script, mode, *options(values)], environment).output)


def torch_gap():
    """Why PyTorch cannot be run; empty where it can."""
    result = subprocess.run([sys.executable, "-c", "import torch"], capture_output=True, check=False)
    return "" if result.returncode == 0 else "PyTorch is not installed for " + sys.executable
