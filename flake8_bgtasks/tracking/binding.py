"""Which function a call reaches, and which of its parameters each argument fills."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.things import (
    Class,
    External,
    Function,
    Instance,
    Method,
    NodeRef,
    Partial,
    ScopeRef,
    Thing,
    Things,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.tracking.evaluate import Evaluator


@dataclass(frozen=True)
class GivenArgument:
    """An argument where it stands: of the call, or of the `partial` that made its function."""

    value: NodeRef
    keyword: str | None
    star: str


@dataclass(frozen=True)
class Site:
    """A call of a project function.

    `function` is a function, or the class of a dataclass. `call` is the call, `arguments` what
    reaches the function, `bound` the number of parameters that are filled already (`self`), `how`
    whether the call calls it itself (`"call"`), hands it to something that calls it (`"forward"`:
    `run_in_threadpool`; `"partial"`: later), or adds it as a `"task"`.
    """

    call: NodeRef
    function: ScopeRef
    arguments: tuple[GivenArgument, ...]
    bound: int = 0
    how: str = "call"

    @property
    def is_exact(self) -> bool:
        """Return whether no `*args` or `**kwargs` hide what is passed."""
        return not any(argument.star for argument in self.arguments)


class Binder:
    """Resolves calls to sites."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._units = evaluator.units

    def sites(self, ref: NodeRef) -> tuple[tuple[Site, ...], bool]:
        """Return the project functions that a call may reach, and whether these are all."""
        node = self._units.node(ref)
        if not isinstance(node, facts.Call):
            return (), False
        given = tuple(
            GivenArgument(ref._replace(node=a.value), a.keyword, a.star) for a in node.arguments
        )
        things = self._evaluator.value(ref._replace(node=node.function))
        return self._sites(ref, things, given, "call")

    def _sites(
        self, call: NodeRef, things: Things, given: tuple[GivenArgument, ...], how: str
    ) -> tuple[tuple[Site, ...], bool]:
        found: list[Site] = []
        complete = bool(things)
        for thing in sorted(things, key=repr):
            sites = list(self._reached(call, thing, given, how))
            found.extend(sites)
            complete = complete and bool(sites)
        return tuple(dict.fromkeys(found)), complete

    def _reached(
        self, call: NodeRef, thing: Thing, given: tuple[GivenArgument, ...], how: str
    ) -> Iterator[Site]:
        match thing:
            case Function(ref=ref):
                yield Site(call, ref, given, 0, how)
            case Method(function=ref):
                yield Site(call, ref, given, 1, how)
            case Class():
                yield from self._constructor(call, thing, given, how)
            case Instance(cls=Class()):
                for called in self._evaluator.attribute(thing, "__call__"):
                    if isinstance(called, Method):
                        yield Site(call, called.function, given, 1, how)
            case Partial(function=function, call=made):
                first = self._arguments(made)[1:]
                yield from self._reached(call, function, first + given, how)
            case External(name=name):
                yield from self._forwarded(call, name, given)

    def _constructor(
        self, call: NodeRef, cls: Class, given: tuple[GivenArgument, ...], how: str
    ) -> Iterator[Site]:
        if self._evaluator.classes.is_plain_dataclass(cls.ref):
            yield Site(call, cls.ref, given, 0, how)
            return
        instance = Instance(cls, exact=True)
        for called in self._evaluator.attribute(instance, "__init__"):
            if isinstance(called, Method):
                yield Site(call, called.function, given, 1, how)

    def _forwarded(
        self, call: NodeRef, name: str, given: tuple[GivenArgument, ...]
    ) -> Iterator[Site]:
        skip = 0 if name in known.CALLS_FIRST_ARGUMENT else None
        if name in known.TASK_CLASSES or name.removesuffix("().add_task") in known.TASKS_CLASSES:
            yield from self.handed_on(call, given, 0, "task")
        elif name.endswith(".run_in_executor"):
            skip = 1
        if skip is not None:
            how = "partial" if name in known.PARTIALS else "forward"
            yield from self.handed_on(call, given, skip, how)

    def handed_on(
        self, call: NodeRef, given: tuple[GivenArgument, ...], position: int, how: str
    ) -> Iterator[Site]:
        """Yield the sites of a function that is handed over as the argument at `position`."""
        if len(given) <= position or any(a.star or a.keyword for a in given[: position + 1]):
            return
        for thing in self._evaluator.value(given[position].value):
            yield from self._reached(call, thing, given[position + 1 :], how)

    def _arguments(self, ref: NodeRef) -> tuple[GivenArgument, ...]:
        node = self._units.node(ref)
        assert isinstance(node, facts.Call)
        return tuple(
            GivenArgument(ref._replace(node=a.value), a.keyword, a.star) for a in node.arguments
        )

    # Arguments to parameters

    def parameter_of(self, site: Site, argument: GivenArgument) -> facts.SignatureParameter | None:
        """Return the parameter that an argument fills, None where that isn't known."""
        signature = self._evaluator.classes.signature(site.function)
        if argument.star:
            return None
        if argument.keyword is not None:
            named = [p for p in signature if p.name == argument.keyword]
            return named[0] if named else self._of_kind(signature, "var_keyword")
        before = site.arguments[: site.arguments.index(argument)]
        if any(other.star == "*" for other in before):
            return None
        position = site.bound + sum(1 for other in before if other.keyword is None)
        positional = [p for p in signature if p.kind in ("positional_only", "normal")]
        if position < len(positional):
            return positional[position]
        return self._of_kind(signature, "var_positional")

    def _of_kind(
        self, signature: tuple[facts.SignatureParameter, ...], kind: str
    ) -> facts.SignatureParameter | None:
        return next((p for p in signature if p.kind == kind), None)

    def argument_for(self, site: Site, name: str) -> GivenArgument | None:
        """Return the argument that fills the parameter `name`; None if left out or unknown."""
        for argument in site.arguments:
            parameter = self.parameter_of(site, argument)
            if parameter is not None and parameter.name == name:
                return argument
        return None
