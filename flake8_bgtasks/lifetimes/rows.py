"""The rows of an ORM: which session they were loaded through, and what can't be read without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flake8_bgtasks.lifetimes.held import ITEM, Made, Names
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.things import Class, External, NodeRef, ScopeRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.lifetimes.origins import Origins
    from flake8_bgtasks.lifetimes.values import Values

_ONE = frozenset(
    {
        *("first", "one", "one_or_none", "get", "get_one"),
        *("scalar", "scalar_one", "scalar_one_or_none"),
    }
)
_MANY = frozenset({"all"})
_LOADS_MORE = frozenset(
    {"options", "with_entities", "mappings", "tuples", "from_statement", "add_columns", "values"}
)
_RELATIONSHIPS = frozenset(
    {"sqlalchemy.orm.relationship", "sqlalchemy.orm.relation", "sqlmodel.Relationship"}
)
_COLUMNS = frozenset({"sqlalchemy.Column", "sqlalchemy.orm.mapped_column"})
_LAZY = frozenset({"select", "raise"})


class Row(NamedTuple):
    """A row that the call `made` gives in `inside`, an object of the class `model`.

    A value holds it in `path`. `session` is what it was loaded through; if `is_new`, it was made
    by its class and added to that.
    """

    made: NodeRef
    inside: Names
    path: Names
    model: ScopeRef
    session: NodeRef
    is_new: bool


class Rows:
    """Finds rows."""

    def __init__(self, values: Values, origins: Origins) -> None:
        self._values = values
        self._origins = origins

    def of(self, ref: NodeRef) -> Iterator[Row]:
        """Yield the rows that a value holds."""
        for held in self._origins.of(ref):
            if isinstance(held.root, Made) and not held.access:
                call = held.root.call
                for path, model, session in self._loaded(call):
                    yield Row(call, path, (*held.path, *path), model, session, is_new=False)
                for model, session in self._added(call):
                    yield Row(call, (), held.path, model, session, is_new=True)

    # Queries

    def _loaded(self, call: NodeRef) -> Iterator[tuple[Names, ScopeRef, NodeRef]]:
        """Yield what a call such as `db.query(User).first()` gives, if it is one."""
        steps = list(self._chain(call))
        names = [name for name, _, _ in steps]
        last = names[0] if names else ""
        if last not in _ONE | _MANY or not _LOADS_MORE.isdisjoint(names):
            return
        if names[-1] == "execute" and not any(name.startswith("scalar") for name in names):
            return
        _, first, session = steps[-1]
        model = self._model_of(names[-1], first)
        if model is not None:
            yield (ITEM,) if last in _MANY else (), model, session

    def _chain(self, call: NodeRef) -> Iterator[tuple[str, NodeRef, NodeRef]]:
        """Yield the methods of `a.b(…).c(…)`, the last first: name, call, and object."""
        current = call
        while True:
            node = self._values.node(current)
            if isinstance(node, (facts.Awaited, facts.Declared)):
                current = current._replace(node=node.base)
                continue
            method = self._values.called_method(current)
            if method is None:
                return
            base = current._replace(node=method.base)
            yield method.name, current, base
            current = base

    def _model_of(self, method: str, call: NodeRef) -> ScopeRef | None:
        """Return the class in `query(User)`, or of the statement in `scalars(select(User))`."""
        if method in ("get", "get_one"):
            return self._class_at(call, alone=False)
        if method == "query":
            return self._class_at(call, alone=True)
        node = self._values.node(call)
        if not isinstance(node, facts.Call) or not node.arguments:
            return None
        return self._selected(call._replace(node=node.arguments[0].value))

    def _class_at(self, call: NodeRef, *, alone: bool) -> ScopeRef | None:
        """Return the class that is the first argument of a call, or the only one."""
        node = self._values.node(call)
        if not isinstance(node, facts.Call) or not node.arguments:
            return None
        if alone and len(node.arguments) > 1:
            return None
        things = self._values.of(call._replace(node=node.arguments[0].value))
        classes = [thing.ref for thing in things if isinstance(thing, Class)]
        return classes[0] if len(things) == 1 and classes else None

    def _selected(self, statement: NodeRef) -> ScopeRef | None:
        steps = list(self._chain(statement))
        if not _LOADS_MORE.isdisjoint(name for name, _, _ in steps):
            return None
        made = steps[-1][2] if steps else statement
        called = self._values.functions(made)
        names = {thing.name for thing in called if isinstance(thing, External)}
        if not any(name.rpartition(".")[2] == "select" for name in names):
            return None
        return self._class_at(made, alone=True)

    # New rows

    def _added(self, call: NodeRef) -> Iterator[tuple[ScopeRef, NodeRef]]:
        """Yield the class of a new object, and the session that it is added to."""
        for thing in self._values.functions(call):
            if isinstance(thing, Class):
                for session in self._given_to(call, "add"):
                    yield thing.ref, session

    def _given_to(self, ref: NodeRef, method: str) -> Iterator[NodeRef]:
        """Yield the objects that have a method called with just this value."""
        for user in self._values.units.using(ref):
            node = self._values.node(user)
            if isinstance(node, facts.Call) and len(node.arguments) == 1:
                called = self._values.called_method(user)
                if called is not None and called.name == method:
                    yield ref._replace(node=called.base)

    # Models

    def lazy(self, model: ScopeRef) -> frozenset[str]:
        """Return the relationships of a model that are loaded when they are read."""
        return frozenset(
            name
            for name, call in self._assigned(model)
            if self._is_called(call, _RELATIONSHIPS) and self._is_lazy(call)
        )

    def columns(self, model: ScopeRef) -> frozenset[str]:
        """Return the columns of a model."""
        return frozenset(
            name for name, call in self._assigned(model) if self._is_called(call, _COLUMNS)
        )

    def _assigned(self, model: ScopeRef) -> Iterator[tuple[str, NodeRef]]:
        """Yield the names that a class and its bases bind to calls."""
        for cls in self._values.evaluator.classes.order(model):
            if isinstance(cls, Class):
                for name, nodes in self._values.units.scope(cls.ref).bindings.items():
                    for number in nodes:
                        ref = NodeRef(cls.ref.path, cls.ref.unit, number)
                        node = self._values.node(ref)
                        if isinstance(node, facts.Declared):
                            ref = ref._replace(node=node.base)
                        if isinstance(self._values.node(ref), facts.Call):
                            yield name, ref

    def _is_called(self, call: NodeRef, names: frozenset[str]) -> bool:
        things = self._values.functions(call)
        return bool(things) and all(
            isinstance(thing, External) and thing.name in names for thing in things
        )

    def _is_lazy(self, call: NodeRef) -> bool:
        node = self._values.node(call)
        assert isinstance(node, facts.Call)
        for argument in node.arguments:
            if argument.star or argument.keyword == "sa_relationship_kwargs":
                return False
            if argument.keyword == "lazy":
                how = self._values.node(call._replace(node=argument.value))
                return isinstance(how, facts.Constant) and how.value in _LAZY
        return True
