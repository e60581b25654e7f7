"""The part of the tracker that turns expressions into nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.flow import Env, narrowed_by
from flake8_bgtasks.tracking.strings import value_of
from flake8_bgtasks.tracking.structure import Evaluation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flake8_bgtasks.findings import Span
    from flake8_bgtasks.tracking.builder import ScopeBuilder, UnitBuilder
    from flake8_bgtasks.tracking.facts import NodeId
    from flake8_bgtasks.tracking.positions import Positions

_CONSTANTS = {
    "None": facts.Constant("none"),
    "True": facts.Constant("true", "bool"),
    "False": facts.Constant("false", "bool"),
}


class Expressions:
    """Visits expressions; `env` holds the node that each local variable is bound to."""

    unit: UnitBuilder
    positions: Positions
    scope_id: int
    env: Env
    here: Span
    done: dict[int, Evaluation]

    @property
    def scope(self) -> ScopeBuilder:
        return self.unit.scopes[self.scope_id]

    def span(self, node: cst.CSTNode) -> Span:
        """Return where `node` stands: in f-strings and quoted types, where its statement does."""
        return self.positions.get(id(node), self.here)

    def add(self, node: facts.Node, where: cst.CSTNode | None = None) -> NodeId:
        span = self.here if where is None else self.span(where)
        return self.unit.add(node, span, self.scope_id)

    def expression(self, node: cst.CSTNode) -> NodeId:
        """Record `node` and return its value."""
        visit: Callable[[cst.CSTNode], NodeId] | None = getattr(
            self, f"visit_{type(node).__name__}", None
        )
        first = self.unit.next_node
        value = self.add(facts.Opaque(), node) if visit is None else visit(node)
        self.done[id(node)] = Evaluation(first, self.unit.next_node, value)
        return value

    # Names and access

    def visit_Name(self, node: cst.Name) -> NodeId:
        if node.value in _CONSTANTS:
            return self.add(_CONSTANTS[node.value], node)
        bound = self.env.get(node.value)
        return self.add(facts.Free(node.value), node) if bound is None else bound

    def visit_Attribute(self, node: cst.Attribute) -> NodeId:
        return self.add(facts.Attribute(self.expression(node.value), node.attr.value), node)

    def visit_Subscript(self, node: cst.Subscript) -> NodeId:
        base = self.expression(node.value)
        return self.add(facts.Subscript(base, self._keys(node.slice, self.expression)), node)

    def _keys(
        self, elements: Sequence[cst.SubscriptElement], visit: Callable[[cst.CSTNode], NodeId]
    ) -> tuple[NodeId, ...]:
        keys = []
        for element in elements:
            if isinstance(element.slice, cst.Index):
                keys.append(visit(element.slice.value))
            elif isinstance(element.slice, cst.Slice):
                parts = (element.slice.lower, element.slice.upper, element.slice.step)
                keys.append(self._opaque([part for part in parts if part is not None]))
        return tuple(keys)

    # Calls

    def visit_Call(self, node: cst.Call) -> NodeId:
        function = self.expression(node.func)
        arguments = tuple(self.argument(arg) for arg in node.args)
        return self.add(facts.Call(function, arguments), node)

    def argument(self, arg: cst.Arg) -> facts.Argument:
        keyword = arg.keyword.value if arg.keyword else None
        value = self.expression(arg.value)
        return facts.Argument(value, keyword, arg.star, self.span(arg.value))

    def visit_Await(self, node: cst.Await) -> NodeId:
        return self.add(facts.Awaited(self.expression(node.expression)), node)

    # Literals and displays

    def visit_SimpleString(self, node: cst.SimpleString) -> NodeId:
        value = value_of(node)
        if isinstance(value, str):
            return self.add(facts.Constant("string", value), node)
        return self.add(facts.Constant("other", "bytes"), node)

    def visit_ConcatenatedString(self, node: cst.ConcatenatedString) -> NodeId:
        value = value_of(node)
        if isinstance(value, str):
            return self.add(facts.Constant("string", value), node)
        parts = (self.expression(node.left), self.expression(node.right))
        return self.add(facts.Tested(parts), node)

    def visit_FormattedString(self, node: cst.FormattedString) -> NodeId:
        parts = [p for p in node.parts if isinstance(p, cst.FormattedStringExpression)]
        return self.add(facts.Tested(tuple(self.expression(p.expression) for p in parts)), node)

    def visit_Integer(self, node: cst.Integer) -> NodeId:
        return self.add(facts.Constant("other", "int"), node)

    def visit_Float(self, node: cst.Float) -> NodeId:
        return self.add(facts.Constant("other", "float"), node)

    def visit_Ellipsis(self, node: cst.Ellipsis) -> NodeId:
        return self.add(facts.Constant("other", "ellipsis"), node)

    def visit_Tuple(self, node: cst.Tuple) -> NodeId:
        return self.add(facts.Collection("tuple", self._elements(node.elements)), node)

    def visit_List(self, node: cst.List) -> NodeId:
        return self.add(facts.Collection("list", self._elements(node.elements)), node)

    def visit_Set(self, node: cst.Set) -> NodeId:
        return self.add(facts.Collection("set", self._elements(node.elements)), node)

    def _elements(self, elements: Sequence[cst.BaseElement]) -> tuple[NodeId, ...]:
        values = []
        for element in elements:
            value = self.expression(element.value)
            starred = isinstance(element, cst.StarredElement)
            values.append(self.add(facts.Starred(value)) if starred else value)
        return tuple(values)

    def visit_StarredElement(self, node: cst.StarredElement) -> NodeId:
        return self.add(facts.Starred(self.expression(node.value)))

    def visit_Dict(self, node: cst.Dict) -> NodeId:
        keys: list[str | None] = []
        key_nodes: list[NodeId] = []
        items: list[NodeId] = []
        for element in node.elements:
            if isinstance(element, cst.DictElement):
                key_nodes.append(self.expression(element.key))
                key = self.unit.nodes[key_nodes[-1]]
                constant = isinstance(key, facts.Constant) and key.kind == "string"
                keys.append(key.value if constant else None)  # type: ignore[union-attr]
                items.append(self.expression(element.value))
            else:
                keys.append(None)
                items.append(self.add(facts.Starred(self.expression(element.value))))
        whole = tuple(key_nodes) if len(key_nodes) == len(items) else ()
        return self.add(facts.Collection("dict", tuple(items), tuple(keys), whole), node)

    # Operators

    def visit_BooleanOperation(self, node: cst.BooleanOperation) -> NodeId:
        left = self.expression(node.left)
        is_or = isinstance(node.operator, cst.Or)
        before = self.env
        self.env = self.narrow(narrowed_by(node.left, holds=not is_or))
        right = self.expression(node.right)
        self.env = before | {n: v for n, v in self.env.items() if n not in before}
        return self.add(facts.Choice((left, right), "or" if is_or else "join"), node)

    def visit_BinaryOperation(self, node: cst.BinaryOperation) -> NodeId:
        parts = (self.expression(node.left), self.expression(node.right))
        if isinstance(node.operator, cst.BitOr):
            return self.add(facts.Choice(parts, "union"), node)
        return self.add(facts.Opaque(parts), node)

    def visit_UnaryOperation(self, node: cst.UnaryOperation) -> NodeId:
        return self.add(facts.Tested((self.expression(node.expression),)), node)

    def visit_Comparison(self, node: cst.Comparison) -> NodeId:
        parts = [self.expression(node.left)]
        parts += [self.expression(target.comparator) for target in node.comparisons]
        return self.add(facts.Tested(tuple(parts)), node)

    def visit_IfExp(self, node: cst.IfExp) -> NodeId:
        self.expression(node.test)
        before = self.env
        values = []
        for branch, holds in ((node.body, True), (node.orelse, False)):
            self.env = self.narrow(narrowed_by(node.test, holds=holds))
            values.append(self.expression(branch))
            self.env = before
        return self.unit.join(values, self.here, self.scope_id)

    def narrow(self, tests: dict[str, bool]) -> Env:
        """Return the environment in which the variables of `tests` are known to be None or not."""
        narrowed = {
            name: self.add(facts.Narrowed(self.env[name], is_none))
            for name, is_none in tests.items()
            if name in self.env
        }
        return self.env | narrowed

    # Binding expressions

    def visit_NamedExpr(self, node: cst.NamedExpr) -> NodeId:
        value = self.expression(node.value)
        if isinstance(node.target, cst.Name):
            self.bind(node.target.value, value)
        return value

    def bind(self, name: str, value: NodeId) -> None:
        """Bind the variable `name`."""
        scope = self.scope
        if name in scope.global_names:
            scope.events.append(facts.StoredOutside(name, value, self.here))
            return
        self.env = self.env | {name: value}
        scope.bound.append((name, value))
        owner = self._enclosing_function(scope) if name in scope.nonlocal_names else scope
        owner.bindings.setdefault(name, []).append(value)

    def _enclosing_function(self, scope: ScopeBuilder) -> ScopeBuilder:
        while scope.parent in self.unit.scopes:
            scope = self.unit.scopes[scope.parent]
            if scope.kind == "function":
                break
        return scope

    def visit_ListComp(self, node: cst.ListComp) -> NodeId:
        return self._comprehension(node, [node.elt], "list")

    def visit_SetComp(self, node: cst.SetComp) -> NodeId:
        return self._comprehension(node, [node.elt], "set")

    def visit_GeneratorExp(self, node: cst.GeneratorExp) -> NodeId:
        return self._comprehension(node, [node.elt], "list")

    def visit_DictComp(self, node: cst.DictComp) -> NodeId:
        return self._comprehension(node, [node.value, node.key], "dict")

    def _comprehension(
        self, node: cst.BaseComp, elements: list[cst.BaseExpression], kind: str
    ) -> NodeId:
        before = self.env
        clause: cst.CompFor | None = node.for_in
        while clause is not None:
            self.scope.suspends |= clause.asynchronous is not None
            self.assign(clause.target, self.add(facts.Element(self.expression(clause.iter))))
            for test in clause.ifs:
                self.expression(test.test)
            clause = clause.inner_for_in
        values = tuple(self.expression(element) for element in elements)
        self.env = before
        return self.add(facts.Collection(kind, values[:1]), node)  # type: ignore[arg-type]

    def assign(self, target: cst.CSTNode, value: NodeId) -> None:
        """Assign `value` to a target: a name, an attribute, an item, or a tuple of targets."""
        if isinstance(target, cst.Name):
            self.bind(target.value, value)
        elif isinstance(target, cst.Attribute):
            base = self.expression(target.value)
            stored = facts.StoredAttribute(base, target.attr.value, value, self.here)
            self.scope.events.append(stored)
        elif isinstance(target, cst.Subscript):
            stored_item = facts.StoredItem(self.expression(target.value), value, self.here)
            self.scope.events.append(stored_item)
        elif isinstance(target, (cst.Tuple, cst.List)):
            self._unpack(target.elements, value)
        elif isinstance(target, cst.StarredElement):
            self.assign(target.value, value)

    def _unpack(self, targets: Sequence[cst.BaseElement], value: NodeId) -> None:
        source = self.unit.nodes[value]
        starred = any(isinstance(t, cst.StarredElement) for t in targets)
        items = source.items if isinstance(source, facts.Collection) else ()
        starred = starred or any(isinstance(self.unit.nodes[i], facts.Starred) for i in items)
        exact = len(items) == len(targets) and not starred
        for index, target in enumerate(targets):
            part = items[index] if exact else self._part(value, None if starred else index)
            self.assign(target.value, part)

    def _part(self, value: NodeId, index: int | None) -> NodeId:
        return self.add(facts.Element(value, index))

    # Everything else

    def visit_Yield(self, node: cst.Yield) -> NodeId:
        self.scope.is_generator = True
        inner = node.value.item if isinstance(node.value, cst.From) else node.value
        if inner is not None:
            value = self.expression(inner)
            yielded = value if inner is node.value else self._part(value, None)
            self.scope.events.append(facts.Yielded(yielded, self.here))
        made = self.add(facts.Opaque(), node)
        self.scope.yields.append(made)
        return made

    def _opaque(self, parts: Sequence[cst.CSTNode]) -> NodeId:
        return self.add(facts.Opaque(tuple(self.expression(part) for part in parts)))

    # Annotations

    def annotation(self, node: cst.CSTNode) -> NodeId:
        """Record a type: strings in it are types too, but not those in `Literal` or metadata."""
        if isinstance(node, (cst.SimpleString, cst.ConcatenatedString)):
            return self._quoted(node)
        if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.BitOr):
            parts = (self.annotation(node.left), self.annotation(node.right))
            return self.add(facts.Choice(parts, "union"), node)
        if isinstance(node, cst.Subscript):
            return self._generic(node)
        return self.expression(node)

    def _quoted(self, node: cst.SimpleString | cst.ConcatenatedString) -> NodeId:
        text = value_of(node)
        try:
            inner = cst.parse_expression(text.strip()) if isinstance(text, str) else node
        except cst.ParserSyntaxError:
            return self.expression(node)
        return self.expression(node) if inner is node else self.annotation(inner)

    def _generic(self, node: cst.Subscript) -> NodeId:
        base = self.expression(node.value)
        name = node.value.attr if isinstance(node.value, cst.Attribute) else node.value
        kind = name.value if isinstance(name, cst.Name) else ""
        types = {"Literal": 0, "Annotated": 1}.get(kind, len(node.slice))
        keys = self._keys(node.slice[:types], self.annotation)
        keys += self._keys(node.slice[types:], self.expression)
        made = self.add(facts.Subscript(base, keys), node)
        if kind == "Annotated" and node.slice and is_quoted(_index(node.slice[0])):
            self.unit.quoted.add(made)
        return made


def is_quoted(node: cst.CSTNode | None) -> bool:
    """Return whether an annotation is a string."""
    return isinstance(node, (cst.SimpleString, cst.ConcatenatedString))


def _index(element: cst.SubscriptElement) -> cst.CSTNode | None:
    return element.slice.value if isinstance(element.slice, cst.Index) else None
