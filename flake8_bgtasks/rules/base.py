"""What a rule is: metadata, a documentation page, and a pure function from project to findings."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from flake8_bgtasks.codes import OFF_BY_DEFAULT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flake8_bgtasks.findings import Finding, Related, Span
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef

FixLevel = Literal["safe", "unsafe", "none"]


@dataclass(frozen=True)
class Rule:
    """One row of the catalogue; the docstring of the module that makes it is its page.

    `undecided` tells of a program which functions it can't judge, as it isn't known who calls them:
    pairs of a module and a name in it. Where somebody is found who does, it is applied again.
    """

    code: str
    name: str
    summary: str
    fix: FixLevel
    check: Callable[[Program], Iterable[Finding]]
    undecided: Callable[[Program], frozenset[tuple[str, str]]] | None = None

    @property
    def on_by_default(self) -> bool:
        """Whether it is reported without being selected."""
        return self.code not in OFF_BY_DEFAULT

    @property
    def page(self) -> str:
        """The documentation page, in Markdown."""
        return (sys.modules[self.check.__module__].__doc__ or "").strip() + "\n"


def found(
    code: str, path: str, span: Span, message: str, related: Iterable[Related] = ()
) -> Finding:
    """Make a finding; related places are given once each."""
    from flake8_bgtasks.findings import Finding

    return Finding(path, span, code, message, tuple(dict.fromkeys(related)))


def found_at(
    program: Program, code: str, ref: NodeRef, message: str, related: Iterable[Related] = ()
) -> Finding:
    """Make a finding at a node, with the way that a request takes to get there."""
    function = program.function_around(ref)
    chains = program.chains
    places = [*related, *chains.related(function)]
    return found(code, ref.path, program.span(ref), message + chains.text(function), places)
