"""Writing the edits of one signature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.commas import CommaList, Item
from flake8_bgtasks.fixes.document import CannotEditError, Change, apply_changes
from flake8_bgtasks.fixes.edits import (
    AddParameter,
    AllowKeywords,
    MakeAsync,
    MoveParameter,
    RemoveDecorator,
    RemoveParameter,
    RenameParameter,
    ReplaceAnnotation,
    ReplaceDefault,
)
from flake8_bgtasks.fixes.wrapping import fitted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import libcst as cst

    from flake8_bgtasks.fixes.document import Document
    from flake8_bgtasks.fixes.edits import Position, SignatureEdit, Text

    Spell = Callable[[Text], str]


@dataclass(frozen=True)
class _Part:
    """A parameter (with a `node`), `*` or `/`, and its place in the list."""

    kind: str
    item: Item
    node: cst.Param | None

    @property
    def name(self) -> str | None:
        """The parameter's name, None for `*` and `/`."""
        return self.node.name.value if self.node else None


def signature_changes(
    document: Document,
    node: cst.FunctionDef,
    edits: Iterable[SignatureEdit],
    spell: Spell,
    broken: set[int],
) -> Iterator[Change]:
    """Yield the changes of a signature; `spell` writes out a text, for `broken` see `fitted`."""
    return _Signature(document, node, spell, broken).changes(list(edits))


class _Signature:
    def __init__(
        self, document: Document, node: cst.FunctionDef, spell: Spell, broken: set[int]
    ) -> None:
        self._broken = broken
        self._document = document
        self._node = node
        self._spell = spell
        self._parts = tuple(_parts(document, node.params))
        self._without_default: set[str] = set()
        self._list = _parameter_list(document, node, [part.item for part in self._parts])

    def changes(self, edits: list[SignatureEdit]) -> Iterator[Change]:
        inner = [edit for edit in edits if isinstance(edit, _INNER)]
        self._without_default = {
            e.parameter for e in inner if isinstance(e, ReplaceDefault) and e.default is None
        }
        moves = {edit.name: edit for edit in edits if isinstance(edit, MoveParameter)}
        for name, move in moves.items():
            number = self._number(name)
            mine = [edit for edit in inner if edit.parameter == name]
            inner = [edit for edit in inner if edit.parameter != name]
            self._list.remove(number)
            self._place(move.position, self._rewritten(number, mine))
        for edit in edits:
            if isinstance(edit, RemoveParameter):
                self._list.remove(self._number(edit.name))
            elif isinstance(edit, AddParameter):
                self._check_free(edit.name)
                self._place(edit.position, self._declaration(edit), edit.default is not None)
            elif isinstance(edit, AllowKeywords):
                self._list.remove(next(n for n, p in enumerate(self._parts) if p.kind == "slash"))
            elif isinstance(edit, MakeAsync):
                start = self._document.text.rindex("def", 0, self._document.start(self._node.name))
                yield Change(start, start, "async ")
            elif isinstance(edit, RemoveDecorator):
                start, end = self._document.offsets(edit.decorator.span)
                yield Change(self._document.line_start(start), self._document.next_line(end), "")
        self._drop_lone_star()
        within = [c for edit in inner for c in self._inner(self._number(edit.parameter), edit)]
        yield from fitted(self._list, self._broken, inner=within)
        yield from within

    # Where things are

    def _number(self, name: str) -> int:
        for number, part in enumerate(self._parts):
            if part.name == name:
                return number
        raise CannotEditError(f"{self._document.path}: there is no parameter {name!r}")

    def _check_free(self, name: str) -> None:
        if any(part.name == name for part in self._parts):
            raise CannotEditError(f"{self._document.path}: there is a parameter {name!r} already")

    def _kept(self) -> list[tuple[int, _Part]]:
        return [(n, part) for n, part in enumerate(self._parts) if n not in self._list.removed]

    # What changes in the list

    def _place(self, position: Position, text: str, has_default: bool = False) -> None:
        """Put a declaration where it may stand."""
        if position == "positional":
            self._list.add(self._behind_positional(has_default), text)
            return
        stars = [n for n, part in enumerate(self._parts) if part.kind in ("star", "args")]
        end = len(self._parts)
        at = end - 1 if self._parts and self._parts[-1].kind == "kwargs" else end
        if not stars and not any("*" in texts for texts in self._list.added.values()):
            self._list.add(at, "*")
        self._list.add(at, text)

    def _behind_positional(self, has_default: bool) -> int:
        """Return the number of what the next positional parameter comes before."""
        at = 0
        for number, part in enumerate(self._parts):
            if part.kind not in ("positional", "slash"):
                break
            if part.node is not None and part.node.default is not None and not has_default:
                break
            at = number + 1
        return at

    def _drop_lone_star(self) -> None:
        """Take out a `*` that nothing follows any more."""
        kept = self._kept()
        for place, (number, part) in enumerate(kept):
            if part.kind != "star":
                continue
            follows = any(other.kind == "keyword" for _, other in kept[place + 1 :])
            if not follows and not any(before > number for before in self._list.added):
                self._list.remove(number)

    # How a parameter is written

    def _declaration(self, edit: AddParameter) -> str:
        default = "" if edit.default is None else f" = {self._spell(edit.default)}"
        return f"{edit.name}: {self._spell(edit.annotation)}{default}"

    def _rewritten(self, number: int, edits: list[_InnerEdit]) -> str:
        """Return the text of a parameter with changes made."""
        item = self._parts[number].item
        shifted = [
            Change(change.start - item.start, change.end - item.start, change.text)
            for edit in edits
            for change in self._inner(number, edit)
        ]
        return apply_changes(self._document.text[item.start : item.end], shifted)

    def _inner(self, number: int, edit: _InnerEdit) -> Iterator[Change]:
        """Yield the change within a parameter."""
        node, item = self._parts[number].node, self._parts[number].item
        assert node is not None
        name_end = self._document.end(node.name)
        if isinstance(edit, RenameParameter):
            yield Change(item.start, name_end, edit.declaration)
        elif isinstance(edit, ReplaceAnnotation):
            text = self._spell(edit.annotation)
            if node.annotation is None:
                yield Change(name_end, name_end, f": {text}")
                if node.name.value not in self._without_default:
                    yield from self._aired_default(node)
            else:
                yield self._over(node.annotation.annotation, text)
        elif node.default is not None:
            yield self._new_default(node, edit.default)
        elif edit.default is not None:
            glue = " = " if node.annotation else "="
            yield Change(item.end, item.end, f"{glue}{self._spell(edit.default)}")

    def _over(self, node: cst.BaseExpression, text: str) -> Change:
        return Change(self._document.outer_start(node), self._document.outer_end(node), text)

    def _aired_default(self, node: cst.Param) -> Iterator[Change]:
        """Write ` = ` with blanks, as goes with an annotation."""
        if node.default is not None:
            start, end = self._document.end(node.name), self._document.outer_start(node.default)
            if self._document.text[start:end] == "=":
                yield Change(start, end, " = ")

    def _new_default(self, node: cst.Param, default: Text | None) -> Change:
        assert node.default is not None
        if default is not None:
            return self._over(node.default, self._spell(default))
        annotation = node.annotation.annotation if node.annotation else None
        before = self._document.end(node.name)
        if annotation is not None:
            before = self._document.outer_end(annotation)
        return Change(before, self._document.outer_end(node.default), "")


