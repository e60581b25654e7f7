"""The figures, kept between runs."""

from __future__ import annotations

import json
from dataclasses import asdict

from benchmarks.measure import Measured, Run
from benchmarks.peers import FOLDER

FILE = FOLDER / "results.json"


def load() -> dict[str, Measured]:
    """Return all figures by the names of their cases."""
    kept = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    return {
        name: Measured(*(tuple(Run(**run) for run in one[side]) for side in ("ours", "peers")))
        for name, one in kept.items()
    }


def add(name: str, measured: Measured) -> None:
    """Keep the figures of a case, in place of earlier ones."""
    kept = {known: asdict(one) for known, one in load().items()} | {name: asdict(measured)}
    FILE.write_text(json.dumps(kept, indent=1), encoding="utf-8")
