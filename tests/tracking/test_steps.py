"""The way through a function, as the tracker lays it out."""

from __future__ import annotations

import pytest

from flake8_bgtasks.tracking.steps import Attempt, Block, Do, Fork, Jump, Leave, Loop, Managed, Step
from tests.tracking.reading import unit

CASES = {
    "one after the other": ("a(); b()", "do do"),
    "branches": ("if a: return 1\nelif b: raise X\nc()", "do (return | do (raise | )) do"),
    "what is behind a jump has no steps": ("return 1\na()", "return"),
    "code for the type checker has none": ("if TYPE_CHECKING: a()\nelse: b()", "do"),
    "for": ("for i in a():\n    if b(): break\nelse: b()", "do loop[do (break | ); do]"),
    "break goes past the else": (
        "for i in a():\n    if b(): break\nelse: return\nc()",
        "do loop[do (break | ); return] do",
    ),
    "while": ("while a():\n    continue", "do loop[continue; ]"),
    "endless": ("while True:\n    if a(): return", "do endless[do (return | ); ]"),
    "try": (
        "try: a()\nexcept X: raise\nexcept: b()\nelse: c()\nfinally: d()",
        "try[do; except raise; bare do; do; do]",
    ),
    "with": ("async with a() as b, c() as d: raise X", "do do with[raise]"),
    "match": ("match a():\n    case 1: return 1\n    case _: b()", "do (return | do)"),
    "a match that may match nothing": ("match a():\n    case 1: b()", "do (do | )"),
    "inner functions are steps, not their bodies": ("def g(): return 1\nreturn g", "do return"),
}


@pytest.mark.parametrize(("body", "expected"), CASES.values(), ids=CASES)
def test_steps(body: str, expected: str) -> None:
    lines = "\n".join(f"    {line}" for line in body.split("\n"))
    assert block(unit(f"async def f():\n{lines}\n").scopes[1].steps) == expected


def test_generators_stop_at_their_yields() -> None:
    made = unit("def f():\n    x = yield\n    yield from g(x)\n")
    (first, second) = made.scopes[1].yields
    assert [step for step in made.scopes[1].steps if isinstance(step, Do)] == [
        Do(first, first + 1),
        Do(first + 1, second + 1, second),
    ]


def block(steps: Block) -> str:
    return " ".join(map(said, steps))


def said(step: Step) -> str:
    match step:
        case Do():
            return "do"
        case Leave(how=how) | Jump(how=how):
            return how
        case Fork(branches=branches):
            return f"({' | '.join(map(block, branches))})"
        case Loop(body=body, orelse=orelse, endless=endless):
            return f"{'endless' if endless else 'loop'}[{block(body)}; {block(orelse)}]"
        case Managed(body=body):
            return f"with[{block(body)}]"
        case Attempt(body=body, handlers=handlers, orelse=orelse, final=final):
            kinds = ["bare" if handler.types is None else "except" for handler in handlers]
            caught = [f"{k} {block(h.body)}" for k, h in zip(kinds, handlers, strict=True)]
            return f"try[{'; '.join([block(body), *caught, block(orelse), block(final)])}]"
