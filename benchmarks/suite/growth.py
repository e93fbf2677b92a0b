"""How the cost grows with the size of everything; one repetition, as trends matter here."""

import shutil

import end_to_end
import machine
import programs

HEADS = ["linear", "residual"]


def _counts(settings, full, quick):
    return quick if settings.quick else full


def _network_series(settings, mode, head, parameter, values, **case):
    """[{"x", "rows_per_second", "operations_per_second", "operations_per_row"}, ...]"""
    points = []
    for x in values:
        result = programs.network(settings, mode, seconds=settings.seconds / 4, head=head,
                                  **(case | {parameter: x}))
        points.append({"x": x} | {key: result[key] for key in (
            "rows_per_second", "operations_per_second", "operations_per_row")})
    return points


def _networks(settings, parameter, values, **case):
    return {f"{mode} {head}": _network_series(settings, mode, head, parameter, values, **case)
            for mode in ("training", "inference") for head in HEADS}


def _thread_counts():
    most = machine.cores()
    return [count for count in (1, 2, 4, 8, 16, 32, 64, 128) if count < most] + [most]


def _volumes(settings):
    """Seconds of whole commands: upscaling one time step to n^3 voxels, and one epoch on n^3 coarse
    samples of 4 time steps."""
    folder, model = settings.work / "coarse-growth", settings.work / "growth.stsr"
    fine = settings.work / "fine-growth"
    upscaled, trained = [], []
    for side in _counts(settings, [40, 64, 80, 128, 160, 200, 256], [40, 80, 120]):
        end_to_end.generate(settings, folder, [side // end_to_end.SCALE] * 3, 1)
        end_to_end.stsr(settings, "train", folder, *end_to_end.paper_network("linear"), "--epochs", 0,
                        "-o", model)
        shutil.rmtree(fine, ignore_errors=True)
        finished = end_to_end.stsr(settings, "upscale", model, "--times", "0", "--variables", "speed",
                                   "--format", "raw", "-o", fine)
        upscaled.append({"x": side**3, "seconds": finished.seconds})
    for side in _counts(settings, [16, 24, 32, 48, 64], [16, 32]):
        end_to_end.generate(settings, folder, [side] * 3, 4)
        finished = end_to_end.stsr(settings, "train", folder, *end_to_end.paper_network("linear"),
                                   "--epochs", 1, "-o", model)
        trained.append({"x": side**3 * 4 * len(end_to_end.VARIABLES), "seconds": finished.seconds})
    return {"stsr upscale": upscaled, "stsr train": trained}


def measure(settings, say):
    """{"heads", "width", "rows", "threads": series a pass and head; "volume": seconds a command}"""
    batch = {"rows": 1024 if settings.quick else 2048}
    result = {}
    for parameter, values, case in [
            ("heads", _counts(settings, [1, 2, 4, 8, 16, 32, 64], [1, 8, 64]), batch),
            ("width", _counts(settings, [64, 128, 192, 256, 384, 512], [64, 256, 512]), batch),
            ("rows", _counts(settings, [512, 1024, 2048, 4096, 8192, 16384, 32768], [512, 4096]), {}),
            ("threads", _thread_counts(), batch)]:
        say(f"growth with {parameter}")
        result[parameter] = _networks(settings, parameter, values, **case)
    say("growth with the volume")
    result["volume"] = _volumes(settings)
    return result
