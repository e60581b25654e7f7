"""Threading: the injected instance goes down as an argument from FastAPI's functions to a place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import AddParameter, place_of
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.closures import holder_of
from flake8_bgtasks.fixes.supply.depends import conversion
from flake8_bgtasks.fixes.supply.family import Families
from flake8_bgtasks.fixes.supply.held import held
from flake8_bgtasks.fixes.supply.naming import new_name
from flake8_bgtasks.fixes.supply.passing import is_there, new_slot, passed, position_in, slot_of
from flake8_bgtasks.fixes.supply.places import check_changeable, check_file, check_injected
from flake8_bgtasks.fixes.supply.spelled import tasks_class
from flake8_bgtasks.fixes.supply.tasks import added_to
from flake8_bgtasks.fixes.supply.timing import check_timing

if TYPE_CHECKING:
    from flake8_bgtasks.fixes.edits import Edit, Position, Text
    from flake8_bgtasks.fixes.plans import Style
    from flake8_bgtasks.fixes.supply.passing import Slot
    from flake8_bgtasks.fixes.supply.references import References
    from flake8_bgtasks.fixes.supply.workspace import Workspace
    from flake8_bgtasks.tracking import facts
    from flake8_bgtasks.tracking.binding import Site
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef, ScopeRef


class Grown(Exception):  # noqa: N818 - a signal
    """The program has grown: what was found out so far may be incomplete."""


@dataclass
class Thread:
    """One search: `edits` get the instance to where it is needed; `changed` take it as a parameter.

    `replaced`: the tasks of responses that the fix does away with; `gone`: the variables;
    `uncached`: the functions that no longer keep what they return.
    All methods raise Refused where that can't be done, and Grown where more has to be known first.
    """

    workspace: Workspace
    references: References
    style: Style = "auto"
    edits: set[Edit] = field(default_factory=set)
    replaced: set[NodeRef] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    uncached: set[ScopeRef] = field(default_factory=set)
    changed: dict[ScopeRef, str] = field(default_factory=dict)
    families: dict[ScopeRef, tuple[ScopeRef, ...]] = field(default_factory=dict)
    sources: set[ScopeRef] = field(default_factory=set)
    passing: dict[Site, ScopeRef] = field(default_factory=dict)
    proposals: set[str] = field(default_factory=set)
    is_unsafe: bool = False

    @property
    def program(self) -> Program:
        return self.workspace.program

    def at(self, place: NodeRef) -> str:
        """Return the expression for the instance at a node."""
        return self.within(holder_of(self.workspace, self.references, place))

    def within(self, function: ScopeRef) -> str:
        """Return the expression for the instance in a function."""
        if function in self.changed:
            return self.changed[function]
        if self.program.units.scope(function).kind != "function":
            raise Refused(f"{function.path} has no request when it is imported")
        check_injected(self.workspace, function, self.replaced)
        found = held(self.workspace, function)
        if found is None:
            return self._declare(function)
        self.sources.add(function)
        return found

    def _declare(self, function: ScopeRef) -> str:
        """Add the parameter to a function and its family, and pass it in all calls."""
        members = self._family(function)
        name = self._name(members)
        called = any(True for member in members for _ in self.references.calls(member))
        where = position_in([self._signature(member) for member in members], called=called)
        self.changed.update(dict.fromkeys(members, name))
        self.families.update(dict.fromkeys(members, members))
        for member in members:
            slot = self._add(member, name, where)
            if self.program.roles.is_injected(member):
                self.sources.add(member)
            for site in self.references.calls(member):
                self._pass(site, slot, members)
        return name

    def calls(self, function: ScopeRef) -> tuple[Site, ...]:
        """Return all calls of a function that its own code or tests make, `partial` left aside."""
        self._know(function)
        found = self.references.calls(function)
        return tuple(site for site in found if site.how != "partial")

    def fill(self, function: ScopeRef, name: str) -> None:
        """Pass the instance in all calls of a function that leave out one of its parameters."""
        slot = slot_of(name, self._signature(function))
        self._know(function)
        for site in self.references.calls(function):
            if site.how == "partial":
                raise Refused(f"{self.workspace.where(site.call)} prepares a call of it")
            self._pass(site, slot, (function,))

    def check_reached(self) -> None:
        """Raise Refused unless each function that is changed gets the instance of a request."""
        reached = self._reached()
        called = {member for site in self.passing for member in self._members(site.function)}
        lost = [(site, f) for site, f in self.passing.items() if f not in reached]
        for site, _ in sorted(lost, key=lambda pair: pair[1] in called):
            name, where = self.workspace.name(site.function), self.workspace.where(site.call)
            raise Refused(f"{name} is also called from {where}, which no route reaches")
        for function in sorted(self.changed.keys() - reached):
            raise Refused(f"no request is known to get to {self.workspace.name(function)}")

    def _reached(self) -> set[ScopeRef]:
        reached = {m for source in self.sources for m in self._members(source)}
        size = -1
        while size != len(reached):
            size = len(reached)
            for site, holder in self.passing.items():
                if holder in reached:
                    reached.update(self._members(site.function))
        return reached

    def _members(self, function: ScopeRef) -> tuple[ScopeRef, ...]:
        return self.families.get(function, (function,))

    def _family(self, function: ScopeRef) -> tuple[ScopeRef, ...]:
        self._know(function)
        members = Families(self.workspace).of(function)
        for member in members:
            self._know(member)
            check_changeable(self.workspace, member, self.uncached)
            check_injected(self.workspace, member, self.replaced)
        return members

    def _know(self, function: ScopeRef) -> None:
        names = self.references.names(function) | {self.program.units.scope(function).name}
        if self.workspace.know(names, self._homes(function)):
            raise Grown

    def _homes(self, function: ScopeRef) -> set[str]:
        """Return the names of what a function is an attribute of: its module, its class."""
        cls = self.program.evaluator.classes.class_of(function)
        if cls is not None:
            return {self.program.units.scope(cls).name}
        return {function.path.removesuffix("/__init__.py").removesuffix(".py").rpartition("/")[2]}

    def _name(self, members: tuple[ScopeRef, ...]) -> str:
        names = sorted({n for m in members for n in self._own_parameters(m)})
        return names[0] if names else new_name(self.workspace, members, self.gone)

    def _own_parameters(self, function: ScopeRef) -> list[str]:
        return [p.name for p in self.program.instances.parameters(function)]

    def _signature(self, function: ScopeRef) -> tuple[facts.SignatureParameter, ...]:
        return self.program.evaluator.classes.signature(function)

    def _add(self, function: ScopeRef, name: str, where: Position) -> Slot:
        """Add the parameter to one function, unless it has it."""
        signature = self._signature(function)
        if name in self._own_parameters(function):
            return slot_of(name, signature)
        place = place_of(self.program, function)
        annotation = tasks_class(self.program, function.path)
        self.edits.add(AddParameter(place, name, annotation, where))
        return new_slot(name, signature, where)

    def _pass(self, site: Site, slot: Slot, members: tuple[ScopeRef, ...]) -> None:
        """Pass the instance in a call."""
        passes = self.program.binder.argument_for(site, slot.name) is not None
        if site.how == "partial" or passes or is_there(self.workspace, site, slot):
            return
        self._check_others(site, members)
        check_file(self.workspace, site.call.path)
        if self.becomes_dependency(site, slot):
            return
        if site.how == "task":
            given: Text = (added_to(self.workspace, site.call),)
            self.sources.add(site.function)
        elif self._is_in_test(site):
            given = (*tasks_class(self.program, site.call.path), "()")
        else:
            given = (self._given(site),)
        self.edits.add(passed(self.workspace, site, slot, given))

    def becomes_dependency(self, site: Site, slot: Slot) -> bool:
        """Make a call a dependency where the style asks for that; else note that it could be."""
        names = {slot.name, *self._own_parameters(site.function)}
        route = self.program.units.owner(site.call)
        if self.style != "thread" and self.program.roles.of(route):
            self._know(route)
        found = None if self.style == "thread" else conversion(self.workspace, site, names)
        if found is None:
            return False
        if not found.safe and self.style == "auto":
            self.proposals.add(found.shown)
            return False
        self.edits |= found.edits
        self.is_unsafe = self.is_unsafe or not found.safe
        self.sources.add(site.function)
        return True

    def _given(self, site: Site) -> str:
        """Return the expression for the instance where a call stands."""
        check_timing(self.workspace, site)
        if not self.program.instances.is_in_function(site.call):
            name, where = self.workspace.name(site.function), self.workspace.where(site.call)
            raise Refused(f"{name} is also called from {where}, when the module is imported")
        holder = holder_of(self.workspace, self.references, site.call)
        self.passing[site] = holder
        return self.within(holder)

    def _check_others(self, site: Site, members: tuple[ScopeRef, ...]) -> None:
        """Refuse a call that may reach functions that don't take the parameter."""
        for other in self.program.binder.sites(site.call)[0]:
            if other.function not in members:
                where, name = self.workspace.where(site.call), self.workspace.name(other.function)
                raise Refused(f"the call in {where} may also call {name}")

    def _is_in_test(self, site: Site) -> bool:
        around = self.program.function_around(site.call)
        return self.program.is_test(site.call.path) and not self.program.roles.of(around)
