"""What the figures were measured on."""

import datetime
import os
import pathlib
import platform
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
INSTRUCTION_FLAGS = ["avx2", "fma", "avx512f", "avx512_bf16", "amx_bf16"]


def _first_line(*command):
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return (result.stdout.splitlines() or ["unknown"])[0].strip()


def _cpu_info():
    """The fields of the first processor in /proc/cpuinfo."""
    try:
        text = pathlib.Path("/proc/cpuinfo").read_text().split("\n\n")[0]
    except OSError:
        return {}
    return dict(re.findall(r"^(.*?)\s*: (.*)$", text, re.MULTILINE))


def _caches():
    sizes = []
    for folder in sorted(pathlib.Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        try:
            level, kind, size = ((folder / name).read_text().strip() for name in ("level", "type", "size"))
        except OSError:
            continue
        if kind != "Instruction":
            sizes.append(f"L{level} {size}")
    return ", ".join(sizes) or "unknown"


def _memory_bytes():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def cores():
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0))


def flags():
    """Instruction sets of INSTRUCTION_FLAGS that the processor has."""
    present = _cpu_info().get("flags", "").split()
    return [flag for flag in INSTRUCTION_FLAGS if flag in present]


def describe():
    info = _cpu_info()
    return {
        "processor": info.get("model name", platform.processor() or platform.machine()),
        "family_model_stepping": [info.get(key, "?") for key in ("cpu family", "model", "stepping")],
        "instruction_sets": flags(),
        "cores": cores(),
        "caches": _caches(),
        "memory_gib": round(_memory_bytes() / 2**30, 1),
        "kernel": platform.release(),
        "compiler": _first_line("c++", "--version"),
    }


def version():
    """Commit and date of what is measured."""
    return {"commit": _first_line("git", "describe", "--always", "--dirty", "--abbrev=12"),
            "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d")}
