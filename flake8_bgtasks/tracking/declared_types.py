"""What annotations say about a value."""

from __future__ import annotations

from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.memo import is_useful
from flake8_bgtasks.tracking.naming import Naming
from flake8_bgtasks.tracking.things import (
    NONE,
    UNKNOWN,
    Class,
    External,
    Instance,
    NodeRef,
    Nothing,
    Thing,
    Things,
)


class DeclaredTypes(Naming):
    """Evaluates annotations: aliases, `Optional`, unions, `Annotated`."""

    def compute_type(self, ref: NodeRef) -> Things:
        node = self.units.node(ref)
        match node:
            case facts.Subscript(base=base, keys=keys):
                return self._generic(ref, base, keys)
            case facts.Choice(options=options):
                return self.union(self.inner_type(ref, option) for option in options)
            case facts.Constant(kind="none"):
                return NONE
            case facts.TypeAlias(base=base):
                return self.inner_type(ref, base)
            case facts.Declared(base=base):
                return self.inner_type(ref, base)
            case facts.Free(name=name):
                return self._named_type(ref, name)
        return self.union(self._instance(thing) for thing in self.value(ref))

    def _named_type(self, ref: NodeRef, name: str) -> Things:
        """Evaluate a type that has a name: an alias stands for what it was assigned."""
        bound = list(self.bindings_of(ref, name))
        if not bound:
            bound = list(self.module_bindings(ref.path, name))
        aliases = [inner for inner in bound if self._is_alias(inner)]
        if aliases:
            return self.union(self.type_of(inner) for inner in aliases)
        return self.union(self._instance(thing) for thing in self.value(ref))

    def _is_alias(self, ref: NodeRef) -> bool:
        node = self.units.node(ref)
        return isinstance(
            node,
            (
                facts.Subscript,
                facts.Choice,
                facts.TypeAlias,
                facts.Declared,
                facts.Free,
                facts.Attribute,
            ),
        )

    def _generic(self, ref: NodeRef, base: int, keys: tuple[int, ...]) -> Things:
        bases = self.value(ref._replace(node=base))
        names = {thing.name for thing in bases if isinstance(thing, External)}
        if names & known.ANNOTATED:
            return self._annotated(ref, keys)
        if names & known.OPTIONAL:
            return self.inner_type(ref, keys[0]) | NONE
        if names & known.UNION:
            return self.union(self.inner_type(ref, key) for key in keys)
        if names & known.TRANSPARENT_TYPES:
            return self.inner_type(ref, keys[0])
        return self.union(self._instance(thing) for thing in bases)

    def _annotated(self, ref: NodeRef, keys: tuple[int, ...]) -> Things:
        found = self.inner_type(ref, keys[0])
        if is_useful(found):
            return found
        return self.union(self.injected(ref._replace(node=key)) for key in keys[1:]) or found

    def metadata(self, ref: NodeRef) -> tuple[NodeRef, ...]:
        """Return what `Annotated` adds to a type, through aliases."""
        found: list[NodeRef] = []
        for source in self.sources(ref):
            node = self.units.node(source)
            if isinstance(node, facts.TypeAlias):
                found.extend(self.metadata(source._replace(node=node.base)))
            elif isinstance(node, facts.Subscript) and self._is_annotated(source, node):
                found.extend(self.metadata(source._replace(node=node.keys[0])))
                for key in node.keys[1:]:
                    found.extend(self.sources(source._replace(node=key)))
        return tuple(found)

    def _is_annotated(self, ref: NodeRef, node: facts.Subscript) -> bool:
        bases = self.value(ref._replace(node=node.base))
        return any(known.is_external(base, known.ANNOTATED) for base in bases)

    def _instance(self, thing: Thing) -> Things:
        if isinstance(thing, Class):
            return frozenset([Instance(thing)])
        if isinstance(thing, External) and thing.name.rpartition(".")[2][:1].isupper():
            return UNKNOWN if thing.name in known.VAGUE_TYPES else frozenset([Instance(thing)])
        if isinstance(thing, External) and thing.name.startswith("builtins."):
            return UNKNOWN if thing.name == "builtins.object" else frozenset([Instance(thing)])
        return NONE if isinstance(thing, Nothing) else UNKNOWN
