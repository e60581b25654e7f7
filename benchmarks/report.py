"""Writing benchmarks/RESULTS.md from the figures."""

from __future__ import annotations

import os
import platform
import statistics
from typing import TYPE_CHECKING

from benchmarks import peers
from benchmarks.cases import MEMORY, NOTHING, SIZES, SOMETHING, all_cases
from benchmarks.chart import bars, line
from benchmarks.measure import median

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from benchmarks.cases import Case
    from benchmarks.measure import Measured

    Results = Mapping[str, Measured]

FOLDER = peers.REPOSITORY / "benchmarks"
TITLE = """# Performance

How long flake8-bgtasks takes beside its peers. Whole processes, run in turn (ours, theirs, ours, \
theirs …) on one machine, after one run each to warm up unless a run takes minutes; after a \
minute it is ended. *Ratio* is the median of our time divided by theirs, pair by pair, \
with the lowest and the highest. The times are medians too, but depend on what else the machine \
does: the ratios are what to compare, and where it does much else, those of the processors' time. \
This page is written by `python -m benchmarks report`.
"""


def write(results: Results) -> None:
    """Write the page and its charts."""
    text = "\n".join(_page(results))
    (FOLDER / "RESULTS.md").write_text(f"{text}\n", encoding="utf-8", newline="\n")
    for part in ("cold", "warm"):
        chart = bars({name: one.ratio for name, one in _of(results, f"{part}/").items()})
        (FOLDER / f"{part}.svg").write_text(chart, encoding="utf-8", newline="\n")
    slower = {name: 1 / one.ratio for name, one in _of(results, "one-rule/").items()}
    chart = bars(slower)
    (FOLDER / "one-rule.svg").write_text(chart, encoding="utf-8", newline="\n")
    sizes = {size: results.get(f"dense/{size}") for size in SIZES}
    points = {size: median(one.ours) for size, one in sizes.items() if one}
    (FOLDER / "dense.svg").write_text(line(points), encoding="utf-8", newline="\n")


def _page(results: Results) -> Iterator[str]:
    yield TITLE
    yield _where()
    cases = {case.name: case for case in all_cases()}
    for heading, prefix, text in SECTIONS:
        measured = _of(results, prefix)
        found = {name: one for name, one in measured.items() if prefix + name in cases}
        if found:
            yield f"\n## {heading}\n\n{text}\n"
            yield from _table({name: cases[prefix + name] for name in found}, found)
    yield f"\n## Goals\n\n{GOALS}\n"
    yield from _goals(cases, results)


def _of(results: Results, prefix: str) -> dict[str, Measured]:
    return {
        name.removeprefix(prefix): one for name, one in results.items() if name.startswith(prefix)
    }


def _where() -> str:
    there = [name for name in peers.PEERS if peers.is_there(name)]
    versions = ", ".join(f"{name} {peers.version(name)}" for name in there if name != "ours")
    system = f"{platform.system()} on {platform.machine()}, Python {platform.python_version()}"
    return f"Measured on {system}, {os.cpu_count()} processors; {versions}."


