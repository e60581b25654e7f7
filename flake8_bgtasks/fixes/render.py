"""From edits by meaning to changes of the text, with one LibCST parse per file."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from flake8_bgtasks.fixes import edits as e
from flake8_bgtasks.fixes.blocks import unwrapped
from flake8_bgtasks.fixes.calls import call_changes
from flake8_bgtasks.fixes.document import CannotEditError, Change, Document, apply_changes
from flake8_bgtasks.fixes.imports import ImportWriter
from flake8_bgtasks.fixes.names import Names, used_names
from flake8_bgtasks.fixes.signatures import signature_changes
from flake8_bgtasks.fixes.spelling import Speller
from flake8_bgtasks.fixes.statements import Removed, removals, statement_changes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    import libcst as cst

    from flake8_bgtasks.findings import Span
    from flake8_bgtasks.fixes.edits import Edit, Place

    EditT = TypeVar("EditT", bound=Edit)


@dataclass(frozen=True)
class Surroundings:
    """What the writer has to know of the rest of the project.

    `is_local(path, module)`: whether `import module` in the file means a file of the project.
    `is_imported(path, name)`: whether another file may take the name from this file.
    `width(path)`: how long the file's lines may be, None where nothing says it.
    """

    is_local: Callable[[str, str], bool]
    is_imported: Callable[[str, str], bool]
    width: Callable[[str], int | None]


def render(
    document: Document, edits: Collection[Edit], surroundings: Surroundings
) -> tuple[Change, ...]:
    """Return the changes that edits of one file take, in order, none of them over another.

    Raises CannotEditError if the edits can't be made, or not together.
    """
    try:
        return _Renderer(document, surroundings).changes(edits)
    except RecursionError as error:
        raise CannotEditError(f"{document.path} is nested too deeply") from error


class _Renderer:
    def __init__(self, document: Document, surroundings: Surroundings) -> None:
        self._document = document
        self._surroundings = surroundings
        self._names = Names(document)
        self._speller = Speller(document, self._names)
        self._removed = Removed()
        self._broken: set[int] = set()
        self._used_in: dict[str | None, frozenset[str]] = {}

    def changes(self, edits: Collection[Edit]) -> tuple[Change, ...]:
        ordered = sorted(edits, key=repr)
        code = [*self._signatures(ordered), *self._calls(ordered), *self._others(ordered)]
        code += self._imports(ordered, code)
        changes = tuple(sorted([*code, *removals(self._document, self._removed)]))
        apply_changes(self._document.text, changes)
        self._speller.check_copies(changes)
        return changes

    def _preview(self, code: list[Change], gone: Sequence[cst.CSTNode] = ()) -> str:
        """Return the text with changes made, and without what is removed."""
        removed = Removed([*self._removed.nodes, *gone], self._removed.filled)
        return apply_changes(self._document.text, [*code, *removals(self._document, removed)])

    def _imports(self, edits: Iterable[Edit], code: list[Change]) -> list[Change]:
        wanted = [edit for edit in edits if isinstance(edit, e.ImportEdit)]
        unused = self._unused(self._preview(code))
        changes, gone = self._written(wanted, unused)
        # An `if TYPE_CHECKING` that goes with its last import leaves another import behind.
        unused_then = self._unused(self._preview([*code, *changes], gone))
        if not unused_then <= unused:
            changes, gone = self._written(wanted, unused | unused_then)
        self._removed.nodes += gone
        return changes

    def _written(
        self, edits: Iterable[e.ImportEdit], unused: set[str]
    ) -> tuple[list[Change], list[cst.CSTNode]]:
        """Return the changes of the imports, and the statements of which nothing stays."""
        path, is_local = self._document.path, self._surroundings.is_local
        writer = ImportWriter(self._document, self._names, lambda module: is_local(path, module))
        return list(writer.changes(edits, unused)), writer.removed

    def _signatures(self, edits: Iterable[Edit]) -> Iterator[Change]:
        found = [edit for edit in edits if isinstance(edit, e.SignatureEdit)]
        for span, of_function in _by_span(found, lambda edit: edit.function).items():
            node = self._document.function(span)
            spell = self._speller.at(self._document.start(node))
            yield from signature_changes(self._document, node, of_function, spell, self._broken)

    def _calls(self, edits: Iterable[Edit]) -> Iterator[Change]:
        import libcst as cst

        found = [edit for edit in edits if isinstance(edit, e.CallEdit)]
        groups = _by_span(found, lambda edit: edit.call)
        for span, of_call in sorted(groups.items(), key=_outer_first):
            node = self._document.find(span, cst.Call)
            assert isinstance(node, cst.Call)
            spell = self._speller.at(self._document.start(node))
            yield from call_changes(self._document, node, of_call, spell, self._broken)

    def _others(self, edits: Iterable[Edit]) -> Iterator[Change]:
        statements: list[e.StatementEdit] = []
        for edit in edits:
            if isinstance(edit, e.ReplaceExpression):
                start, end = self._document.offsets(edit.expression.span)
                yield Change(start, end, self._speller.at(start)(edit.text))
            elif isinstance(edit, e.UnwrapBlock):
                yield from unwrapped(self._document, edit)
            elif isinstance(edit, e.StatementEdit):
                statements.append(edit)
        yield from statement_changes(self._document, statements, self._speller.at, self._removed)

    def _unused(self, preview: str) -> set[str]:
        """Return the imported names that nothing but the code that goes has used."""
        if self._document.path.endswith("__init__.py"):
            return set()
        gone = self._used(None) - self._used(preview)
        is_imported, imports = self._surroundings.is_imported, self._names.imports
        stays = {i.bound for i in imports if i.at_top and gone.isdisjoint({i.bound, i.used_as})}
        return {
            item.bound if item.bound in gone else item.used_as
            for item in imports
            if item.bound in gone or (item.used_as in gone and item.bound in stays)
            if item.bound not in self._names.wanted
            and not item.is_exported
            and not is_imported(self._document.path, item.bound)
        }

    def _used(self, text: str | None) -> frozenset[str]:
        """Return the names that the code of a text reads, or that of the file as it is."""
        if text not in self._used_in:
            try:
                tree = self._document.tree if text is None else ast.parse(text)
                self._used_in[text] = frozenset(used_names(tree))
            except (SyntaxError, ValueError) as error:
                raise CannotEditError(f"{self._document.path} would not parse") from error
        return self._used_in[text]


def _by_span(edits: Iterable[EditT], place: Callable[[EditT], Place]) -> dict[Span, list[EditT]]:
    groups: dict[Span, list[EditT]] = {}
    for edit in edits:
        groups.setdefault(place(edit).span, []).append(edit)
    return groups


def _outer_first(group: tuple[Span, object]) -> tuple[int, int, int, int]:
    span = group[0]
    return (span.line, span.column, -span.end_line, -span.end_column)
