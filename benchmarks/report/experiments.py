"""What the paper's experiments would take at the rates of this machine.

Sizes: Tang & Wang 2024, tables 1, 4 and 5, sections 4.3 and 4.4; 600 epochs each.
"""

import dataclasses
import math

EPOCHS = 600
HEADS = 8
SPLIT = (2, 2, 2)


@dataclasses.dataclass
class Sequence:
    """Variables of one grid: full size, full steps, and the scale factors of the experiment."""
    dims: tuple
    steps: int
    variables: int
    u_s: int
    u_t: int

    def rows(self, split=SPLIT):
        """Of an epoch: a row has a value in each block of the coarse volume."""
        block = math.prod(math.ceil(math.ceil(n / self.u_s) / k) for n, k in zip(self.dims, split))
        return self.variables * math.ceil(self.steps / (self.u_t + 1)) * block

    def voxels(self):
        """Of the full output: all steps of all variables."""
        return math.prod(self.dims) * self.steps * self.variables


IONIZATION = (600, 248, 248)
TANGAROA = (300, 180, 120)
EXPERIMENTS = [
    ("combustion, 4 variables", [Sequence((480, 720, 120), 100, 4, 4, 3)]),
    ("half-cylinder, 4 members", [Sequence((640, 240, 80), 100, 4, 4, 3)]),
    ("ionization, 4 variables", [Sequence(IONIZATION, 100, 4, 4, 3)]),
    ("ionization, 5 variables", [Sequence(IONIZATION, 100, 5, 4, 3)]),
    ("Tangaroa, 4 variables", [Sequence(TANGAROA, 150, 4, 4, 3)]),
    ("five-jet, tornado and vortex", [Sequence((128, 128, 128), 48, 3, 2, 3)]),
    ("ionization, Tangaroa and vortex",
     [Sequence(IONIZATION, 100, 1, 4, 5), Sequence(TANGAROA, 150, 1, 5, 7),
      Sequence((128, 128, 128), 90, 1, 2, 3)]),
    ("vortex at its own resolution", [Sequence((128, 128, 128), 90, 1, 1, 0)]),
]

SPLITS = {1: (1, 1, 1), 4: (2, 2, 1), 8: (2, 2, 2), 16: (4, 2, 2), 64: (4, 4, 4)}  # table 5


def hours(rows, rate):
    """Of all epochs, at `rate` rows a second."""
    return rows * EPOCHS / rate / 3600


def table(measured):
    """Markdown: rows per epoch, and hours of training and of writing everything.
    @param measured  networks and end_to_end of one repetition"""
    networks = measured["networks"]
    rates = [networks["training residual"]["one_draw_a_row"], networks["training residual"]["float32"],
             networks["training linear"]["float32"]]
    columns = ["rows per epoch", "residual heads, a draw per row", "residual heads", "linear heads",
               "volumes, residual heads", "volumes, linear heads"]
    if "unavailable" not in networks["training residual"]["bf16"]:
        rates += [networks["training residual"]["bf16"], networks["training linear"]["bf16"]]
        columns[4:4] = ["residual heads, bf16", "linear heads, bf16"]
    lines = ["| | " + " | ".join(columns) + " |", "|---|" + "---:|" * len(columns)]
    for name, sequences in EXPERIMENTS:
        rows = sum(sequence.rows() for sequence in sequences)
        voxels = sum(sequence.voxels() for sequence in sequences)
        cells = [f"{rows / 1e6:.2f} M"]
        cells += [f"{hours(rows, rate['rows_per_second']):.1f} h" for rate in rates]
        cells += [f"{voxels / measured['end_to_end'][f'inference {head}']['voxels_per_second'] / 3600:.1f} h"
                  for head in ("residual", "linear")]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def heads_table(growth):
    """Markdown: the Tangaroa experiment with other numbers of heads, from the growth with heads."""
    lines = ["| heads | rows per epoch | residual heads | linear heads |", "|---:|---:|---:|---:|"]
    rates = {head: {point["x"]: point["rows_per_second"] for point in growth["heads"][f"training {head}"]}
             for head in ("residual", "linear")}
    for heads, split in SPLITS.items():
        rows = Sequence(TANGAROA, 150, 4, 4, 3).rows(split)
        cells = [f"{hours(rows, rates[head][heads]):.1f} h" if heads in rates[head] else "-"
                 for head in ("residual", "linear")]
        lines.append(f"| {heads} | {rows / 1e6:.2f} M | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def explanation(measured):
    """Why ionization takes what it takes with residual heads, in figures."""
    network = measured["networks"]["training residual"]["float32"]
    rows = EXPERIMENTS[2][1][0].rows()
    operations = rows * EPOCHS * network["operations_per_row"]
    return (f"Ionization, for example, has {rows / 1e6:.1f} million rows per epoch. Times {EPOCHS} epochs and "
            f"{network['operations_per_row'] / 1e6:.1f} million operations per row with residual heads, that is "
            f"{operations / 1e15:.1f} peta-operations; at {network['operations_per_second'] / 1e9:.0f} GFLOP/s "
            f"these take {operations / network['operations_per_second'] / 3600:.0f} hours.")
