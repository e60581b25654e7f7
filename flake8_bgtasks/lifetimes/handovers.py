"""What background tasks are given: arguments, captured variables, the object of a method."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.lifetimes.resources import USABLE
from flake8_bgtasks.lifetimes.uses import inner_functions
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.binding import Site
from flake8_bgtasks.tracking.things import (
    Class,
    Function,
    Instance,
    Method,
    NodeRef,
    Partial,
    ScopeRef,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.lifetimes.values import Values
    from flake8_bgtasks.tracking.added import Added
    from flake8_bgtasks.tracking.binding import GivenArgument
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import Thing


class Handover(NamedTuple):
    """A value that a task gets.

    The parameter `parameter` of `function` takes `value`. Where there is no such function, the task
    reads it at the node `value` itself (a captured variable), or a function that isn't known takes
    it (`is_known` is False).
    """

    add: NodeRef
    value: NodeRef
    function: ScopeRef | None = None
    parameter: str = ""
    is_known: bool = True


def tasks_after_responses(program: Program) -> Iterator[Added]:
    """Yield the tasks that run behind a response."""
    for added in program.added.calls:
        lost = program.requests.serve_websockets(program.function_around(added.call))
        if added.function is not None and not lost and _runs_later(program, added.call):
            yield added


def _runs_later(program: Program, call: NodeRef) -> bool:
    if call in program.instances.single:
        return program.fates.of(call).attached
    node = program.units.node(call)
    method = (
        program.units.node(call._replace(node=node.function))
        if isinstance(node, facts.Call)
        else node
    )
    return isinstance(method, facts.Attribute) and not _is_awaited(
        program, call._replace(node=method.base)
    )


def _is_awaited(program: Program, ref: NodeRef) -> bool:
    """Return whether the code itself runs the tasks of an instance, or nobody does."""
    node = program.units.node(ref)
    if isinstance(node, facts.Parameter):
        owner = program.units.owner(ref)
        return bool(program.fates.of_parameter_itself(owner, node.name).awaited)
    if isinstance(node, facts.Call):
        fate = program.fates.of(ref)
        return not fate.attached or bool(fate.awaited)
    return False


def runs_tasks(program: Program, scope: ScopeRef) -> bool:
    """Return whether a function itself runs tasks, instead of leaving it to a response."""
    fates = [
        program.fates.of_parameter_itself(scope, parameter.name)
        for parameter in program.instances.parameters(scope)
    ]
    if any(fate.awaited for fate in fates):
        return True
    born = (ref for ref in program.instances.tasks if program.function_around(ref) == scope)
    return any(fate.executed or fate.awaited for fate in map(program.fates.of, born))


class Handovers:
    """Finds what tasks get."""

    def __init__(self, values: Values) -> None:
        self._values = values

    def of(self, task: Added) -> Iterator[Handover]:
        """Yield what a task gets."""
        assert task.function is not None
        for thing in sorted(self._values.of(task.function.value), key=repr):
            yield from self._given(task, thing, task.arguments, task.function.value)
        for argument in task.arguments:
            things = self._values.of(argument.value)
            for function in inner_functions(self._values, things):
                yield from self._captured(task, function)

    def _given(
        self, task: Added, thing: Thing, arguments: tuple[GivenArgument, ...], made: NodeRef
    ) -> Iterator[Handover]:
        match thing:
            case Function(ref=function):
                yield from self._captured(task, function)
                yield from self._bound(task, function, 0, arguments)
            case Method(function=function):
                yield from self._receiver(task, made, function)
                yield from self._bound(task, function, 1, arguments)
            case Class(ref=cls):
                init = self._values.method(cls, "__init__")
                if init is not None:
                    yield from self._bound(task, init, 1, arguments)
            case Instance(cls=Class(ref=cls)):
                called = self._values.method(cls, "__call__")
                if called is not None:
                    first = self._values.first_parameter(called) or ""
                    yield Handover(task.call, made, called, first)
                    yield from self._bound(task, called, 1, arguments)
            case Partial(function=inner, call=call):
                yield from self._partial(task, inner, call, arguments)
            case _:
                yield from self._receiver(task, made, None)
                for argument in arguments:
                    yield Handover(task.call, argument.value, is_known=False)

    def _partial(
        self, task: Added, inner: Thing, call: NodeRef, arguments: tuple[GivenArgument, ...]
    ) -> Iterator[Handover]:
        first = self._values.binder.arguments(call)
        yield from self._given(task, inner, (*first[1:], *arguments), first[0].value)

    def _receiver(
        self, task: Added, made: NodeRef, function: ScopeRef | None
    ) -> Iterator[Handover]:
        """Yield the object whose method is the task."""
        for source in self._values.evaluator.sources(made) or (made,):
            node = self._values.node(source)
            if isinstance(node, facts.Attribute):
                base = source._replace(node=node.base)
                if function is None and node.name not in USABLE:
                    yield Handover(task.call, base, is_known=False)
                elif function is not None:
                    first = self._values.first_parameter(function) or ""
                    yield Handover(task.call, base, function, first)

    def _bound(
        self, task: Added, function: ScopeRef, bound: int, arguments: tuple[GivenArgument, ...]
    ) -> Iterator[Handover]:
        site = Site(task.call, function, arguments, bound, "task")
        for argument in arguments:
            parameter = self._values.binder.parameter_of(site, argument)
            if parameter is not None and not parameter.kind.startswith("var_"):
                yield Handover(task.call, argument.value, function, parameter.name)

    def _captured(self, task: Added, function: ScopeRef) -> Iterator[Handover]:
        """Yield what an inner function reads of the functions around it, and its defaults."""
        units = self._values.units
        part = units.part(function)
        for number, node in part.nodes.items():
            read = NodeRef(function.path, function.unit, number)
            if isinstance(node, facts.Free) and self._is_inside(units.owner(read), function):
                for bound in self._values.evaluator.bindings_of(read, node.name):
                    if not self._is_inside(units.owner(bound), function):
                        yield Handover(task.call, read)
        for parameter in self._values.units.scope(function).parameters:
            if parameter.default is not None:
                default = NodeRef(function.path, function.unit, parameter.default)
                yield Handover(task.call, default, function, parameter.name)

    def _is_inside(self, scope: ScopeRef, function: ScopeRef) -> bool:
        return function in (scope, *self._values.units.above(scope))
