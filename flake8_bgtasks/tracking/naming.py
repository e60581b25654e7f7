"""What names stand for: in enclosing functions, the module, other modules, builtins."""

from __future__ import annotations

from flake8_bgtasks.project.names import Defined, ProjectModule, Targets
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.memo import Memo
from flake8_bgtasks.tracking.things import UNKNOWN, External, Module, NodeRef, Things, in_order


class Naming(Memo):
    """Resolves names to the nodes that are bound to them, and evaluates those."""

    def free(self, ref: NodeRef, name: str) -> Things:
        """Evaluate a name that its scope does not bind."""
        bound = self.bindings_of(ref, name)
        if bound:
            return self.union(self.value(inner) for inner in bound)
        return self._global(ref.path, name)

    def bindings_of(self, ref: NodeRef, name: str) -> tuple[NodeRef, ...]:
        """Return the nodes that the enclosing functions bind to a free name; none for a global."""
        unit = self.units.outlined(ref.path, ref.unit)
        owner = number = unit.owners[ref.node]
        scope = unit.scopes[number]
        while scope.parent is not None:
            if name in scope.bindings and (scope.kind != "class" or number == owner):
                return tuple([ref._replace(node=node) for node in scope.bindings[name]])
            number = scope.parent
            scope = unit.scopes[number]
        return ()

    def _global(self, path: str, name: str) -> Things:
        targets = self.names.lookup(path, name)
        if targets:
            return self.targets(targets)
        outline = self.names.outline_of(path)
        if outline is None or name in outline.bindings or outline.star_imports:
            return UNKNOWN
        return frozenset([External(f"builtins.{name}")])

    def module_bindings(self, path: str, name: str) -> tuple[NodeRef, ...]:
        """Return the nodes that a module-level name stands for, through imports."""
        targets = [t for t in self.names.lookup(path, name) if isinstance(t, Defined)]
        return tuple(ref for target in in_order(targets) for ref in self.bound_by(target))

    def targets(self, targets: Targets) -> Things:
        """Evaluate what a module-level name was resolved to."""
        return self.union(self._target(target) for target in targets) if targets else UNKNOWN

    def _target(self, target: object) -> Things:
        if isinstance(target, Defined):
            plain = self._plain_definition(target)
            if plain is not None:
                return plain
            bound = self.bound_by(target)
            return self.union(self.value(ref) for ref in bound) if bound else UNKNOWN
        if isinstance(target, ProjectModule):
            return frozenset([Module(target.path)])
        dotted: str = target.dotted  # type: ignore[attr-defined]
        return UNKNOWN if dotted.startswith(".") else frozenset([External(dotted)])

    def bound_by(self, target: Defined) -> tuple[NodeRef, ...]:
        """Return the nodes that a statement binds to its name."""
        key = (target.path, target.statement)
        if not self._is_seen(target) and self.units.is_definition(*key):
            return ()
        unit = self.units.outlined(*key)
        nodes = unit.scopes[0].bindings.get(target.name, ())
        bound = tuple(NodeRef(target.path, target.statement, node) for node in nodes)
        if not all(self._is_nothing(ref) for ref in bound):
            return bound
        return bound + self._set_by_functions(target.path, target.name)

    def _is_seen(self, target: Defined) -> bool:
        return self._deep or target.path in self._relevant

    def _plain_definition(self, target: Defined) -> Things | None:
        if not self._is_seen(target):
            return None
        return self.units.plain_definition(target.path, target.statement)

    def _is_nothing(self, ref: NodeRef) -> bool:
        """Return whether a variable starts as None: what it stands for is set by functions."""
        node = self.units.node(ref)
        if isinstance(node, facts.Declared):
            node = self.units.node(ref._replace(node=node.base))
        return node == facts.Constant("none")

    def _set_by_functions(self, path: str, name: str) -> tuple[NodeRef, ...]:
        """Return the nodes that the functions of a module assign to a `global` name."""
        outline = self.names.outline_of(path)
        units = outline.declared_global.get(name, ()) if outline else ()
        return tuple(
            NodeRef(path, index, event.value)
            for index in units
            for scope in self.units.get(path, index).scopes.values()
            for event in scope.events
            if isinstance(event, facts.StoredOutside) and event.name == name
        )

    def imported(self, path: str, module: str, name: str | None, level: int) -> Things:
        if name is None:
            return self.targets(frozenset([self.names.module(path, module, level)]))
        return self.targets(self.names.from_module(path, module, level, name))

    def sources(self, ref: NodeRef) -> tuple[NodeRef, ...]:
        """Return the nodes behind a name or an alias of one, each once."""
        found: list[NodeRef] = []
        pending, seen = [ref], {ref}
        while pending:
            current = pending.pop()
            behind = self._behind(current)
            if behind is None:
                found.append(current)
            for other in reversed(behind or ()):
                if other not in seen:
                    seen.add(other)
                    pending.append(other)
        return tuple(found)

    def _behind(self, ref: NodeRef) -> tuple[NodeRef, ...] | None:
        """Return what a name stands for; None where a node is no name."""
        node = self.units.node(ref)
        match node:
            case facts.Free(name=name):
                return self.bindings_of(ref, name) or self.module_bindings(ref.path, name)
            case facts.Declared(base=base):
                return (ref._replace(node=base),)
            case facts.Attribute():
                return self._members(ref, node) or None
        return None

    def _members(self, ref: NodeRef, node: facts.Attribute) -> tuple[NodeRef, ...]:
        modules = [t for t in self.value(ref._replace(node=node.base)) if isinstance(t, Module)]
        targets = [t for m in modules for t in self.names.member(m.path, node.name)]
        return tuple(r for t in targets if isinstance(t, Defined) for r in self.bound_by(t))
