"""Mistakes in how a path operation gets its instance."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tests.mutants.mutation import (
    Mutation,
    above,
    default_of,
    importing,
    is_used,
    put_first,
    without_parameter,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.mutants.mutation import Operator
    from tests.mutants.text import Function, Text


def _plain(text: Text) -> Iterator[tuple[Function, ast.arg]]:
    """Yield those of the module itself whose parameter has no default."""
    for function, argument in text.adders():
        if function in text.tree.body and default_of(function, argument) is None:
            yield function, argument


def shared(text: Text) -> Iterator[Mutation]:
    """Make the instance once, at module level."""
    for function, argument in _plain(text):
        made = f"{argument.arg} = {ast.unparse(argument.annotation or argument)}()\n\n\n"
        changes = above(text, function, made), without_parameter(text, function, argument)
        yield Mutation(text.with_(*changes), function.lineno)


def overwritten(text: Text) -> Iterator[Mutation]:
    """Put an instance of one's own in the place of the injected one."""
    for function, argument in text.adders():
        if argument.annotation is not None:
            made = f"{argument.arg} = {ast.unparse(argument.annotation or argument)}()"
            yield Mutation(text.with_(put_first(text, function, made)), function.lineno)


def single(text: Text) -> Iterator[Mutation]:
    """Annotate the parameter with the class without the s."""
    for function, argument in text.routes():
        if is_used(function, argument.arg) and argument.annotation is not None:
            source = text.with_(text.over(argument.annotation, "BackgroundTask"))
            statement = "from starlette.background import BackgroundTask"
            yield Mutation(importing(source, statement), argument.lineno)


def subclassed(text: Text) -> Iterator[Mutation]:
    """Annotate the parameter with a subclass that adds a method."""
    for function, argument in _plain(text):
        if argument.annotation is not None:
            written = f"class _Queue({ast.unparse(argument.annotation)}):\n"
            written += "    def size(self) -> int:\n        return len(self.tasks)\n\n\n"
            changes = above(text, function, written), text.over(argument.annotation, "_Queue")
            yield Mutation(text.with_(*changes), argument.lineno)


_FUTURE = "from __future__ import annotations\n"


def for_checkers(text: Text) -> Iterator[Mutation]:
    """Import the class for the type checker only."""
    makes = any(
        isinstance(n, ast.Call) and ast.unparse(n.func) == "BackgroundTasks"
        for n in ast.walk(text.tree)
    )
    for node in text.tree.body if any(text.routes()) and not makes else ():
        if not (isinstance(node, ast.ImportFrom) and node.module == "fastapi"):
            continue
        if [alias.asname for alias in node.names if alias.name == "BackgroundTasks"] == [None]:
            others = [ast.unparse(a) for a in node.names if a.name != "BackgroundTasks"]
            kept = f"from fastapi import {', '.join(others)}\n" if others else ""
            new = f"{kept}if TYPE_CHECKING:\n    from fastapi import BackgroundTasks"
            source = importing(text.with_(text.over(node, new)), "from typing import TYPE_CHECKING")
            future = "" if _FUTURE in source else _FUTURE
            yield Mutation(future + source, node.lineno)


_DECORATOR = """\
def _logged(function):
    def call(*args, **kwargs):
        return function(*args, **kwargs)

    return call


"""


def hidden(text: Text) -> Iterator[Mutation]:
    """Put a decorator without `wraps` below the one that registers a path operation."""
    for function, _ in _plain(text):
        at = text.start(function)
        changes = above(text, function, _DECORATOR), (at, at, "@_logged\n")
        yield Mutation(text.with_(*changes), function.lineno)


OPERATORS: dict[Operator, tuple[str, ...]] = {
    shared: ("BGT102",),
    overwritten: ("BGT101",),
    single: ("BGT303",),
    subclassed: ("BGT309",),
    for_checkers: ("BGT306",),
    hidden: ("BGT307",),
}
