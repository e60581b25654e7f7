"""Writing the edits of the arguments of one call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.commas import CommaList, Item
from flake8_bgtasks.fixes.document import CannotEditError, Change
from flake8_bgtasks.fixes.edits import PassArgument, RemoveArgument, ReplaceArgument
from flake8_bgtasks.fixes.wrapping import fitted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import libcst as cst

    from flake8_bgtasks.fixes.document import Document
    from flake8_bgtasks.fixes.edits import CallEdit, Text


def call_changes(
    document: Document,
    node: cst.Call,
    edits: Iterable[CallEdit],
    spell: Callable[[Text], str],
    broken: set[int],
) -> Iterator[Change]:
    """Yield the changes of a call's arguments; `spell` writes out a text, `broken`: `fitted`."""
    arguments = _argument_list(document, node)
    for edit in edits:
        if isinstance(edit, PassArgument):
            value = spell(edit.value)
            text = f"{edit.keyword}={value}" if edit.keyword else value
            arguments.add(_position(node, edit), text)
        elif isinstance(edit, RemoveArgument):
            arguments.remove(_checked(document, node, edit.index))
        elif isinstance(edit, ReplaceArgument):
            value_node = node.args[_checked(document, node, edit.index)].value
            start, end = document.outer_start(value_node), document.outer_end(value_node)
            yield Change(start, end, spell(edit.value))
    yield from fitted(arguments, broken)
    if arguments.added:
        yield from _parenthesized_generator(document, node)


def _position(node: cst.Call, edit: PassArgument) -> int:
    """Return the number of the argument that the new one comes before."""
    if edit.index is not None:
        return min(edit.index, len(node.args))
    for number, argument in enumerate(node.args):
        if argument.star == "**" or (edit.keyword is None and argument.keyword is not None):
            return number
    return len(node.args)


def _checked(document: Document, node: cst.Call, index: int) -> int:
    if index >= len(node.args):
        where = document.span(document.start(node), document.end(node))
        raise CannotEditError(f"{document.path}:{where.line}: the call has no argument {index}")
    return index


def _parenthesized_generator(document: Document, node: cst.Call) -> Iterator[Change]:
    """Give a generator its own parentheses, which it needs beside another argument."""
    import libcst as cst

    value = node.args[0].value if len(node.args) == 1 else None
    if isinstance(value, cst.GeneratorExp) and not value.lpar:
        yield Change(document.start(value), document.start(value), "(")
        yield Change(document.end(value), document.end(value), ")")


def _argument_list(document: Document, node: cst.Call) -> CommaList:
    gap = document.module.code_for_node(node.whitespace_after_func)
    start = document.outer_end(node.func) + len(gap) + 1
    items = [_item(document, argument) for argument in node.args]
    return CommaList(document, start, document.end(node) - 1, items)


def _item(document: Document, argument: cst.Arg) -> Item:
    import libcst as cst

    comma = document.start(argument.comma) if isinstance(argument.comma, cst.Comma) else None
    return Item(document.start(argument), document.outer_end(argument.value), comma)