_InnerEdit = ReplaceAnnotation | RenameParameter | ReplaceDefault
_INNER = (ReplaceAnnotation, RenameParameter, ReplaceDefault)


def _parts(document: Document, params: cst.Parameters) -> Iterator[_Part]:
    import libcst as cst

    for param in params.posonly_params:
        yield _part(document, "positional", param)
    if isinstance(params.posonly_ind, cst.ParamSlash):
        yield _marker(document, "slash", params.posonly_ind)
    for param in params.params:
        yield _part(document, "positional", param)
    if isinstance(params.star_arg, cst.Param):
        yield _part(document, "args", params.star_arg)
    elif isinstance(params.star_arg, cst.ParamStar):
        yield _marker(document, "star", params.star_arg)
    for param in params.kwonly_params:
        yield _part(document, "keyword", param)
    if params.star_kwarg is not None:
        yield _part(document, "kwargs", params.star_kwarg)


def _part(document: Document, kind: str, param: cst.Param) -> _Part:
    last = param.default or (param.annotation.annotation if param.annotation else param.name)
    end = document.outer_end(last)
    return _Part(kind, Item(document.start(param), end, _comma(document, param)), param)


def _marker(document: Document, kind: str, node: cst.ParamSlash | cst.ParamStar) -> _Part:
    start = document.start(node)
    return _Part(kind, Item(start, start + 1, _comma(document, node)), None)


def _comma(document: Document, node: cst.Param | cst.ParamSlash | cst.ParamStar) -> int | None:
    import libcst as cst

    return document.start(node.comma) if isinstance(node.comma, cst.Comma) else None


def _parameter_list(document: Document, node: cst.FunctionDef, items: list[Item]) -> CommaList:
    before = node.type_parameters or node.name
    start = document.text.index("(", document.end(before)) + 1
    return CommaList(document, start, document.end(node.params), items)
