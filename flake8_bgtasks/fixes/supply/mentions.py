"""Where a function's name stands in the project's text, also where the tracker sees no value."""

from __future__ import annotations

import ast
from operator import itemgetter
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.syntax import FUNCTIONS, names_bound
from flake8_bgtasks.fixes.supply.tables import named
from flake8_bgtasks.tracking import facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Span
    from flake8_bgtasks.fixes.supply.syntax import Tree
    from flake8_bgtasks.fixes.supply.workspace import Workspace
    from flake8_bgtasks.tracking.program import Program


class Mentions:
    """Looks for what the tracker can't account for."""

    def __init__(self, workspace: Workspace, program: Program) -> None:
        self._workspace = workspace
        self._program = program
        self._reasons: dict[tuple[frozenset[str], str, bool, bool], str | None] = {}

    def check(
        self,
        names: frozenset[str],
        shown: str,
        *,
        member: bool = False,
        may_be_set: bool = False,
    ) -> None:
        """Raise Refused where a mention of one of the names is not accounted for.

        `member`: they are names of an attribute or method. `may_be_set`: whoever asks knows of all
        the places that set an attribute of the name.
        """
        question = (names, shown, member, may_be_set)
        if question not in self._reasons:
            self._reasons[question] = self._reason(*question)
        reason = self._reasons[question]
        if reason is not None:
            raise Refused(reason)

    def _reason(
        self, names: frozenset[str], shown: str, member: bool, may_be_set: bool
    ) -> str | None:
        try:
            self._check(names, shown, member, may_be_set)
        except Refused as refused:
            return refused.reason
        return None

    def _check(self, names: frozenset[str], shown: str, member: bool, may_be_set: bool) -> None:
        self._check_unread(names, member)
        for path in self._workspace.words.files_with(names):
            tree = self._workspace.syntax.tree(path)
            if tree is not None:
                self._check_file(path, tree, names, shown, may_be_set)

    def _check_unread(self, names: frozenset[str], member: bool) -> None:
        for name in sorted(names):
            for path in sorted(self._workspace.unread.get(name, ())):
                if self._workspace.is_meant(path, {name}, member=member):
                    raise Refused(f"{path} mentions {name} and can't be parsed")
        outside = self._workspace.stranger(names, member=member)
        if outside is not None:
            raise Refused(f"{outside}, which is excluded, mentions {' or '.join(sorted(names))}")
        self._check_metadata(names)

    def _check_metadata(self, names: frozenset[str]) -> None:
        """Refuse what an entry point of the distribution calls."""
        for path, target in self._workspace.entry_points:
            if target in names:
                raise Refused(f"an entry point in {path} calls {target}")

    def _check_file(
        self, path: str, tree: Tree, names: frozenset[str], shown: str, may_be_set: bool
    ) -> None:
        seen = self._seen(path, names)
        for node in _mentions(tree, names):
            where = f"{path}:{node.lineno}"
            if isinstance(node, ast.Constant):
                raise Refused(f"{where} names {shown} in a string")
            if not may_be_set and _replaces(node):
                raise Refused(f"{where} may replace {shown}")
            if not self._is_accounted_for(tree, node, seen):
                raise Refused(f"it can't be followed what {where} does with {shown}")

    def _seen(self, path: str, names: frozenset[str]) -> set[Span]:
        found = self._program.once(named)
        return {
            self._program.span(ref)
            for name in names
            for ref, node in found.get(name, ())
            if ref.path == path and not isinstance(node, facts.Imported)
        }

    def _is_accounted_for(
        self, tree: Tree, node: ast.Name | ast.Attribute, seen: set[Span]
    ) -> bool:
        if not isinstance(node.ctx, ast.Load) or tree.span(node) in seen:
            return True
        around = list(tree.around(node))
        local = node.id if isinstance(node, ast.Name) else ""
        if local and any(local in names_bound(f) for f in around if isinstance(f, FUNCTIONS)):
            return True
        if any(isinstance(outer, ast.JoinedStr) for outer in around):
            return tree.span(tree.statement(node)) in seen
        return _is_override_key(tree, node) or any(_is_for_checkers(outer) for outer in around)


def _mentions(
    tree: Tree, names: frozenset[str]
) -> Iterator[ast.Name | ast.Attribute | ast.Constant]:
    """Yield what has one of the names in a file, or names it to get at it, in one order."""
    found: list[tuple[int, ast.Name | ast.Attribute | ast.Constant]] = []
    for name in names:
        found += tree.named.get(name, ())
        found += tree.named_in_strings.get(name, ())
    yield from (node for _, node in sorted(found, key=itemgetter(0)))


def _replaces(node: ast.Name | ast.Attribute) -> bool:
    """Return whether something of the name is set on an object other than `self`."""
    if not isinstance(node, ast.Attribute) or not isinstance(node.ctx, ast.Store):
        return False
    return getattr(node.value, "id", "") not in ("self", "cls")


def _is_override_key(tree: Tree, node: ast.AST) -> bool:
    """Return whether a node is the key in `app.dependency_overrides[…]`: replaced whole."""
    parent = tree.parents.get(node)
    holder = parent.value if isinstance(parent, ast.Subscript) else None
    return getattr(holder, "attr", "") == "dependency_overrides"


def _is_for_checkers(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
