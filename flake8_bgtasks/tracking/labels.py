"""What routes and handlers are called in messages, by the calls that register them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.tracking import facts

if TYPE_CHECKING:
    from flake8_bgtasks.tracking.evaluate import Evaluator
    from flake8_bgtasks.tracking.things import NodeRef

VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "trace"})


class Labels:
    """Reads registrations."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._units = evaluator.units

    def of(self, ref: NodeRef, call: facts.Call, method: str, router: NodeRef, kind: str) -> str:
        """Return `POST /users`, or what else a method of an app or router registers."""
        if kind == "websocket":
            return f"WEBSOCKET {self.path(ref, call) or '?'}"
        if kind not in ("route", "starlette"):
            return kind.replace("_", " ")
        verb = method.upper() if method in VERBS else self.methods(ref, call)
        prefix = self._prefix(router)
        path = self.path(ref, call)
        return f"{verb} {prefix}{'…' if path is None else path}".rstrip()

    def methods(self, ref: NodeRef, call: facts.Call) -> str:
        """Return the HTTP methods of `methods=[…]`."""
        for argument in call.arguments:
            if argument.keyword == "methods":
                node = self._units.node(ref._replace(node=argument.value))
                if isinstance(node, facts.Collection):
                    items = [self._units.node(ref._replace(node=item)) for item in node.items]
                    texts = [i.value for i in items if isinstance(i, facts.Constant)]
                    return "|".join(texts).upper() or "GET"
        return "GET"

    def path(self, ref: NodeRef, call: facts.Call) -> str | None:
        """Return the path of a route, None where it is none or isn't known."""
        for argument in call.arguments:
            if argument.keyword in (None, "path"):
                text = self._string(ref._replace(node=argument.value))
                return text if text is not None and (not text or text[0] == "/") else None
        return None

    def _string(self, ref: NodeRef) -> str | None:
        node = self._units.node(ref)
        if isinstance(node, facts.Tested):
            return "/…"
        return node.value if isinstance(node, facts.Constant) and node.kind == "string" else None

    def _prefix(self, router: NodeRef) -> str:
        """Return the `prefix=` of the router that a name stands for."""
        for ref in self.made(router):
            call = self._units.node(ref)
            for argument in call.arguments if isinstance(call, facts.Call) else ():
                if argument.keyword == "prefix":
                    return self._string(ref._replace(node=argument.value)) or ""
        return ""

    def made(self, ref: NodeRef) -> tuple[NodeRef, ...]:
        """Return the nodes that a name stands for."""
        node = self._units.node(ref)
        if not isinstance(node, facts.Free):
            return (ref,)
        bound = self._evaluator.bindings_of(ref, node.name)
        return bound or self._evaluator.module_bindings(ref.path, node.name)
