"""The facts of statements as text, so that the next run need not track what it has not changed.

As JSON, in which a value of ours is a list that begins with the number of its kind. Lines count
from the first line of what was tracked: code that moves keeps its facts.
"""

from __future__ import annotations

import json
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol, get_args

from flake8_bgtasks.findings import Span
from flake8_bgtasks.project.bodies import FunctionBody
from flake8_bgtasks.tracking import facts, steps
from flake8_bgtasks.tracking.unit import LeftOut, Part, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Build = Callable[..., object]

_TUPLE, _DICT, _SET, _SPAN, _SCOPE, _FUNCTION_BODY = range(6)
_PLAIN = (
    *get_args(facts.Node),
    *get_args(facts.Event),
    *get_args(steps.Step),
    *(facts.Argument, facts.SignatureParameter, facts.Field, facts.Body),
    *(steps.Handler, LeftOut),
)
_FIRST = _FUNCTION_BODY + 1
_SHAPES: Mapping[type, tuple[int, tuple[str, ...]]] = {
    kind: (number, kind.__match_args__) for number, kind in enumerate(_PLAIN, start=_FIRST)
}
_PARTS = {
    "nodes": dict,
    "owners": dict,
    "scopes": dict,
    "bodies": dict,
    "left_out": dict,
    "caught": tuple,
    "quoted": frozenset,
}
_SIMPLE = frozenset({int, str, bool, type(None)})
"""What JSON has, too."""

_ENCODER = json.JSONEncoder(check_circular=False, separators=(",", ":"))
_SCOPE_FIELDS = tuple(name for name in Scope.__match_args__ if name not in ("kind", "span"))


DAMAGED = (ValueError, TypeError, IndexError, KeyError, AttributeError, RecursionError)
"""What a damaged text may raise."""


def key_of(what: str, lines: Iterable[str]) -> str:
    """Return the key of what is tracked, `what` of some lines."""
    return sha256("\n".join([what, *lines]).encode(errors="surrogatepass")).hexdigest()


class Facts(Protocol):
    """Keeps texts for keys, from one run to the next."""

    @property
    def is_empty(self) -> bool:
        """Whether there are none from the last run."""

    def get(self, key: str) -> str | None:
        """Return the text of a key, None if there is none."""

    def put(self, key: str, text: str) -> None:
        """Keep a text."""


class Remembered(dict[str, str]):
    """Facts for as long as the process lives."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known."""
        return not self

    def put(self, key: str, text: str) -> None:
        """Keep a text."""
        self[key] = text


def as_text(part: Part, first: int) -> str:
    """Return the text of a part whose code begins at the line `first`."""
    write = _Writer(first)
    spans = [write.span(span) for span in part.spans.values()]
    values = [write(getattr(part, name)) for name in _PARTS]
    return _ENCODER.encode([spans, *values])


def from_text(text: str, first: int, read: Callable[[int], facts.Body]) -> Part:
    """Return the part; `read` tells of the body of one of its scopes.

    Raises one of `DAMAGED` for a damaged text.
    """
    spans, *values = json.loads(text)
    build = _Builder(first, read)
    found = dict(zip(_PARTS, map(build, values), strict=True))
    if any(type(found[name]) is not kind for name, kind in _PARTS.items()):
        raise TypeError(text)
    placed = zip(found["nodes"], map(build.span, spans), strict=True)
    return Part(spans=dict(placed), **found)


class _Writer:
    """Turns values into those that JSON has."""

    def __init__(self, first: int) -> None:
        self._first = first

    def __call__(self, value: Any) -> Any:
        kind = value.__class__
        shape = _SHAPES.get(kind)
        if shape is not None:
            number, fields = shape
            return [number, *self._each([getattr(value, name) for name in fields])]
        if kind is tuple:
            return [_TUPLE, *self._each(value)]
        if kind is Span:
            return [_SPAN, *self.span(value)]
        if kind is dict:
            return [_DICT, [*value], self._each(value.values())]
        if kind is frozenset:
            return [_SET, *sorted(value)]
        if kind is Scope:
            return self._scope(value)
        return self._body(value) if kind is FunctionBody else value

    def _each(self, values: Iterable[Any]) -> list[Any]:
        """Turn some values; most of them JSON has."""
        return [v if v.__class__ in _SIMPLE else self(v) for v in values]

    def span(self, span: Span) -> list[int]:
        line, column, end_line, end_column = span
        return [line - self._first, column, end_line - self._first, end_column]

    def _scope(self, scope: Scope) -> list[Any]:
        is_top = scope.kind == "module"
        span = [1, 1, 1, 1] if is_top else self.span(scope.span)
        values = self._each([getattr(scope, name) for name in _SCOPE_FIELDS])
        return [_SCOPE, scope.read.args[0], scope.kind, span, *values]  # type: ignore[attr-defined]

    def _body(self, body: FunctionBody) -> list[Any]:
        lines = (body.top, body.first, body.last)
        flags = (body.end, body.yields, body.works)
        return [_FUNCTION_BODY, *(line - self._first for line in lines), *flags]


class _Builder:
    """Turns them back."""

    def __init__(self, first: int, read: Callable[[int], facts.Body]) -> None:
        self._first = first
        self._read = read

    def __call__(self, value: Any) -> Any:
        if value.__class__ is not list:
            return value
        number = value[0]
        if number >= _FIRST:
            return _PLAIN[number - _FIRST](*self._each(value[1:]))
        if number == _TUPLE:
            return tuple(self._each(value[1:]))
        if number == _SPAN:
            return self.span(value[1:])
        if number == _DICT:
            return dict(zip(value[1], self._each(value[2]), strict=True))
        if number == _SET:
            return frozenset(value[1:])
        return self._scope(*value[1:]) if number == _SCOPE else self._body(*value[1:])

    def _each(self, values: list[Any]) -> list[Any]:
        return [self(v) if v.__class__ is list else v for v in values]

    def span(self, span: list[int]) -> Span:
        line, column, end_line, end_column = span
        return Span(line + self._first, column, end_line + self._first, end_column)

    def _scope(self, number: int, kind: Any, span: list[int], *values: Any) -> Scope:
        where = Span(*span) if kind == "module" else self.span(span)
        fields = dict(zip(_SCOPE_FIELDS, self._each([*values]), strict=True))
        return Scope(kind=kind, span=where, read=partial(self._read, number), **fields)

    def _body(self, top: int, first: int, last: int, *flags: Any) -> FunctionBody:
        shift = self._first
        return FunctionBody(top + shift, first + shift, last + shift, *flags)
