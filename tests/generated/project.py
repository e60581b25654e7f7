"""A whole generated project: several chains, and the proof that says what FastAPI does with it."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING

from tests.generated.callables import DECORATORS
from tests.generated.chains import ChainWriter
from tests.generated.files import Files
from tests.generated.planning import plan
from tests.generated.scenes import write_scene

if TYPE_CHECKING:
    from pathlib import Path

    from tests.generated.part import Part

CHAINS = 4
SCENES = 2


def generate(seed: int, folder: Path) -> list[Part]:
    """Write the project of a seed, in the form of a fixture case; return its parts."""
    random = Random(seed)
    files = Files(random)
    files.add("config", ["ENABLED = True"])
    files.add("decorators", DECORATORS.splitlines(), "from functools import wraps")
    files.add("main", ["app = FastAPI()"], "from fastapi import FastAPI")
    parts = [ChainWriter(random, files, plan(random, number)).write() for number in range(CHAINS)]
    has_sockets = any(step["method"] == "WEBSOCKET" for part in parts for step in part.steps)
    numbers = range(CHAINS, CHAINS + SCENES)
    parts += [write_scene(random, files, n, served=not has_sockets) for n in numbers]
    for path, text in files.written().items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    proof = {
        "why": f"generated from seed {seed}",
        "entry": "shop.main:app",
        "server": "uvicorn" if any(part.server == "uvicorn" for part in parts) else "testclient",
        "requests": [step for part in parts for step in part.steps],
    }
    (folder / "proof.json").write_text(json.dumps(proof, indent=1), encoding="utf-8")
    return parts
