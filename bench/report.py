"""Tables of what was measured: ``python -m bench.report`` prints them, ``--write`` files them."""

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from bench import goals, results, targets, works
from bench.places import HERE, ROOT, SIZES
from bench.results import Results

DOCUMENTS = (ROOT / "docs" / "performance.md", HERE / "README.md")
WORKS = works.NAMES | {"W12": "start and memory"}
RUN = "Measured on {began} at revision {revision}; the machine's load before it was {load}."
FINE = 10.0

Figures = Mapping[str, Any]
Cell = Callable[[Figures], str]


def main() -> None:
    """Print the tables, or put them into the documents."""
    tables = made(results.read())
    if sys.argv[1:] == ["--write"]:
        for document in DOCUMENTS:
            text = document.read_text(encoding="utf-8")
            document.write_text(filled(text, tables), encoding="utf-8")
    else:
        print("\n\n".join(f"{name}\n\n{table}" for name, table in tables.items()))


def made(found: Results) -> dict[str, str]:
    """Return every table by its name."""
    sizes = [size for size in SIZES if any(size in one for one in found["targets"].values())]
    return {
        "run": RUN.format(**found),
        "goals": _goals(found),
        **{
            f"{name} of {size}": _works(found, size, cell)
            for size in sizes
            for name, cell in CELLS.items()
        },
        **{f"start of {size}": _starts(found, size) for size in sizes},
        "more": _more(found),
    }


def filled(text: str, tables: Mapping[str, str]) -> str:
    """Return a document with each table between the two marks that bear its name."""
    for name, table in tables.items():
        begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        marked = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        block = f"{begin}\n\n{table}\n\n{end}"
        text = marked.sub(block.replace("\\", r"\\"), text)
    return text


def _goals(found: Results) -> str:
    rows = [
        (
            f"{one.goal.work} {WORKS[one.goal.work]}",
            one.goal.words,
            one.number(one.measured),
            one.in_words,
            one.number(one.by_cpu),
        )
        for one in goals.judge(found, targets.read())
    ]
    return _table(("Work", "Goal", "Measured", "", "By processor time"), rows)


def _works(found: Results, size: str, cell: Cell) -> str:
    """Return a table with a row for each work and a column for each console."""
    columns = _columns(found, size)
    cells = {
        work: [_cell(column.get(work, {}), cell) for column in columns.values()]
        for work in works.NAMES
    }
    rows = [(f"{work} {works.NAMES[work]}", *row) for work, row in cells.items() if any(row)]
    return _table(("", *columns), rows)


def _starts(found: Results, size: str) -> str:
    columns = _columns(found, size)
    lines = {
        "first answer, s": lambda one: f"{one['cold_s']:.2f}",
        "memory of a worker, MiB": lambda one: f"{one['memory']['rss_mib']:.0f}",
        "of that its own, MiB": lambda one: f"{one['memory']['pss_mib']:.0f}",
    }
    rows = [(name, *map(cell, columns.values())) for name, cell in lines.items()]
    return _table(("", *columns), rows)


def _more(found: Results) -> str:
    every = found["extras"]
    rows = [
        (words.format(**figures), answer.format(**figures))
        for name, lines in MORE.items()
        if (figures := every.get(name))
        for words, answer in lines
    ]
    return _table(("Measured", ""), rows)


def _columns(found: Results, size: str) -> dict[str, Figures]:
    """Return what was measured with so many users, by console, in the order of ``targets.toml``."""
    every = found["targets"]
    return {name: every[name][size] for name in targets.read() if size in every.get(name, {})}


def _cell(figures: Figures, cell: Cell) -> str:
    try:
        return cell(figures)
    except KeyError:
        # Not every work is measured in every way.
        return ""


def _table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _short(number: float) -> str:
    return f"{number:.2f}" if number < FINE else f"{number:.0f}"


CELLS: dict[str, Cell] = {
    "times": lambda one: f"{_short(one['p50'])} / {_short(one['p95'])}",
    "CPU": lambda one: f"{_short(one['cpu_web'])} + {_short(one['cpu_pg'])}",
    "throughput": lambda one: f"{one['per_second']:.0f}",
    "statements": lambda one: f"{one['statements']} + {one['control']}",
    "sizes": lambda one: f"{one['kib']:.0f} / {one['kib_gzip']:.1f}",
}
# What is measured of the console alone: the words of a line, and its figures.
MORE = {
    "exporting": [
        ("CSV of {users:,} users: first byte", "{first_byte_ms} ms"),
        ("CSV of {users:,} users: all of it", "{seconds} s ({mib} MiB)"),
        ("The same by PostgreSQL's COPY", "{copy_s} s"),
        ("What the export adds to a worker's memory", "{grown_mib} MiB"),
    ],
    "many": [
        ("A role assigned to {users:,} users at once", "{assign_s} s"),
        ("The role unassigned again", "{unassign_s} s"),
        ("What that adds to a worker's memory", "{grown_mib} MiB"),
    ],
    "matrix": [
        ("Matrix of 50 roles and 200 permissions", "{p50} ms, {statements} statements"),
        ("Its page", "{kib} KiB, {kib_gzip} KiB compressed"),
    ],
    "hashing": [
        ("Users, page 1, p95 while nobody signs in", "{idle_p95} ms"),
        ("Users, page 1, p95 while eight people do", "{busy_p95} ms"),
        ("Of those eight, who got in and who was asked to try again", "{sign_ins}, {sent_away}"),
    ],
}


if __name__ == "__main__":
    main()
