"""What the tracker makes of one piece of source, in words."""

from __future__ import annotations

import ast
import re
from textwrap import dedent
from typing import TYPE_CHECKING

import libcst as cst

from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.parts import track
from flake8_bgtasks.tracking.positions import positions_of

if TYPE_CHECKING:
    from flake8_bgtasks.tracking.unit import Part


def unit(source: str) -> Part:
    """Track the statements of a source as one unit."""
    text = dedent(source)
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    module = cst.parse_module(text)
    positions = positions_of(module, ast.parse(text).body, lines)
    made = track(module, positions, lambda scope: made.bodies[scope], {})
    return made


def read(source: str) -> str:
    """Say what the variable in the only `reveal(variable)` of a source stands for."""
    (found,) = reads(source)
    return found


def reads(source: str) -> list[str]:
    """Say for each `reveal(variable)`, in the order of the source, what the variable stands for."""
    made = unit(source)
    return [said(made, call.arguments[0].value) for call in calls(made, "reveal")]


def calls(made: Part, name: str) -> list[facts.Call]:
    """Return the calls of the name `name`."""
    found = [node for node in made.nodes.values() if isinstance(node, facts.Call)]
    return [call for call in found if made.nodes[call.function] == facts.Free(name)]


def said(made: Part, number: int, seen: frozenset[int] = frozenset()) -> str:
    """Write a node; a loop's head within itself as `…`, choices as `a | b`."""
    if number in seen:
        return "…"
    seen |= {number}
    node = made.nodes[number]

    def inner(*numbers: int) -> list[str]:
        return [said(made, other, seen) for other in numbers]

    match node:
        case facts.Call(function=function):
            return f"{inner(function)[0]}()"
        case facts.Choice(options=options, kind=kind):
            return " or ".join(inner(*options)) if kind == "or" else _either(inner(*options))
        case facts.Narrowed(base=base, is_none=is_none):
            return f"{'none' if is_none else 'set'}({inner(base)[0]})"
        case facts.Element(base=base, index=index):
            return f"{inner(base)[0]}[{'*' if index is None else index}]"
        case facts.Entered(base=base) | facts.Awaited(base=base) | facts.Declared(base=base):
            return f"{type(node).__name__.lower()} {inner(base)[0]}"
        case facts.Collection(kind=kind, items=items):
            return f"{kind}({', '.join(inner(*items))})"
        case facts.Attribute(base=base, name=name):
            return f"{inner(base)[0]}.{name}"
    return _said_of_leaf(made, node)


def _said_of_leaf(made: Part, node: facts.Node) -> str:
    """Write a node that isn't made of others: parameters as `<name>`, free names bare."""
    match node:
        case facts.Parameter(name=name):
            return f"<{name}>"
        case facts.Free(name=name):
            return name
        case facts.Constant(kind=kind, value=value):
            return "None" if kind == "none" else value
        case facts.Imported(module=module, name=name):
            return f"{module}.{name}" if name else module
        case facts.Definition(scope=scope):
            return f"def {made.scopes[scope].qualname}"
    return type(node).__name__.lower()


def _either(options: list[str]) -> str:
    """Write choices within a choice as one."""
    return " | ".join(dict.fromkeys(part for option in options for part in option.split(" | ")))
