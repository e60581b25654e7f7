"""What the tracker records of a piece of source: plain data, no judgement.

A *unit* is one top-level statement. Its expressions become nodes in one table, numbered in the
order of evaluation, and refer to each other by number. Local variables are resolved on the way: a
read of a variable is the node that was bound to it, the uses of an instance are the users of its
node.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flake8_bgtasks.findings import Span
    from flake8_bgtasks.tracking.steps import Block

NodeId = int
ScopeId = int


@dataclass(frozen=True)
class Parameter:
    """The value of the parameter `name` of the node's scope."""

    name: str


@dataclass(frozen=True)
class Free:
    """A name that the scope does not bind: from an enclosing function, the module or builtins."""

    name: str


@dataclass(frozen=True)
class Attribute:
    """`base.name`."""

    base: NodeId
    name: str


@dataclass(frozen=True)
class Argument:
    """One argument of a call; `keyword` is None if positional, `star` is `""`, `"*"` or `"**"`."""

    value: NodeId
    keyword: str | None
    star: str
    span: Span


@dataclass(frozen=True)
class Call:
    """`function(*arguments)`."""

    function: NodeId
    arguments: tuple[Argument, ...]


@dataclass(frozen=True)
class Subscript:
    """`base[keys]`."""

    base: NodeId
    keys: tuple[NodeId, ...]


@dataclass(frozen=True)
class Choice:
    """One of several values: branches that join, `a if b else c`, `a and b`, an `X | Y` type.

    `kind` is `"join"`, `"or"` (`a or b`), or `"union"` (`a | b`).
    """

    options: tuple[NodeId, ...]
    kind: Literal["join", "or", "union"] = "join"


@dataclass(frozen=True)
class Narrowed:
    """`base` where a test has shown it to be set (`is_none` False) or None (`is_none` True)."""

    base: NodeId
    is_none: bool


@dataclass(frozen=True)
class Collection:
    """A tuple, list, set or dict display: `items` are a dict's values.

    `keys` are None for all but constant strings; `key_nodes`: empty where a dict is unpacked.
    """

    kind: Literal["tuple", "list", "set", "dict"]
    items: tuple[NodeId, ...]
    keys: tuple[str | None, ...] = ()
    key_nodes: tuple[NodeId, ...] = ()


@dataclass(frozen=True)
class Constant:
    """None, a string, True, False, or any other literal; `value` is then its type's name."""

    kind: Literal["none", "string", "true", "false", "other"]
    value: str = ""


@dataclass(frozen=True)
class Definition:
    """A function, lambda or class made in this place: the scope `scope` of the same unit."""

    scope: ScopeId


@dataclass(frozen=True)
class Imported:
    """A module (`name` None), or `from module import name` with `level` leading dots."""

    module: str
    name: str | None
    level: int = 0


@dataclass(frozen=True)
class Awaited:
    """`await base`."""

    base: NodeId


@dataclass(frozen=True)
class Starred:
    """`*base` in a display or on the left of an assignment."""

    base: NodeId


@dataclass(frozen=True)
class Element:
    """What iterating over or unpacking `base` gives (`index` where it is known)."""

    base: NodeId
    index: int | None = None


@dataclass(frozen=True)
class Entered:
    """What `with base as …` binds."""

    base: NodeId


@dataclass(frozen=True)
class Declared:
    """`base`, bound to a variable that is declared with `annotation`."""

    base: NodeId
    annotation: NodeId


@dataclass(frozen=True)
class Tested:
    """A comparison, `not`, or a condition: reads its parts, keeps none of them."""

    parts: tuple[NodeId, ...]


@dataclass(frozen=True)
class TypeAlias:
    """`type X = base` (PEP 695)."""

    base: NodeId


@dataclass(frozen=True)
class Opaque:
    """Any other expression; what happens to its parts is not known."""

    parts: tuple[NodeId, ...] = ()


Node = (
    Parameter
    | Free
    | Attribute
    | Call
    | Subscript
    | Choice
    | Narrowed
    | Collection
    | Constant
    | Definition
    | Imported
    | Awaited
    | Starred
    | Element
    | Entered
    | Declared
    | Tested
    | TypeAlias
    | Opaque
)


@dataclass(frozen=True)
class Evaluated:
    """An expression statement: its value is thrown away."""

    value: NodeId
    span: Span


@dataclass(frozen=True)
class Returned:
    """`return value` (or the body of a lambda)."""

    value: NodeId
    span: Span


@dataclass(frozen=True)
class Yielded:
    """`yield value` or `yield from value`."""

    value: NodeId
    span: Span


@dataclass(frozen=True)
class Raised:
    """`raise value`."""

    value: NodeId
    span: Span


@dataclass(frozen=True)
class StoredAttribute:
    """`base.name = value`."""

    base: NodeId
    name: str
    value: NodeId
    span: Span


@dataclass(frozen=True)
class StoredItem:
    """`base[…] = value`."""

    base: NodeId
    value: NodeId
    span: Span


@dataclass(frozen=True)
class StoredOutside:
    """`global name; name = value` (a `nonlocal` one is bound in the enclosing function)."""

    name: str
    value: NodeId
    span: Span


@dataclass(frozen=True)
class Condition:
    """A value that only decides which way the code goes on."""

    value: NodeId
    span: Span


Event = (
    Evaluated
    | Returned
    | Yielded
    | Raised
    | StoredAttribute
    | StoredItem
    | StoredOutside
    | Condition
)


@dataclass(frozen=True)
class SignatureParameter:
    """A parameter as declared; `quoted`: its annotation is a string."""

    name: str
    kind: Literal["positional_only", "normal", "keyword_only", "var_positional", "var_keyword"]
    annotation: NodeId | None
    default: NodeId | None
    span: Span
    quoted: bool = False


@dataclass(frozen=True)
class Field:
    """An annotated name in a class body: `name: annotation = default`."""

    name: str
    annotation: NodeId
    default: NodeId | None
    span: Span


class Body(NamedTuple):
    """What the code of a scope does.

    `steps`: the way through it. `yields`: where a generator stops. `suspends`: has `async with`.
    """

    is_generator: bool = False
    is_stub: bool = False
    events: tuple[Event, ...] = ()
    bindings: Mapping[str, tuple[NodeId, ...]] = MappingProxyType({})
    steps: Block = ()
    yields: tuple[NodeId, ...] = ()
    suspends: bool = False


def operands(node: Node) -> tuple[int, ...]:
    """Return the nodes that a node is made of."""
    match node:
        case Attribute(base=base) | Awaited(base=base) | Starred(base=base):
            return (base,)
        case Narrowed(base=base) | Element(base=base) | Entered(base=base):
            return (base,)
        case TypeAlias(base=base):
            return (base,)
        case Declared(base=base, annotation=annotation):
            return (base, annotation)
        case Call(function=function, arguments=arguments):
            return (function, *(argument.value for argument in arguments))
        case Subscript(base=base, keys=keys):
            return (base, *keys)
        case Choice(options=options):
            return options
        case Collection(items=items):
            return items
        case Tested(parts=parts) | Opaque(parts=parts):
            return parts
    return ()
