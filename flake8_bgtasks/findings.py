"""The values that travel from the rules to the reporters."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Any, NamedTuple


class Span(NamedTuple):
    """A stretch of source: lines and columns from 1, columns in characters, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int

    def contains(self, other: Span) -> bool:
        """Return whether `other` lies within."""
        starts = (self.line, self.column) <= (other.line, other.column)
        return starts and (other.end_line, other.end_column) <= (self.end_line, self.end_column)


@dataclass(frozen=True, order=True)
class Related:
    """Another place that explains a finding: a route, a call on the way, an instance's origin.

    `step`: what the request gets through at this place, a route (`"POST /users"`) or a function
    (`"create_user"`); empty for a place beside the way. Steps stand in the order of the request.
    """

    path: str
    span: Span
    message: str
    step: str = ""


@dataclass(frozen=True, order=True)
class Edit:
    """Replace the source under `span` by `text`."""

    path: str
    span: Span
    text: str


@dataclass(frozen=True, order=True)
class Fix:
    """A repair: `applicability` is `"safe"` or `"unsafe"`."""

    applicability: str
    title: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, order=True)
class Finding:
    """One mistake. `path` is relative to the project root, with `/` on every platform.

    `fix` and `refusal` exclude each other: a finding without a fix may say why it has none.
    """

    path: str
    span: Span
    code: str
    message: str
    related: tuple[Related, ...] = ()
    fix: Fix | None = None
    refusal: str | None = None

    @property
    def way(self) -> tuple[Related, ...]:
        """The steps from the route to the finding; none if no known request gets there."""
        return tuple(related for related in self.related if related.step)


def as_values(finding: Finding) -> list[Any]:
    """Return a finding in the terms of JSON."""
    return list(astuple(finding))


def from_values(values: list[Any]) -> Finding:
    """Rebuild a finding. Raises ValueError, TypeError or KeyError for anything else."""
    path, span, code, message, related, fix, refusal = values
    if not all(isinstance(text, str) for text in (path, code, message)):
        raise TypeError(values)
    places = tuple(Related(where, Span(*at), *rest) for where, at, *rest in related)
    if fix is not None:
        applicability, title, edits = fix
        fix = Fix(applicability, title, tuple(Edit(p, Span(*at), text) for p, at, text in edits))
    return Finding(path, Span(*span), code, message, places, fix, refusal)
