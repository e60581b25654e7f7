"""What form an annotation has, and whether it speaks of FastAPI's or Starlette's task classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from flake8_bgtasks.project.names import Defined
from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.things import NONE, External, Instance, NodeRef, Things

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flake8_bgtasks.tracking.program import Program

Form = Literal[
    "plain", "union", "container", "newtype", "type_alias", "instance", "quoted", "any", "other"
]
MAX_DEPTH = 20

_NEWTYPE = frozenset({"typing.NewType", "typing_extensions.NewType"})
_TYPE_ALIAS_TYPE = frozenset({"typing.TypeAliasType", "typing_extensions.TypeAliasType"})
_ANYTHING = frozenset({"typing.Any", "typing_extensions.Any", "builtins.object"})
_CONTAINERS = frozenset(
    {f"builtins.{name}" for name in ("list", "dict", "set", "frozenset", "tuple", "type")}
    | {f"typing.{name}" for name in ("List", "Dict", "Set", "FrozenSet", "Tuple", "Type")}
    | {
        f"{module}.{name}"
        for module in ("typing", "collections.abc")
        for name in ("Sequence", "Iterable", "Collection", "MutableSequence", "Mapping")
    }
)


class Shape(NamedTuple):
    """A form, and the task classes in it.

    `what` is `"tasks"` for `BackgroundTasks`, `"task"` for `BackgroundTask`, else empty; `classes`
    are the classes that a plain annotation names.
    """

    form: Form
    what: Literal["tasks", "task", ""] = ""
    classes: Things = frozenset()


OTHER = Shape("other")


class Annotations:
    """Reads annotations."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._units = program.units

    def shape(self, ref: NodeRef, depth: int = 0) -> Shape:
        """Return the form of an annotation; aliases are followed, what isn't known is `OTHER`."""
        if depth > MAX_DEPTH:
            return OTHER
        node = self._units.node(ref)
        if isinstance(node, (facts.Free, facts.Attribute, facts.Imported)):
            return self._named(ref, depth)
        return self._expression(ref, node, depth)

    def _expression(self, ref: NodeRef, node: facts.Node, depth: int) -> Shape:
        match node:
            case facts.Subscript():
                return self._generic(ref, node, depth)
            case facts.Choice(options=options, kind="union"):
                return self._within("union", ref, options, depth)
            case facts.TypeAlias(base=base):
                return self._alias(ref, base, depth)
            case facts.Declared(base=base):
                return self.shape(ref._replace(node=base), depth + 1)
            case facts.Call():
                return self._made(ref, node, depth)
        return self._plain(self._program.value(ref))

    def _generic(self, ref: NodeRef, node: facts.Subscript, depth: int) -> Shape:
        bases = self._program.value(ref._replace(node=node.base))
        names = {thing.name for thing in bases if isinstance(thing, External)}
        first = ref._replace(node=node.keys[0]) if node.keys else ref
        if not names or len(names) != len(bases) or first == ref:
            return OTHER
        if names <= known.ANNOTATED:
            return self._annotated(ref, first, depth)
        if names <= known.UNION and len(node.keys) == 1:
            return self.shape(first, depth + 1)
        if names <= known.UNION | known.OPTIONAL:
            return self._within("union", ref, node.keys, depth)
        if names <= _CONTAINERS:
            return self._within("container", ref, node.keys, depth)
        return OTHER

    def _annotated(self, ref: NodeRef, first: NodeRef, depth: int) -> Shape:
        inner = self.shape(first, depth + 1)
        if inner.form == "type_alias":
            return OTHER
        if inner.what and self._units.is_quoted(ref):
            return inner._replace(form="quoted")
        return inner

    def _within(self, form: Form, ref: NodeRef, parts: Iterable[int], depth: int) -> Shape:
        """Return the form of a type made of others, with the task class in it."""
        shapes = [self.shape(ref._replace(node=part), depth + 1) for part in parts]
        for shape in shapes:
            if shape.what:
                return Shape(form, shape.what)
        return OTHER

    def _alias(self, ref: NodeRef, base: int, depth: int) -> Shape:
        inner = self.shape(ref._replace(node=base), depth + 1)
        return inner._replace(form="type_alias") if inner.form == "plain" else inner

    def _made(self, ref: NodeRef, node: facts.Call, depth: int) -> Shape:
        """Return the form of `NewType("X", Y)`, `TypeAliasType("X", Y)`, or of an instance."""
        called = self._program.value(ref._replace(node=node.function))
        if len(node.arguments) > 1 and called:
            second = node.arguments[1].value
            if all(known.is_external(thing, _NEWTYPE) for thing in called):
                return self._within("newtype", ref, [second], depth)
            if all(known.is_external(thing, _TYPE_ALIAS_TYPE) for thing in called):
                return self._alias(ref, second, depth)
        return self._plain(self._program.value(ref))

    def _named(self, ref: NodeRef, depth: int) -> Shape:
        """Return the form of a name: that of the alias it stands for, or the class itself."""
        aliases = [source for source in self._sources(ref) if self._is_alias(source)]
        if not aliases:
            return self._plain(self._program.value(ref))
        shapes = {self.shape(source, depth + 1) for source in aliases}
        return shapes.pop() if len(shapes) == 1 else OTHER

    def _sources(self, ref: NodeRef) -> Iterable[NodeRef]:
        node = self._units.node(ref)
        if isinstance(node, facts.Imported) and node.name is not None:
            targets = self._program.names.from_module(ref.path, node.module, node.level, node.name)
            evaluator = self._program.evaluator
            return [r for t in targets if isinstance(t, Defined) for r in evaluator.bound_by(t)]
        return [source for source in self._program.evaluator.sources(ref) if source != ref]

    def _is_alias(self, ref: NodeRef) -> bool:
        kinds = (facts.Subscript, facts.Choice, facts.TypeAlias, facts.Declared, facts.Call)
        return isinstance(self._units.node(ref), kinds)

    def _plain(self, things: Things) -> Shape:
        objects = things - NONE
        if not objects:
            return OTHER
        if all(self._program.is_tasks_class(thing) for thing in objects):
            return Shape("plain", "tasks", objects)
        if all(self._program.is_task_class(thing) for thing in objects):
            return Shape("plain", "task", objects)
        if all(known.is_external(thing, _ANYTHING) for thing in objects):
            return Shape("any")
        made = all(isinstance(thing, Instance) for thing in objects)
        if made and self._program.is_tasks(objects):
            return Shape("instance", "tasks")
        return OTHER
