"""How a request gets to a function: the calls from a route down to it."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.findings import Related
from flake8_bgtasks.tracking.things import ScopeRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.roles import Role
    from flake8_bgtasks.tracking.things import NodeRef

_FIRST = ("route", "websocket")


class Chain(NamedTuple):
    """`functions` from the one that the framework calls (as `role`) down to the one asked for.

    `calls` are the calls between them; `more` counts the other routes that get there.
    """

    role: Role
    functions: tuple[ScopeRef, ...]
    calls: tuple[NodeRef, ...]
    more: int


class Chains:
    """Finds chains."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._kept: dict[ScopeRef, Chain | None] = {}

    def to(self, ref: ScopeRef) -> Chain | None:
        """Return the shortest chain to a function, None where no known request gets there."""
        if ref not in self._kept:
            self._kept[ref] = self._search(ref)
        return self._kept[ref]

    def _search(self, goal: ScopeRef) -> Chain | None:
        below: dict[ScopeRef, tuple[ScopeRef, NodeRef] | None] = {goal: None}
        queue = deque([goal])
        ends: list[ScopeRef] = []
        while queue:
            current = queue.popleft()
            if self.program.roles.of(current):
                ends.append(current)
            for caller, call in self._callers(current):
                if caller not in below:
                    below[caller] = (current, call)
                    queue.append(caller)
        return self._chain(ends, below)

    def _chain(
        self, ends: list[ScopeRef], below: dict[ScopeRef, tuple[ScopeRef, NodeRef] | None]
    ) -> Chain | None:
        if not ends:
            return None
        routes = [end for end in ends if self._is_first(end)]
        start = (routes or ends)[0]
        functions, calls = [start], []
        step = below[start]
        while step is not None:
            functions.append(step[0])
            calls.append(step[1])
            step = below[step[0]]
        roles = sorted(self.program.roles.of(start), key=lambda role: role.kind not in _FIRST)
        return Chain(roles[0], tuple(functions), tuple(calls), max(len(routes) - 1, 0))

    def _is_first(self, ref: ScopeRef) -> bool:
        return not self.program.roles.kinds(ref).isdisjoint(_FIRST)

    def _callers(self, ref: ScopeRef) -> Iterator[tuple[ScopeRef, NodeRef]]:
        for site in self.program.sites_of.get(ref, ()):
            if not self.program.is_test(site.call.path):
                yield self.program.function_around(site.call), site.call
        for call in self.program.roles.dependants.get(ref, ()):
            for function, _ in self.program.injections.get(call, ()):
                yield function, call

    def unreached(self, finding: Finding) -> Iterator[tuple[str, str]]:
        """Yield the module and name of the code of a finding, if no known request gets there."""
        outline = self.program.files.outline(finding.path)
        statement = outline.statement_at(finding.span.line) if outline is not None else None
        if statement is None:
            return
        scopes = self.program.units.get(finding.path, statement.index).scopes.items()
        inside = [
            ScopeRef(finding.path, statement.index, number)
            for number, scope in scopes
            if scope.kind == "function"
            and scope.span.line <= finding.span.line <= scope.span.end_line
        ]
        if inside and not any(self.to(ref) for ref in inside):
            yield from ((finding.path, name) for name in statement.binds)

    # Words

    def text(self, ref: ScopeRef) -> str:
        """Return ` (in POST /users)` or ` (reached from POST /users via create_user → notify)`."""
        chain = self.to(ref)
        if chain is None:
            return ""
        more = f" and {chain.more} more" if chain.more else ""
        if len(chain.functions) == 1:
            return f" (in {chain.role.label})"
        names = " → ".join(self.program.units.scope(f).qualname for f in chain.functions)
        return f" (reached from {chain.role.label}{more} via {names})"

    def related(self, ref: ScopeRef) -> tuple[Related, ...]:
        """Return the places of the chain: the registration of the route, and each call."""
        chain = self.to(ref)
        if chain is None:
            return ()
        found = []
        if chain.role.where is not None:
            where = chain.role.where
            message = f"{chain.role.label} is registered here"
            label = chain.role.label
            found.append(Related(where.path, self.program.span(where), message, step=label))
        for caller, function, call in zip(
            chain.functions, chain.functions[1:], chain.calls, strict=False
        ):
            names = [self.program.units.scope(f).qualname for f in (caller, function)]
            message = f"{names[0]} gets to {names[1]} here"
            found.append(Related(call.path, self.program.span(call), message, step=names[0]))
        return tuple(found)
