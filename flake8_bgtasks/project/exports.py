"""Which names of a module matter to the modules that import them.

Most code that touches background tasks does so in plain sight: the name `BackgroundTasks` stands in
it. Only these kinds of definitions make code matter in which it does not: types and aliases
("single" for Starlette's `BackgroundTask`), helpers that fail without an instance, factories that
return one, and holders, the classes with such methods. An adder, anything else that deals with
tasks, matters only where it is handed to the framework or decorates something.
"""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from flake8_bgtasks.project.children import children

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flake8_bgtasks.project.outline import Outline, Statement

Kind = Literal["type", "single", "helper", "adder", "factory", "holder", "traced"]
Kinds = frozenset[Kind]

TASKS_NAME = re.compile(r"_*(?:background|bg|back)_?tasks?\w*|background|bgt?|tasks", re.IGNORECASE)
"""How people call a parameter that takes a `BackgroundTasks`."""

REMEMBERED = 8192
"""So many pieces of code are asked again before what stands in them is forgotten."""

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_ANYTHING = frozenset({"Any", "object"})
_MAKES: Kinds = frozenset({"type", "factory"})
_MAKES_ANY: Kinds = _MAKES | {"single"}
_HELD: Kinds = frozenset({"type", "factory", "holder"})


def exports(outline: Outline, statement: Statement, known: Mapping[str, Kinds]) -> Kinds:
    """Return as what the names that a statement binds matter.

    `known` are those that matter of the names that stand in it; `module.….name` goes by
    `module.name`.
    """
    found: set[Kind] = set()
    for node in outline.nodes_of(statement):
        found |= _exports(outline, node, known)
    return frozenset(found)


def _exports(outline: Outline, node: ast.AST, known: Mapping[str, Kinds]) -> set[Kind]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return _function(outline, node, known)
    if isinstance(node, ast.ClassDef):
        return _class(outline, node, known)
    if isinstance(node, (ast.If, ast.Try, ast.With, ast.For, ast.While)):
        inner = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]
        inner += [line for handler in getattr(node, "handlers", []) for line in handler.body]
        return {kind for child in inner for kind in _exports(outline, child, known)}
    return _mentioned(node, known)


def _function(
    outline: Outline, node: ast.FunctionDef | ast.AsyncFunctionDef, known: Mapping[str, Kinds]
) -> set[Kind]:
    known = _named_in(outline, node, known)
    found: set[Kind] = {"adder"}
    if any(_needs(outline, node, *pair, known) for pair in _parameters(node.args)):
        found.add("helper")
    if _mentioned(node, _of_kind(known, "traced")):
        found.add("traced")
    returned = _mentioned(node.returns, known) if node.returns else set()
    if returned - {"adder"} or (_calls(node, known, _MAKES_ANY | {"holder"}) and _returns(node)):
        made = returned | _mentioned(node, known)
        found.update({"factory"} if _MAKES_ANY & made else {"holder"})
    return found


def _class(outline: Outline, node: ast.ClassDef, known: Mapping[str, Kinds]) -> set[Kind]:
    """A class matters as a holder if a method, a field, a base or an object that it makes does."""
    found: set[Kind] = {"adder"}
    for base in node.bases:
        found |= _mentioned(base, known)
    # Methods that return responses with a single task are many, and their callers run them.
    tasks = {name: kinds for name, kinds in known.items() if "single" not in kinds}
    for child in node.body:
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            returns = child.returns is not None and "single" in _mentioned(child.returns, known)
            given = _function(outline, child, tasks) - {"traced", "adder"}
            if given or returns or _keeps(child, _named_in(outline, child, tasks)):
                found.add("holder")
        elif _mentioned(child, known) & _HELD:
            found.add("holder")
    if _mentioned(node, _of_kind(known, "traced")):
        found.add("traced")
    return found


def _of_kind(known: Mapping[str, Kinds], kind: Kind) -> Mapping[str, Kinds]:
    return {name: kinds for name, kinds in known.items() if kind in kinds}


def _named_in(
    outline: Outline,
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    known: Mapping[str, Kinds],
) -> Mapping[str, Kinds]:
    """Return what is known of the words in a function: to read them takes less than to walk it."""
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    text = "".join(outline.lines[first - 1 : node.end_lineno])
    return {
        name: kinds
        for name, kinds in known.items()
        if (all(word in text for word in name.split(".")) if "." in name else name in text)
    }


def _parameters(arguments: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    """Yield the parameters with their defaults."""
    positional = [*arguments.posonlyargs, *arguments.args]
    without = [None] * (len(positional) - len(arguments.defaults))
    yield from zip(positional, [*without, *arguments.defaults], strict=True)
    yield from zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)


def _needs(
    outline: Outline,
    function: ast.FunctionDef | ast.AsyncFunctionDef,
    parameter: ast.arg,
    default: ast.expr | None,
    known: Mapping[str, Kinds],
) -> bool:
    """Return whether a parameter takes a `BackgroundTasks`, and leaving it out may be a mistake."""
    if not _takes(parameter, known):
        return False
    if default is None or not (isinstance(default, ast.Constant) and default.value is None):
        return True
    if _calls(function, known, _MAKES):
        return True
    used = _is_used(outline, function, parameter.arg)
    passed = _calls(function, known, frozenset({"helper"}))
    return (used or passed) and not _is_asked(outline, function, parameter.arg)


