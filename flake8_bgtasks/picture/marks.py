"""Which step of the graph, else which function, each finding speaks of."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flake8_bgtasks.findings import Finding, Span
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import ScopeRef

    Codes = tuple[str, ...]


class Marks:
    """Finds the codes for places."""

    def __init__(self, program: Program, findings: Iterable[Finding]) -> None:
        self._program = program
        self._places: dict[tuple[str, Span], set[str]] = defaultdict(set)
        self._functions: dict[ScopeRef, set[str]] = defaultdict(set)
        for finding in findings:
            self._places[finding.path, finding.span].add(finding.code)
            for related in finding.related:
                if not related.step:
                    self._places[related.path, related.span].add(finding.code)
            scope = self._function(finding.path, finding.span)
            if scope is not None:
                self._functions[scope].add(finding.code)

    def at(self, path: str, span: Span) -> Codes:
        """Return the codes of the findings that name exactly this place."""
        return tuple(sorted(self._places.get((path, span), ())))

    def in_function(self, scope: ScopeRef) -> Codes:
        """Return the codes of the findings in a function."""
        return tuple(sorted(self._functions.get(scope, ())))

    def of_injection(self, scope: ScopeRef) -> Codes:
        """Return the codes of the findings on a function's parameters."""
        parameters = self._program.units.scope(scope).parameters
        return tuple(sorted({c for p in parameters for c in self.at(scope.path, p.span)}))

    @property
    def functions(self) -> Iterable[ScopeRef]:
        """The functions with findings."""
        return self._functions.keys()

    def _function(self, path: str, span: Span) -> ScopeRef | None:
        """Return the innermost function around a place."""
        around = [
            (scope.span, ref)
            for ref, scope in self._program.scopes
            if ref.path == path and scope.kind == "function" and scope.span.contains(span)
        ]
        return max(around)[1] if around else None
