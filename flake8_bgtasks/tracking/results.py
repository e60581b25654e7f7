"""What an expression gives, as far as it can be called or has to be awaited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from flake8_bgtasks.tracking import facts, known, library
from flake8_bgtasks.tracking.things import (
    Class,
    External,
    Function,
    Instance,
    Method,
    NodeRef,
    Nothing,
    Partial,
    ScopeRef,
    Thing,
    Things,
)
from flake8_bgtasks.tracking.units import leaves

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flake8_bgtasks.tracking.program import Program

Kind = Literal["none", "coroutine", "generator", "future", "value"]

_WORDS = {"bool", "bytes", "bytearray", "complex", "dict", "float", "frozenset", "int", "list"}
_VALUES = frozenset(
    {f"builtins.{name}" for name in (*_WORDS, "set", "str", "tuple")}
    | {f"typing.{name}" for name in ("Dict", "FrozenSet", "List", "Set", "Tuple")}
    | {"datetime.datetime", "datetime.date", "datetime.timedelta", "decimal.Decimal"}
    | {"pathlib.Path", "pathlib.PurePath", "uuid.UUID"}
)
_ASYNC_TYPES = frozenset(
    f"{module}.{name}" for module in ("typing", "collections.abc") for name in ("Coroutine",)
)
_GENERATOR_TYPES = frozenset(
    f"{module}.{name}"
    for module in ("typing", "collections.abc")
    for name in ("AsyncGenerator", "Generator")
)
_FUTURES = frozenset({"asyncio.Task", "asyncio.Future", "concurrent.futures.Future"})
_UNCALLABLE_BASES = known.PLAIN_BASES | {
    "pydantic.BaseModel",
    "pydantic.main.BaseModel",
    "sqlmodel.SQLModel",
    "enum.Enum",
    "builtins.str",
    "builtins.int",
    "builtins.dict",
    "builtins.list",
    "builtins.Exception",
    "typing.NamedTuple",
}


class Result(NamedTuple):
    """Something that is no function: its kind, and what it is in words, with an article."""

    kind: Kind
    words: str


_NONE = Result("none", "None")
COROUTINE = Result("coroutine", "a coroutine")
GENERATOR = Result("generator", "a generator")


class Results:
    """Judges expressions; answers None for whatever may be callable."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._units = program.units
        self._evaluator = program.evaluator

    def of(self, ref: NodeRef) -> Result | None:
        """Return what a node gives, if that certainly can't be called."""
        return self._evaluator.deeply(
            lambda: _same(self._of(leaf) for leaf in leaves(self._units, ref))
        )

    def returned_by(self, function: ScopeRef) -> Result | None:
        """Return what a function returns, if that is never callable, whatever the path."""
        scope = self._units.scope(function)
        ref = NodeRef(function.path, function.unit, 0)
        returned = [e.value for e in scope.events if isinstance(e, facts.Returned)]
        return _same(self.of(ref._replace(node=node)) for node in returned)

    def _of(self, ref: NodeRef) -> Result | None:
        node = self._units.node(ref)
        match node:
            case facts.Constant() | facts.Collection() | facts.Tested():
                return _literal(node)
            case facts.Call(function=function):
                called = self._evaluator.value(ref._replace(node=function))
                return _same(self._called(thing) for thing in called)
            case facts.Awaited(base=base):
                awaited = isinstance(self._units.node(ref._replace(node=base)), facts.Call)
                return self._objects(self._evaluator.value(ref)) if awaited else None
        return None

    def _called(self, thing: Thing) -> Result | None:
        match thing:
            case External(name=name):
                return _of_library(name)
            case Function(ref=ref):
                return self._returned(thing, ref)
            case Method(function=ref):
                return self._of_method(thing, ref)
            case Partial(function=function):
                return self._called(function)
            case Class() | Instance(cls=Class()):
                return self._objects(self._evaluator.result(thing))
        return None

    def _of_method(self, thing: Method, ref: ScopeRef) -> Result | None:
        """Return what a method gives, if its overrides in unseen classes don't give a callable."""
        found = self._returned(thing, ref)
        others = self._program.overrides.unseen(ref) if found is not None else None
        if others is None:
            return None
        return _same([found, *(self._returned(Function(other), other) for other in others)])

    def _returned(self, thing: Thing, ref: ScopeRef) -> Result | None:
        scope = self._units.scope(ref)
        if self._evaluator.classes.decorator_names(ref) & library.MAKES_CONTEXT_MANAGERS:
            return None
        if self._program.wrapping.changes_result(ref):
            return None
        if scope.is_generator:
            return Result("generator", "an async generator") if scope.is_async else GENERATOR
        if scope.is_async:
            return COROUTINE
        if scope.is_stub and scope.returns is None:
            return None
        return self._objects(self._evaluator.result(thing))

    def _objects(self, things: Things) -> Result | None:
        return _same(self._object(thing) for thing in things)

    def _object(self, thing: Thing) -> Result | None:
        match thing:
            case Nothing():
                return _NONE
            case Instance(cls=External(name=name)):
                return _of_type(name)
            case Instance(cls=Class(ref=ref)):
                name = self._units.scope(ref).name
                return None if self._may_be_called(ref) else Result("value", _article(name))
        return None

    def _may_be_called(self, cls: ScopeRef) -> bool:
        classes = self._evaluator.classes
        for base in classes.order(cls):
            if isinstance(base, Class):
                scope = self._units.scope(base.ref)
                made = classes.decorator_names(base.ref) & known.DATACLASSES
                if "__call__" in scope.bindings or len(scope.decorators) > len(made):
                    return True
            elif not known.is_external(base, _UNCALLABLE_BASES):
                return True
        below = classes.subclasses.get(cls, ())
        if any("__call__" in self._units.scope(ref).bindings for ref in below):
            return True
        return self._program.overrides.may_define(cls, "__call__")


def _literal(node: facts.Constant | facts.Collection | facts.Tested) -> Result:
    if isinstance(node, facts.Collection):
        return Result("value", f"a {node.kind}")
    if isinstance(node, facts.Tested):
        return Result("value", "a plain value")
    if node.kind == "none":
        return _NONE
    return Result("value", "a string" if node.kind == "string" else _article(node.value))


def _of_library(name: str) -> Result | None:
    """Return what a call of a function of a library gives."""
    if name in library.RETURNS_NONE or known.is_add_task(name):
        return _NONE
    if name in library.RETURNS_COROUTINE:
        return COROUTINE
    if name in library.RETURNS_FUTURE:
        return Result("future", "a Task" if "task" in name else "a Future")
    return _of_type(name) if name in _VALUES else None


def _of_type(name: str) -> Result | None:
    """Return what an object of a class of a library is."""
    if name in _ASYNC_TYPES:
        return COROUTINE
    if name in _GENERATOR_TYPES:
        return GENERATOR
    if name in _FUTURES:
        return Result("future", f"a {name.rpartition('.')[2]}")
    return Result("value", _article(name.rpartition(".")[2])) if name in _VALUES else None


def _article(word: str) -> str:
    return f"{'an' if word[:1].lower() in 'aeiou' else 'a'} {word}"


def _same(found: Iterable[Result | None]) -> Result | None:
    """Return the one of several possible results that says most, if all of them are known."""
    results = list(found)
    known_ones = [result for result in results if result is not None]
    if not results or len(known_ones) < len(results):
        return None
    return min(known_ones, key=lambda result: (result == _NONE, result.kind, result.words))
