"""Mistakes that no chain of calls leads to, each with a twin that is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.generated.scenes import declared, elsewhere, quiet, resources, responses
from tests.generated.scenes.stage import Stage

if TYPE_CHECKING:
    from random import Random

    from tests.generated.files import Files
    from tests.generated.part import Part

SCENES = (
    *declared.SCENES,
    *elsewhere.SCENES,
    *quiet.SCENES,
    *resources.SCENES,
    *responses.SCENES,
)
WRONG = 0.65


def write_scene(random: Random, files: Files, number: int, *, served: bool = True) -> Part:
    """Write one scene into a project. `served`: it may ask for a real server."""
    scenes = SCENES if served else [s for s in SCENES if s is not resources.unread_body]
    return random.choice(scenes)(Stage(random, files, number, random.random() < WRONG))
