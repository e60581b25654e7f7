"""The part of the tracker that opens scopes, functions, lambdas, classes, and imports in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.builder import ScopeBuilder
from flake8_bgtasks.tracking.expressions import Expressions, is_quoted
from flake8_bgtasks.tracking.structure import Structure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flake8_bgtasks.tracking.facts import NodeId, SignatureParameter
    from flake8_bgtasks.tracking.flow import Env


class Definitions(Expressions):
    """Visits definitions and imports."""

    reachable: bool
    loops: list[tuple[list[Env], list[Env]]]

    def block(self, statements: Sequence[cst.CSTNode]) -> None:
        raise NotImplementedError

    def run_FunctionDef(self, node: cst.FunctionDef) -> None:
        decorators = tuple(self.expression(d.decorator) for d in node.decorators)
        builder = self._new_scope("function", node.name.value, node)
        builder.decorators = decorators
        builder.is_async = node.asynchronous is not None
        builder.parameters = self._parameters(node.params)
        builder.returns = self.annotation(node.returns.annotation) if node.returns else None
        builder.is_stub = _is_stub(node.body)
        made = self._enter(builder, lambda: self.block(node.body.body))
        builder.steps = Structure(self.done, self.positions).block(node.body)
        self._take_nonlocals(builder)
        self.bind(node.name.value, made)

    def _take_nonlocals(self, inner: ScopeBuilder) -> None:
        """From here on, what an inner function binds outside is as before, or as it binds it."""
        for name in sorted(inner.nonlocal_names & self.env.keys()):
            values = [value for bound, value in inner.bound if bound == name]
            joined = self.unit.join([self.env[name], *values], self.here, self.scope_id)
            self.env = self.env | {name: joined}

    def visit_Lambda(self, node: cst.Lambda) -> NodeId:
        builder = self._new_scope("lambda", "<lambda>", node)
        builder.parameters = self._parameters(node.params)
        return self._enter(builder, lambda: self._return(node.body))

    def _return(self, node: cst.BaseExpression) -> None:
        self.scope.events.append(facts.Returned(self.expression(node), self.here))

    def run_ClassDef(self, node: cst.ClassDef) -> None:
        decorators = tuple(self.expression(d.decorator) for d in node.decorators)
        bases = tuple(self.argument(arg) for arg in [*node.bases, *node.keywords])
        builder = self._new_scope("class", node.name.value, node)
        builder.decorators, builder.bases = decorators, bases
        self.bind(node.name.value, self._enter(builder, lambda: self.block(node.body.body)))

    def _new_scope(self, kind: str, name: str, node: cst.CSTNode) -> ScopeBuilder:
        outer = self.scope.qualname
        qualname = f"{outer}.{name}" if outer else name
        return ScopeBuilder(kind, name, qualname, self.scope_id, self.span(node))  # type: ignore[arg-type]

    def _enter(self, builder: ScopeBuilder, run: Callable[[], None]) -> NodeId:
        """Run the body of a new scope and return the node of its definition."""
        before = (self.scope_id, self.env, self.reachable, self.loops, self.here)
        self.unit.scopes.append(builder)
        scope_id = len(self.unit.scopes) - 1
        self.scope_id, self.env, self.reachable, self.loops = scope_id, {}, True, []
        for parameter in builder.parameters:
            node = self.unit.add(facts.Parameter(parameter.name), parameter.span, scope_id)
            self.bind(parameter.name, node)
        run()
        self.scope_id, self.env, self.reachable, self.loops, self.here = before
        return self.unit.add(facts.Definition(scope_id), builder.span, self.scope_id)

    def _parameters(self, node: cst.Parameters) -> tuple[SignatureParameter, ...]:
        found = [self._parameter(p, "positional_only") for p in node.posonly_params]
        found += [self._parameter(p, "normal") for p in node.params]
        if isinstance(node.star_arg, cst.Param):
            found.append(self._parameter(node.star_arg, "var_positional"))
        found += [self._parameter(p, "keyword_only") for p in node.kwonly_params]
        if node.star_kwarg is not None:
            found.append(self._parameter(node.star_kwarg, "var_keyword"))
        return tuple(found)

    def _parameter(self, node: cst.Param, kind: str) -> SignatureParameter:
        annotation = self.annotation(node.annotation.annotation) if node.annotation else None
        default = self.expression(node.default) if node.default else None
        return facts.SignatureParameter(
            node.name.value,
            kind,  # type: ignore[arg-type]
            annotation,
            default,
            self.span(node),
            is_quoted(node.annotation.annotation if node.annotation else None),
        )

    # Imports

    def run_Import(self, node: cst.Import) -> None:
        for alias in node.names:
            dotted = _dotted(alias.name)
            if alias.asname is not None:
                self.assign(alias.asname.name, self.add(facts.Imported(dotted, None)))
            else:
                first = dotted.partition(".")[0]
                self.bind(first, self.add(facts.Imported(first, None)))

    def run_ImportFrom(self, node: cst.ImportFrom) -> None:
        if isinstance(node.names, cst.ImportStar):
            return
        module = _dotted(node.module) if node.module else ""
        for alias in node.names:
            name = _dotted(alias.name)
            value = self.add(facts.Imported(module, name, len(node.relative)))
            self.assign(alias.asname.name if alias.asname else alias.name, value)


def _dotted(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Attribute):
        return f"{_dotted(node.value)}.{node.attr.value}"
    return node.value if isinstance(node, cst.Name) else ""


def _is_stub(body: cst.BaseSuite) -> bool:
    """Return whether the body is only docstring, `...`, `pass` or `raise NotImplementedError`."""
    return all(_does_nothing(small) for line in body.body for small in _small(line))


def _small(line: cst.CSTNode) -> Sequence[cst.CSTNode]:
    if isinstance(line, cst.SimpleStatementLine):
        return line.body
    return [line]


def _does_nothing(node: cst.CSTNode) -> bool:
    if isinstance(node, cst.Expr):
        return isinstance(node.value, (cst.Ellipsis, cst.SimpleString, cst.ConcatenatedString))
    if isinstance(node, cst.Raise):
        exception = node.exc.func if isinstance(node.exc, cst.Call) else node.exc
        return isinstance(exception, cst.Name) and exception.value == "NotImplementedError"
    return isinstance(node, cst.Pass)
