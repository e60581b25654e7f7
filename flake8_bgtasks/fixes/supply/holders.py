"""Which nodes hold a function: looked for where its names stand, as most code has none of them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.things import Class, Function, Instance, Method, NodeRef, Partial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.fixes.supply.workspace import Workspace
    from flake8_bgtasks.tracking.things import ScopeRef, Thing

_HOLDERS = (
    facts.Free,
    facts.Attribute,
    facts.Imported,
    facts.Definition,
    facts.Call,
    facts.Parameter,
)


class _Naming(NamedTuple):
    """What a name is imported as, and the statements with it that hold a function, by that."""

    bound: set[str]
    holding: dict[ScopeRef, list[tuple[str, int]]]


class Holders:
    """Answers for one state of the workspace's program."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._program = workspace.program
        self._units = workspace.program.units
        self._classes = workspace.program.evaluator.classes
        self._called: dict[Thing, frozenset[ScopeRef]] = {}
        self._found: dict[ScopeRef, list[NodeRef]] = {}
        self._here: dict[tuple[str, int], dict[ScopeRef, list[NodeRef]]] = {}
        self._by_name: dict[str, _Naming] = {}

    def of(self, function: ScopeRef) -> list[NodeRef]:
        """Return the nodes whose value runs the function when it is called."""
        if function not in self._found:
            if self._goes_by_name(function):
                self._found[function] = self._named(function)
            else:
                self._found[function] = self._all.get(function, [])
        return self._found[function]

    def own_name(self, function: ScopeRef) -> str:
        """Return the name that a function is called by: its class's, where that is called."""
        scope = self._units.scope(function)
        cls = self._classes.class_of(function)
        special = scope.name in ("__init__", "__call__") and cls is not None
        return self._units.scope(cls).name if special and cls is not None else scope.name

    def _goes_by_name(self, function: ScopeRef) -> bool:
        """Return whether code that holds the function has to name it, or a variable for it."""
        name, cls = self._units.scope(function).name, self._classes.class_of(function)
        if cls is None or name not in ("__init__", "__call__"):
            return True
        alone = len(self._classes.order(cls)) == 1 and not self._classes.subclasses.get(cls)
        return name == "__init__" and alone

    # By name

    def _named(self, function: ScopeRef) -> list[NodeRef]:
        found: dict[NodeRef, None] = {}
        names, seen = {self.own_name(function)}, set[str]()
        places = [(function.path, function.unit)]  # a lambda has no name
        while places or names - seen:
            new, seen = names - seen, set(names)
            for naming in map(self._naming, sorted(new)):
                names |= naming.bound
                places += naming.holding.get(function, ())
            for path, index in places:
                here = self._held_in(path, index).get(function, ())
                found.update(dict.fromkeys(here))
                if here:
                    names.update(self._bound_to(path, index, {ref.node for ref in here}))
            places = []
        return sorted(found)

    def _naming(self, name: str) -> _Naming:
        """Return what names something: many functions may go by the same name."""
        if name not in self._by_name:
            found = self._by_name[name] = _Naming(set(), {})
            for path, index in self._statements_naming(name, found.bound):
                for function in self._held_in(path, index):
                    found.holding.setdefault(function, []).append((path, index))
        return self._by_name[name]

    def _statements_naming(self, name: str, aliases: set[str]) -> Iterator[tuple[str, int]]:
        """Yield the tracked statements with a name in them, or what a file imports it as."""
        for path in self._workspace.words.files_with({name}):
            outline = self._program.files.outline(path) if path in self._tracked else None
            if outline is not None:
                bound = {item.bound for item in outline.imports if item.name == name}
                aliases |= bound
                wanted, named = {name, *bound}, outline.identifiers
                yield from ((path, i) for i in self._tracked[path] if wanted & named[i])

    @cached_property
    def _tracked(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for path, index in self._program.tracked:
            found.setdefault(path, []).append(index)
        return found

    def _bound_to(self, path: str, index: int, nodes: set[int]) -> Iterator[str]:
        """Yield the variables, parameters and attributes that are given one of some nodes."""
        for scope in self._units.get(path, index).scopes.values():
            yield from (name for name, bound in scope.bindings.items() if nodes & {*bound})
            yield from (p.name for p in scope.parameters if p.default in nodes)
            for event in scope.events:
                if isinstance(event, facts.StoredAttribute) and event.value in nodes:
                    yield event.name

    # By value

    @cached_property
    def _all(self) -> dict[ScopeRef, list[NodeRef]]:
        found: dict[ScopeRef, list[NodeRef]] = {}
        for path, index in self._program.tracked:
            for function, refs in self._held_in(path, index).items():
                found.setdefault(function, []).extend(refs)
        return found

    def _held_in(self, path: str, index: int) -> dict[ScopeRef, list[NodeRef]]:
        """Return the nodes of a statement that hold functions, by function."""
        if (path, index) not in self._here:
            found: dict[ScopeRef, list[NodeRef]] = {}
            for ref in self._holding(path, index):
                for function in self._run(ref):
                    found.setdefault(function, []).append(ref)
            self._here[path, index] = found
        return self._here[path, index]

    def _holding(self, path: str, index: int) -> Iterator[NodeRef]:
        for number, node in self._units.get(path, index).nodes.items():
            if isinstance(node, _HOLDERS):
                yield NodeRef(path, index, number)

    def _run(self, ref: NodeRef) -> set[ScopeRef]:
        return {f for thing in self._program.value(ref) for f in self._functions(thing)}

    def _functions(self, thing: Thing) -> frozenset[ScopeRef]:
        """Return the functions that run when a thing is called."""
        if thing not in self._called:
            self._called[thing] = frozenset(self._run_by(thing))
        return self._called[thing]

    def _run_by(self, thing: Thing) -> Iterator[ScopeRef]:
        match thing:
            case Function(ref=ref) | Method(function=ref):
                yield ref
            case Partial(function=function):
                yield from self._functions(function)
            case Class(ref=ref) if self._classes.is_plain_dataclass(ref):
                yield ref
            case Class():
                yield from self._methods(Instance(thing, exact=True), "__init__")
            case Instance(cls=Class()):
                yield from self._methods(thing, "__call__")

    def _methods(self, thing: Instance, name: str) -> Iterator[ScopeRef]:
        for found in self._program.evaluator.attribute(thing, name):
            if isinstance(found, Method):
                yield found.function
