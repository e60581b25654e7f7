"""Parses top-level statements, or parts of them, and tracks them."""

from __future__ import annotations

import ast
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from flake8_bgtasks.findings import Span
from flake8_bgtasks.project.bodies import excerpt, function_bodies
from flake8_bgtasks.project.source import TOO_DEEP, BadSource
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.unit import Part, Scope, Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flake8_bgtasks.project.bodies import FunctionBody
    from flake8_bgtasks.project.files import Files
    from flake8_bgtasks.project.outline import Outline, Statement
    from flake8_bgtasks.tracking.exchange import Exchange
    from flake8_bgtasks.tracking.facts import ScopeId


class Reader:
    """Reads statements; what LibCST can't parse is noted in `files` and counts as empty.

    What is known of a text already stands in `facts`.
    """

    def __init__(self, files: Files, facts: Exchange) -> None:
        self._files = files
        self._facts = facts

    def whole(self, path: str, index: int) -> Unit:
        """Return all facts of a statement."""
        outline, statement = self._at(path, index)
        unit = Unit(path, index, self._body)
        unit.begin(self._whole(outline, statement, unit))
        return unit

    def outlined(self, path: str, index: int) -> Unit:
        """Return the facts of a statement without those of the bodies of its functions."""
        outline, statement = self._at(path, index)
        unit = Unit(path, index, self._body)
        part = self._without_bodies(outline, statement, unit)
        unit.begin(part or self._whole(outline, statement, unit))
        return unit

    def _without_bodies(self, outline: Outline, statement: Statement, unit: Unit) -> Part | None:
        """Return the facts without those of bodies, None where there are none to leave out."""
        bodies = function_bodies(outline.lines, statement.first, statement.last)
        if not bodies:
            return None
        track = partial(_track_without, outline, statement, bodies, unit)
        try:
            return self._recalled("rest", outline, statement.first, statement.last, unit, track)
        except Exception:  # reading it whole will show what is wrong
            return None

    def _recalled(
        self,
        what: str,
        outline: Outline,
        first: int,
        last: int,
        unit: Unit,
        track: Callable[[], Part],
    ) -> Part:
        """Return what tracking `what` in some lines gives, or gave before."""
        from flake8_bgtasks.tracking import recorded

        key = recorded.key_of(what, outline.lines[first - 1 : last])
        text = self._facts.get(key)
        if text is not None:
            try:
                return recorded.from_text(text, first, unit.body)
            except recorded.DAMAGED:
                pass  # it is tracked again
        part = track()
        if self._facts.wants(key):
            with suppress(RecursionError):
                self._facts.put(key, recorded.as_text(part, first))
        return part

    def text(self, unit: Unit, scope: ScopeId) -> str:
        """Return the source of a body that was left out."""
        outline, _ = self._at(unit.path, unit.index)
        body = unit.left_out[scope].body
        return "".join(outline.lines[body.first - 1 : body.last])

    def _at(self, path: str, index: int) -> tuple[Outline, Statement]:
        outline = self._files.surface(path)
        assert outline is not None
        return outline, outline.statements[index]

    def _whole(self, outline: Outline, statement: Statement, unit: Unit) -> Part:
        first, last = statement.first, statement.last
        track = partial(_track_whole, outline, statement, unit)
        recall = partial(self._recalled, "all", outline, first, last, unit, track)
        return self._checked(outline, first, recall) or _nothing(unit)

    def _body(self, unit: Unit, scope: ScopeId) -> Part:
        outline, _ = self._at(unit.path, unit.index)
        body = unit.left_out[scope].body
        track = partial(_track_body, outline, body, unit, scope)
        declared = unit.scopes[scope]
        place = f"{unit.left_out[scope].node} {scope} {declared.parent} {declared.qualname}"
        recall = partial(self._recalled, place, outline, body.top, body.last, unit, track)
        first = body.top - _is_method(outline, body)
        return self._checked(outline, first, recall) or _anything(unit, scope)

    def _checked(self, outline: Outline, first: int, track: Callable[[], Part]) -> Part | None:
        """Return what tracking code from the line `first` on gives, None where it can't be read."""
        try:
            return track()
        except SyntaxError as error:
            self._reject(outline, BadSource(error.msg, first + (error.lineno or 1) - 1))
        except RecursionError:
            self._reject(outline, BadSource(TOO_DEEP, first))
        except Exception as error:  # the other statements are still checked
            self._note(outline, first, error)
        return None

    def _note(self, outline: Outline, first: int, error: Exception) -> None:
        """Note why code from the line `first` on can't be tracked."""
        import libcst as cst

        if isinstance(error, cst.ParserSyntaxError):
            line = first + error.raw_line - 1
            self._reject(outline, BadSource(error.message, line, error.raw_column + 1))
        else:
            self._files.failed.setdefault(outline.path, error)

    def _reject(self, outline: Outline, reason: BadSource) -> None:
        self._files.bad.setdefault(outline.path, reason)


