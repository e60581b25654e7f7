"""Edits by meaning: what a fix wants of the code, not which characters that takes.

Equal edits of several fixes are one edit. How a name is spelled in a file, where its import goes,
which comma moves, and which import nobody needs any more is the business of `render`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from flake8_bgtasks.tracking.things import NodeRef

if TYPE_CHECKING:
    from flake8_bgtasks.findings import Span
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import ScopeRef


@dataclass(frozen=True, order=True)
class Place:
    """A function, a statement or an expression, by where it stands.

    Only calls, names, attributes, awaits, lambdas, functions, classes and simple statements have
    spans of their own (`tracking.positions`); what else stands in a signature or in a call is
    reached through the function or the call.
    """

    path: str
    span: Span


def place_of(program: Program, ref: NodeRef | ScopeRef) -> Place:
    """Return where a node, or the definition of a scope, stands."""
    span = program.span(ref) if isinstance(ref, NodeRef) else program.units.scope(ref).span
    return Place(ref.path, span)


# What an inserted piece of code is made of.


@dataclass(frozen=True, order=True)
class Symbol:
    """An importable name, such as `fastapi` `BackgroundTasks`, spelled as the file spells it.

    The import that it takes is added where there is none that works at run time.
    """

    module: str
    name: str


@dataclass(frozen=True, order=True)
class Source:
    """The source of the expression at `place`, copied."""

    place: Place


@dataclass(frozen=True, order=True)
class ArgumentSource:
    """The value of the argument number `index` (from 0) of a call, copied."""

    call: Place
    index: int


@dataclass(frozen=True, order=True)
class AnnotationSource:
    """The annotation of a parameter, copied."""

    function: Place
    parameter: str


Text = tuple[str | Symbol | Source | ArgumentSource | AnnotationSource, ...]


# Signatures. Several edits of one signature go together.

Position = Literal["positional", "keyword_only"]
"""`"positional"`: behind the last positional parameter without default (`/` and `self` included),
so that no default comes before it. `"keyword_only"`: behind `*`, which is added if need be."""


@dataclass(frozen=True)
class AddParameter:
    """Declare one more parameter."""

    function: Place
    name: str
    annotation: Text
    position: Position = "positional"
    default: Text | None = None


@dataclass(frozen=True)
class RemoveParameter:
    """Take a parameter out of a signature."""

    function: Place
    name: str


@dataclass(frozen=True)
class MoveParameter:
    """Declare a parameter somewhere else in the same signature, as `AddParameter` would."""

    function: Place
    name: str
    position: Position


@dataclass(frozen=True)
class ReplaceAnnotation:
    """Annotate a parameter, whether it has an annotation or not; its stars and default stay."""

    function: Place
    parameter: str
    annotation: Text


@dataclass(frozen=True)
class RenameParameter:
    """Declare a parameter as `declaration`, such as `tasks` for `*tasks`; the rest of it stays."""

    function: Place
    parameter: str
    declaration: str


@dataclass(frozen=True)
class ReplaceDefault:
    """Give a parameter another default; None takes it away."""

    function: Place
    parameter: str
    default: Text | None


@dataclass(frozen=True)
class AllowKeywords:
    """Let all positional-only parameters be passed by keyword, too: take out the `/`."""

    function: Place


@dataclass(frozen=True)
class MakeAsync:
    """Write `async def` for `def`."""

    function: Place


@dataclass(frozen=True)
class RemoveDecorator:
    """Take a decorator away, with its line."""

    function: Place
    decorator: Place


# Calls. Several edits of one call go together.


@dataclass(frozen=True)
class PassArgument:
    """Pass one more argument: behind the last positional one, or by keyword at the end.

    `index`: the position (from 0) among the arguments as they are now, instead.
    """

    call: Place
    value: Text
    keyword: str | None = None
    index: int | None = None


@dataclass(frozen=True)
class RemoveArgument:
    """Take the argument number `index` (from 0, keywords and stars counted) out of a call."""

    call: Place
    index: int


@dataclass(frozen=True)
class ReplaceArgument:
    """Pass another value as the argument number `index`; its keyword and stars stay."""

    call: Place
    index: int
    value: Text


# Expressions and statements


@dataclass(frozen=True)
class ReplaceExpression:
    """Put other code where an expression stands."""

    expression: Place
    text: Text


@dataclass(frozen=True)
class RemoveStatement:
    """Remove a simple statement; comments that don't speak of it alone stay.

    A block that loses its only statement gets `pass`.
    """

    statement: Place


@dataclass(frozen=True)
class ReplaceStatement:
    """Put another simple statement where one stands."""

    statement: Place
    text: Text


@dataclass(frozen=True)
class InsertBefore:
    """Write a statement on a line of its own before a simple or compound statement.

    Of more lines, those that begin with a tab stand one level deeper.
    """

    statement: Place
    text: Text


@dataclass(frozen=True)
class InsertBehind:
    """Write a statement behind a simple statement."""

    statement: Place
    text: Text


@dataclass(frozen=True)
class UnwrapBlock:
    """Take away the line of a `with` or `for` statement, and move its block out by one level.

    `subject`: what is entered or iterated over; the line has to end behind it, without a comment.
    """

    subject: Place


# Imports


@dataclass(frozen=True)
class RemoveImport:
    """Take the name `bound` out of an import statement, and the statement if it has no other."""

    statement: Place
    bound: str


@dataclass(frozen=True)
class BindImport:
    """Have `bound` mean `symbol` from the top of the module on, at run time."""

    path: str
    bound: str
    symbol: Symbol


@dataclass(frozen=True)
class ReplaceImport:
    """Import `bound` from somewhere else.

    At the top of a module the import goes where it belongs among the others; in a function or in
    an `if` or `try` block it stays where it is.
    """

    statement: Place
    bound: str
    symbol: Symbol


SignatureEdit = (
    AddParameter
    | RemoveParameter
    | MoveParameter
    | ReplaceAnnotation
    | RenameParameter
    | ReplaceDefault
    | AllowKeywords
    | MakeAsync
    | RemoveDecorator
)
CallEdit = PassArgument | RemoveArgument | ReplaceArgument
ImportEdit = RemoveImport | BindImport | ReplaceImport
StatementEdit = RemoveStatement | ReplaceStatement | InsertBefore | InsertBehind
Edit = SignatureEdit | CallEdit | ReplaceExpression | StatementEdit | UnwrapBlock | ImportEdit


def path_of(edit: Edit) -> str:
    """Return the file that an edit changes."""
    match edit:
        case BindImport(path=path):
            return path
        case PassArgument() | RemoveArgument() | ReplaceArgument():
            return edit.call.path
        case ReplaceExpression(expression=place):
            return place.path
        case RemoveStatement() | ReplaceStatement() | InsertBefore() | InsertBehind():
            return edit.statement.path
        case UnwrapBlock(subject=place):
            return place.path
        case RemoveImport() | ReplaceImport():
            return edit.statement.path
        case _:
            return edit.function.path


# What a planner answers


@dataclass(frozen=True)
class Plan:
    """How to repair a finding: all of `edits`, or nothing.

    `title` says what is done, as a command: "take the injected BackgroundTasks".
    """

    applicability: Literal["safe", "unsafe"]
    title: str
    edits: frozenset[Edit]


@dataclass(frozen=True)
class Refusal:
    """Why a finding is not repaired, in words that a user understands, with the place."""

    reason: str
