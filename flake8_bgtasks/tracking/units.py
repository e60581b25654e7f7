"""The tracked statements of a project, made on demand."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flake8_bgtasks.findings import Span
from flake8_bgtasks.project.source import TOO_DEEP, BadSource
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.things import Class, Function, NodeRef, ScopeRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.project.files import Files
    from flake8_bgtasks.project.outline import Outline, Statement
    from flake8_bgtasks.tracking.things import Things

_PLAIN = re.compile(r"(?:(?:async[ \t]+)?(?P<def>def)|class)[ \t]+\w+[ \t]*[(:]")


@dataclass(frozen=True)
class Users:
    """Who uses a node: other nodes, and events with the scopes that they happen in.

    `defaults`: the parameters that it is the default of; `stores`: what its attributes are set to.
    """

    nodes: dict[int, list[int]] = field(default_factory=dict)
    events: dict[int, list[tuple[int, facts.Event]]] = field(default_factory=dict)
    defaults: dict[int, list[tuple[int, str]]] = field(default_factory=dict)
    stores: dict[int, list[tuple[int, facts.StoredAttribute]]] = field(default_factory=dict)


class Units:
    """Tracks top-level statements, each once."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._units: dict[tuple[str, int], facts.Unit] = {}
        self._users: dict[tuple[str, int], Users] = {}
        self._stored: dict[tuple[str, int], dict[str, list[facts.StoredAttribute]]] = {}
        self._plain: dict[tuple[str, int], Things | None] = {}

    def get(self, path: str, index: int) -> facts.Unit:
        """Return the facts of a statement; an empty unit where LibCST can't parse it."""
        key = (path, index)
        unit = self._units.get(key)
        if unit is None:
            outline = self._files.surface(path)
            assert outline is not None
            unit = self._units[key] = self._track(outline, outline.statements[index])
        return unit

    def is_definition(self, path: str, index: int) -> bool:
        """Return whether a statement is a function or class, without tracking it."""
        outline = self._files.surface(path)
        nodes = outline.statements[index].nodes if outline else ()
        return not nodes or isinstance(
            nodes[0], (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        )

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

    def _track(self, outline: Outline, statement: Statement) -> facts.Unit:
        import libcst as cst

        from flake8_bgtasks.tracking.positions import positions_of
        from flake8_bgtasks.tracking.tracker import track

        try:
            module = cst.parse_module(outline.source_of(statement))
            positions = positions_of(module, outline.nodes_of(statement), outline.lines)
            return track(outline.path, statement.index, module, positions)
        except cst.ParserSyntaxError as error:
            line = statement.first + error.raw_line - 1
            self._reject(outline, BadSource(error.message, line, error.raw_column + 1))
        except SyntaxError as error:
            self._reject(outline, BadSource(error.msg, statement.first + (error.lineno or 1) - 1))
        except RecursionError:
            self._reject(outline, BadSource(TOO_DEEP, statement.first))
        except Exception as error:  # the other statements are still checked
            self._files.failed.setdefault(outline.path, error)
        return facts.Unit(outline.path, statement.index, (), (), (), (_EMPTY, _UNKNOWN))

    def _reject(self, outline: Outline, reason: BadSource) -> None:
        self._files.bad.setdefault(outline.path, reason)

    def node(self, ref: NodeRef) -> facts.Node:
        unit = self._units.get(ref[:2]) or self.get(ref.path, ref.unit)
        return unit.nodes[ref.node]

    def span(self, ref: NodeRef) -> Span:
        return self.get(ref.path, ref.unit).spans[ref.node]

    def owner(self, ref: NodeRef) -> ScopeRef:
        """Return the scope that evaluates a node."""
        return ScopeRef(ref.path, ref.unit, self.get(ref.path, ref.unit).owners[ref.node])

    def scope(self, ref: ScopeRef) -> facts.Scope:
        unit = self._units.get(ref[:2]) or self.get(ref.path, ref.unit)
        return unit.scopes[ref.scope]

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
        unit = self.get(ref.path, ref.unit)
        users = self.users(ref.path, ref.unit)
        for index, (node, owner) in enumerate(zip(unit.nodes, unit.owners, strict=True)):
            if node == facts.Parameter(name) and owner == ref.scope:
                if users.nodes.get(index) or users.events.get(index) or users.stores.get(index):
                    return True
            elif node == facts.Free(name) and ref in self.above(ref._replace(scope=owner)):
                return True
        return False

    def users(self, path: str, index: int) -> Users:
        """Return who uses each node of a unit."""
        key = (path, index)
        if key not in self._users:
            self._users[key] = _users_in(self.get(path, index))
        return self._users[key]

    def using(self, ref: NodeRef) -> list[NodeRef]:
        """Return the nodes that a node is part of."""
        users = self.users(ref.path, ref.unit).nodes.get(ref.node, ())
        return [ref._replace(node=number) for number in users]

    def is_awaited(self, ref: NodeRef) -> bool:
        """Return whether `await` stands before a node."""
        return any(isinstance(self.node(user), facts.Awaited) for user in self.using(ref))

    def stored(self, path: str, index: int) -> dict[str, list[facts.StoredAttribute]]:
        """Return where a unit sets attributes, by their names."""
        key = (path, index)
        if key not in self._stored:
            found = self._stored[key] = {}
            for scope in self.get(path, index).scopes:
                for event in scope.events:
                    if isinstance(event, facts.StoredAttribute):
                        found.setdefault(event.name, []).append(event)
        return self._stored[key]


def operands(node: facts.Node) -> tuple[int, ...]:
    """Return the nodes that a node is made of."""
    match node:
        case facts.Attribute(base=base) | facts.Awaited(base=base) | facts.Starred(base=base):
            return (base,)
        case facts.Narrowed(base=base) | facts.Element(base=base) | facts.Entered(base=base):
            return (base,)
        case facts.TypeAlias(base=base):
            return (base,)
        case facts.Declared(base=base, annotation=annotation):
            return (base, annotation)
        case facts.Call(function=function, arguments=arguments):
            return (function, *(argument.value for argument in arguments))
        case facts.Subscript(base=base, keys=keys):
            return (base, *keys)
        case facts.Choice(options=options):
            return options
        case facts.Collection(items=items):
            return items
        case facts.Tested(parts=parts) | facts.Opaque(parts=parts):
            return parts
    return ()


def _users_in(unit: facts.Unit) -> Users:
    users = Users()
    for index, node in enumerate(unit.nodes):
        for operand in dict.fromkeys(operands(node)):
            users.nodes.setdefault(operand, []).append(index)
    for number, scope in enumerate(unit.scopes):
        for event in scope.events:
            users.events.setdefault(event.value, []).append((number, event))
            if isinstance(event, facts.StoredAttribute):
                users.stores.setdefault(event.base, []).append((number, event))
        for parameter in scope.parameters:
            if parameter.default is not None:
                users.defaults.setdefault(parameter.default, []).append((number, parameter.name))
    return users


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
_NOWHERE = Span(1, 1, 1, 1)
_EMPTY = facts.Scope("module", "<module>", "", None, _NOWHERE)
_UNKNOWN = facts.Scope(
    "function",
    "",
    "",
    0,
    _NOWHERE,
    parameters=(
        facts.SignatureParameter("args", "var_positional", None, None, _NOWHERE),
        facts.SignatureParameter("kwargs", "var_keyword", None, None, _NOWHERE),
    ),
    is_stub=True,
)
"""Stands for what LibCST can't parse, which may be known to be a function or class already."""
