"""Tasks that raise what an exception handler would answer, when the response has been sent."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.catching import may_catch
from flake8_bgtasks.tracking.leads import Leads
from flake8_bgtasks.tracking.signatures import mismatch
from flake8_bgtasks.tracking.switches import is_flagged
from flake8_bgtasks.tracking.things import Class, External, NodeRef, ScopeRef, Thing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flake8_bgtasks.tracking.failures import Failure
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.running import Run

_SAYS = re.compile(rb"exception_handler")
_REGISTER = ("exception_handler", "add_exception_handler")
_ANY = frozenset({"builtins.Exception", "builtins.BaseException"})
_RETRIES = frozenset({"tenacity.retry"})


class LateRaise(NamedTuple):
    """What is raised, and the functions on the way from the task to there."""

    raised: NodeRef
    functions: tuple[ScopeRef, ...]


class LateRaises:
    """Finds them."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._always_handled = frozenset(map(External, known.HTTP_EXCEPTIONS))

    @cached_property
    def _own_handled(self) -> frozenset[Thing]:
        """The exceptions that the only app of the project has handlers of its own for."""
        return frozenset(_own_handled(self._program))

    @cached_property
    def _leads(self) -> Leads:
        names = map(self._name_of, self._always_handled | self._own_handled)
        return Leads(self._program, frozenset(names))

    def _name_of(self, thing: Thing) -> str:
        if isinstance(thing, Class):
            return self._program.units.name(thing.ref)
        return getattr(thing, "name", "").rpartition(".")[2]

    def of(self, task: ScopeRef) -> LateRaise | None:
        """Return the nearest `raise` that gets out of a task, for an exception with a handler."""
        reached = self._program.running.reached(task, self._is_entered, self._may_raise)
        for function, way in reached:
            for failure, raised in self._raises(function):
                if self._gets_out(task, way, failure):
                    return LateRaise(raised, (task, *(run.function for run in way)))
        return None

    def _may_raise(self, call: NodeRef, calls: int) -> bool:
        return self._leads.has_any(call, calls)

    def _is_entered(self, run: Run) -> bool:
        return not self._is_wrapped(run.function) and not self._is_refused(run)

    def _is_refused(self, run: Run) -> bool:
        """Return whether a call fails with a TypeError, before the function is run."""
        sites, _ = self._program.binder.sites(run.call)
        own = [site for site in sites if site.function == run.function]
        return any(mismatch(self._program, site) is not None for site in own)

    def _is_wrapped(self, function: ScopeRef) -> bool:
        """Return whether a decorator turns exceptions into others."""
        return bool(self._program.evaluator.classes.decorator_names(function) & _RETRIES)

    def _raises(self, function: ScopeRef) -> Iterator[tuple[Failure, NodeRef]]:
        """Yield the exceptions with a handler that a function's own code lets out.

        Not those that a flag among the parameters has to ask for.
        """
        units = self._program.units
        for event in units.scope(function).events:
            ref = NodeRef(function.path, function.unit, event.value)
            if isinstance(event, facts.Raised) and not is_flagged(units, ref):
                failure = self._program.ways.failures.raised(ref)
                if self._has_handler(failure) and self._leaving(ref, frozenset([failure])):
                    yield failure, ref

    def _leaving(self, ref: NodeRef, failures: frozenset[Failure]) -> frozenset[Failure]:
        """Return what surely leaves its function, of what is raised at a node."""
        if self._program.units.scope(self._program.units.owner(ref)).kind == "lambda":
            return failures
        exits = self._program.ways.failing(ref, failures)
        left = frozenset() if exits.normal else exits.failures
        return frozenset(failure for failure in left if self._has_handler(failure))

    def _has_handler(self, failure: Failure) -> bool:
        is_one_of = self._program.ways.failures.is_one_of
        if is_one_of(failure, self._always_handled) == "yes":
            return True
        return is_one_of(failure, self._own_handled) == "yes"

    def _gets_out(self, task: ScopeRef, way: tuple[Run, ...], failure: Failure) -> bool:
        """Return whether no call on the way, and no decorator, keeps an exception in."""
        current = frozenset([failure])
        for run in reversed(way):
            if may_catch(self._program, run.function, current):
                return False
            current = self._leaving(run.call, current)
            if not current:
                return False
        return not self._is_wrapped(task) and not may_catch(self._program, task, current)


def _own_handled(program: Program) -> Iterator[Thing]:
    """Yield the exceptions that the only app of a project has handlers of its own for."""
    if not any(program.files.has(path, _SAYS) for path in program.all_paths):
        return
    apps = [ref for ref in calls_of(program, "FastAPI") if _makes_app(program, ref)]
    if len(apps) > 1:
        return
    for ref in (*_registered(program), *_in_constructor(program, apps)):
        for thing in program.evaluator.deep_value(ref):
            if isinstance(thing, Class | External) and not known.is_external(thing, _ANY):
                yield thing


def _registered(program: Program) -> Iterator[NodeRef]:
    """Yield the exceptions in `@app.exception_handler(…)` and `app.add_exception_handler(…)`."""
    for ref in calls_of(program, "exception_handler"):
        call = program.units.node(ref)
        assert isinstance(call, facts.Call)
        method = program.units.node(ref._replace(node=call.function))
        if isinstance(method, facts.Attribute) and method.name in _REGISTER and call.arguments:
            yield ref._replace(node=call.arguments[0].value)


def _in_constructor(program: Program, apps: Iterable[NodeRef]) -> Iterator[NodeRef]:
    """Yield the exceptions in `FastAPI(exception_handlers={…})`."""
    for app in apps:
        call = program.units.node(app)
        for argument in call.arguments if isinstance(call, facts.Call) else ():
            if argument.keyword == "exception_handlers":
                for source in program.evaluator.sources(app._replace(node=argument.value)):
                    handlers = program.units.node(source)
                    if isinstance(handlers, facts.Collection):
                        yield from (source._replace(node=key) for key in handlers.key_nodes)


def calls_of(program: Program, word: str) -> Iterator[NodeRef]:
    """Yield the calls in the top-level statements that seem to call a name, in all files."""
    called = re.compile(rf"{word}\s*\(")
    somewhere = re.compile(called.pattern.encode())
    for path in program.all_paths:
        if program.is_test(path) or not program.files.has(path, somewhere):
            continue
        outline = program.files.surface(path)
        for statement in outline.statements if outline is not None else ():
            if called.search(outline.source_of(statement)):  # type: ignore[union-attr]
                for ref, node in program.units.naming(path, statement.index, word):
                    if isinstance(node, facts.Call):
                        function = program.units.node(ref._replace(node=node.function))
                        if _may_be(function, word):
                            yield ref


def _may_be(function: facts.Node, word: str) -> bool:
    """Return whether a function has a name that ends so, or none."""
    name = getattr(function, "name", None)
    return not isinstance(name, str) or name.endswith(word)


def _makes_app(program: Program, ref: NodeRef) -> bool:
    node = program.units.node(ref)
    assert isinstance(node, facts.Call)
    called = program.evaluator.deep_value(ref._replace(node=node.function))
    return any(known.is_external(thing, known.APPS) for thing in called)
