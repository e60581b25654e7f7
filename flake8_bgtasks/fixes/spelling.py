"""Writing out the code that edits insert."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.document import CannotEditError
from flake8_bgtasks.fixes.edits import AnnotationSource, ArgumentSource, Source, Symbol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import libcst as cst

    from flake8_bgtasks.findings import Span
    from flake8_bgtasks.fixes.document import Change, Document
    from flake8_bgtasks.fixes.edits import Text
    from flake8_bgtasks.fixes.names import Names


class Speller:
    """Writes texts for one file, and remembers which code it copied for them."""

    def __init__(self, document: Document, names: Names) -> None:
        """`names` collects the imports that are needed."""
        self._document = document
        self._names = names
        self._copied: list[tuple[int, int]] = []

    def at(self, offset: int) -> Callable[[Text], str]:
        """Return what writes out a text that goes to an offset."""
        return lambda text: "".join(self._part(part, offset) for part in text)

    def _part(
        self, part: str | Symbol | Source | ArgumentSource | AnnotationSource, offset: int
    ) -> str:
        match part:
            case str():
                return part
            case Symbol():
                return self._names.spell(part, offset)
            case Source(place=place):
                self._check_path(place.path)
                return self._copy(*self._document.offsets(place.span))
            case ArgumentSource(call=call, index=index):
                self._check_path(call.path)
                return self._copy_node(self._argument(call.span, index))
            case AnnotationSource(function=function, parameter=name):
                self._check_path(function.path)
                return self._copy_node(self._annotation(function.span, name))

    def _argument(self, span: Span, index: int) -> cst.BaseExpression:
        import libcst as cst

        call = self._document.find(span, cst.Call)
        assert isinstance(call, cst.Call)
        if index >= len(call.args):
            raise CannotEditError(f"{self._document.path}:{span.line}: no argument {index}")
        return call.args[index].value

    def _annotation(self, span: Span, name: str) -> cst.BaseExpression:
        params = self._document.function(span).params
        for param in (*params.posonly_params, *params.params, *params.kwonly_params):
            if param.name.value == name and param.annotation is not None:
                return param.annotation.annotation
        raise CannotEditError(f"{self._document.path}:{span.line}: {name!r} has no annotation")

    def _check_path(self, path: str) -> None:
        """Code means something else in another file."""
        if path != self._document.path:
            raise CannotEditError(f"code of {path} can't be copied to {self._document.path}")

    def _copy_node(self, node: cst.BaseExpression) -> str:
        return self._copy(self._document.outer_start(node), self._document.outer_end(node))

    def _copy(self, start: int, end: int) -> str:
        self._copied.append((start, end))
        return self._document.text[start:end]

    def check_copies(self, changes: Iterable[Change]) -> None:
        """Raise CannotEditError if copied code is itself changed: the copy would be the old one."""
        for change in changes:
            for start, end in self._copied:
                inside = start < change.end and change.start < end
                if inside and not (change.start <= start and end <= change.end):
                    raise CannotEditError("two changes of the same code")
