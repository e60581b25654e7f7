"""A whole generated project: several chains, and the proof that says what FastAPI does with it."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Any

from tests.generated.callables import DECORATORS
from tests.generated.chains import Chain, ChainWriter
from tests.generated.files import Files
from tests.generated.planning import plan

if TYPE_CHECKING:
    from pathlib import Path

CHAINS = 4


def generate(seed: int, folder: Path) -> list[Chain]:
    """Write the project of a seed, in the form of a fixture case; return its chains."""
    random = Random(seed)
    files = Files(random)
    files.add("config", ["ENABLED = True"])
    files.add("decorators", DECORATORS.splitlines(), "from functools import wraps")
    files.add("main", ["app = FastAPI()"], "from fastapi import FastAPI")
    chains = [ChainWriter(random, files, plan(random, number)).write() for number in range(CHAINS)]
    for path, text in files.written().items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    proof = {
        "why": f"generated from seed {seed}",
        "entry": "shop.main:app",
        "requests": [_step(chain) for chain in chains],
    }
    (folder / "proof.json").write_text(json.dumps(proof, indent=1), encoding="utf-8")
    return chains


def _step(chain: Chain) -> dict[str, Any]:
    step: dict[str, Any] = {"method": chain.method, "path": chain.path}
    step["runs" if chain.runs else "lost"] = [chain.task]
    step |= {"expect": ["done"]} if chain.method == "WEBSOCKET" else {}
    step |= {"raises": chain.raises} if chain.raises else {}
    step |= {"status": chain.status} if chain.status else {}
    return step
