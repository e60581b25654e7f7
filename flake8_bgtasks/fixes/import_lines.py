"""Where a new import goes: into its section, in order, as isort and its kin would place it."""

from __future__ import annotations

import sys
from functools import cached_property
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.document import Change
from flake8_bgtasks.fixes.names import dotted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    import libcst as cst

    from flake8_bgtasks.fixes.document import Document

FUTURE, STANDARD, THIRD_PARTY, LOCAL = range(4)


class ImportLines:
    """The import lines at the top of a file; `is_local` tells modules of the project."""

    def __init__(self, document: Document, is_local: Callable[[str], bool]) -> None:
        """Nothing is read before it is asked for."""
        self._document = document
        self._is_local = is_local

    def insertion(
        self, module: str, statement: str, removed: Collection[cst.CSTNode]
    ) -> tuple[Change, cst.CSTNode | None]:
        """Return what writes an import of `module`, and the line among `removed` it stands in for.

        `removed` are lines that go: one that would be the new one's neighbour is replaced.
        """
        rank = self._rank(module, relative=False)
        section = [line for line in self._lines if self._rank_of(line) == rank]
        if section:
            neighbour, behind = self._neighbour(section, module)
            if neighbour in removed:
                return self._over(neighbour, statement), neighbour
            beside = self._behind if behind else self._before
            return beside(neighbour, statement), None
        lower = [line for line in self._lines if self._rank_of(line) < rank]
        kept = [line for line in lower if line not in removed]
        if lower and not any(self._rank_of(n) == self._rank_of(lower[-1]) for n in kept):
            return self._over(lower[-1], statement), lower[-1]
        if kept:
            return self._new_section_behind(kept[-1], statement), None
        if self._lines:
            return self._before(self._lines[0], statement, blank=1), None
        return self._at_top(statement), None

    def hold(self, statement: cst.CSTNode) -> bool:
        """Return whether an import statement is one of them."""
        return self._document.parents[statement] in self._lines

    # The lines

    @cached_property
    def _lines(self) -> tuple[cst.SimpleStatementLine, ...]:
        return tuple(_top_lines(self._document.module))

    def _rank_of(self, line: cst.SimpleStatementLine) -> int:
        import libcst as cst

        node = line.body[0]
        relative = isinstance(node, cst.ImportFrom) and bool(node.relative)
        return self._rank(_module(line), relative=relative)

    def _rank(self, module: str, *, relative: bool) -> int:
        if relative or (module and self._is_local(module)):
            return LOCAL
        first = module.partition(".")[0]
        if first == "__future__":
            return FUTURE
        return STANDARD if first in sys.stdlib_module_names else THIRD_PARTY

    def _neighbour(
        self, section: Sequence[cst.SimpleStatementLine], module: str
    ) -> tuple[cst.SimpleStatementLine, bool]:
        """Return the line that the new one comes behind (or before, if False)."""
        orders: tuple[Callable[[bool, str], object], ...] = (
            lambda is_from, name: (is_from, name.lower()),
            lambda _, name: name.lower(),
        )
        for order in orders:
            keys = [order(_is_from(line), _module(line)) for line in section]
            if keys == sorted(keys):  # type: ignore[type-var]
                mine = order(True, module)
                behind = [n for n, key in enumerate(keys) if key <= mine]  # type: ignore[operator]
                return (section[behind[-1]], True) if behind else (section[0], False)
        return section[-1], True

    # The text

    def _over(self, line: cst.SimpleStatementLine, statement: str) -> Change:
        first, last = line.body[0], line.body[-1]
        return Change(self._document.start(first), self._document.end(last), statement)

    def _behind(self, line: cst.SimpleStatementLine, statement: str) -> Change:
        newline = self._document.newline(self._document.start(line))
        at = self._document.next_line(self._document.end(line))
        return self._lines_at(at, [statement], newline)

    def _before(
        self, line: cst.SimpleStatementLine | cst.BaseCompoundStatement, text: str, blank: int = 0
    ) -> Change:
        at = self._top_of(line)
        newline = self._document.newline(at)
        return Change(at, at, text + newline * (1 + blank))

    def _new_section_behind(self, line: cst.SimpleStatementLine, statement: str) -> Change:
        newline = self._document.newline(self._document.start(line))
        at = self._document.next_line(self._document.end(line))
        following = self._document.text[at : self._document.next_line(at)]
        return self._lines_at(at, ["", statement, *([""] if following.strip() else [])], newline)

    def _lines_at(self, at: int, lines: list[str], newline: str) -> Change:
        """Write whole lines at the start of one; the last line of a file may have no end."""
        if at and self._document.text[at - 1] not in "\r\n":
            return Change(at, at, "".join(newline + line for line in lines))
        return Change(at, at, "".join(line + newline for line in lines))

    def _at_top(self, statement: str) -> Change:
        """Write the first import of a file: behind its comments and its docstring."""
        import libcst as cst

        body = self._document.module.body
        if body and _is_docstring(body[0]):
            assert isinstance(body[0], cst.SimpleStatementLine)
            return self._new_section_behind(body[0], statement)
        if not body:
            newline = self._document.module.default_newline
            return self._lines_at(len(self._document.text), [statement], newline)
        is_definition = isinstance(body[0], (cst.FunctionDef, cst.ClassDef))
        return self._before(body[0], statement, blank=2 if is_definition else 1)

    def _top_of(self, line: cst.SimpleStatementLine | cst.BaseCompoundStatement) -> int:
        """Return the offset of a line, or of the comments right above it."""
        at = self._document.line_start(self._first_start(line))
        above = [empty.comment is not None for empty in line.leading_lines]
        while above and above.pop():
            at = self._document.line_start(at - 1)
        return at

    def _first_start(self, line: cst.CSTNode) -> int:
        decorators = getattr(line, "decorators", ())
        return self._document.start(decorators[0] if decorators else line)


def _top_lines(module: cst.Module) -> Iterator[cst.SimpleStatementLine]:
    """Yield the lines of imports that come before any other code."""
    import libcst as cst

    for number, statement in enumerate(module.body):
        if isinstance(statement, (cst.If, cst.Try)) or (number == 0 and _is_docstring(statement)):
            continue
        if not isinstance(statement, cst.SimpleStatementLine):
            return
        if not all(isinstance(small, (cst.Import, cst.ImportFrom)) for small in statement.body):
            return
        yield statement


def _is_docstring(statement: cst.CSTNode) -> bool:
    import libcst as cst

    if not isinstance(statement, cst.SimpleStatementLine):
        return False
    first = statement.body[0]
    strings = (cst.SimpleString, cst.ConcatenatedString)
    return isinstance(first, cst.Expr) and isinstance(first.value, strings)


def _module(line: cst.SimpleStatementLine) -> str:
    import libcst as cst

    node = line.body[0]
    if isinstance(node, cst.ImportFrom):
        return "." * len(node.relative) + dotted(node.module)
    assert isinstance(node, cst.Import)
    return dotted(node.names[0].name)


def _is_from(line: cst.SimpleStatementLine) -> bool:
    import libcst as cst

    return isinstance(line.body[0], cst.ImportFrom)
