"""The table as text and as Markdown."""


def number(value, unit):
    """Three digits that matter."""
    if unit == "MiB":
        return f"{value:.0f}"
    return f"{value:.2f}" if unit == "x" else f"{value:.1f}"


def cells(row):
    """(title, reached, bar, verdict, note)"""
    sign = ">=" if row["better"] == "higher" else "<="
    bar = f"{sign} {row['bar']:g} {row['unit']}"
    if "unavailable" in row:
        return row["title"], "-", bar, "-", row["unavailable"]
    reached = number(row["median"], row["unit"])
    if len(row["values"]) > 1:
        reached += f" ({number(row['min'], row['unit'])} to {number(row['max'], row['unit'])})"
    return row["title"], reached, bar, "reached" if row["reached"] else "missed", row["note"]


HEADER = ("", "here", "bar", "", "")


def text(rows):
    lines = [HEADER] + [cells(row) for row in rows.values()]
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip()
                     for line in lines)


def markdown(rows):
    lines = ["| | here | bar | | |", "|---|---|---|---|---|"]
    lines += ["| " + " | ".join(cells(row)) + " |" for row in rows.values()]
    return "\n".join(lines)


def peaks(peak):
    """Gigaflops of every loop, a line a loop."""
    return "\n".join(
        f"{name:16}  " + "  ".join(f"{threads} thread{'s' if threads != '1' else ''}: {value / 1e9:.1f}"
                                   for threads, value in counts.items())
        for name, counts in peak.items())
