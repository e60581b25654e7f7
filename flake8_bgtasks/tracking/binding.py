"""Which function a call reaches, and which of its parameters each argument fills."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

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
    in_order,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.tracking.evaluate import Evaluator


class GivenArgument(NamedTuple):
    """An argument where it stands: of the call, or of the `partial` that made its function."""

    value: NodeRef
    keyword: str | None
    star: str


class Site(NamedTuple):
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


Reached = tuple[tuple[Site, ...], bool]
"""The project functions that a call may reach, and whether these are all."""


class Binder:
    """Resolves calls to sites."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._units = evaluator.units
        self._sites: dict[tuple[bool, NodeRef], Reached] = {}

    def sites(self, ref: NodeRef) -> Reached:
        """Return the project functions that a call may reach, and whether these are all."""
        question = (self._evaluator.is_deep, ref)
        found = self._sites.get(question)
        if found is None:
            found = self._sites[question] = self._find_sites(ref)
        return found

    def _find_sites(self, ref: NodeRef) -> Reached:
        node = self._units.node(ref)
        if not isinstance(node, facts.Call):
            return (), False
        things = self._evaluator.value(ref._replace(node=node.function))
        return self.reach(ref, things, self.arguments(ref), "call")

    def reach(
        self, call: NodeRef, things: Things, given: tuple[GivenArgument, ...], how: str
    ) -> Reached:
        """Return the project functions that are called with `given`, and whether these are all."""
        found: list[Site] = []
        complete = bool(things)
        for thing in in_order(things):
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
                yield from self._bound(call, thing, "__call__", given, how)
            case Partial(function=function, call=made):
                first = self.arguments(made)[1:]
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
        yield from self._bound(call, instance, "__init__", given, how)

    def _bound(
        self,
        call: NodeRef,
        receiver: Instance,
        name: str,
        given: tuple[GivenArgument, ...],
        how: str,
    ) -> Iterator[Site]:
        """Yield the sites of a method that Python calls by itself, if all of them are known."""
        called = self._evaluator.attribute(receiver, name)
        methods = [thing for thing in called if isinstance(thing, Method)]
        if len(methods) == len(called):
            yield from (Site(call, method.function, given, 1, how) for method in methods)

    def _forwarded(
        self, call: NodeRef, name: str, given: tuple[GivenArgument, ...]
    ) -> Iterator[Site]:
        if name in known.TASK_CLASSES or known.is_add_task(name):
            yield from self.task_sites(call, given)
            return
        skip = 0 if name in known.CALLS_FIRST_ARGUMENT else None
        if name.endswith(".run_in_executor"):
            skip = 1
        elif name in known.SUBMITS and self._units.is_dropped(call):
            skip = 0
        if skip is not None and not any(a.star or a.keyword for a in given[: skip + 1]):
            how = "partial" if name in known.PARTIALS else "forward"
            yield from self._handed_on(call, given[skip : skip + 1], given[skip + 1 :], how)

    def task_sites(self, call: NodeRef, given: tuple[GivenArgument, ...]) -> Iterator[Site]:
        """Yield the sites of the function that a call adds as a task."""
        function = task_function(given)
        if function is not None:
            arguments = tuple(argument for argument in given if argument is not function)
            yield from self._handed_on(call, (function,), arguments, "task")

    def _handed_on(
        self,
        call: NodeRef,
        functions: tuple[GivenArgument, ...],
        arguments: tuple[GivenArgument, ...],
        how: str,
    ) -> Iterator[Site]:
        """Yield the sites of functions that are handed over to be called with `arguments`."""
        for function in functions:
            for thing in self._evaluator.value(function.value):
                yield from self._reached(call, thing, arguments, how)

    def arguments(self, ref: NodeRef) -> tuple[GivenArgument, ...]:
        """Return the arguments of a call."""
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


def task_function(given: tuple[GivenArgument, ...]) -> GivenArgument | None:
    """Return which argument of `add_task(…)` is the task; None if there is none, or it's hidden."""
    first = next((a for a in given if a.keyword is None and a.star != "**"), None)
    if first is None:
        return next((argument for argument in given if argument.keyword == "func"), None)
    return None if first.star else first
