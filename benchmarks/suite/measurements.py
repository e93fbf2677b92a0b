"""Everything that one repetition of the suite measures, as plain numbers; rows.py makes the table."""

import end_to_end
import programs

HEADS = ["linear", "residual"]
TRAINING_ROWS = 8000
GROUP = 64


def _passes(settings):
    """What is run, with the arguments of bench_network and bench_torch.py."""
    inference_rows = 16384 if settings.quick else 65536
    for head in HEADS:
        yield "training", head, {"head": head, "rows": TRAINING_ROWS, "group": GROUP}
        yield "inference", head, {"head": head, "rows": inference_rows}


def _torch(settings, mode, case, bf16_gap):
    """Tuned and untuned PyTorch, in float32 and, where STSR has it, too, in bf16."""
    gap = programs.torch_gap()
    if gap:
        return {precision: {"unavailable": gap} for precision in ("float32", "bf16")}
    if mode == "inference":
        case = case | {"chunks": "512,2048" if settings.quick else "512,2048,8192"}
    result = {}
    for precision in ["float32", "bf16"]:
        if precision == "bf16" and bf16_gap:
            result[precision] = {"unavailable": bf16_gap}
            continue
        result[precision] = {
            name: programs.torch(settings, mode, name == "tuned", precision=precision, **case)
            for name in ("tuned", "untuned")}
    return result


def _network(settings, mode, case):
    """One network, in every way that a row compares."""
    result = {"float32": programs.network(settings, mode, **case),
              "one_thread": programs.network(settings, mode, **case, threads=1),
              "bf16": programs.network(settings, mode, **case, precision="bf16")}
    if mode == "training":
        result["one_draw_a_row"] = programs.network(settings, mode, **(case | {"group": 1}))
    return result


def measure(settings, say):
    """One repetition. @param say  told what comes next, in words"""
    say("peak")
    programs.others_share(settings)  # counts from here
    result = {"peak": programs.peak(settings), "networks": {}, "torch": {}, "end_to_end": {}}
    for mode, head, case in _passes(settings):
        name = f"{mode} {head}"
        with programs.machine_alone(settings):
            say(name)
            network = _network(settings, mode, case)
            result["networks"][name] = network
            say(name + ", PyTorch")
            result["torch"][name] = _torch(settings, mode, case, network["bf16"].get("unavailable"))
    for head in HEADS:
        with programs.machine_alone(settings):
            for mode, command in (("training", end_to_end.train), ("inference", end_to_end.upscale)):
                say(f"stsr {command.__name__}, {head} head")
                rate = result["networks"][f"{mode} {head}"]["float32"]["rows_per_second"]
                result["end_to_end"][f"{mode} {head}"] = command(settings, head, rate)
    with programs.machine_alone(settings):
        say("feeding")
        result["feeding"] = programs.feeding(settings)
        result["mapped"] = end_to_end.mapped_training(settings)
    with programs.machine_alone(settings):
        say("memory")
        result["memory"] = {"training": end_to_end.training_memory(settings),
                            "inference": end_to_end.streaming_memory(settings)}
        say("peak again")
        result["peak"] = _larger(result["peak"], programs.peak(settings))
    result["others"] = programs.others_share(settings)
    return result


def _larger(a, b):
    return {name: {threads: max(value, b[name][threads]) for threads, value in counts.items()}
            for name, counts in a.items()}