def _is_used(outline: Outline, function: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> bool:
    """Return whether the function itself adds tasks to a parameter."""
    lines = outline.lines[function.lineno - 1 : function.end_lineno]
    return re.search(rf"\b{name}\s*\.\s*(?:add_task|tasks)\b", "".join(lines)) is not None


def _takes(
    parameter: ast.arg, known: Mapping[str, Kinds], kinds: Kinds = frozenset({"type"})
) -> bool:
    """Return whether the annotation or name says that a parameter takes one of the `kinds`."""
    annotation = parameter.annotation
    if annotation is not None and _mentioned(annotation, known) & kinds:
        return True
    if TASKS_NAME.fullmatch(parameter.arg) is None:
        return False
    return annotation is None or _says_nothing(annotation)


def _says_nothing(annotation: ast.expr) -> bool:
    """Return whether an annotation leaves open what it is, as `Any` does, and `bool` doesn't."""
    return any(isinstance(n, ast.Name) and n.id in _ANYTHING for n in ast.walk(annotation))


def _is_asked(
    outline: Outline, function: ast.FunctionDef | ast.AsyncFunctionDef, name: str
) -> bool:
    """Return whether the function seems to ask whether a parameter is set."""
    lines = outline.lines[function.lineno - 1 : function.end_lineno]
    question = (
        rf"\b(?:if|elif|and|or|not|while|assert|match)\s+\(?{name}\b|\b{name}\s+(?:is|if|and|or)\b"
    )
    return re.search(question, "".join(lines)) is not None


def _keeps(function: ast.FunctionDef | ast.AsyncFunctionDef, known: Mapping[str, Kinds]) -> bool:
    """Return whether a method keeps an instance or holder, given or made, in an attribute."""
    taken = {p.arg for p, _ in _parameters(function.args) if _takes(p, known, _HELD)}
    if not taken and not _calls(function, known, _HELD):
        return False
    for node in _own_code(function):
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Attribute) for target in targets):
                names = {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)}
                if names & taken or _calls(node.value, known, _HELD):
                    return True
    return False


@lru_cache(maxsize=REMEMBERED)
def _own_code(node: ast.AST) -> tuple[ast.AST, ...]:
    """Return the nodes of a function without those of functions and classes inside it."""
    found: list[ast.AST] = []
    pending = children(node)
    while pending:
        current = pending.pop()
        found.append(current)
        if not isinstance(current, _DEFINITIONS):
            pending += children(current)
    return tuple(found)


def _returns(function: ast.AST) -> bool:
    return any(
        isinstance(n, (ast.Return, ast.Yield)) and n.value is not None for n in _own_code(function)
    )


def _calls(node: ast.AST, known: Mapping[str, Kinds], kinds: Kinds) -> bool:
    """Return whether a piece of code itself calls something of these kinds."""
    wanted = {name for name, its_kinds in known.items() if its_kinds & kinds}
    return bool(wanted) and not wanted.isdisjoint(_called(node))


def _mentioned(node: ast.AST, known: Mapping[str, Kinds]) -> set[Kind]:
    """Return the kinds of the names that stand in a piece of code, quoted ones too."""
    named = _names(node) & known.keys() if known else ()
    return {kind for name in named for kind in known[name]}


@lru_cache(maxsize=REMEMBERED)
def _called(node: ast.AST) -> frozenset[str]:
    calls = (part for part in (node, *_own_code(node)) if isinstance(part, ast.Call))
    return frozenset(_key(call.func) for call in calls)


@lru_cache(maxsize=REMEMBERED)
def _names(node: ast.AST) -> frozenset[str]:
    found: set[str] = set()
    pending = [node]
    while pending:
        part = pending.pop()
        if part is not node and isinstance(part, _DEFINITIONS):
            found |= _names(part)  # they are asked for by themselves too
            continue
        pending += children(part)
        if isinstance(part, (ast.Name, ast.Attribute)):
            found.add(_key(part))
        elif (
            isinstance(part, ast.Constant) and isinstance(part.value, str) and len(part.value) < 200
        ):
            for dotted in re.findall(r"\w+(?:\.\w+)*", part.value):
                first, *others = dotted.split(".")
                found.update((first, *others, f"{first}.{others[-1]}" if others else ""))
    return frozenset(found)


def _key(node: ast.expr) -> str:
    """Return `name`, or `first.last` of a dotted name: how `known` names what it knows."""
    if isinstance(node, ast.Name):
        return node.id
    root = node
    while isinstance(root, ast.Attribute):
        root = root.value
    both = isinstance(root, ast.Name) and isinstance(node, ast.Attribute)
    return f"{root.id}.{node.attr}" if both else ""  # type: ignore[attr-defined]
