"""Writing the imports of a file: what a fix needs, and what nobody needs any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.commas import CommaList, Item
from flake8_bgtasks.fixes.document import CannotEditError, Change
from flake8_bgtasks.fixes.edits import BindImport, RemoveImport, Symbol
from flake8_bgtasks.fixes.import_lines import ImportLines
from flake8_bgtasks.fixes.wrapping import fitted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    import libcst as cst

    from flake8_bgtasks.fixes.document import Document
    from flake8_bgtasks.fixes.edits import ImportEdit, Place
    from flake8_bgtasks.fixes.names import Imported, Names

    Statement = cst.Import | cst.ImportFrom


class ImportWriter:
    """Collects what becomes of the imports of one file, and writes it."""

    def __init__(self, document: Document, names: Names, is_local: Callable[[str], bool]) -> None:
        """`is_local` tells the modules of the project from others.

        `removed` collects the statements of which nothing stays.
        """
        self._document = document
        self._names = names
        self._lines = ImportLines(document, is_local)
        self._gone: list[Imported] = []
        self._added: dict[str, Symbol] = {}
        self._in_place: list[tuple[Imported, Symbol]] = []
        self._exported: set[str] = set()
        self.removed: list[cst.CSTNode] = []

    def changes(self, edits: Iterable[ImportEdit], unused: Collection[str]) -> Iterator[Change]:
        """Yield the changes; `unused` are names that the file does not use any more."""
        for edit in edits:
            self._take(edit)
        self._added |= self._names.wanted
        self._gone += [
            i for i in self._names.imports if not {i.bound, i.used_as}.isdisjoint(unused)
        ]
        self._drop_what_is_there()
        yield from self._written_in_place()
        yield from self._written()

    def _take(self, edit: ImportEdit) -> None:
        if isinstance(edit, BindImport):
            self._added[edit.bound] = edit.symbol
            return
        item = self._imported(edit.statement, edit.bound)
        if item.is_exported:
            self._exported.add(item.bound)
        if isinstance(edit, RemoveImport):
            self._gone.append(item)
        elif self._lines.hold(item.statement):
            self._gone.append(item)
            self._added[edit.bound] = edit.symbol
        else:
            self._in_place.append((item, edit.symbol))

    def _imported(self, place: Place, bound: str) -> Imported:
        start = self._document.offsets(place.span)[0]
        for item in self._names.imports:
            if item.bound == bound and self._document.start(item.statement) == start:
                return item
        raise CannotEditError(f"{place.path}:{place.span.line} does not import {bound!r}")

    def _drop_what_is_there(self) -> None:
        """Leave out what is imported already; an import for the type checker gives way to it."""
        for bound, symbol in list(self._added.items()):
            for item in self._names.imports:
                if item.bound != bound or item.symbol != symbol or item in self._gone:
                    continue
                if item.at_top:
                    del self._added[bound]
                    break
                if not item.at_run_time and item.type_checking:
                    self._gone.append(item)

    # In functions and in blocks

    def _written_in_place(self) -> Iterator[Change]:
        for item, symbol in self._in_place:
            statement = _statement([self._alias(symbol.name, item.bound)], symbol.module)
            start, end = self._document.start(item.statement), self._document.end(item.statement)
            if len(item.statement.names) == 1:  # type: ignore[arg-type]
                yield Change(start, end, statement)
                continue
            self._gone.append(item)
            at = self._document.line_start(start)
            indent, newline = self._document.indent(start), self._document.newline(start)
            yield Change(at, at, f"{indent}{statement}{newline}")

    # At the top

    def _written(self) -> Iterator[Change]:
        lists = {node: _alias_list(self._document, node) for node in self._touched()}
        new: dict[tuple[str, bool], list[str]] = {}
        for bound, symbol in sorted(self._added.items()):
            alias = self._alias(symbol.name, bound)
            statement = self._statement_for(symbol, bound)
            if statement is None:
                new.setdefault((symbol.module, " " in alias), []).append(alias)
            else:
                names = lists.setdefault(statement, _alias_list(self._document, statement))
                names.add(_place_among(statement, symbol.name), alias)
        for item in self._gone:
            lists[item.statement].remove(list(item.statement.names).index(item.alias))  # type: ignore[arg-type]
        empty = [node for node, names in lists.items() if names.is_emptied]
        yield from self._statements(new, empty)
        for node, names in lists.items():
            if node not in empty:
                yield from fitted(names, set(), one_each=True, parenthesized=_has_parentheses(node))

    def _statements(
        self, new: dict[tuple[str, bool], list[str]], empty: Sequence[Statement]
    ) -> Iterator[Change]:
        """Write new statements, in the place of those that go where that fits."""
        lines = self._whole_lines(empty)
        replaced: set[cst.CSTNode] = set()
        for (module, _), aliases in sorted(new.items()):
            change, instead_of = self._lines.insertion(module, _statement(aliases, module), lines)
            if instead_of is not None:
                lines.remove(instead_of)
                replaced.add(instead_of)
            yield change
        self.removed += [n for n in empty if self._document.parents[n] not in replaced]

    def _touched(self) -> list[Statement]:
        return list(dict.fromkeys(item.statement for item in self._gone))

    def _alias(self, name: str, bound: str) -> str:
        is_plain = name == bound and bound not in self._exported
        return name if is_plain else f"{name} as {bound}"

    def _statement_for(self, symbol: Symbol, bound: str) -> cst.ImportFrom | None:
        """Return a `from module import …` at the top that can take a name, before it is needed.

        `name as bound` goes to others of its kind, as isort keeps them apart.
        """
        import libcst as cst

        before = self._names.needed.get(bound, 0)
        is_plain = self._alias(symbol.name, bound) == symbol.name
        for item in self._names.imports:
            node = item.statement
            fits = item.at_top and item.symbol and item.module == symbol.module
            if fits and (is_plain or item.alias.asname):
                assert isinstance(node, cst.ImportFrom)
                if self._lines.hold(node) or self._document.end(node) <= before:
                    return node
        return None

    def _whole_lines(self, statements: Sequence[Statement]) -> set[cst.CSTNode]:
        """Return the lines of which nothing stays."""
        lines = {self._document.parents[node] for node in statements}
        return {line for line in lines if all(node in statements for node in line.body)}  # type: ignore[attr-defined]


def _statement(aliases: Sequence[str], module: str) -> str:
    return f"from {module} import {', '.join(aliases)}"


def _place_among(node: cst.ImportFrom, name: str) -> int:
    """Return the number of the name that a new one comes before, if the names are sorted."""
    from flake8_bgtasks.fixes.names import dotted

    names = [dotted(alias.name) for alias in node.names]  # type: ignore[union-attr]
    orders: tuple[Callable[[str], tuple[object, ...]], ...] = (
        lambda n: (not n.isupper(), not n[:1].isupper(), n),
        lambda n: (n.lower(),),
        lambda n: (n,),
    )
    for order in orders:
        keys = [order(n) for n in names]
        if keys == sorted(keys):
            return sum(key <= order(name) for key in keys)
    return len(names)


def _has_parentheses(node: Statement) -> bool:
    return getattr(node, "lpar", None) is not None


def _alias_list(document: Document, node: Statement) -> CommaList:
    import libcst as cst

    aliases: Sequence[cst.ImportAlias] = node.names  # type: ignore[assignment]
    items = [_item(document, alias) for alias in aliases]
    start, end = items[0].start, items[-1].stop
    if isinstance(node, cst.ImportFrom) and node.lpar and node.rpar:
        start, end = document.start(node.lpar) + 1, document.end(node.rpar) - 1
    return CommaList(document, start, end, items)


def _item(document: Document, alias: cst.ImportAlias) -> Item:
    import libcst as cst

    comma = document.start(alias.comma) if isinstance(alias.comma, cst.Comma) else None
    return Item(document.start(alias), document.end(alias.asname or alias.name), comma)
