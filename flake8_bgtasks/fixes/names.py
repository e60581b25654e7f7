"""How importable names are spelled in a file, and which imports that takes."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import Symbol
from flake8_bgtasks.project.children import below

if TYPE_CHECKING:
    from collections.abc import Iterator

    import libcst as cst

    from flake8_bgtasks.fixes.document import Document


@dataclass(frozen=True, eq=False)
class Imported:
    """One name of an import statement; `symbol` is None for relative and star imports.

    `name` is None for `import module`. `at_top`: directly in the module, not in an `if` or `try`.
    `at_run_time`: outside of functions, classes and `if TYPE_CHECKING` (`type_checking`).
    """

    bound: str
    module: str
    name: str | None
    relative: bool
    statement: cst.Import | cst.ImportFrom
    alias: cst.ImportAlias
    at_top: bool
    at_run_time: bool
    type_checking: bool

    @property
    def symbol(self) -> Symbol | None:
        """What is imported by `from module import name`."""
        return None if self.name is None or self.relative else Symbol(self.module, self.name)

    @property
    def used_as(self) -> str:
        """What code reads that uses it: all of `a.b` for `import a.b`."""
        return self.module if self.name is None and self.alias.asname is None else self.bound

    @property
    def is_exported(self) -> bool:
        """Whether it is written `X as X`, which says that others may import it from here."""
        return self.alias.asname is not None and self.bound == self.name


class Names:
    """The names of a file, and the imports that were asked for on the way."""

    def __init__(self, document: Document) -> None:
        """Nothing is read before it is asked for."""
        self._document = document
        self.wanted: dict[str, Symbol] = {}
        self.needed: dict[str, int] = {}

    @cached_property
    def imports(self) -> tuple[Imported, ...]:
        """All imported names, in the order of the file, those in functions too."""
        return tuple(_imports(self._document))

    def spell(self, symbol: Symbol, before: int) -> str:
        """Return how `symbol` is written at the offset `before`.

        An import that it takes is noted in `wanted`, and in `needed` where the name stands first.
        """
        for bound, wanted in self.wanted.items():
            if wanted == symbol:
                return self._want(bound, symbol, before)
        usable = [item for item in self.imports if self._is_usable(item, before)]
        for item in usable:
            if item.symbol == symbol:
                return item.bound
        is_free = self._is_free(symbol.name, symbol)
        beside = [i for i in usable if i.at_top and i.symbol and i.module == symbol.module]
        whole = next((_whole(i) for i in usable if _whole(i, symbol.module)), None)
        if is_free and any(whole is None or _is_class(i) for i in beside):
            return self._want(symbol.name, symbol, before)
        if whole is not None:
            return f"{whole}.{symbol.name}"
        return self._want(symbol.name if is_free else self._other_name(symbol), symbol, before)

    def _want(self, bound: str, symbol: Symbol, before: int) -> str:
        self.wanted[bound] = symbol
        self.needed[bound] = min(before, self.needed.get(bound, before))
        return bound

    def _is_usable(self, item: Imported, before: int) -> bool:
        """Return whether a module-level import has bound its name, and nothing else rebinds it."""
        if not item.at_run_time or self._document.end(item.statement) > before:
            return False
        return not self._is_rebound(item)

    def _is_rebound(self, item: Imported) -> bool:
        same = [
            other
            for other in self.imports
            if other.bound == item.bound and (other.module, other.name) == (item.module, item.name)
        ]
        if item.name is None and item.alias.asname is None:  # `import a.b` and `import a.c`
            same = [i for i in self.imports if i.bound == item.bound and i.name is None]
        return self._bound[item.bound] > len(same)

    def _is_free(self, name: str, symbol: Symbol) -> bool:
        """Return whether a name is bound nowhere in the file, except to the symbol itself."""
        ours = sum(item.bound == name and item.symbol == symbol for item in self.imports)
        return self._bound[name] == ours and name not in self.wanted

    def _other_name(self, symbol: Symbol) -> str:
        package = symbol.module.rpartition(".")[2]
        is_class = symbol.name[:1].isupper()
        name = f"{package.title()}{symbol.name}" if is_class else f"{package}_{symbol.name}"
        while not self._is_free(name, symbol):
            name += "_"
        return name

    @cached_property
    def _bound(self) -> Counter[str]:
        """How often each name is bound, in any scope."""
        return Counter(bound_names(self._document.tree))


def _whole(item: Imported, module: str | None = None) -> str | None:
    """Return how a file writes a module that it imports as a whole, if it is that `module`."""
    if item.name is not None or item.relative or module not in (None, item.module):
        return None
    return item.module if item.alias.asname is None else item.bound


def _is_class(item: Imported) -> bool:
    """Return whether a class is imported, not a module: that shows how the file takes classes."""
    return item.name is not None and item.name[:1].isupper()


def bound_names(tree: ast.AST) -> Iterator[str]:
    """Yield the names that any code below `tree` binds, once for each time."""
    for node in below(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.arg(arg=name) | ast.alias(asname=str(name)):
                yield name
            case ast.alias(name=name):
                yield name.partition(".")[0]
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                yield name
            case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                yield name


def used_names(tree: ast.AST) -> set[str]:
    """Return the names that code reads, words in its strings included (quoted types, `__all__`).

    Of `a.b.c`, these are `a`, `a.b` and `a.b.c`.
    """
    found: set[str] = set()
    for node in below(tree):
        match node:
            case ast.Name(id=name):
                found.add(name)
            case ast.Attribute():
                found.add(_dotted(node))
            case ast.Constant(value=str(text)) if len(text) < 1000:
                found.update(_words(text))
    return found


def _dotted(node: ast.expr) -> str:
    """Return `a.b` for a name and its attributes, nothing for an attribute of anything else."""
    if isinstance(node, ast.Attribute):
        base = _dotted(node.value)
        return f"{base}.{node.attr}" if base else ""
    return node.id if isinstance(node, ast.Name) else ""


def _words(text: str) -> Iterator[str]:
    """Yield the names in a text, dotted ones too, with all that they begin with."""
    for word in "".join(c if _is_of_name(c) else " " for c in text).split():
        parts = word.split(".")
        yield from parts
        yield from (".".join(parts[:n]) for n in range(2, len(parts) + 1))


def _is_of_name(character: str) -> bool:
    return character.isidentifier() or character.isdigit() or character == "."


def _imports(document: Document) -> Iterator[Imported]:
    import libcst as cst

    deferred = (cst.FunctionDef, cst.ClassDef)
    kinds = (cst.Import, cst.ImportFrom)  # `isinstance` takes long for abstract classes
    for node in document.nodes:
        if type(node) in kinds:
            assert isinstance(node, (cst.Import, cst.ImportFrom))
            above = tuple(_above(document, node))
            checking = any(map(_is_type_checking, above))
            at_run_time = not checking and not any(isinstance(n, deferred) for n in above)
            for alias in () if isinstance(node.names, cst.ImportStar) else node.names:
                yield Imported(
                    *_meaning(node, alias), node, alias, len(above) == 2, at_run_time, checking
                )


def _meaning(
    node: cst.Import | cst.ImportFrom, alias: cst.ImportAlias
) -> tuple[str, str, str | None, bool]:
    """Return what a name of an import is bound to: `bound`, `module`, `name`, `relative`."""
    import libcst as cst

    name = dotted(alias.name)
    renamed = dotted(alias.asname.name) if alias.asname else None
    if isinstance(node, cst.ImportFrom):
        return renamed or name, dotted(node.module), name, bool(node.relative)
    return renamed or name.partition(".")[0], name, None, False


def dotted(node: cst.CSTNode | None) -> str:
    """Return a dotted name as text; empty for None."""
    import libcst as cst

    if isinstance(node, cst.Attribute):
        return f"{dotted(node.value)}.{node.attr.value}"
    return node.value if isinstance(node, cst.Name) else ""


def _above(document: Document, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    while node in document.parents:
        node = document.parents[node]
        yield node


def _is_type_checking(node: cst.CSTNode) -> bool:
    """Return whether a node is the body of `if TYPE_CHECKING`, or holds it."""
    import libcst as cst

    return isinstance(node, cst.If) and dotted(node.test).rpartition(".")[2] == "TYPE_CHECKING"
