"""Ways to use a `BackgroundTasks` that its class does not have."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.steps import Do, blocks_of, steps_in
from flake8_bgtasks.tracking.things import (
    UNKNOWN,
    Class,
    External,
    Function,
    Instance,
    Method,
    NodeRef,
    Partial,
    Thing,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.steps import Block

_MEMBERS = frozenset({"add_task", "tasks", "func", "args", "kwargs", "is_async"})
_OF_ONE = frozenset({"func", "args", "kwargs", "is_async"})
_CALLABLE = (Function, Method, Partial, Class)


class Misuse(NamedTuple):
    """`at` is the call or expression, `problem` what happens, `advice` what to do.

    `subject` is the object that is misused.
    """

    at: NodeRef
    problem: str
    advice: str
    subject: NodeRef | None = None


class Misuses:
    """Finds misuses, those of tests left aside."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._units = program.units

    @cached_property
    def all(self) -> tuple[Misuse, ...]:
        return tuple(self._found())

    @cached_property
    def places(self) -> frozenset[NodeRef]:
        """The calls and expressions that are misuses."""
        return frozenset(misuse.at for misuse in self.all)

    @cached_property
    def subjects(self) -> frozenset[NodeRef]:
        """The objects whose misuse explains that they are lost."""
        return frozenset(misuse.subject for misuse in self.all if misuse.subject is not None)

    def _found(self) -> Iterator[Misuse]:
        for ref, node in self._program.nodes:
            match node:
                case facts.Attribute():
                    yield from self._attribute(ref, node)
                case facts.Entered(base=base):
                    yield from self._entered(ref, ref._replace(node=base))
                case facts.Call():
                    yield from self._construction(ref, node)
                    yield from self._called(ref, node)
                    yield from self._on_class(ref, node)
                    yield from self._cleared(ref, node)

    # Attributes that aren't there

    def _attribute(self, ref: NodeRef, node: facts.Attribute) -> Iterator[Misuse]:
        base = ref._replace(node=node.base)
        if node.name.startswith("__") or self._is_expected(ref, node.name):
            return
        kind = self._kind(base)
        members = _MEMBERS if kind == "tasks" else _OF_ONE
        if kind is None or node.name in members or not self._is_missing(ref, node.name):
            return
        name = "BackgroundTasks" if kind == "tasks" else "BackgroundTask"
        advice = (
            "add tasks with add_task(f, …), one call for each"
            if kind == "tasks"
            else "take a BackgroundTasks, and add both to it"
        )
        problem = f"{name} has no {node.name!r}: AttributeError, the request fails"
        yield Misuse(self._call_of(ref), problem, advice, base)

    def _kind(self, ref: NodeRef) -> str | None:
        if self._program.added.holds_tasks(ref):
            return "tasks"
        return "task" if ref in self._single else None

    @cached_property
    def _births(self) -> frozenset[NodeRef]:
        """The objects that the code makes; other calls may give a context manager for one."""
        return frozenset(self._program.instances.tasks) | self._single

    @cached_property
    def _single(self) -> frozenset[NodeRef]:
        """The `BackgroundTask(…)` that the code makes: as a parameter it has a rule of its own."""
        return frozenset(self._program.instances.single)

    def _is_missing(self, ref: NodeRef, name: str) -> bool:
        """Return whether no class of the project gives the attribute."""
        classes = known.TASKS_CLASSES | known.TASK_CLASSES
        missing = frozenset(f"{cls}().{name}" for cls in classes)
        # An instance that may be None has no more attributes for that.
        things = self._program.value(ref) - UNKNOWN
        return all(known.is_external(thing, missing) for thing in things)

    def _is_expected(self, ref: NodeRef, name: str) -> bool:
        """Return whether the code sets such an attribute, or asks or waits for its absence."""
        return name in self._set or self._units.is_caught(ref)

    @cached_property
    def _set(self) -> frozenset[str]:
        """The attributes that are set on any object, or that `hasattr` is asked for."""
        found = {
            event.name
            for _, scope in self._program.scopes
            for event in scope.events
            if isinstance(event, facts.StoredAttribute)
        }
        for ref, call in self._program.calls:
            function = self._units.node(ref._replace(node=call.function))
            if isinstance(function, facts.Free) and function.name in ("hasattr", "setattr"):
                nodes = [self._units.node(ref._replace(node=a.value)) for a in call.arguments]
                found |= {n.value for n in nodes if isinstance(n, facts.Constant)}
        return frozenset(found)

    def _call_of(self, ref: NodeRef) -> NodeRef:
        """Return the call of an attribute, else the attribute."""
        for user in self._units.using(ref):
            node = self._units.node(user)
            if isinstance(node, facts.Call) and node.function == ref.node:
                return user
        return ref

    # The object itself

    def _entered(self, ref: NodeRef, base: NodeRef) -> Iterator[Misuse]:
        made = base in self._births or not isinstance(self._units.node(base), facts.Call)
        if made and self._kind(base) is not None and self._lacks(base, "__enter__", "__aenter__"):
            problem = "a BackgroundTasks is no context manager: the request fails"
            yield Misuse(ref, problem, "take it as a parameter, and add tasks to it", base)

    def _called(self, ref: NodeRef, call: facts.Call) -> Iterator[Misuse]:
        function = ref._replace(node=call.function)
        plain = not any(argument.star for argument in call.arguments)
        if not call.arguments or not plain or isinstance(self._units.node(function), facts.Opaque):
            return
        kind = self._kind(function)
        if kind is not None and self._lacks(function, "__call__"):
            problem = "calling it runs its tasks and takes no arguments: TypeError"
            advice = "add_task(f, …) adds a task" if kind == "tasks" else "give them to its class"
            name = "BackgroundTasks" if kind == "tasks" else "BackgroundTask"
            yield Misuse(ref, f"this is a {name} object: {problem}", advice)

    def _lacks(self, ref: NodeRef, *names: str) -> bool:
        """Return whether no class of the project defines one of some methods."""
        for thing in self._program.value(ref):
            cls = thing.cls if isinstance(thing, Instance) else None
            for base in self._order(cls) if isinstance(cls, Class) else ():
                if not known.is_external(base, known.TASKS_CLASSES | known.TASK_CLASSES):
                    if not isinstance(base, Class):
                        return False
                    if not self._units.scope(base.ref).bindings.keys().isdisjoint(names):
                        return False
        return True

    def _order(self, cls: Class) -> tuple[Thing, ...]:
        return self._program.evaluator.classes.order(cls.ref)

    # Construction

    def _construction(self, ref: NodeRef, call: facts.Call) -> Iterator[Misuse]:
        classes = self._program.value(ref._replace(node=call.function))
        if not all(self._is_plain_class(thing) for thing in classes):
            return
        if not call.arguments or any(argument.star for argument in call.arguments):
            return
        first = call.arguments[0]
        if len(call.arguments) > 1 or first.keyword not in (None, "tasks"):
            problem = "BackgroundTasks() takes no function with arguments: TypeError"
        elif self._holds_functions(ref._replace(node=first.value)):
            problem = "BackgroundTasks() takes a list of BackgroundTask objects, no functions"
        elif self._is_uniterable(ref._replace(node=first.value)):
            problem = "BackgroundTasks() takes a list of BackgroundTask objects: TypeError"
        else:
            return
        yield Misuse(ref, f"{problem}, the tasks are lost", "add tasks with add_task(f, …)")

    def _is_plain_class(self, thing: Thing) -> bool:
        """Return whether it is the class, or one below it that is made in the same way."""
        if not self._program.is_tasks_class(thing):
            return False
        order = self._order(thing) if isinstance(thing, Class) else ()
        return all(
            "__init__" not in self._units.scope(base.ref).bindings
            if isinstance(base, Class)
            else isinstance(base, External)
            for base in order
        )

    def _holds_functions(self, ref: NodeRef) -> bool:
        node = self._units.node(ref)
        items = node.items if isinstance(node, facts.Collection) else ()
        return any(self._is_function(ref._replace(node=item)) for item in items)

    def _is_function(self, ref: NodeRef) -> bool:
        things = self._program.evaluator.deep_value(ref)
        return all(isinstance(thing, _CALLABLE) for thing in things)

    def _is_uniterable(self, ref: NodeRef) -> bool:
        return self._is_function(ref) or self._kind(ref) is not None

    # add_task on the class

    def _on_class(self, ref: NodeRef, call: facts.Call) -> Iterator[Misuse]:
        method = self._units.node(ref._replace(node=call.function))
        if not isinstance(method, facts.Attribute) or method.name != "add_task":
            return
        owners = self._program.value(ref._replace(node=method.base))
        if not all(self._program.is_tasks_class(owner) for owner in owners):
            return
        given = [ref._replace(node=a.value) for a in call.arguments if a.keyword is None]
        if any(a.star for a in call.arguments):
            return
        alone = len(call.arguments) < 2
        if alone or (given and self._is_function(given[0])):
            problem = "add_task() is called on the class, not on an instance: the request fails"
            yield Misuse(ref, problem, "take a BackgroundTasks parameter, and call it on that")

    # tasks.clear()

    def _cleared(self, ref: NodeRef, call: facts.Call) -> Iterator[Misuse]:
        method = self._units.node(ref._replace(node=call.function))
        if not isinstance(method, facts.Attribute) or method.name != "clear":
            return
        listed = self._units.node(ref._replace(node=method.base))
        if not isinstance(listed, facts.Attribute) or listed.name != "tasks":
            return
        owner = ref._replace(node=listed.base)
        if self._program.added.holds_tasks(owner) and self._is_added_before(ref, owner):
            problem = "the tasks that were added above are removed: they never run"
            yield Misuse(ref, problem, "remove the call, or add the tasks behind it")

    def _is_added_before(self, clear: NodeRef, owner: NodeRef) -> bool:
        """Return whether a task is added to the same instance in the same stretch of code."""
        adds = {a.call.node for a in self._program.added.calls if self._adds_to(a.call, owner)}
        scope = self._units.scope(self._units.owner(clear))
        inner = [block for step in steps_in(scope.steps) for block in blocks_of(step)]
        return any(_come_in_order(block, adds, clear.node) for block in [scope.steps, *inner])

    def _adds_to(self, add: NodeRef, owner: NodeRef) -> bool:
        if (add.path, add.unit) != (owner.path, owner.unit):
            return False
        call = self._units.node(add)
        assert isinstance(call, facts.Call)
        method = self._units.node(add._replace(node=call.function))
        return isinstance(method, facts.Attribute) and method.base == owner.node


def _come_in_order(block: Block, adds: set[int], clear: int) -> bool:
    """Return whether a block has one of `adds` as a statement of its own, and `clear` behind it."""
    is_added = False
    for step in block:
        if isinstance(step, Do):
            if is_added and step.first <= clear < step.end:
                return True
            is_added = is_added or any(step.first <= add < step.end for add in adds)
    return False
