"""Blocks that make no sense around an instance: their statements stand alone then."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import Place, ReplaceExpression, UnwrapBlock
from flake8_bgtasks.fixes.plans.called import is_name
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.syntax import FUNCTIONS, names_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.fixes.edits import Edit
    from flake8_bgtasks.fixes.supply.syntax import Tree
    from flake8_bgtasks.fixes.supply.thread import Thread
    from flake8_bgtasks.tracking.things import NodeRef

_LEAVES = (ast.Break, ast.Continue)


def out_of_with(thread: Thread, entered: NodeRef, instance: NodeRef) -> Iterator[Edit]:
    """Yield the edits that use an instance without `with`: the request's, for a new one."""
    tree = thread.workspace.syntax.known(entered.path)
    span = thread.program.span(entered)
    block, item = next(
        (node, item)
        for node in ast.walk(tree.body)
        if isinstance(node, (ast.With, ast.AsyncWith))
        for item in node.items
        if tree.span(item.context_expr) == span
    )
    if len(block.items) > 1:
        raise Refused("the 'with' enters something else, too")
    name = ast.unparse(item.context_expr) if is_name(item.context_expr) else thread.at(instance)
    yield from _unwrapped(tree, entered.path, item.context_expr, item.optional_vars, name)


def out_of_loop(tree: Tree, path: str, function: ast.AST, name: str) -> Iterator[Edit]:
    """Yield the edits that use a parameter as it is where a loop takes it for a collection.

    Raises Refused where it is used in another way as well.
    """
    reads = [node for node in names_of(function, name) if isinstance(node.ctx, ast.Load)]
    loop = tree.parents[reads[0]]
    if len(reads) > 1 or not isinstance(loop, ast.For) or loop.iter is not reads[0]:
        raise Refused(f"{path}:{reads[0].lineno} uses it as a collection")
    inside = [inner for statement in loop.body for inner in ast.walk(statement)]
    if loop.orelse or any(isinstance(inner, _LEAVES) for inner in inside):
        raise Refused(f"the loop in {path}:{loop.lineno} has to go by hand")
    yield from _unwrapped(tree, path, loop.iter, loop.target, name)


def _unwrapped(
    tree: Tree, path: str, subject: ast.expr, target: ast.expr | None, name: str
) -> Iterator[Edit]:
    """Yield the edits for a block that binds `target` to what is `name` then."""
    yield UnwrapBlock(Place(path, tree.span(subject)))
    if target is None:
        return
    function = next((node for node in tree.around(subject) if isinstance(node, FUNCTIONS)), None)
    if not isinstance(target, ast.Name) or function is None:
        raise Refused("the block binds more than a variable of a function")
    uses = names_of(function, target.id)
    if sum(not isinstance(use.ctx, ast.Load) for use in uses) > 1:
        raise Refused(f"{target.id!r} is given another value, too")
    for use in uses if target.id != name else ():
        if isinstance(use.ctx, ast.Load):
            yield ReplaceExpression(Place(path, tree.span(use)), (name,))
