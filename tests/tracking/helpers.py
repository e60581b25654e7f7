"""Small projects, linked, and words for what the linker says about them.

A source asks with `reveal(expression)`, as one asks a type checker with `reveal_type`.
"""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

from flake8_bgtasks.project.files import Files
from flake8_bgtasks.project.interest import Interest
from flake8_bgtasks.project.modules import Modules
from flake8_bgtasks.project.names import Names
from flake8_bgtasks.settings import Settings
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.program import Program
from flake8_bgtasks.tracking.things import (
    Class,
    External,
    Function,
    Instance,
    Method,
    Module,
    NodeRef,
    Nothing,
    Partial,
)
from flake8_bgtasks.tracking.units import Units

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from flake8_bgtasks.tracking.things import ScopeRef, Thing, Things


def program(root: Path, sources: Mapping[str, str]) -> Program:
    """Link a project of which every statement matters."""
    files = Files(root, {path: dedent(text).encode() for path, text in sources.items()})
    names = Names(Modules(tuple(sources)), files.surface)
    outlines = {path: files.outline(path) for path in sources}
    everything = {
        path: {statement.index for statement in outline.statements} if outline else set()
        for path, outline in outlines.items()
    }
    linked = Program(files, names, Interest(everything), Settings(), tuple(sources), Units(files))
    assert not files.bad
    assert not files.failed
    return linked


def scope(linked: Program, qualname: str) -> ScopeRef:
    """Return the only scope of the project with that qualified name."""
    (found,) = [ref for ref, scope in linked.scopes if scope.qualname == qualname]
    return found


def calls_of(linked: Program, name: str) -> list[NodeRef]:
    """Return the calls of what the source calls `name`, in the order of the source."""
    return [
        ref
        for ref, call in linked.calls
        if getattr(linked.units.node(ref._replace(node=call.function)), "name", "") == name
    ]


def call_of(linked: Program, name: str) -> NodeRef:
    (found,) = calls_of(linked, name)
    return found


def asked(linked: Program) -> list[NodeRef]:
    """Return what the sources ask about with `reveal(…)`."""
    found = []
    for ref in calls_of(linked, "reveal"):
        call = linked.units.node(ref)
        assert isinstance(call, facts.Call)
        found.append(ref._replace(node=call.arguments[0].value))
    return found


def revealed(root: Path, sources: Mapping[str, str] | str) -> set[str]:
    """Say what the only `reveal(…)` of a project (or of one module, `app.py`) is asked about."""
    given = {"app.py": sources} if isinstance(sources, str) else sources
    linked = program(root, given)
    (ref,) = asked(linked)
    return words(linked, linked.value(ref))


def words(linked: Program, things: Things) -> set[str]:
    """Write functions and classes as qualified names, objects as `Service()`, others as `?`."""
    return {_word(linked, thing) for thing in things}


def _word(linked: Program, thing: Thing) -> str:
    match thing:
        case Function(ref=ref) | Class(ref=ref):
            return linked.units.scope(ref).qualname
        case External(name=name):
            return name
        case Module(path=path):
            return f"module {path}"
        case Instance(cls=cls):
            return f"{_word(linked, cls)}()"
        case Method(function=function, receiver=receiver):
            return f"{_word(linked, receiver)}: {linked.units.scope(function).qualname}"
        case Partial(function=inner):
            return f"partial {_word(linked, inner)}"
        case Nothing():
            return "None"
    return "?"
