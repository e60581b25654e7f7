"""What may read the body of a request before its route is called."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.late_raises import calls_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.lifetimes.values import Values
    from flake8_bgtasks.tracking.things import NodeRef, ScopeRef

_READS = re.compile(rb"route_class|\.\s*(?:body|json|form|stream)\s*\(\s*\)")
_CLASSES = re.compile(rb"route_class|class\s+\w+\s*\([^)]{0,1000}(?:APIRoute|BaseHTTPMiddleware)\b")
_FUNCTIONS = re.compile(rb"\.\s*middleware\s*\(")
_MOUNTS = re.compile(rb"\.\s*mount\s*\(|\bMount\s*\(")


class EarlyReaders:
    """Looks for middleware and route classes that read bodies.

    A class may stand before any route, a function that is decorated as middleware before those of
    its app. An app that is mounted has the middleware of the other one before it, too.
    """

    def __init__(self, values: Values) -> None:
        self._values = values
        self._program = values.program

    def may_read(self, route: ScopeRef) -> bool:
        """Return whether anything may have read the body when a route is called."""
        return any(self._may_stand_before(path, route) for path in self._readers)

    @cached_property
    def _readers(self) -> tuple[str, ...]:
        """The files with such code."""
        has = self._program.files.has
        return tuple(
            path
            for path in self._program.all_paths
            if (has(path, _CLASSES) or has(path, _FUNCTIONS)) and has(path, _READS)
        )

    def _may_stand_before(self, path: str, route: ScopeRef) -> bool:
        if self._program.files.has(path, _CLASSES) or self._mounts:
            return True
        own = set(self._apps_of(route))
        others = list(self._apps_with_middleware(path))
        return not own or any(app is None or app in own for app in others)

    @cached_property
    def _mounts(self) -> bool:
        return any(self._program.files.has(path, _MOUNTS) for path in self._program.all_paths)

    def _apps_of(self, route: ScopeRef) -> Iterator[NodeRef]:
        """Yield the calls that make the apps which a function is a route of."""
        places = [role.where for role in self._program.roles.of(route) if role.where is not None]
        pending = [made for place in places for made in self._makers(place)]
        seen = set(pending)
        while pending:
            made = pending.pop()
            if self._makes_app(made):
                yield made
            further = self._inclusions.get(made, frozenset()) - seen
            seen |= further
            pending += further

    @cached_property
    def _inclusions(self) -> dict[NodeRef, frozenset[NodeRef]]:
        """For the call that makes a router, those that make what includes it."""
        found: dict[NodeRef, frozenset[NodeRef]] = {}
        for ref in calls_of(self._program, "include_router"):
            call = self._program.units.node(ref)
            arguments = call.arguments if isinstance(call, facts.Call) else ()
            for argument in arguments[:1]:
                for made in self._values.evaluator.sources(ref._replace(node=argument.value)):
                    found[made] = found.get(made, frozenset()) | set(self._makers(ref))
        return found

    def _makers(self, registration: NodeRef) -> Iterator[NodeRef]:
        """Yield the calls that make the object whose method a call calls."""
        method = self._values.called_method(registration)
        if method is not None:
            yield from self._values.evaluator.sources(registration._replace(node=method.base))

    def _apps_with_middleware(self, path: str) -> Iterator[NodeRef | None]:
        """Yield the calls that make the apps whose middleware stands in a file; None: unknown."""
        outline = self._program.files.surface(path)
        for statement in outline.statements if outline is not None else ():
            if "middleware" not in outline.source_of(statement):  # type: ignore[union-attr]
                continue
            for ref, node in self._program.units.naming(path, statement.index, "middleware"):
                if isinstance(node, facts.Attribute) and node.name == "middleware":
                    made = self._values.evaluator.sources(ref._replace(node=node.base))
                    yield from [ref if self._makes_app(ref) else None for ref in made] or [None]

    def _makes_app(self, ref: NodeRef) -> bool:
        things = self._values.functions(ref)
        return bool(things) and all(known.is_external(thing, known.APPS) for thing in things)
