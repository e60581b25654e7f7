"""Where tasks are added to the instances that FastAPI injects, in helpers at any depth too."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from flake8_bgtasks.tracking.things import NodeRef, ScopeRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.tracking.binding import Site
    from flake8_bgtasks.tracking.program import Program

Injected = tuple[ScopeRef, str]
"""A parameter of a function that FastAPI calls, filled by it."""


class Additions:
    """Finds the calls of `add_task` on injected instances."""

    def __init__(self, program: Program) -> None:
        self._program = program

    @cached_property
    def injected(self) -> tuple[Injected, ...]:
        """The injected parameters, those of tests left aside."""
        return tuple(
            (scope, parameter.name)
            for scope in sorted(self._program.roles.injected)
            if not self._program.is_test(scope.path)
            for parameter in self._program.instances.parameters(scope)
        )

    @cached_property
    def of(self) -> dict[Injected, frozenset[NodeRef]]:
        """The calls of `add_task` on each injected instance."""
        return {key: frozenset(self.below(key)) for key in self.injected}

    def in_function(self, scope: ScopeRef) -> frozenset[NodeRef]:
        """Return the calls of `add_task` on any instance that is injected into a function."""
        return self._by_function.get(scope, frozenset())

    @cached_property
    def _by_function(self) -> dict[ScopeRef, frozenset[NodeRef]]:
        found: dict[ScopeRef, frozenset[NodeRef]] = {}
        for (scope, _), adds in self.of.items():
            found[scope] = found.get(scope, frozenset()) | adds
        return found

    @cached_property
    def owners(self) -> dict[NodeRef, tuple[Injected, ...]]:
        """The injected instances that each call of `add_task` may add to."""
        found: dict[NodeRef, list[Injected]] = {}
        for key, adds in self.of.items():
            for add in adds:
                found.setdefault(add, []).append(key)
        return {add: tuple(found[add]) for add in sorted(found)}

    @cached_property
    def holders(self) -> dict[ScopeRef, frozenset[str]]:
        """The functions that get injected instances, and the parameters they get them in."""
        found: dict[ScopeRef, set[str]] = {}
        for key in self.injected:
            for scope, name in self._reached(key):
                found.setdefault(scope, set()).add(name)
        return {scope: frozenset(names) for scope, names in found.items()}

    def may_be_run(self, scope: ScopeRef) -> bool:
        """Return whether code that isn't known gets a request's instance, and may run it.

        All functions of a request share the instance.
        """
        return not self._handed_on.isdisjoint(self._program.requests.beside(scope))

    @cached_property
    def _handed_on(self) -> frozenset[ScopeRef]:
        fates = self._program.fates
        return frozenset(key[0] for key in self.of if fates.of_parameter_itself(*key).executed)

    def below(self, key: Injected) -> Iterator[NodeRef]:
        """Yield the calls of `add_task` on what is passed to a parameter, through all helpers."""
        for reached in self._reached(key):
            for add in self._program.fates.of_parameter_itself(*reached).adds:
                if not any(self.helpers(add)):
                    yield add

    def _reached(self, key: Injected) -> Iterator[Injected]:
        """Yield a parameter, and those that what it holds is passed to."""
        pending, seen = [key], {key}
        while pending:
            reached = pending.pop()
            yield reached
            for add in self._program.fates.of_parameter_itself(*reached).adds:
                for helper in self.helpers(add):
                    if helper not in seen:
                        seen.add(helper)
                        pending.append(helper)

    def is_after_yield(self, ref: NodeRef) -> bool:
        """Return whether a node of a generator is evaluated only once it has been resumed."""
        scope = self._program.units.owner(ref)
        stops = frozenset(self._program.units.scope(scope).yields)
        return bool(stops) and self._program.ways.comes_first(scope, stops, ref)

    def hands_own(self, site: Site) -> bool:
        """Return whether a call passes an instance that was made for it, not the request's."""
        sources = self._program.evaluator.sources
        births = self._program.instances.births
        return any(
            source in births for argument in site.arguments for source in sources(argument.value)
        )

    def helpers(self, call: NodeRef) -> Iterator[Injected]:
        """Yield the parameters that a call passes an instance to; none for a call of `add_task`."""
        for site in self._program.binder.sites(call)[0]:
            if site.how != "task":
                for parameter in self._program.instances.parameters(site.function):
                    if self._program.binder.argument_for(site, parameter.name) is not None:
                        yield site.function, parameter.name
