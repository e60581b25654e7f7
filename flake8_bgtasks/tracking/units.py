"""The tracked statements of a project, made on demand."""

from __future__ import annotations

import re
from operator import itemgetter
from typing import TYPE_CHECKING

from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.exchange import Exchange
from flake8_bgtasks.tracking.reader import Reader
from flake8_bgtasks.tracking.things import Class, Function, NodeRef, ScopeRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Span
    from flake8_bgtasks.project.files import Files
    from flake8_bgtasks.project.outline import Outline, Statement
    from flake8_bgtasks.tracking.facts import ScopeId
    from flake8_bgtasks.tracking.things import Things
    from flake8_bgtasks.tracking.unit import Part, Scope, Unit, Users

_SETS = re.compile(r"\.\s*([^\W\d]\w*)\b\s*(?:[:,)\]]|=(?!=)|in\b|(?:\*\*|//|<<|>>|[-+*/%@&|^])=)")
"""An attribute that may be set: what stands behind it stands behind others too."""
_PLAIN = re.compile(r"(?:(?:async[ \t]+)?(?P<def>def)|class)[ \t]+\w+[ \t]*[(:]")


class Units:
    """Tracks top-level statements, each once."""

    def __init__(self, files: Files, facts: Exchange | None = None) -> None:
        self.facts = facts or Exchange()
        self._files = files
        self._reader = Reader(files, self.facts)
        self._units: dict[tuple[str, int], Unit] = {}
        self._sets: dict[tuple[str, int], dict[str, list[ScopeId]]] = {}
        self._plain: dict[tuple[str, int], Things | None] = {}

    def get(self, path: str, index: int) -> Unit:
        """Return all facts of a statement; an empty unit where LibCST can't parse it."""
        key = (path, index)
        unit = self._units.get(key)
        if unit is None:
            unit = self._units[key] = self._reader.whole(path, index)
        return unit.complete()

    def has(self, path: str, index: int) -> bool:
        """Return whether a statement is tracked already, at least in parts."""
        return (path, index) in self._units

    def outlined(self, path: str, index: int) -> Unit:
        """Return a statement of which the bodies of functions are tracked when asked for."""
        key = (path, index)
        unit = self._units.get(key)
        if unit is None:
            unit = self._units[key] = self._reader.outlined(path, index)
        return unit

    def is_definition(self, path: str, index: int) -> bool:
        """Return whether a statement is a function or class, without tracking it."""
        outline = self._files.surface(path)
        return outline is None or outline.statements[index].defines

    def plain_definition(self, path: str, index: int) -> Things | None:
        """Return the function or class that a statement is, without tracking it.

        None where decorators, or lambdas that would be counted first, make it less than plain.
        """
        key = (path, index)
        if key not in self._plain:
            outline = self._files.surface(path)
            assert outline is not None
            self._plain[key] = _plain_definition(outline, outline.statements[index])
        return self._plain[key]

    def _of(self, ref: NodeRef | ScopeRef) -> Unit:
        return self._units.get(ref[:2]) or self.outlined(ref.path, ref.unit)

    def node(self, ref: NodeRef) -> facts.Node:
        unit = self._units.get(ref[:2]) or self.outlined(ref.path, ref.unit)
        return unit.nodes[ref.node]

    def made_of(self, *refs: NodeRef) -> Iterator[tuple[NodeRef, facts.Node]]:
        """Yield nodes and what they are made of, each once: a loop leads back to itself."""
        pending, seen = [*refs], {*refs}
        while pending:
            current = pending.pop()
            node = self.node(current)
            yield current, node
            new = {current._replace(node=operand) for operand in facts.operands(node)} - seen
            seen |= new
            pending.extend(sorted(new))

    def span(self, ref: NodeRef) -> Span:
        return self._of(ref).spans[ref.node]

    def owner(self, ref: NodeRef) -> ScopeRef:
        """Return the scope that evaluates a node."""
        return ScopeRef(ref.path, ref.unit, self._of(ref).owners[ref.node])

    def scope(self, ref: ScopeRef) -> Scope:
        unit = self._units.get(ref[:2]) or self.outlined(ref.path, ref.unit)
        return unit.scopes[ref.scope]

    def name(self, ref: ScopeRef) -> str:
        """Return the name of a function or class, which most of them tell without being tracked."""
        plain = self.plain_definition(ref.path, ref.unit) or ()
        if ref[:2] in self._units or not any(getattr(thing, "ref", None) == ref for thing in plain):
            return self.scope(ref).name
        outline = self._files.surface(ref.path)
        assert outline is not None
        return outline.statements[ref.unit].binds[0]

    def own(self, ref: ScopeRef) -> Iterator[tuple[NodeRef, facts.Node]]:
        """Yield the nodes that a scope evaluates itself, not those of functions in it."""
        for number, node in self._of(ref).own(ref.scope):
            yield NodeRef(ref.path, ref.unit, number), node

    def part(self, ref: ScopeRef) -> Part:
        """Return what is tracked together with the code of a scope."""
        return self._of(ref).part(ref.scope)

    def part_of(self, ref: NodeRef) -> Part:
        """Return what is tracked together with a node."""
        return self._of(ref).part_of(ref.node)

    def parameter(self, ref: ScopeRef, name: str) -> NodeRef | None:
        """Return the node of a parameter, None where a class stands in for its constructor."""
        wanted = facts.Parameter(name)
        return next((number for number, node in self.own(ref) if node == wanted), None)

    def naming(self, path: str, index: int, *words: str) -> Iterator[tuple[NodeRef, facts.Node]]:
        """Yield the nodes of a statement in the order of the source.

        The bodies of functions without any of the words in them are left aside.
        """
        unit = self.outlined(path, index)
        for scope in tuple(unit.left_out):
            text = self._reader.text(unit, scope)
            if any(word in text for word in words):
                unit.part(scope)
        for number, node in sorted(unit.nodes.items(), key=itemgetter(0)):
            yield NodeRef(path, index, number), node

    def inside(self, ref: ScopeRef) -> Iterator[ScopeRef]:
        """Yield the scopes that stand right in another one."""
        for number, scope in self.part(ref).scopes.items():
            if scope.parent == ref.scope:
                yield ref._replace(scope=number)

    def parent(self, ref: ScopeRef) -> ScopeRef | None:
        parent = self.scope(ref).parent
        return None if parent is None else ref._replace(scope=parent)

    def above(self, ref: ScopeRef) -> Iterator[ScopeRef]:
        """Yield the scopes around a scope, innermost first."""
        parent = self.parent(ref)
        while parent is not None:
            yield parent
            parent = self.parent(parent)

    def is_read(self, ref: ScopeRef, name: str) -> bool:
        """Return whether a function, or one inside it, does anything with a parameter."""
        part = self.part(ref)
        for number, node in part.nodes.items():
            owner = ref._replace(scope=part.owners[number])
            if node == facts.Parameter(name) and owner == ref:
                used = part.users
                if used.nodes.get(number) or used.events.get(number) or used.stores.get(number):
                    return True
            elif node == facts.Free(name) and ref in self.above(owner):
                return True
        return False

    def users(self, ref: NodeRef) -> Users:
        """Return who uses a node, and those around it."""
        return self.part_of(ref).users

    def is_dropped(self, ref: NodeRef) -> bool:
        """Return whether a node is a statement whose value is thrown away."""
        events = self.users(ref).events.get(ref.node, ())
        return any(isinstance(event, facts.Evaluated) for _, event in events)

    def is_caught(self, ref: NodeRef) -> bool:
        """Return whether the code handles an AttributeError or TypeError of a node."""
        caught = self.part_of(ref).caught
        return any(first <= ref.node < end for first, end in caught)

    def is_quoted(self, ref: NodeRef) -> bool:
        """Return whether a node is an `Annotated[…]` whose type is a string."""
        return ref.node in self.part_of(ref).quoted

    def using(self, ref: NodeRef) -> list[NodeRef]:
        """Return the nodes that a node is part of."""
        users = self.users(ref).nodes.get(ref.node, ())
        return [ref._replace(node=number) for number in users]

    def is_awaited(self, ref: NodeRef) -> bool:
        """Return whether `await` stands before a node."""
        return any(isinstance(self.node(user), facts.Awaited) for user in self.using(ref))

    def stored(self, ref: ScopeRef, name: str) -> tuple[facts.StoredAttribute, ...]:
        """Return where the unit of a class sets an attribute of some object."""
        unit = self._of(ref)
        for scope in self._setting(unit).get(name, ()):
            unit.part(scope)
        return tuple(unit.stored(name))

    def _setting(self, unit: Unit) -> dict[str, list[ScopeId]]:
        """Return which of the bodies that were left out may set attributes, by their names."""
        key = (unit.path, unit.index)
        if key not in self._sets:
            found = self._sets[key] = {}
            for scope in unit.left_out:
                for name in dict.fromkeys(_SETS.findall(self._reader.text(unit, scope))):
                    found.setdefault(name, []).append(scope)
        return self._sets[key]


