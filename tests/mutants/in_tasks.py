"""Mistakes in a task, and in how it is handed over."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tests.mutants.mutation import Mutation, importing, is_route, put_first, returns_nothing
from tests.mutants.text import Function

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.mutants.mutation import Operator
    from tests.mutants.text import Text


def _known(text: Text) -> Iterator[tuple[ast.Call, Function]]:
    """Yield the statements that add a function of the module, plainly."""
    functions = {n.name: n for n in text.tree.body if isinstance(n, Function)}
    for _, call in text.adding():
        target = functions.get(getattr(call.args[0], "id", ""))
        starred = any(isinstance(a, ast.Starred) for a in call.args)
        if target is not None and not target.decorator_list and not starred and not call.keywords:
            yield call, target


def uncalled(text: Text) -> Iterator[Mutation]:
    """Name `add_task` without calling it."""
    for _, call in text.adding():
        yield Mutation(text.with_(text.over(call, text.of(call.func))), call.lineno)


def too_many(text: Text) -> Iterator[Mutation]:
    """Pass more arguments than the task takes."""
    for call, target in _known(text):
        takes = len(target.args.posonlyargs) + len(target.args.args)
        if target.args.vararg is None:
            more = ", None" * (takes + 2 - len(call.args))
            at = text.end(call.args[-1])
            yield Mutation(text.with_((at, at, more)), call.lineno)


def too_few(text: Text) -> Iterator[Mutation]:
    """Pass no argument to a task that needs one."""
    for call, target in _known(text):
        if call.args[1:] and len(target.args.args) > len(target.args.defaults):
            at = text.end(call.args[0]), text.end(call.args[-1])
            yield Mutation(text.with_((*at, "")), call.lineno)


def as_for_threads(text: Text) -> Iterator[Mutation]:
    """Pass arguments as a thread takes them."""
    for call, target in _known(text):
        named = {a.arg for a in (*target.args.args, *target.args.kwonlyargs)}
        if call.args[1:] and "args" not in named and target.args.kwarg is None:
            given = ", ".join(text.of(a) for a in call.args[1:])
            at = text.end(call.args[0]), text.end(call.args[-1])
            yield Mutation(text.with_((*at, f", args=({given},)")), call.lineno)


def generator(text: Text) -> Iterator[Mutation]:
    """Make a generator of the task."""
    for call, target in _known(text):
        if returns_nothing(target):
            at = text.end(target.body[-1])
            line = f"\n{' ' * target.body[-1].col_offset}yield"
            yield Mutation(text.with_((at, at, line)), call.lineno)


def marker(text: Text) -> Iterator[Mutation]:
    """Give the task a parameter that only FastAPI would fill."""
    for call, target in _known(text):
        arguments = target.args
        if arguments.args and not (arguments.vararg or arguments.kwonlyargs or arguments.kwarg):
            at = text.end(arguments.defaults[-1] if arguments.defaults else arguments.args[-1])
            changes = (at, at, ", times: int = Query(2)"), put_first(text, target, "print(times)")
            source = importing(text.with_(*changes), "from fastapi import Query")
            yield Mutation(source, call.lineno)


def raises(text: Text) -> Iterator[Mutation]:
    """Let the task raise `HTTPException`."""
    for call, target in _known(text):
        change = put_first(text, target, "raise HTTPException(status_code=409)")
        source = importing(text.with_(change), "from fastapi import HTTPException")
        yield Mutation(source, call.lineno)


def blocking(text: Text) -> Iterator[Mutation]:
    """Let an async task that awaits nothing sleep as a thread may."""
    waits = (ast.Await, ast.AsyncFor, ast.AsyncWith)
    for call, target in _known(text):
        if text.is_async(target) and not any(isinstance(n, waits) for n in ast.walk(target)):
            source = importing(text.with_(put_first(text, target, "time.sleep(1)")), "import time")
            yield Mutation(source, call.lineno)


def closed(text: Text) -> Iterator[Mutation]:
    """Let the task read a file that is closed when it runs."""
    for function, call in text.adding():
        if is_route(text, function):
            indent = " " * (call.col_offset + 4)
            add = f"{text.of(call.func)}(lambda: source.read())"
            new = f"with open(__file__) as source:\n{indent}{add}"
            yield Mutation(text.with_(text.over(call, new)), call.lineno)


def handed_over(text: Text) -> Iterator[Mutation]:
    """Add a helper that needs an instance as a task, without one."""
    for call, name in text.passing():
        around = text.parents[call]
        whole = around if isinstance(around, ast.Await) else call
        if isinstance(text.parents[whole], ast.Expr) and name in call.args and not call.keywords:
            given = [text.of(call.func), *(text.of(a) for a in call.args if a is not name)]
            new = f"{name.id}.add_task({', '.join(given)})"
            yield Mutation(text.with_(text.over(whole, new)), call.lineno)


OPERATORS: dict[Operator, tuple[str, ...]] = {
    uncalled: ("BGT103",),
    too_many: ("BGT503",),
    too_few: ("BGT503",),
    as_for_threads: ("BGT503",),
    generator: ("BGT504",),
    marker: ("BGT506",),
    raises: ("BGT507",),
    blocking: ("BGT509",),
    closed: ("BGT601",),
    handed_over: ("BGT204",),
}
