"""Values that are no task objects, given to responses as their background."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.things import NONE, Class, External, Function, Method, NodeRef, Partial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Span
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import Thing

Kind = Literal[
    "function",
    "async_function",
    "class",
    "result",
    "add_task",
    "coroutine",
    "value",
    "exception",
    "keyword",
]

_MISTAKEN = frozenset(
    {"background_task", "background_tasks", "bg_task", "bg_tasks", "bg", "task", "tasks"}
)


class Wrong(NamedTuple):
    """A wrong value at `span` of the call (or assignment) at `at`; `keyword` is how it is given."""

    at: NodeRef
    value: NodeRef
    span: Span
    kind: Kind
    keyword: str = "background"


def wrong_backgrounds(program: Program) -> Iterator[Wrong]:
    """Yield every wrong background of a response, or of an exception, which takes none."""
    for given in program.backgrounds.given:
        kind = _kind(program, given.value)
        if kind is not None and not program.is_test(given.value.path):
            yield Wrong(given.response, given.value, given.span, kind)
    for ref, call in program.calls:
        for argument in call.arguments if not program.is_test(ref.path) else ():
            if argument.keyword in _MISTAKEN or argument.keyword == "background":
                called = program.evaluator.deep_value(ref._replace(node=call.function))
                kind = _refused(program, called, argument.keyword)
                if kind is not None:
                    value = ref._replace(node=argument.value)
                    yield Wrong(ref, value, argument.span, kind, argument.keyword)


def _refused(program: Program, called: frozenset[Thing], keyword: str) -> Kind | None:
    """Return why a class does not take a keyword, None where it may."""
    if keyword != "background":
        plain = all(isinstance(t, External) and known.is_response_class(t.name) for t in called)
        return "keyword" if plain else None
    raised = all(program.evaluator.classes.is_subclass(t, known.HTTP_EXCEPTIONS) for t in called)
    return "exception" if raised and not any(_has_own_init(program, t) for t in called) else None


def _has_own_init(program: Program, thing: Thing) -> bool:
    found = program.evaluator.attribute(thing, "__init__") if isinstance(thing, Class) else ()
    return any(isinstance(init, (Function, Method)) for init in found)


def _kind(program: Program, value: NodeRef) -> Kind | None:
    """Return what is wrong with a background, None if it is a task object or not known."""
    kinds = set()
    for source in program.backgrounds.options(value):
        if program.units.node(source) != facts.Constant("none"):
            kinds.add(_kind_of(program, source))
    return kinds.pop() if len(kinds) == 1 else None


def _kind_of(program: Program, ref: NodeRef) -> Kind | None:
    node = program.units.node(ref)
    match node:
        case facts.Collection() | facts.Constant():
            return "value"
        case facts.Call():
            return _kind_of_call(program, ref, node)
    things = program.evaluator.deep_value(ref)
    functions = [t.ref for t in things if isinstance(t, Function)]
    functions += [t.function for t in things if isinstance(t, Method)]
    if len(functions) == len(things):
        waits = all(program.units.scope(function).is_async for function in functions)
        return "async_function" if waits else "function"
    made = all(isinstance(t, Class) or program.is_tasks_class(t) for t in things)
    return "class" if made else None


def _kind_of_call(program: Program, ref: NodeRef, call: facts.Call) -> Kind | None:
    method = program.units.node(ref._replace(node=call.function))
    if isinstance(method, facts.Attribute) and method.name == "add_task":
        tasks = ref._replace(node=method.base)
        if program.span(ref).contains(program.span(tasks)) and tasks in program.instances.births:
            return None  # `BackgroundTasks().add_task(f)`: nobody has the instance, that is BGT101
        return "add_task" if program.is_tasks(program.value(tasks)) else None
    things = program.evaluator.deep_value(ref)
    if all(isinstance(thing, Partial) for thing in things):
        return "function"
    called = program.evaluator.deep_value(ref._replace(node=call.function))
    scopes = [program.units.scope(t.ref) for t in called if isinstance(t, Function)]
    scopes += [program.units.scope(t.function) for t in called if isinstance(t, Method)]
    if len(scopes) < len(called):
        return None
    if any(scope.is_async for scope in scopes) and not program.units.is_awaited(ref):
        plain = all(scope.is_async and not scope.is_generator for scope in scopes)
        return "coroutine" if plain else None
    return "result" if things == NONE else None