def leaves(units: Units, ref: NodeRef, *, narrowed: bool = False) -> tuple[NodeRef, ...]:
    """Return what a value may be: choices in choices are looked through, and loops only once.

    `narrowed`: what is known not to be None, or to be it, is looked through too.
    """
    found: list[NodeRef] = []
    pending, seen = [ref], {ref}
    while pending:
        current = pending.pop()
        following = [
            current._replace(node=n) for n in _inside(units.node(current), narrowed=narrowed)
        ]
        if not following:
            found.append(current)
        pending += [other for other in following if other not in seen]
        seen.update(following)
    return tuple(found)


def _inside(node: facts.Node, *, narrowed: bool) -> tuple[int, ...]:
    match node:
        case facts.Choice(options=options):
            return options
        case facts.Declared(base=base):
            return (base,)
        case facts.Narrowed(base=base) if narrowed:
            return (base,)
    return ()


def _plain_definition(outline: Outline, statement: Statement) -> Things | None:
    found = _PLAIN.match(outline.lines[statement.first - 1])
    if found is None or len(statement.binds) != 1 or "lambda" in outline.source_of(statement):
        return None
    ref = ScopeRef(outline.path, statement.index, _FIRST_INNER_SCOPE)
    return frozenset([Function(ref) if found["def"] else Class(ref)])


_FIRST_INNER_SCOPE = 1
