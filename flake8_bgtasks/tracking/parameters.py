"""Which parameters and attributes take a `BackgroundTasks`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.project.exports import TASKS_NAME
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.things import Class, Instance, NodeRef, Nothing, ScopeRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.tracking.program import Program


class TasksParameter(NamedTuple):
    """A parameter that takes a `BackgroundTasks`."""

    scope: ScopeRef
    declared: facts.SignatureParameter

    @property
    def name(self) -> str:
        return self.declared.name


class Parameters:
    """Finds parameters and what is passed for them."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._units = program.units
        self._attributes: dict[ScopeRef, tuple[str, ...]] = {}
        self._parameters: dict[ScopeRef, tuple[TasksParameter, ...]] = {}

    def parameters(self, ref: ScopeRef) -> tuple[TasksParameter, ...]:
        """Return the parameters of a function that take a `BackgroundTasks`, so declared or used.

        A function that has one names the class or adds tasks, so its statement matters.
        """
        if ref not in self._parameters:
            self._parameters[ref] = tuple(self._parameters_of(ref))
        return self._parameters[ref]

    def _parameters_of(self, ref: ScopeRef) -> Iterator[TasksParameter]:
        if not self._program.matters(ref):
            return
        for declared in self._program.evaluator.classes.signature(ref):
            if declared.kind.startswith("var_"):
                continue
            if self.is_declared(ref, declared) or self.is_used_as_tasks(ref, declared):
                yield TasksParameter(ref, declared)

    def is_declared(self, ref: ScopeRef, declared: facts.SignatureParameter) -> bool:
        """Return whether the annotation says `BackgroundTasks` (optional ones too)."""
        if declared.annotation is None:
            return False
        annotation = NodeRef(ref.path, ref.unit, declared.annotation)
        return self._program.is_tasks(self._program.evaluator.type_of(annotation))

    def is_used_as_tasks(self, ref: ScopeRef, declared: facts.SignatureParameter) -> bool:
        """Return whether a parameter without annotation has the usual name and gets `.add_task`."""
        if declared.annotation is not None or not TASKS_NAME.fullmatch(declared.name):
            return False
        node = self._program.links.parameters.get((ref, declared.name))
        return node is not None and any(
            isinstance(used, facts.Attribute) and used.name == "add_task"
            for used in self._uses(node)
        )

    def _uses(self, ref: NodeRef) -> Iterator[facts.Node]:
        """Yield the nodes that use a value, its narrowed and joined forms included."""
        pending, seen = [ref], {ref}
        while pending:
            current = pending.pop()
            for user in self._units.using(current):
                node = self._units.node(user)
                yield node
                if isinstance(node, (facts.Choice, facts.Narrowed)) and user not in seen:
                    seen.add(user)
                    pending.append(user)

    def attributes(self, cls: ScopeRef) -> tuple[str, ...]:
        """Return the attributes in which the objects of a class keep a `BackgroundTasks`."""
        if cls not in self._attributes:
            self._attributes[cls] = tuple(self._attributes_of(cls))
        return self._attributes[cls]

    def _attributes_of(self, cls: ScopeRef) -> Iterator[str]:
        for method in self._units.inside(cls):
            for event in self._units.scope(method).events:
                if isinstance(event, facts.StoredAttribute) and self._is_own(cls, event):
                    value = NodeRef(cls.path, cls.unit, event.value)
                    if self._program.is_tasks(self._program.value(value)):
                        yield event.name

    def _is_own(self, cls: ScopeRef, event: facts.StoredAttribute) -> bool:
        base = NodeRef(cls.path, cls.unit, event.base)
        owners = [t.cls for t in self._program.value(base) if isinstance(t, Instance)]
        return Class(cls) in owners

    def is_none(self, ref: NodeRef) -> bool:
        return self._program.value(ref) == frozenset([Nothing()])

    def is_literal_none(self, ref: NodeRef) -> bool:
        node = self._units.node(ref)
        return isinstance(node, facts.Constant) and node.kind == "none"

    def is_the_class(self, ref: NodeRef) -> bool:
        things = self._program.value(ref)
        return bool(things) and all(self._program.is_tasks_class(thing) for thing in things)
