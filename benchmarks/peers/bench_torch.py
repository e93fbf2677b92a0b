"""Times training steps or evaluations of the PyTorch network and prints JSON, as bench_network does.

    python3 benchmarks/peers/bench_torch.py training --head residual --group 64 --threads 2

Tensors are ready in memory and there is no data loader. Nothing of the environment is changed here;
benchmarks/suite/peers.py says what "tuned" sets. Without --threads PyTorch decides.
"""

import argparse
import contextlib
import json
import resource
import statistics
import time

import torch

import torch_network


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=["training", "inference"])
    parser.add_argument("--head", choices=["residual", "linear"], default="residual")
    parser.add_argument("--rows", type=int, default=8000)
    parser.add_argument("--group", type=int, default=64)
    parser.add_argument("--precision", choices=["float32", "bf16"], default="float32")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--chunks", default="2048,8192,65536",
                        help="inference: rows of a pass; the fastest of these counts")
    return parser.parse_args()


def uniform(shape, seed):
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def time_steps(seconds, step):
    """Seconds of each step, after one that is not counted; at least three."""
    step()
    times, start = [], time.perf_counter()
    while len(times) < 3 or time.perf_counter() - start < seconds:
        begin = time.perf_counter()
        step()
        times.append(time.perf_counter() - begin)
    return times


def training_step(options, config):
    network = torch_network.Network(config)
    groups = options.rows // options.group
    coordinates, targets = uniform([options.rows, 4], 1), uniform([options.rows, config["heads"]], 2)
    noise = torch.randn([groups, config["latent_length"]], generator=torch.Generator().manual_seed(3))
    variables = torch.arange(groups) % config["variables"]
    optimiser = torch.optim.Adam(network.parameters.values(), lr=1e-5, weight_decay=1e-6, foreach=True)
    autocast = (torch.autocast("cpu", torch.bfloat16) if options.precision == "bf16"
                else contextlib.nullcontext())

    def step():
        optimiser.zero_grad(set_to_none=True)
        with autocast:
            outputs = network.forward(coordinates, variables, noise, options.group)
        torch.nn.functional.mse_loss(outputs.float(), targets).backward()
        optimiser.step()

    return step


def inference_step(options, config, chunk):
    dtype = torch.bfloat16 if options.precision == "bf16" else torch.float32
    decoder = torch_network.Decoder(torch_network.Network(config), 0, dtype)
    coordinates = uniform([options.rows, 4], 1)
    values = torch.empty([options.rows, config["heads"]])

    def step():
        for first in range(0, options.rows, chunk):
            values[first:first + chunk] = decoder.evaluate(coordinates[first:first + chunk])

    return step


def main():
    options = arguments()
    if options.threads:
        torch.set_num_threads(options.threads)
    torch_network.check(options.head)
    config = dict(torch_network.PAPER, head=options.head)
    result = {"threads": torch.get_num_threads()}
    if options.mode == "training":
        times = time_steps(options.seconds, training_step(options, config))
    else:
        trials = {chunk: time_steps(options.seconds, inference_step(options, config, chunk))
                  for chunk in map(int, options.chunks.split(","))}
        chunk = min(trials, key=lambda c: statistics.median(trials[c]))
        times, result["chunk_rows"] = trials[chunk], chunk
    median = statistics.median(times)
    result |= {"rows_per_second": options.rows / median,
               "step_seconds": {"min": min(times), "median": median, "max": max(times)},
               "steps": len(times),
               "peak_memory_bytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
