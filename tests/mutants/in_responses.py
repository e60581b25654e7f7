"""Mistakes in what a path operation answers."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from tests.mutants.mutation import Mutation, importing, is_route, without_parameter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.mutants.mutation import Operator
    from tests.mutants.text import Function, Text

_JSON = "from fastapi.responses import JSONResponse"


class Answer(NamedTuple):
    """A path operation that adds a task, and returns something in the end."""

    function: Function
    argument: ast.arg
    call: ast.Call
    value: ast.expr

    @property
    def uses(self) -> int:
        """How often the instance is named."""
        names = (n for n in ast.walk(self.function) if isinstance(n, ast.Name))
        return sum(name.id == self.argument.arg for name in names)


def _answers(text: Text) -> Iterator[Answer]:
    parameters = {id(function): argument for function, argument in text.routes()}
    for function, call in text.adding():
        last = function.body[-1]
        adds = text.parents[call] in function.body and id(function) in parameters
        if adds and isinstance(last, ast.Return) and last.value is not None:
            yield Answer(function, parameters[id(function)], call, last.value)


def returned(text: Text) -> Iterator[Mutation]:
    """Return the instance itself."""
    for answer in _answers(text):
        yield Mutation(
            text.with_(text.over(answer.value, answer.argument.arg)), answer.value.lineno
        )


def displaced(text: Text) -> Iterator[Mutation]:
    """Return a response with a background of its own."""
    for answer in _answers(text):
        own = f"{ast.unparse(answer.argument.annotation or answer.argument)}()"
        source = text.with_(text.over(answer.value, f"JSONResponse({{}}, background={own})"))
        yield Mutation(importing(source, _JSON), answer.value.lineno)


def on_response(text: Text) -> Iterator[Mutation]:
    """Set the instance on the response that FastAPI injects."""
    for answer in _answers(text):
        if text.names(answer.function, "response"):
            continue
        first, last = text.start(answer.argument), answer.function.body[-1]
        line = f"response.background = {answer.argument.arg}\n{' ' * last.col_offset}"
        changes = (first, first, "response: Response, "), (text.start(last), text.start(last), line)
        source = importing(text.with_(*changes), "from fastapi import Response")
        yield Mutation(source, answer.value.lineno)


def not_a_task(text: Text) -> Iterator[Mutation]:
    """Give a response what `add_task` returns."""
    for answer in _answers(text):
        response = f"JSONResponse({{}}, background={text.of(answer.call)})"
        changes = text.over(answer.call, "pass"), text.over(answer.value, response)
        yield Mutation(importing(text.with_(*changes), _JSON), answer.value.lineno)


def single_task(text: Text) -> Iterator[Mutation]:
    """Give a response Starlette's single task."""
    for answer in _answers(text):
        if answer.uses != 1:
            continue
        arguments = text.of(answer.call)[len(text.of(answer.call.func)) :]
        response = f"JSONResponse({{}}, background=BackgroundTask{arguments})"
        changes = (
            without_parameter(text, answer.function, answer.argument),
            text.over(answer.call, "pass"),
            text.over(answer.value, response),
        )
        statement = "from starlette.background import BackgroundTask"
        source = importing(text.with_(*changes), _JSON, statement)
        yield Mutation(source, answer.value.lineno)


def raised(text: Text) -> Iterator[Mutation]:
    """Raise as soon as the task is added."""
    for function, call in text.adding():
        if is_route(text, function) and text.parents[call] in function.body:
            at = text.end(call)
            line = f'\n{" " * call.col_offset}raise RuntimeError("too late")'
            yield Mutation(text.with_((at, at, line)), call.lineno)


def websocket(text: Text) -> Iterator[Mutation]:
    """Make a WebSocket of a path operation."""
    for function, call in text.adding():
        for decorator in function.decorator_list if is_route(text, function) else ():
            method = decorator.func if isinstance(decorator, ast.Call) else None
            plain = isinstance(decorator, ast.Call) and not decorator.keywords
            if plain and isinstance(method, ast.Attribute) and text.is_async(function):
                router = text.of(method.value)
                source = text.with_(text.over(method, f"{router}.websocket"))
                yield Mutation(source, call.lineno)


def threaded(text: Text) -> Iterator[Mutation]:
    """Add the task in a thread."""
    for function, call in text.adding():
        starred = any(isinstance(a, ast.Starred) for a in call.args)
        if is_route(text, function) and not call.keywords and not starred:
            given = ", ".join(text.of(a) for a in call.args)
            new = f"threading.Thread(target={text.of(call.func)}, args=({given},)).start()"
            source = importing(text.with_(text.over(call, new)), "import threading")
            yield Mutation(source, call.lineno)


OPERATORS: dict[Operator, tuple[str, ...]] = {
    returned: ("BGT104",),
    displaced: ("BGT401",),
    on_response: ("BGT405",),
    not_a_task: ("BGT406",),
    single_task: ("BGT301",),
    raised: ("BGT402",),
    websocket: ("BGT403",),
    threaded: ("BGT407",),
}
