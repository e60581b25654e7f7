"""Moving the block of a compound statement out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.document import CannotEditError, Change

if TYPE_CHECKING:
    from collections.abc import Iterator

    import libcst as cst

    from flake8_bgtasks.fixes.document import Document
    from flake8_bgtasks.fixes.edits import UnwrapBlock


def unwrapped(document: Document, edit: UnwrapBlock) -> Iterator[Change]:
    """Yield the changes that leave the block of a `with` or `for` where that stands."""
    import libcst as cst

    subject: cst.CSTNode = document.find(edit.subject.span, cst.BaseExpression)  # type: ignore[type-abstract]
    node = subject
    while not isinstance(node, (cst.With, cst.For)):
        node = document.parents[node]
    start, first = document.start(node), document.start(node.body.body[0])
    if isinstance(node.body, cst.SimpleStatementSuite):
        yield Change(start, first, "")
        return
    top = document.next_line(document.end(subject))
    if not document.text[document.end(subject) : top].rstrip().endswith(":"):
        where = f"{document.path}:{edit.subject.span.line}"
        raise CannotEditError(f"the statement in {where} has a comment, or more lines")
    yield Change(document.line_start(start), top, "")
    outer, inner = document.indent(start), document.indent(first)
    for line in _lines(document, node, top):
        if document.text.startswith(inner, line):
            yield Change(line + len(outer), line + len(inner), "")


def _lines(document: Document, block: cst.CSTNode, top: int) -> Iterator[int]:
    """Yield where the lines of a block begin, those within strings left out."""
    import libcst as cst

    below = list(_below(block))
    end = max(document.end(node) for node in below if isinstance(node, cst.BaseSmallStatement))
    kinds = (cst.SimpleString, cst.FormattedString)
    texts = [(document.start(n), document.end(n)) for n in below if isinstance(n, kinds)]
    line = top
    while line < end:
        if not any(first < line <= last for first, last in texts):
            yield line
        line = document.next_line(line)


def _below(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    for child in node.children:
        yield child
        yield from _below(child)
