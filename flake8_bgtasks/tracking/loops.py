"""Sync tasks that ask for the event loop: Starlette runs them in a thread that has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.tracking import facts, known, library
from flake8_bgtasks.tracking.failures import Failure
from flake8_bgtasks.tracking.leads import Leads
from flake8_bgtasks.tracking.things import External, NodeRef, ScopeRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.running import Run

_ERROR = frozenset([Failure(frozenset([External("builtins.RuntimeError")]), exact=True)])
_AWARE = frozenset(
    {
        "is_running",
        "get_running_loop",
        "get_event_loop",
        "new_event_loop",
        "set_event_loop",
        "run_coroutine_threadsafe",
        "run_until_complete",
        "current_thread",
        "iscoroutinefunction",
        "Runner",
    }
)
"""Code that has such a name looks where it runs."""


class LoopCall(NamedTuple):
    """A call that needs a running loop, and the functions on the way from the task to it."""

    call: NodeRef
    functions: tuple[ScopeRef, ...]


def call_without_loop(program: Program, task: ScopeRef) -> LoopCall | None:
    """Return the call with which a sync task fails in its thread, in what it calls too."""
    if program.wrapping.is_async(task) is not False or program.units.scope(task).is_async:
        return None

    def enter(run: Run) -> bool:
        callee = program.units.scope(run.function)
        return not callee.is_async and not run.in_thread and _fails(program, run.call)

    follow = program.once(_leads).has_any
    for function, way in program.running.reached(task, enter, follow):
        for ref, call in program.running.calls(function):
            if _needs_loop(program, ref, call) and _fails(program, ref):
                return LoopCall(ref, (task, *(run.function for run in way)))
    return None


def calls_in(program: Program, function: ScopeRef) -> Iterator[NodeRef]:
    """Yield the calls in a function's own code that need an event loop."""
    for ref, call in program.running.calls(function):
        if _needs_loop(program, ref, call):
            yield ref


def _leads(program: Program) -> Leads:
    return Leads(program, frozenset(name.rpartition(".")[2] for name in library.NEEDS_LOOP))


def _needs_loop(program: Program, ref: NodeRef, call: facts.Call) -> bool:
    called = program.evaluator.deep_value(ref._replace(node=call.function))
    needs = all(known.is_external(thing, library.NEEDS_LOOP) for thing in called)
    return needs and not any(argument.keyword == "loop" for argument in call.arguments)


def _fails(program: Program, ref: NodeRef) -> bool:
    """Return whether a RuntimeError at a node leaves its function, unless that looks for a loop."""
    owner = program.units.owner(ref)
    if program.units.scope(owner).kind == "lambda":
        return True
    return not _is_aware(program, owner) and not program.ways.failing(ref, _ERROR).normal


def _is_aware(program: Program, function: ScopeRef) -> bool:
    return any(
        isinstance(node, facts.Attribute | facts.Free) and node.name in _AWARE
        for _, node in program.units.own(function)
    )