def _track_whole(outline: Outline, statement: Statement, unit: Unit) -> Part:
    import libcst as cst

    from flake8_bgtasks.tracking.parts import track
    from flake8_bgtasks.tracking.positions import positions_of

    source = outline.source_of(statement)
    module, shift = cst.parse_module(source), 0 if statement.nodes else statement.first - 1
    parsed = statement.nodes or ast.parse(source).body
    positions = positions_of(module, parsed, outline.lines, shift)
    return track(module, positions, unit.body, {})


def _track_without(
    outline: Outline, statement: Statement, bodies: Sequence[FunctionBody], unit: Unit
) -> Part:
    import libcst as cst

    from flake8_bgtasks.tracking.parts import track
    from flake8_bgtasks.tracking.positions import positions_of

    rest = excerpt(outline.lines, statement.first, statement.last, bodies)
    source = "".join(rest.lines)
    module = cst.parse_module(source)
    found = positions_of(module, ast.parse(source).body, rest.lines)
    positions = {node: rest.in_file(span) for node, span in found.items()}
    return track(module, positions, unit.body, {body.top: body for body in bodies})


def _track_body(outline: Outline, body: FunctionBody, unit: Unit, scope: ScopeId) -> Part:
    import libcst as cst

    from flake8_bgtasks.tracking.parts import track_body
    from flake8_bgtasks.tracking.positions import positions_of

    is_method = _is_method(outline, body)
    lines = outline.lines[body.top - 1 : body.last]
    source = "".join(["class _:\n", *lines] if is_method else lines)
    module, shift = cst.parse_module(source), body.top - is_method - 1
    positions = positions_of(module, ast.parse(source).body, outline.lines, shift)
    (node,) = module.body[0].body.body if is_method else module.body  # type: ignore[union-attr]
    assert isinstance(node, cst.FunctionDef)
    return track_body(unit, scope, node, positions)


def _is_method(outline: Outline, body: FunctionBody) -> bool:
    """Return whether a function is indented: it needs a class around it to be parsed."""
    return outline.lines[body.top - 1][0].isspace()


def _anything(unit: Unit, scope: ScopeId) -> Part:
    """Return what stands for a body that can't be read: it returns something."""
    made, span = unit.left_out[scope].node, unit.scopes[scope].span
    body = facts.Body(is_stub=True, events=(facts.Returned(made, span),))
    nodes: dict[int, facts.Node] = {made: facts.Opaque()}
    return Part(nodes, {made: span}, {made: scope}, {}, {scope: body}, {}, (), frozenset())


def _nothing(unit: Unit) -> Part:
    """Return what stands for code that can't be read.

    It may be known to be a function or class already, which takes anything then.
    """
    empty = Scope("module", "<module>", "", None, _NOWHERE, read=partial(unit.body, 0))
    taken = (
        facts.SignatureParameter("args", "var_positional", None, None, _NOWHERE),
        facts.SignatureParameter("kwargs", "var_keyword", None, None, _NOWHERE),
    )
    unknown = Scope("function", "", "", 0, _NOWHERE, parameters=taken, read=partial(unit.body, 1))
    scopes, bodies = {0: empty, 1: unknown}, {0: facts.Body(), 1: facts.Body(is_stub=True)}
    return Part({}, {}, {}, scopes, bodies, {}, (), frozenset())


_NOWHERE = Span(1, 1, 1, 1)
