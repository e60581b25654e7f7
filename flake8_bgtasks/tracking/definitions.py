"""The part of the tracker that opens scopes, functions, lambdas, classes, and imports in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.builder import ScopeBuilder
from flake8_bgtasks.tracking.expressions import Expressions, is_quoted
from flake8_bgtasks.tracking.structure import Structure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from flake8_bgtasks.project.bodies import FunctionBody
    from flake8_bgtasks.tracking.facts import NodeId, ScopeId, SignatureParameter
    from flake8_bgtasks.tracking.flow import Env


class Definitions(Expressions):
    """Visits definitions and imports."""

    reachable: bool
    left_out: Mapping[int, FunctionBody]
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
        scope_id = self.unit.open(builder)
        left_out = self.left_out.get(builder.span.line)
        if left_out is not None:
            self.unit.leave_out(scope_id, left_out)
        else:
            self._enter(scope_id, lambda: self.body(builder, node))
        made = self._defined(scope_id)
        self._take_nonlocals(builder)
        self.bind(node.name.value, made)

    def body(self, builder: ScopeBuilder, node: cst.FunctionDef) -> None:
        """Run the code of a function in its scope."""
        builder.is_stub = _is_stub(node.body)
        self._take_parameters(builder)
        self.block(node.body.body)
        builder.steps = Structure(self.done, self.positions).block(node.body)

    def _take_nonlocals(self, inner: ScopeBuilder) -> None:
        """From here on, what an inner function binds outside is as before, or as it binds it."""
        for name in sorted(inner.nonlocal_names & self.env.keys()):
            values = [value for bound, value in inner.bound if bound == name]
            joined = self.unit.join([self.env[name], *values], self.here, self.scope_id)
            self.env = self.env | {name: joined}

    def visit_Lambda(self, node: cst.Lambda) -> NodeId:
        builder = self._new_scope("lambda", "<lambda>", node)
        builder.parameters = self._parameters(node.params)
        scope_id = self.unit.open(builder)
        self._enter(scope_id, lambda: self._return(builder, node.body))
        return self._defined(scope_id)

    def _return(self, builder: ScopeBuilder, node: cst.BaseExpression) -> None:
        self._take_parameters(builder)
        builder.events.append(facts.Returned(self.expression(node), self.here))

    def run_ClassDef(self, node: cst.ClassDef) -> None:
        decorators = tuple(self.expression(d.decorator) for d in node.decorators)
        bases = tuple(self.argument(arg) for arg in [*node.bases, *node.keywords])
        builder = self._new_scope("class", node.name.value, node)
        builder.decorators, builder.bases = decorators, bases
        scope_id = self.unit.open(builder)
        self._enter(scope_id, lambda: self.block(node.body.body))
        self.bind(node.name.value, self._defined(scope_id))

    def _new_scope(self, kind: str, name: str, node: cst.CSTNode) -> ScopeBuilder:
        outer = self.scope.qualname
        qualname = f"{outer}.{name}" if outer else name
        return ScopeBuilder(kind, name, qualname, self.scope_id, self.span(node))  # type: ignore[arg-type]

    def _enter(self, scope_id: ScopeId, run: Callable[[], None]) -> None:
        """Run the code of a new scope."""
        before = (self.scope_id, self.env, self.reachable, self.loops, self.here)
        self.scope_id, self.env, self.reachable, self.loops = scope_id, {}, True, []
        run()
        self.scope_id, self.env, self.reachable, self.loops, self.here = before

    def _take_parameters(self, builder: ScopeBuilder) -> None:
        for parameter in builder.parameters:
            node = self.unit.add(facts.Parameter(parameter.name), parameter.span, self.scope_id)
            self.bind(parameter.name, node)

    def _defined(self, scope_id: ScopeId) -> NodeId:
        """Return the node of the definition of a scope."""
        span = self.unit.scopes[scope_id].span
        return self.unit.add(facts.Definition(scope_id), span, self.scope_id)

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
