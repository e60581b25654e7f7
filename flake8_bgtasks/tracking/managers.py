"""Which context managers may keep an exception from going on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.things import (
    Class,
    External,
    Function,
    Instance,
    Method,
    NodeRef,
    ScopeRef,
    Thing,
)

if TYPE_CHECKING:
    from flake8_bgtasks.tracking.failures import Failure
    from flake8_bgtasks.tracking.ways import Ways

_SWALLOWS = frozenset({"ExitStack", "AsyncExitStack", "raises", "assertRaises", "warns"})
_HINTS = ("suppress", "ignore", "swallow", "catch", "handle", "safe")


def may_swallow(ways: Ways, manager: NodeRef, failures: frozenset[Failure]) -> bool:
    """Return whether `with manager:` may end normally though its body raised."""
    node = ways.program.units.node(manager)
    function = manager._replace(node=node.function) if isinstance(node, facts.Call) else manager
    things = ways.program.evaluator.deep_value(function)
    return any(_swallows(ways, manager, thing, failures) for thing in things)


def _swallows(ways: Ways, manager: NodeRef, thing: Thing, failures: frozenset[Failure]) -> bool:
    match thing:
        case External(name="contextlib.suppress"):
            return _suppresses(ways, manager, failures)
        case External(name=name):
            return name.rpartition(".")[2] in _SWALLOWS
        case Function(ref=ref) | Method(function=ref):
            return _generator_swallows(ways, ref, failures)
        case Class() | Instance(cls=Class()):
            return _exit_swallows(ways, thing)
    return _sounds_like_it(ways, manager)


def _suppresses(ways: Ways, manager: NodeRef, failures: frozenset[Failure]) -> bool:
    node = ways.program.units.node(manager)
    arguments = node.arguments if isinstance(node, facts.Call) else ()
    types = [manager._replace(node=argument.value) for argument in arguments]
    return any(
        ways.failures.is_caught(failure, one) != "no" for failure in failures for one in types
    )


def _generator_swallows(ways: Ways, ref: ScopeRef, failures: frozenset[Failure]) -> bool:
    """Return whether a `@contextmanager` goes on behind its `yield` all the same."""
    yields = ways.program.units.scope(ref).yields
    places = [NodeRef(ref.path, ref.unit, node) for node in yields]
    return any(ways.failing(place, failures).normal for place in places)


def _exit_swallows(ways: Ways, thing: Thing) -> bool:
    """Return whether `__exit__` may return something true."""
    instance = Instance(thing) if isinstance(thing, Class) else thing
    for name in ("__exit__", "__aexit__"):
        for method in ways.program.evaluator.attribute(instance, name):
            if isinstance(method, Method) and _may_return_true(ways, method.function):
                return True
    return False


def _may_return_true(ways: Ways, ref: ScopeRef) -> bool:
    for event in ways.program.units.scope(ref).events:
        if isinstance(event, facts.Returned):
            node = ways.program.units.node(NodeRef(ref.path, ref.unit, event.value))
            if node != facts.Constant("none"):
                return True
    return False


def _sounds_like_it(ways: Ways, manager: NodeRef) -> bool:
    """Return whether an unknown context manager is named as if it kept exceptions."""
    node = ways.program.units.node(manager)
    function = (
        ways.program.units.node(manager._replace(node=node.function))
        if isinstance(node, facts.Call)
        else node
    )
    name = getattr(function, "name", "").lower()
    return any(hint in name for hint in _HINTS)