SECTIONS = (
    (
        "Without a cache, beside ruff",
        "cold/",
        "`flake8-bgtasks --no-cache .` and `ruff check --select FAST --no-cache .`. "
        f"Nothing matters in {', '.join(NOTHING)}; in {', '.join(SOMETHING)} something does, and "
        "there half a second is allowed on top, as importing LibCST alone takes most of that.\n\n"
        "![Our time over ruff's, without a cache](cold.svg)",
    ),
    (
        "With a cache, beside ruff",
        "warm/",
        "`flake8-bgtasks .` and `ruff check --select FAST .`, both with what they kept of an "
        "earlier run.\n\n![Our time over ruff's, with a cache](warm.svg)",
    ),
    (
        "With a cache, beside an interpreter that does nothing",
        "bare/",
        "`flake8-bgtasks .` and `python -I -c pass`: how much of a run is Python's own start.",
    ),
    (
        "While code is edited",
        "edited/",
        "A run with the cache after one file has changed, and one on a file from standard input, "
        "beside a run after which nothing has changed. In django the file does not matter; in "
        "open-webui it does, and half a second is allowed on top.",
    ),
    (
        "Inside flake8",
        "flake8/",
        "`flake8 --select BGT -j2` with this plugin beside `flake8 --select E999 -j2` without any; "
        "*start* is a run on an empty file.",
    ),
    (
        "Beside linters with one rule each",
        "one-rule/",
        "All rules of flake8-bgtasks, without a cache.\n\n![Their time over ours](one-rule.svg)",
    ),
    (
        "The worst case",
        "dense/",
        "Generated projects in which every file is about background tasks, beside "
        "`flake8 --select E999 -j2`, by the number of files."
        "\n\n![Seconds by files](dense.svg)",
    ),
    ("The worst case, with one rule each", "dense-one-rule/", "2,000 such files."),
    ("Repairing the worst case", "fix/", "`--fix` on 2,000 such files beside a check of them."),
    (
        "One long file",
        "long/",
        "20,000 lines in one file, beside the same in 100 files, and beside a file half as long.",
    ),
)
GOALS = "Every figure has a goal; these are met, and these are not:"


def _table(cases: Mapping[str, Case], found: Mapping[str, Measured]) -> Iterator[str]:
    yield "| | ours | theirs | ratio | of processor time | goal | met | our peak memory |"
    yield "|---|---|---|---|---|---|---|---|"
    for name, one in found.items():
        case = cases[name]
        spread = f"{one.ratio:.2f} ({one.ratios[0]:.2f} to {one.ratios[-1]:.2f})"
        goal = f"{case.goal:g}" + (f" + {case.allowance:g} s" if case.allowance else "")
        met = "yes" if _is_met(case, one) else "no"
        yield (
            f"| {name} | {median(one.ours):.3f} s | {median(one.peers):.3f} s | {spread} "
            f"| {one.processor_ratio:.2f} | ≤ {goal} | {met} | {one.memory // 1024} MB |"
        )


def _is_met(case: Case, one: Measured) -> bool:
    pairs = zip(one.ours, one.peers, strict=True)
    over = [a.seconds - case.goal * b.seconds for a, b in pairs]
    return statistics.median(over) <= case.allowance


def _goals(cases: Mapping[str, Case], results: Results) -> Iterator[str]:
    known = [(cases[name], one) for name, one in results.items() if name in cases]
    met = [case.name for case, one in known if _is_met(case, one)]
    missed = [f"{case.name} ({one.ratio:.2f})" for case, one in known if not _is_met(case, one)]
    yield f"- met ({len(met)}): {', '.join(met) or 'none'}"
    yield f"- not met ({len(missed)}): {', '.join(missed) or 'none'}"
    nothing = [results[f"cold/{name}"].ratio for name in NOTHING if f"cold/{name}" in results]
    warm = [one.ratio for one in _of(results, "warm/").values()]
    for text, ratios, goal in (
        ("on average, without a cache, where nothing matters", nothing, 0.6),
        ("on average, with a cache", warm, 1.0),
    ):
        if ratios:
            yield f"- {text}: {statistics.mean(ratios):.2f} × ruff (goal: ≤ {goal})"
    yield from _growth(_of(results, "dense/"))


def _growth(dense: Mapping[str, Measured]) -> Iterator[str]:
    """Tell how time and memory grow with the number of dense files."""
    first, last = (dense.get(str(size)) for size in (SIZES[0], SIZES[-1]))
    if first and last:
        times = SIZES[-1] / SIZES[0]
        grown = median(last.ours) / median(first.ours) / times
        yield f"- {times:g} × as many dense files: {grown:.2f} × the time for each (goal: ≤ 1.1)"
    if one := dense.get("2000"):
        yield f"- 2,000 dense files: {one.memory // 1024} MB at the peak (goal: ≤ {MEMORY})"
