"""The state of a traversal that follows an instance."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.fate import Fate, Form, Key
from flake8_bgtasks.tracking.things import Class, External, Instance, NodeRef, ScopeRef, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from flake8_bgtasks.tracking.binding import Site
    from flake8_bgtasks.tracking.program import Program


@dataclass
class Traversal:
    """What has been found, and what is still to be visited.

    `home` is the function whose parameter is followed: its returns are its caller's affair.
    """

    program: Program
    parameter_fate: Callable[[Key], Fate]
    home: ScopeRef | None
    adds: set[NodeRef] = field(default_factory=set)
    returned: set[Form] = field(default_factory=set)
    leaked: set[tuple[str, int, facts.Returned]] = field(default_factory=set)
    awaited: set[NodeRef] = field(default_factory=set)
    dropped: set[NodeRef] = field(default_factory=set)
    executed: bool = False
    attached: bool = False
    opened: bool = False
    certain: bool = True
    seen: set[tuple[NodeRef, Form, bool]] = field(default_factory=set)
    pending: list[tuple[NodeRef, Form, bool]] = field(default_factory=list)

    def run(self, ref: NodeRef, form: Form) -> Fate:
        """Follow an instance from the node that is it."""
        self.push(ref, form)
        return self._result_of_walk()

    def run_field(self, cls: Class, name: str, form: Form) -> Fate:
        """Follow an instance that a dataclass keeps in a field."""
        self.push_reads(cls, name, form)
        return self._result_of_walk()

    def _result_of_walk(self) -> Fate:
        while self.pending:
            ref, form, self.certain = self.pending.pop()
            self.visit(ref, form)
        return Fate(
            frozenset(self.adds),
            self.executed,
            self.attached,
            frozenset(self.returned),
            frozenset(self.leaked),
            frozenset(self.awaited),
            frozenset(self.dropped),
            self.opened,
        )

    def push(self, ref: NodeRef, form: Form, *, certain: bool = True) -> None:
        """Follow a value; it is certainly the instance only if what led to it was."""
        item = (ref, form, certain and self.certain)
        if item not in self.seen:
            self.seen.add(item)
            self.pending.append(item)

    def visit(self, ref: NodeRef, form: Form) -> None:
        """Push what the value at a node goes on to, and note what is done to it."""
        raise NotImplementedError

    def push_parameter(self, scope: ScopeRef, name: str, form: Form) -> None:
        parameter = self.program.links.parameters.get((scope, name))
        if parameter is not None:
            self.push(parameter, form)

    def take_over(self, fate: Fate, call: NodeRef) -> None:
        """Take over what a called function does with the instance."""
        if fate.adds:
            self.adds.add(call)
        self.executed = self.executed or fate.executed
        self.attached = self.attached or fate.attached
        self.opened = self.opened or fate.opened
        self.leaked |= fate.leaked
        self.dropped |= fate.dropped
        if self.certain:
            self.awaited |= fate.awaited

    def push_result(self, site: Site, form: Form) -> None:
        if site.how in ("call", "forward"):
            self.push(site.call, form)

    def push_reads(self, cls: Class, name: str, form: Form) -> None:
        """Go on at each read of `.name` on something that is, or may be, an object of the class."""
        for read in self.program.links.attributes.get(name, ()):
            node = self.program.units.node(read)
            assert isinstance(node, facts.Attribute)
            bases = self.program.value(read._replace(node=node.base))
            if any(self._may_be(cls, thing) for thing in bases):
                self.push(read, form, certain=all(isinstance(t, (Instance, Class)) for t in bases))

    def _may_be(self, cls: Class, thing: object) -> bool:
        if isinstance(thing, (Unknown, External)):
            return True
        owner = thing.cls if isinstance(thing, Instance) else thing
        if not isinstance(owner, Class):
            return False
        order = self.program.evaluator.classes.order
        return cls in order(owner.ref) or owner in order(cls.ref)
