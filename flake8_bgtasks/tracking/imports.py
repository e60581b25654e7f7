"""Where a module takes a class of Starlette's from, and where the class is used."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.project.names import Outside, ProjectModule
from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.things import External, Module, NodeRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Span
    from flake8_bgtasks.project.outline import Import, Outline
    from flake8_bgtasks.tracking.program import Program

MAX_DEPTH = 20


class Origin(NamedTuple):
    """An import statement, or the expression `starlette.background.X`."""

    path: str
    span: Span


class Origins:
    """Follows the names of one of Starlette's classes back to where it was taken from."""

    def __init__(self, program: Program, names: frozenset[str]) -> None:
        self._program = program
        self._things = frozenset(External(name) for name in names)
        self._names = names

    @cached_property
    def uses(self) -> dict[Origin, list[NodeRef]]:
        """The nodes that read the class, by where it was taken from."""
        found: dict[Origin, list[NodeRef]] = {}
        words = self._words()
        for ref, node in self._program.nodes:
            named = _word(node) in words and not self._is_at_top(ref, node)
            if named and self._program.value(ref) <= self._things:
                for origin in self._of_node(ref, node, 0):
                    found.setdefault(origin, []).append(ref)
        return found

    def _words(self) -> frozenset[str | None]:
        """Return the names that may stand for the class somewhere."""
        found = {name.rpartition(".")[2] for name in self._names}
        pairs = [(i.name, i.bound) for o in self._program.outlines for i in o.imports]
        for ref, scope in self._program.scopes:
            for name, nodes in scope.bindings.items() if scope.kind == "module" else ():
                inner = [NodeRef(ref.path, ref.unit, node) for node in nodes]
                pairs += [(_word(self._program.units.node(node)), name) for node in inner]
        size = 0
        while size != len(found):
            size = len(found)
            found |= {bound for name, bound in pairs if name in found}
        return frozenset(found)

    def _is_at_top(self, ref: NodeRef, node: facts.Node) -> bool:
        """Return whether a node is an import at module level, which is no use."""
        owner = self._program.units.scope(self._program.units.owner(ref))
        return isinstance(node, facts.Imported) and owner.kind == "module"

    def unused(self) -> Iterator[Origin]:
        """Yield the imports of the class that their modules neither use nor pass on."""
        for outline in self._program.outlines:
            for item in outline.imports:
                real = item.at_top and not item.type_checking and self._is_ours(outline.path, item)
                alone = real and len(outline.bindings[item.bound]) == 1
                if alone and not _is_passed_on(outline, item):
                    yield Origin(outline.path, item.span)

    def _of_node(self, ref: NodeRef, node: facts.Node, depth: int) -> Iterator[Origin]:
        if depth > MAX_DEPTH:
            return
        match node:
            case facts.Free(name=name):
                if not self._program.evaluator.bindings_of(ref, name):
                    yield from self._of_name(ref.path, name, depth)
            case facts.Attribute(base=base, name=name):
                for thing in self._program.value(ref._replace(node=base)):
                    if isinstance(thing, Module):
                        yield from self._of_name(thing.path, name, depth)
                    elif isinstance(thing, External):
                        yield Origin(ref.path, self._program.span(ref))
            case facts.Imported(module=module, name=str(name), level=level):
                source = self._program.names.module(ref.path, module, level)
                if isinstance(source, Outside):
                    yield Origin(ref.path, self._program.span(ref))
                else:
                    yield from self._of_name(source.path, name, depth)

    def _of_name(self, path: str, name: str, depth: int) -> Iterator[Origin]:
        """Yield where a module takes a name from; nothing where it has two sources."""
        outline = self._program.files.outline(path)
        if outline is None or depth > MAX_DEPTH:
            return
        bound = outline.bindings.get(name, ())
        for item in bound if len(bound) == 1 else ():
            if isinstance(item, int):
                for ref in self._program.evaluator.module_bindings(path, name):
                    yield from self._of_node(ref, self._program.units.node(ref), depth + 1)
            elif not item.type_checking:
                yield from self._of_import(path, item, depth)
        for star in outline.star_imports if not bound else ():
            source = self._program.names.module(path, star.module, star.level)
            if isinstance(source, ProjectModule):
                yield from self._of_name(source.path, name, depth + 1)

    def _of_import(self, path: str, item: Import, depth: int) -> Iterator[Origin]:
        source = self._program.names.module(path, item.module, item.level)
        if self._is_ours(path, item):
            yield Origin(path, item.span)
        elif isinstance(source, ProjectModule) and item.name is not None:
            yield from self._of_name(source.path, item.name, depth + 1)

    def _is_ours(self, path: str, item: Import) -> bool:
        """Return whether an import takes the class from Starlette."""
        if item.level or f"{item.module}.{item.name}" not in self._names:
            return False
        modules = [self._program.names.module(path, name, 0) for name in (item.module, "fastapi")]
        return all(isinstance(module, Outside) for module in modules)


def starlette_task(program: Program) -> Origins:
    return Origins(program, known.TASK_CLASSES)


def starlette_tasks(program: Program) -> Origins:
    return Origins(program, frozenset({"starlette.background.BackgroundTasks"}))


def _word(node: facts.Node) -> str | None:
    """Return the name that a node reads."""
    return node.name if isinstance(node, (facts.Free, facts.Attribute, facts.Imported)) else None


def _is_passed_on(outline: Outline, item: Import) -> bool:
    """Return whether an import is a re-export, or its name stands in the code after all."""
    if outline.path.endswith("__init__.py") or item.bound in (outline.exported or ()):
        return True
    if any(item.bound in words for words in outline.identifiers):
        return True
    statement = "".join(outline.lines[item.span.line - 1 : item.span.end_line])
    return re.search(rf"\b{item.name}\s+as\s+{item.name}\b", statement) is not None
