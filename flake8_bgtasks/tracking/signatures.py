"""Whether the arguments of a call fit the function that it reaches."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

from flake8_bgtasks.tracking import known
from flake8_bgtasks.tracking.things import Class, NodeRef

if TYPE_CHECKING:
    from flake8_bgtasks.tracking import facts
    from flake8_bgtasks.tracking.added import Added
    from flake8_bgtasks.tracking.binding import Site
    from flake8_bgtasks.tracking.parameters import TasksParameter
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import ScopeRef

Kind = Literal["missing", "too many", "unexpected", "twice"]

_POSITIONAL = ("positional_only", "normal")
_NAMED = ("normal", "keyword_only")
_ABSTRACT = frozenset({"abc.ABCMeta"})


class Mismatch(NamedTuple):
    """Why Python refuses a call.

    `names` are the parameters without a value ("missing"), the keywords that no parameter takes
    ("unexpected"), or those that have a value already ("twice"). `accepted` and `given` count
    positional arguments, where there are "too many".
    """

    kind: Kind
    names: tuple[str, ...] = ()
    accepted: int = 0
    given: int = 0


def mismatch(program: Program, site: Site) -> Mismatch | None:
    """Return why the arguments don't fit; None where they do, or where that isn't known."""
    if not site.is_exact or not _is_plain(program, site):
        return None
    signature = program.units.scope(site.function).parameters[site.bound :]
    positional = [p for p in signature if p.kind in _POSITIONAL]
    passed = [a for a in site.arguments if a.keyword is None]
    # A keyword that `partial` has bound gives way to that of the call.
    keywords = list(dict.fromkeys(a.keyword for a in site.arguments if a.keyword is not None))
    return (
        _too_many(signature, len(positional), len(passed))
        or _twice(positional[: len(passed)], keywords)
        or _unexpected(signature, keywords)
        or _missing(signature, positional[: len(passed)], keywords)
    )


def _is_plain(program: Program, site: Site) -> bool:
    """Return whether the parameters that stand there are those that are called."""
    scope = program.units.scope(site.function)
    if scope.kind == "class" or len(scope.parameters) < site.bound:
        return False
    if any(p.kind == "var_positional" for p in scope.parameters[: site.bound]):
        return False
    owner = program.evaluator.classes.class_of(site.function)
    if scope.name == "__init__":
        return owner is not None and not _is_made_otherwise(program, owner)
    return True


def _is_made_otherwise(program: Program, cls: ScopeRef) -> bool:
    """Return whether `__new__` or a metaclass may take other arguments than `__init__`."""
    for base in program.evaluator.classes.order(cls):
        if not isinstance(base, Class):
            if not known.is_external(base, known.PLAIN_BASES):
                return True
        elif "__new__" in program.units.scope(base.ref).bindings or _has_metaclass(program, base):
            return True
    return False


def _has_metaclass(program: Program, cls: Class) -> bool:
    return any(
        argument.keyword == "metaclass"
        and not all(
            known.is_external(thing, _ABSTRACT)
            for thing in program.value(NodeRef(cls.ref.path, cls.ref.unit, argument.value))
        )
        for argument in program.units.scope(cls.ref).bases
    )


def _too_many(
    signature: tuple[facts.SignatureParameter, ...], accepted: int, given: int
) -> Mismatch | None:
    takes_more = any(p.kind == "var_positional" for p in signature)
    if given <= accepted or takes_more:
        return None
    return Mismatch("too many", accepted=accepted, given=given)


def _twice(filled: list[facts.SignatureParameter], keywords: list[str]) -> Mismatch | None:
    again = tuple(p.name for p in filled if p.kind == "normal" and p.name in keywords)
    return Mismatch("twice", again) if again else None


def _unexpected(
    signature: tuple[facts.SignatureParameter, ...], keywords: list[str]
) -> Mismatch | None:
    if any(p.kind == "var_keyword" for p in signature):
        return None
    named = {p.name for p in signature if p.kind in _NAMED}
    unknown = tuple(name for name in keywords if name not in named)
    return Mismatch("unexpected", unknown) if unknown else None


def _missing(
    signature: tuple[facts.SignatureParameter, ...],
    filled: list[facts.SignatureParameter],
    keywords: list[str],
) -> Mismatch | None:
    left_out = tuple(
        p.name
        for p in signature
        if p.default is None
        and not p.kind.startswith("var_")
        and p not in filled
        and not (p.kind in _NAMED and p.name in keywords)
    )
    return Mismatch("missing", left_out) if left_out else None


def missing_tasks(program: Program, added: Added) -> tuple[Site, TasksParameter] | None:
    """Return a task with the `BackgroundTasks` parameter that it needs and isn't passed."""
    return program.added.verdict(added, partial(_missing_parameter, program))


def _missing_parameter(program: Program, site: Site) -> TasksParameter | None:
    if not site.is_exact or program.units.scope(site.function).is_stub:
        return None
    for parameter in program.instances.parameters(site.function):
        left_out = program.binder.argument_for(site, parameter.name) is None
        if left_out and program.instances.is_required(parameter):
            return parameter
    return None
