"""Who refers to a function: all of its calls, or the reason why they can't be known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.holders import Holders
from flake8_bgtasks.fixes.supply.mentions import Mentions
from flake8_bgtasks.fixes.supply.unresolved import Unresolved
from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.things import Instance, NodeRef, ScopeRef

if TYPE_CHECKING:
    from flake8_bgtasks.fixes.supply.workspace import Workspace
    from flake8_bgtasks.tracking.binding import Site
    from flake8_bgtasks.tracking.program import Program

_LEAVES = (
    facts.Returned,
    facts.Yielded,
    facts.StoredAttribute,
    facts.StoredItem,
    facts.StoredOutside,
)
_SAME = (facts.Choice, facts.Narrowed, facts.Declared, facts.Awaited, facts.TypeAlias)


class References:
    """Answers for one state of the workspace's program."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._program = workspace.program
        self._units = workspace.program.units
        self._holders = Holders(workspace)
        self._mentions = Mentions(workspace, workspace.program)

    @property
    def program(self) -> Program:
        return self._program

    # Names

    def names(self, function: ScopeRef) -> frozenset[str]:
        """Return the names that a function, or the class that it makes or runs, goes by."""
        found = {self._holders.own_name(function)}
        for ref in self._holders.of(function):
            scope = self._units.scope(self._units.owner(ref))
            if scope.kind in ("module", "class"):
                found |= {name for name, nodes in scope.bindings.items() if ref.node in nodes}
        return frozenset(found)

    def _is_member(self, function: ScopeRef) -> bool:
        """Return whether a function is reached through objects of a class."""
        cls = self._program.evaluator.classes.class_of(function)
        return cls is not None and self._units.scope(function).name != "__init__"

    # Calls

    def calls(self, function: ScopeRef) -> tuple[Site, ...]:
        """Return every call of a function. Raises Refused where there may be others."""
        self.check_uses(function)
        if not self._is_nested(function):
            names = self.names(function)
            Unresolved(self._workspace, self._program).check(function, names)
            shown, member = self._workspace.name(function), self._is_member(function)
            self._mentions.check(names, shown, member=member)
        sites = self._program.sites_of.get(function, ())
        for site in sites:
            self._check_site(site, function)
        return sites

    def check_uses(self, function: ScopeRef, calling: frozenset[str] = frozenset()) -> None:
        """Refuse a use that may call the function out of sight.

        `calling`: the functions of libraries that are known to call what they are handed, at once.
        """
        for ref in self._holders.of(function):
            self._check_use(ref, function, calling)

    def _is_nested(self, function: ScopeRef) -> bool:
        """Return whether only the function around this one can name it."""
        parent = self._units.parent(function)
        return parent is not None and self._units.scope(parent).kind in ("function", "lambda")

    def _check_use(self, ref: NodeRef, function: ScopeRef, calling: frozenset[str]) -> None:
        users = self._units.users(ref)
        for user in self._units.using(ref):
            if not self._is_followed(ref, user, function, calling):
                raise Refused(self._handed_on(user, function))
        events = [event for _, event in users.events.get(ref.node, ())]
        leaves = any(isinstance(event, _LEAVES) for event in events)
        if (leaves and not self._is_object(ref)) or users.defaults.get(ref.node):
            raise Refused(self._handed_on(ref, function))

    def _is_object(self, ref: NodeRef) -> bool:
        """Return whether a value is an object, which may be kept and returned."""
        return all(isinstance(thing, Instance) for thing in self._program.value(ref))

    def _handed_on(self, ref: NodeRef, function: ScopeRef) -> str:
        name, where = self._workspace.name(function), self._workspace.where(ref)
        return f"{name} is handed on in {where}, so that not all of its calls are known"

    def _is_followed(
        self, ref: NodeRef, user: NodeRef, function: ScopeRef, calling: frozenset[str]
    ) -> bool:
        """Return whether it is known what a use does with the function."""
        node = self._units.node(user)
        if isinstance(node, _SAME):
            return True
        if isinstance(node, (facts.Attribute, facts.Tested, facts.Subscript)):
            return True
        if isinstance(node, facts.Call):
            return node.function == ref.node or self._is_known_call(user, function, calling)
        if isinstance(node, (facts.Collection, facts.Starred)):
            return self._is_looked_at(user)
        return False

    def _is_known_call(self, call: NodeRef, function: ScopeRef, calling: frozenset[str]) -> bool:
        """Return whether a call that is handed a function does with it what sites or roles say."""
        if call in self._program.registrations:
            return True
        sites, _ = self._program.binder.sites(call)
        if any(site.function == function and site.how != "call" for site in sites):
            return True
        node = self._units.node(call)
        assert isinstance(node, facts.Call)
        called = self._program.value(call._replace(node=node.function))
        if all(known.is_external(thing, known.HARMLESS) for thing in called):
            return True
        return bool(called) and all(
            known.is_external(thing, known.DEPENDS | known.CASTS | _LOOKS | calling)
            for thing in called
        )

    def _is_looked_at(self, ref: NodeRef) -> bool:
        """Return whether a collection is only looked at, as in `isinstance(x, (A, B))`."""
        users = self._units.users(ref)
        calls = self._units.using(ref)
        nodes = [self._units.node(call) for call in calls]
        looks = all(
            isinstance(node, (facts.Subscript, facts.Tested))
            or (isinstance(node, facts.Call) and self._only_looks(call, node))
            for call, node in zip(calls, nodes, strict=True)
        )
        return looks and bool(nodes) and not users.events.get(ref.node)

    def _only_looks(self, call: NodeRef, node: facts.Call) -> bool:
        called = self._program.value(call._replace(node=node.function))
        return all(known.is_external(thing, known.HARMLESS) for thing in called)

    def _check_site(self, site: Site, function: ScopeRef) -> None:
        if not self._program.binder.sites(site.call)[1]:
            where = self._workspace.where(site.call)
            raise Refused(
                f"the call in {where} may call something else than {self._workspace.name(function)}"
            )


_LOOKS = frozenset({"typing.get_type_hints", "inspect.signature", "builtins.issubclass"})
