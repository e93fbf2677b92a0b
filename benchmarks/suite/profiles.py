"""Where the time of a training step goes, by function, as `perf record` sees it."""

import collections
import json
import re
import subprocess

import programs

SKIP_SECONDS = 2.0  # of the start: the parameters' initial values and the first step
LEAST_SHARE = 0.005

# "7f03ccb9a3ff stsr::(anonymous namespace)::sine_layer (/.../bench_network)"
SAMPLE = re.compile(r"^\s*[0-9a-f]+ (?P<symbol>.*) \((?P<object>.*)\)$")


def function_name(symbol, shared_object):
    """A name that a reader knows: a function without namespaces and arguments, or a library."""
    library = shared_object.rsplit("/", 1)[-1]
    if re.search(r"JIT|//anon|perf-\d+\.map|libdnnl", shared_object):  # made at run time
        return "matrix products of oneDNN"
    if "kernel.kallsyms" in shared_object:
        return "the operating system"
    if "libgomp" in library:
        return "waiting at the end of parallel loops"
    if symbol == "[unknown]":
        return library
    name = symbol.replace("(anonymous namespace)::", "")
    while re.search("<[^<>]*>", name):  # template arguments, innermost first
        name = re.sub("<[^<>]*>", "", name)
    return name.split("(")[0].split("::")[-1].strip() or symbol


def measure(settings, mode, head):
    """{"shares": [[function, share of the samples], ...], "seconds"}, largest first; or
    {"unavailable": why}."""
    data = settings.work / "perf.data"
    seconds = SKIP_SECONDS + max(4.0, 2 * settings.seconds)
    command = ["perf", "record", "--quiet", "--freq", "499", "--delay", int(1000 * SKIP_SECONDS),
               "--output", data, settings.binaries / "bench_network", mode, "--head", head,
               "--threads", settings.threads, "--seconds", seconds]
    try:
        programs.run(settings, command)
        script = subprocess.run(["perf", "script", "--input", data, "--fields", "ip,sym,dso"],
                                capture_output=True, text=True, check=True)
    except (OSError, programs.BenchError, subprocess.CalledProcessError) as error:
        return {"unavailable": f"perf does not run here: {str(error).splitlines()[0]}"}
    counts = collections.Counter()
    for line in script.stdout.splitlines():
        sample = SAMPLE.match(line)
        if sample:
            counts[function_name(sample["symbol"], sample["object"])] += 1
    total = sum(counts.values())
    if total == 0:
        return {"unavailable": "perf took no samples"}
    shares = [[name, count / total] for name, count in counts.most_common()
              if count >= LEAST_SHARE * total]
    return {"shares": shares, "samples": total}


def kernels(settings):
    """The micro benchmarks: {"name": {"nanoseconds", "per_second"}}, see benchmarks/kernels."""
    command = [settings.binaries / "bench_kernels", "--benchmark_format=json",
               f"--benchmark_min_time={0.02 if settings.quick else 0.3}"]
    result = {}
    for entry in json.loads(programs.run(settings, command).output)["benchmarks"]:
        rates = {key: entry[key] for key in ("FLOP/s", "elements/s") if key in entry}
        result[entry["name"]] = {"nanoseconds": entry["real_time"]} | rates
    return result
