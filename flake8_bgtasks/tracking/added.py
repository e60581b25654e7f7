"""The tasks that are added: by which calls, what they call, and with which arguments."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from flake8_bgtasks.findings import Related
from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.binding import task_function
from flake8_bgtasks.tracking.things import (
    UNKNOWN,
    External,
    Function,
    NodeRef,
    Partial,
    ScopeRef,
    Thing,
    Things,
    Unknown,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flake8_bgtasks.tracking.binding import GivenArgument, Site
    from flake8_bgtasks.tracking.program import Program

T = TypeVar("T")


class Added(NamedTuple):
    """A call that adds a task: `tasks.add_task(f, …)` or `BackgroundTask(f, …)`.

    `given` are all arguments of the call. `function` is the one that is the task: None where there
    is none, or `*args` hide it.
    """

    call: NodeRef
    name: str
    given: tuple[GivenArgument, ...]
    function: GivenArgument | None

    @property
    def is_exact(self) -> bool:
        """Whether no `*args` or `**kwargs` hide what is passed."""
        return not any(argument.star for argument in self.given)

    @property
    def arguments(self) -> tuple[GivenArgument, ...]:
        """What the task is called with."""
        return tuple(argument for argument in self.given if argument is not self.function)


class AddedTasks:
    """Finds the calls that add tasks to a `BackgroundTasks`, or make a `BackgroundTask`.

    What a task stands for is looked up wherever it is defined: most tasks stand in modules that
    know nothing of background tasks.
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        self._sites: dict[NodeRef, tuple[Site, ...] | None] = {}

    @cached_property
    def calls(self) -> tuple[Added, ...]:
        """All of them, in the order of files and source."""
        return tuple(self._found())

    def _found(self) -> Iterator[Added]:
        for ref, call in self._program.calls:
            if self._adds(ref, call):
                given = self._program.binder.arguments(ref)
                yield Added(ref, self._name(ref, call), given, task_function(given))

    def _adds(self, ref: NodeRef, call: facts.Call) -> bool:
        function = ref._replace(node=call.function)
        called = self._program.value(function)
        if all(known.is_external(thing, known.TASK_CLASSES) for thing in called):
            return True
        method = self._program.units.node(function)
        if not isinstance(method, facts.Attribute) or method.name != "add_task":
            return False
        if not self.holds_tasks(ref._replace(node=method.base)):
            return False
        # An instance that may be None has no other `add_task` than its own.
        return all(_is_add_task(thing) for thing in called - UNKNOWN)

    def _name(self, ref: NodeRef, call: facts.Call) -> str:
        method = self._program.units.node(ref._replace(node=call.function))
        is_method = isinstance(method, facts.Attribute) and method.name == "add_task"
        return "add_task" if is_method else "BackgroundTask"

    def holds_tasks(self, ref: NodeRef) -> bool:
        """Return whether a value is a `BackgroundTasks`: known to be one, or passed as one."""
        if self._program.is_tasks(self._program.value(ref)):
            return True
        node = self._program.units.node(ref)
        if isinstance(node, facts.Narrowed):
            return self.holds_tasks(ref._replace(node=node.base))
        return isinstance(node, facts.Parameter) and self._is_passed(ref, node.name)

    def _is_passed(self, ref: NodeRef, name: str) -> bool:
        """Return whether every known caller passes a `BackgroundTasks` for a bare parameter."""
        scope = self._program.units.owner(ref)
        declared = [p for p in self._program.units.scope(scope).parameters if p.name == name]
        if not declared or declared[0].annotation is not None:
            return False
        sites = self._program.sites_of.get(scope, ())
        passed = [self._program.binder.argument_for(site, name) for site in sites]
        return bool(passed) and all(
            argument is not None and self._program.is_tasks(self._program.value(argument.value))
            for argument in passed
        )

    def value(self, added: Added) -> Things:
        """Return what the task stands for."""
        if added.function is None:
            return UNKNOWN
        return self._program.evaluator.deep_value(added.function.value)

    def sites(self, added: Added) -> tuple[Site, ...] | None:
        """Return the project functions that run as the task; None unless all of them are known."""
        if added.call not in self._sites:
            self._sites[added.call] = self._find_sites(added)
        return self._sites[added.call]

    def _find_sites(self, added: Added) -> tuple[Site, ...] | None:
        things = self.value(added)
        if added.function is None or Unknown() in things:
            return None
        reach = self._program.binder.reach
        sites, complete = self._program.evaluator.deeply(
            lambda: reach(added.call, things, added.arguments, "task")
        )
        return sites if complete else None

    def verdict(self, added: Added, judge: Callable[[Site], T | None]) -> tuple[Site, T] | None:
        """Return what a judge says of a task, if it objects to every function that may run.

        Methods that override the task's in classes nobody has looked at are asked for last.
        """
        sites = self.sites(added) or ()
        said = [(site, judge(site)) for site in sites]
        if not said or any(objection is None for _, objection in said):
            return None
        for site in (site for site in sites if site.bound):
            others = self._program.overrides.unseen(site.function)
            if others is None or any(judge(site._replace(function=o)) is None for o in others):
                return None
        return said[0]  # type: ignore[return-value]

    def function_named(self, site: Site) -> str:
        """Return the name of a task for a message: `send_mail()`, `Mailer.send()`, `lambda`."""
        scope = self._program.units.scope(site.function)
        return "lambda" if scope.kind == "lambda" else f"{scope.qualname}()"

    def name_of_called(self, call: NodeRef) -> str:
        """Return the name of what a call calls, as it stands there: `mailer.send`."""
        node = self._program.units.node(call)
        function = call._replace(node=node.function) if isinstance(node, facts.Call) else call
        return self._dotted(function) or next(
            (self._name_of(thing) for thing in self._program.value(function)), "f"
        )

    def _dotted(self, ref: NodeRef) -> str:
        node = self._program.units.node(ref)
        match node:
            case facts.Attribute(base=base, name=name):
                before = self._dotted(ref._replace(node=base))
                return f"{before}.{name}" if before else name
            case (
                facts.Free(name=name) | facts.Parameter(name=name) | facts.Imported(name=str(name))
            ):
                return name
        return ""

    def _name_of(self, thing: Thing) -> str:
        match thing:
            case Function(ref=ref):
                return self._program.units.scope(ref).name
            case Partial(function=function):
                return self._name_of(function)
        return "f"

    def definition(self, site: Site) -> Related:
        """Return where the function that runs as a task is defined."""
        span = self._program.units.scope(site.function).span
        return Related(site.function.path, span, f"{self.function_named(site)} is defined here")

    def around(self, added: Added) -> ScopeRef:
        """Return the function that adds the task."""
        return self._program.function_around(added.call)


def _is_add_task(thing: object) -> bool:
    return isinstance(thing, External) and known.is_add_task(thing.name)
