"""Measure this tool beside its peers.

    python -m scripts.real_code download     # the trees, once
    python -m benchmarks setup [PEER ...]    # each peer in an environment of its own, once
    python -m benchmarks run [CASE ...]      # measure all cases, or those whose name starts so
    python -m benchmarks report              # write benchmarks/RESULTS.md and its charts

`run` keeps its figures in `.benchmarks/results.json`; cases that are not run keep theirs. The parts
are cold, warm, bare, edited, flake8, one-rule, dense, fix and long.
"""

from __future__ import annotations

import argparse
import sys

from benchmarks import peers, report, results
from benchmarks.cases import all_cases


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit code."""
    options = _parser().parse_args(arguments)
    if options.command == "setup":
        missing = peers.set_up(options.names or list(peers.PEERS))
        print("".join(f"could not be installed: {name}\n" for name in missing), end="")
    elif options.command == "run":
        _run(options.names, options.rounds)
    else:
        report.write(results.load())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("setup", help="install the peers").add_argument("names", nargs="*")
    run = commands.add_parser("run", help="measure")
    run.add_argument("names", nargs="*")
    run.add_argument("--rounds", type=int, default=5, help="pairs of runs for each figure")
    commands.add_parser("report", help="write benchmarks/RESULTS.md")
    return parser


def _run(names: list[str], rounds: int) -> None:
    for case in all_cases():
        if names and not case.name.startswith(tuple(names)):
            continue
        measured = case.measure(rounds)
        results.add(case.name, measured)
        print(f"{case.name}: {measured.summary}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
