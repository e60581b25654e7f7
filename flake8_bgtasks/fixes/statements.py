"""Writing, removing and replacing whole statements."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeGuard

from flake8_bgtasks.fixes.document import CannotEditError, Change
from flake8_bgtasks.fixes.edits import (
    InsertBefore,
    InsertBehind,
    RemoveStatement,
    ReplaceStatement,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import libcst as cst

    from flake8_bgtasks.fixes.document import Document
    from flake8_bgtasks.fixes.edits import StatementEdit, Text

    Block = cst.Module | cst.IndentedBlock | cst.SimpleStatementSuite

# Comments that speak to tools about the code on their line: they go with it.
DIRECTIVE = re.compile(
    r"#\s*(noqa|type:|pragma|pylint:|fmt:|isort:|ruff:|mypy:|pyright:|nosec|NOSONAR|BGT\d{3}\b)",
    re.IGNORECASE,
)


@dataclass
class Removed:
    """Statements that go, and the blocks in which something else is written."""

    nodes: list[cst.CSTNode] = field(default_factory=list)
    filled: set[cst.CSTNode] = field(default_factory=set)


def statement_changes(
    document: Document,
    edits: Iterable[StatementEdit],
    spell_at: Callable[[int], Callable[[Text], str]],
    removed: Removed,
) -> Iterator[Change]:
    """Yield the changes of edits; what they remove is only noted in `removed`.

    `spell_at` gives what writes out a text for an offset.
    """
    for edit in edits:
        node = _statement(document, edit)
        spell = spell_at(document.start(node))
        if isinstance(edit, RemoveStatement):
            removed.nodes.append(node)
        elif isinstance(edit, ReplaceStatement):
            yield Change(document.start(node), document.end(node), spell(edit.text))
        elif isinstance(edit, InsertBehind):
            removed.filled.add(_block_of(document, node))
            yield _behind(document, node, spell(edit.text))
        elif isinstance(edit, InsertBefore):
            removed.filled.add(_block_of(document, node))
            unit = document.module.default_indent
            lines = [re.sub(r"^\t", unit, line) for line in spell(edit.text).split("\n")]
            yield from _inserted(document, node, lines)


def _statement(document: Document, edit: StatementEdit) -> cst.CSTNode:
    import libcst as cst

    span = edit.statement.span
    if isinstance(edit, InsertBefore):
        for node in document.starting_at(span):
            if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
                return node
    return document.find(span, cst.BaseSmallStatement)  # type: ignore[type-abstract]


# Inserting


def _inserted(document: Document, node: cst.CSTNode, lines: list[str]) -> Iterator[Change]:
    import libcst as cst

    line = document.parents[node]
    if isinstance(line, cst.SimpleStatementSuite):
        yield from _unfolded(document, line, node, lines)
        return
    first = line.body[0] if isinstance(line, cst.SimpleStatementLine) else node
    if isinstance(node, (cst.FunctionDef, cst.ClassDef)) and node.decorators:
        first = node.decorators[0]
    start = document.start(first)
    if first is not node and isinstance(line, cst.SimpleStatementLine):
        at = document.start(node)  # behind others on its line
        _check_joins(document, lines)
        yield Change(at, at, "".join(f"{text}; " for text in lines))
        return
    indent, newline = document.indent(start), document.newline(start)
    at = document.line_start(start)
    yield Change(at, at, "".join(f"{indent}{text}{newline}" for text in lines))


def _behind(document: Document, node: cst.CSTNode, text: str) -> Change:
    import libcst as cst

    line, end = document.parents[node], document.end(node)
    if isinstance(line, cst.SimpleStatementSuite) or line.body[-1] is not node:  # type: ignore[attr-defined]
        return Change(end, end, f"; {text}")
    newline, at = document.newline(end), document.line_end(end)
    return Change(at, at, f"{newline}{document.indent(document.start(node))}{text}")


def _check_joins(document: Document, lines: list[str]) -> None:
    """Raise CannotEditError unless lines can stand before a statement on its line."""
    if any(line.startswith((" ", "\t")) for line in lines):
        raise CannotEditError(f"{document.path}: a block would have to stand on one line")


def _unfolded(
    document: Document, suite: cst.SimpleStatementSuite, node: cst.CSTNode, lines: list[str]
) -> Iterator[Change]:
    """Write the body of `if x: statement` on lines of its own."""
    first = document.start(suite.body[0])
    if node is not suite.body[0]:
        at = document.start(node)
        _check_joins(document, lines)
        yield Change(at, at, "".join(f"{text}; " for text in lines))
        return
    gap = document.module.code_for_node(suite.leading_whitespace)
    indent = document.indent(first) + document.module.default_indent
    newline = document.newline(first)
    text = "".join(f"{newline}{indent}{line}" for line in [*lines, ""])
    yield Change(first - len(gap), first, text)


# Removing


def removals(document: Document, removed: Removed) -> Iterator[Change]:
    """Yield what removes simple statements, and the blank lines that would be too many then."""
    by_line: dict[cst.CSTNode, list[cst.CSTNode]] = {}
    for node in removed.nodes:
        by_line.setdefault(document.parents[node], []).append(node)
    whole: dict[cst.CSTNode, list[cst.CSTNode]] = {}
    for line, gone in by_line.items():
        if len(gone) == len(line.body):  # type: ignore[attr-defined]
            whole.setdefault(_block(document, line), []).append(line)
        else:
            yield from _from_line(document, line.body, gone)  # type: ignore[attr-defined]
    for block in [block for block in whole if block not in removed.filled]:
        around = document.parents.get(block)
        if len(whole[block]) == len(block.body) and _is_for_checkers(around):  # type: ignore[attr-defined]
            del whole[block]
            whole.setdefault(document.parents[around], []).append(around)
    for block, lines in whole.items():
        yield from _from_block(document, block, lines, keep=block in removed.filled)


def _block(document: Document, line: cst.CSTNode) -> cst.CSTNode:
    """Return the block that a line stands in; `if x: statement` is a line and a block."""
    import libcst as cst

    return line if isinstance(line, cst.SimpleStatementSuite) else document.parents[line]


def _block_of(document: Document, node: cst.CSTNode) -> cst.CSTNode:
    import libcst as cst

    compound = isinstance(node, (cst.FunctionDef, cst.ClassDef))
    return document.parents[node] if compound else _block(document, document.parents[node])


def _from_line(
    document: Document, statements: Sequence[cst.CSTNode], gone: Sequence[cst.CSTNode]
) -> Iterator[Change]:
    """Remove some of the statements that share a line."""
    last_kept = max(n for n, node in enumerate(statements) if node not in gone)
    for number, node in enumerate(statements):
        if node not in gone:
            continue
        if number < last_kept:
            yield Change(document.start(node), document.start(statements[number + 1]), "")
        else:
            yield Change(document.end(statements[number - 1]), document.end(node), "")


def _from_block(
    document: Document, block: cst.CSTNode, lines: Sequence[cst.CSTNode], *, keep: bool
) -> Iterator[Change]:
    """Remove whole lines of a block; it keeps a `pass` unless something else stays in it."""
    import libcst as cst

    body: Sequence[cst.CSTNode] = block.body  # type: ignore[attr-defined]
    if isinstance(block, cst.SimpleStatementSuite):
        yield Change(document.start(body[0]), document.end(body[-1]), "pass")
        return
    gone = [line for line in body if line in lines]
    if len(gone) == len(body) and not isinstance(block, cst.Module) and not keep:
        last = gone.pop()
        yield Change(document.start(last), document.end(last), "pass")
    for run in _runs(body, gone):
        yield from _without_lines(document, body, run)


def _is_for_checkers(node: cst.CSTNode | None) -> TypeGuard[cst.If]:
    """Return whether a statement is `if TYPE_CHECKING` without an `else`."""
    import libcst as cst

    test = node.test if isinstance(node, cst.If) and node.orelse is None else None
    name = test.attr if isinstance(test, cst.Attribute) else test
    return isinstance(name, cst.Name) and name.value == "TYPE_CHECKING"


def _runs(body: Sequence[cst.CSTNode], gone: Sequence[cst.CSTNode]) -> Iterator[list[cst.CSTNode]]:
    """Yield neighbouring lines together, as far as no comments stand between them."""
    run: list[cst.CSTNode] = []
    for line in body:
        if run and (line not in gone or _has_comments(run[-1], line)):
            yield run
            run = []
        if line in gone:
            run.append(line)
    if run:
        yield run


def _has_comments(line: cst.CSTNode, following: cst.CSTNode) -> bool:
    above = [*following.leading_lines]  # type: ignore[attr-defined]
    return any(empty.comment for empty in above) or _comment_beside(line) is not None


def _comment_beside(line: cst.CSTNode) -> str | None:
    """Return the comment behind a statement, unless it speaks to a tool about that line alone."""
    comment = getattr(getattr(line, "trailing_whitespace", None), "comment", None)
    if comment is None or DIRECTIVE.match(comment.value):
        return None
    value: str = comment.value
    return value


def _without_lines(
    document: Document, body: Sequence[cst.CSTNode], run: list[cst.CSTNode]
) -> Iterator[Change]:
    """Remove neighbouring lines, and the blank ones that would be too many then."""
    first, last = document.start(run[0]), document.end(run[-1])
    start = document.line_start(first)
    if _comment_beside(run[-1]) is not None:
        comment = document.text.index("#", last)
        yield Change(first, comment, "")
        return
    end = document.next_line(last)
    is_first, is_last = run[0] is body[0], run[-1] is body[-1]
    before, after = _blank_before(document, start), _blank_after(document, end)
    wider_below = after - end > start - before
    if not is_first and (is_last or wider_below):
        yield Change(before, end, "")
    elif is_first or before < start:
        yield Change(start, after, "")
    else:
        blank = any(line.leading_lines for line in run[1:])  # type: ignore[attr-defined]
        apart = blank and end == after
        yield Change(start, end, document.newline(first) if apart else "")


def _blank_before(document: Document, start: int) -> int:
    """Return the offset of the first of the blank lines that end at `start`."""
    while start:
        previous = document.line_start(start - 1)
        if document.text[previous:start].strip():
            break
        start = previous
    return start


def _blank_after(document: Document, end: int) -> int:
    """Return the offset behind the blank lines that begin at `end`."""
    while end < len(document.text):
        following = document.next_line(end)
        if document.text[end:following].strip():
            break
        end = following
    return end
