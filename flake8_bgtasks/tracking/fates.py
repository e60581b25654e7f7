"""What becomes of instances, over all functions that they are passed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.tracking.fate import Fate, Form, Key
from flake8_bgtasks.tracking.things import Class, NodeRef, ScopeRef
from flake8_bgtasks.tracking.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Callable

    from flake8_bgtasks.tracking.program import Program


class Fates:
    """Answers what becomes of instances; what functions do with their parameters is kept."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._kept: dict[Key, Fate] = {}
        self._born: dict[NodeRef, Fate] = {}

    def of(self, ref: NodeRef) -> Fate:
        """Return the fate of the instance that is born at a node."""
        if ref not in self._born:
            walk = Walk(self._program, self.of_parameter, None)
            self._born[ref] = walk.run(ref, Form.ITSELF)
        return self._born[ref]

    def of_parameter_itself(self, scope: ScopeRef, name: str) -> Fate:
        """Return what a function does with an instance that is passed to a parameter."""
        return self.of_parameter((scope, name, Form.ITSELF))

    def of_parameter(self, key: Key) -> Fate:
        """Return what a function does with what is passed to a parameter.

        Functions that call each other are recomputed until nothing changes, without recursion.
        """
        if key in self._kept:
            return self._kept[key]
        known_so_far: dict[Key, Fate] = {key: Fate()}
        readers: dict[Key, set[Key]] = {}
        pending = [key]

        def read(reader: Key, other: Key) -> Fate:
            if other in self._kept:
                return self._kept[other]
            readers.setdefault(other, set()).add(reader)
            if other not in known_so_far:
                known_so_far[other] = Fate()
                pending.append(other)
            return known_so_far[other]

        while pending:
            current = pending.pop()
            found = self._compute(current, read)
            if found != known_so_far[current]:
                known_so_far[current] = found
                pending.extend(sorted(readers.get(current, ()), key=repr))
        self._kept.update(known_so_far)
        return self._kept[key]

    def _compute(self, key: Key, read: Callable[[Key, Key], Fate]) -> Fate:
        scope, name, form = key
        walk = Walk(self._program, lambda other: read(key, other), scope)
        if self._program.units.scope(scope).kind == "class":
            return walk.run_field(Class(scope), name, form)
        ref = self._program.links.parameters.get((scope, name))
        return Fate(executed=True) if ref is None else walk.run(ref, form)
