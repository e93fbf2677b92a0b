"""The command line as users run it: `stsr train` and `stsr upscale`, from files to files.

Rates are over the whole process, start-up, reading and writing included. The data are R. Crawfis's
tornado (docs/data-path.md), three variables, as raw files.
"""

import os
import re
import shutil
import time

import programs

HEADS = 8
SIDE = 40             # of the coarse volumes of the rates: 20^3 rows of 8 values per step
STEP_ROWS = (SIDE // 2) ** 3
VARIABLES = ["speed", "w", "vorticity"]
SCALE = 4             # of the fine volumes
LARGE_DIMS = [150, 62, 62]  # of the memory test: the ionization data of the paper, coarse
LARGE_STEPS = 25
STREAMED_SIDE = 512   # 512 MiB a volume: one that is held whole shows
MAPPED_SIDE = 128     # 8 MiB a volume
MAPPED_MEMORY = 64    # MiB that `stsr train` is told to keep values in; they need several times that
MAPPED_WINDOW = 2**18  # rows that are shuffled together: several such windows are trained on


def stsr(settings, *words):
    return programs.run(settings, [settings.binaries / "stsr", *words, "--quiet", "--threads",
                                   settings.threads])


def forget_files(folder):
    """Takes the values of a data set out of the system's cache, so that they are read from disk."""
    for path in folder.glob("*.raw"):
        with open(path, "rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def generate(settings, folder, dims, steps):
    """A coarse data set that counts as every SCALE-th sample of a finer one, so that upscaling undoes
    that and one pass of the network serves all heads."""
    shutil.rmtree(folder, ignore_errors=True)
    stsr(settings, "generate", "tornado", "--dims", ",".join(map(str, dims)), "--steps", steps,
         "--variables", ",".join(VARIABLES), "--format", "raw", "-o", folder)
    description = folder / "dataset.toml"
    reduction = (f"reduction = {{ space = {[SCALE] * 3}, dims = {[SCALE * n for n in dims]}, "
                 f"times = {{ start = 0, step = 1, count = {steps} }} }}\n\n[[variable]]")
    description.write_text(description.read_text().replace("[[variable]]", reduction, 1))


def paper_network(head):
    return ["--preset", "paper", "--set", f"network.head={head}", "--set", "training.noise_group=64"]


def train(settings, head, kernel_rate):
    """One epoch of as many rows as kernel_rate (rows a second) does in some seconds. The model stays
    at model_path(settings, head)."""
    seconds = 8 if settings.quick else 20
    steps = max(2, round(seconds * kernel_rate / (len(VARIABLES) * STEP_ROWS)))
    data = settings.work / f"coarse-{head}"
    generate(settings, data, [SIDE] * 3, steps)
    finished = stsr(settings, "train", data, *paper_network(head), "--epochs", 1,
                    "-o", model_path(settings, head))
    rows = len(VARIABLES) * steps * STEP_ROWS
    return {"rows": rows, "seconds": finished.seconds, "rows_per_second": rows / finished.seconds,
            "peak_memory_bytes": finished.peak_memory_bytes}


def model_path(settings, head):
    return settings.work / f"{head}.stsr"


def upscale(settings, head, kernel_rate):
    """Fine volumes of one variable, as many as kernel_rate does in some seconds."""
    seconds = 8 if settings.quick else 20
    voxels = (SIDE * SCALE) ** 3
    steps = max(1, round(seconds * kernel_rate * HEADS / voxels))
    folder = settings.work / f"fine-{head}"
    shutil.rmtree(folder, ignore_errors=True)
    finished = stsr(settings, "upscale", model_path(settings, head),
                    "--times", f"0:1:{steps}" if steps > 1 else "0", "--variables", VARIABLES[0],
                    "--format", "raw", "-o", folder)
    shutil.rmtree(folder)
    rows = steps * voxels // HEADS
    return {"rows": rows, "seconds": finished.seconds, "rows_per_second": rows / finished.seconds,
            "voxels_per_second": rows * HEADS / finished.seconds,
            "peak_memory_bytes": finished.peak_memory_bytes,
            "model_bytes": model_path(settings, head).stat().st_size}


def training_memory(settings):
    """Most memory of training the paper's network on much data, and what the data take as float32."""
    data = settings.work / "coarse-large"
    if not data.exists():
        generate(settings, data, LARGE_DIMS, LARGE_STEPS)
    finished = stsr(settings, "train", data, *paper_network("residual"), "--time-limit", "3s",
                    "-o", settings.work / "large.stsr")
    samples = LARGE_DIMS[0] * LARGE_DIMS[1] * LARGE_DIMS[2] * LARGE_STEPS * len(VARIABLES)
    return {"peak_memory_bytes": finished.peak_memory_bytes, "data_bytes": 4 * samples}


def large_data(settings, steps):
    """Time steps that repeat two of them: their values do not matter here, their number does."""
    data = settings.work / "coarse-mapped"
    shutil.rmtree(data, ignore_errors=True)
    stsr(settings, "generate", "tornado", "--dims", ",".join([str(MAPPED_SIDE)] * 3), "--steps", 2,
         "--variables", "speed", "--format", "raw", "-o", data)
    for step in range(2, steps):
        shutil.copy(data / f"speed_{step % 2:04d}.raw", data / f"speed_{step:04d}.raw")
    description = data / "dataset.toml"
    description.write_text(description.read_text().replace(
        "times = [0, 1]", f"times = {{ start = 0, step = 1, count = {steps} }}"))
    return data


def timed_training(settings, data, memory, once_training=None):
    """The rate of training the default recipe's network, without start and end, which the program
    says itself. @param once_training  called when start-up is over"""
    model = settings.work / "mapped.stsr"
    log = settings.work / "mapped.stsr.log.jsonl"
    log.unlink(missing_ok=True)

    def meanwhile(process):
        while once_training and process.poll() is None:
            if log.exists():  # begun when all values have been scanned
                once_training()
                return
            time.sleep(0.01)

    finished = programs.run(
        settings, [settings.binaries / "stsr", "train", data, "--time-limit",
                   8 if settings.quick else 20, "--set", "blocks.split=[2,2,2]",
                   "--set", f"training.shuffle_rows={MAPPED_WINDOW}",
                   "--memory", memory, "--threads", settings.threads, "-o", model],
        meanwhile=meanwhile)
    rate = float(re.search(r"([0-9.e+]+) rows/s", finished.errors)[1])
    return {"rows_per_second": rate, "peak_memory_bytes": finished.peak_memory_bytes}


def mapped_training(settings):
    """Training on values in memory, and on the same mapped from files that are read from disk
    meanwhile."""
    steps = 64 if settings.quick else 256
    data = large_data(settings, steps)
    result = {"data_bytes": 4 * MAPPED_SIDE**3 * steps, "window_bytes": 4 * HEADS * MAPPED_WINDOW,
              "in_memory": timed_training(settings, data, "1T"),
              "mapped": timed_training(settings, data, f"{MAPPED_MEMORY}M",
                                       lambda: forget_files(data))}
    shutil.rmtree(data)
    return result


def streaming_memory(settings):
    """Most memory of writing a volume of STREAMED_SIDE^3; with a small network, as its size does
    not matter here and the volume's does."""
    data, model = settings.work / "coarse-small", settings.work / "small.stsr"
    folder = settings.work / "fine-streamed"
    generate(settings, data, [STREAMED_SIDE // SCALE] * 3, 2)
    stsr(settings, "train", data, "--preset", "paper", "--set", "network.width=8", "--set",
         "network.residual_blocks=1", "--set", "network.head=linear", "--epochs", 0, "-o", model)
    shutil.rmtree(folder, ignore_errors=True)
    finished = stsr(settings, "upscale", model, "--times", "0", "--variables", VARIABLES[0],
                    "--format", "raw", "-o", folder)
    shutil.rmtree(folder)
    return {"peak_memory_bytes": finished.peak_memory_bytes, "model_bytes": model.stat().st_size,
            "volume_bytes": 4 * STREAMED_SIDE**3, "seconds": finished.seconds}
