"""Mistakes that people make, put into code that is right."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tests.mutants import in_parameters, in_responses, in_tasks
from tests.mutants.mutation import (
    Mutation,
    default_of,
    importing,
    is_in_async,
    is_route,
    is_used,
    put_first,
    returns_nothing,
    without_parameter,
)
from tests.mutants.text import Function

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.mutants.mutation import Operator
    from tests.mutants.text import Text


def own_instance(text: Text) -> Iterator[Mutation]:
    """Make an instance in a path operation instead of taking the injected one."""
    for function, argument in text.adders():
        if default_of(function, argument) is None:
            yield _removed_and_made(text, function, argument)


def _removed_and_made(text: Text, function: Function, argument: ast.arg) -> Mutation:
    made = f"{argument.arg} = {ast.unparse(argument.annotation or argument)}()"
    changes = without_parameter(text, function, argument), put_first(text, function, made)
    return Mutation(text.with_(*changes), function.lineno)


def left_out(text: Text) -> Iterator[Mutation]:
    """Call a helper without the instance."""
    for call, name in text.passing():
        keyword = text.parents[name]
        first = keyword if isinstance(keyword, ast.keyword) else name
        last_positional = call.args[-1:] == [name] and not call.keywords
        if isinstance(keyword, ast.keyword) or last_positional:
            yield Mutation(text.with_(text.without_item(first, name)), name.lineno)


def fresh(text: Text) -> Iterator[Mutation]:
    """Hand a helper an instance made on the spot."""
    bound = {alias.asname or alias.name for n in text.tree.body for alias in _aliases(n)}
    for _, name in text.passing() if "BackgroundTasks" in bound else ():
        yield Mutation(text.with_(text.over(name, "BackgroundTasks()")), name.lineno)


def _aliases(node: ast.stmt) -> list[ast.alias]:
    return node.names if isinstance(node, (ast.Import, ast.ImportFrom)) else []


def none(text: Text) -> Iterator[Mutation]:
    """Hand a helper None."""
    for _, name in text.passing():
        yield Mutation(text.with_(text.over(name, "None")), name.lineno)


def from_starlette(text: Text) -> Iterator[Mutation]:
    """Import the class from Starlette."""
    yield from _moved_import(text, "starlette.background")


def from_nowhere(text: Text) -> Iterator[Mutation]:
    """Import the class from a module that does not exist."""
    yield from _moved_import(text, "fastapi.backgroundtasks")


def _moved_import(text: Text, module: str) -> Iterator[Mutation]:
    for node in text.tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "fastapi" and not node.level:
            names = [alias for alias in node.names if alias.name == "BackgroundTasks"]
            if len(names) == 1 and names[0].asname is None and any(text.functions()):
                others = [n for n in node.names if n not in names]
                kept = f"from fastapi import {', '.join(map(ast.unparse, others))}\n"
                line = f"from {module} import BackgroundTasks"
                new = kept * bool(others) + line
                yield Mutation(text.with_(text.over(node, new)), node.lineno)


def optional(text: Text) -> Iterator[Mutation]:
    """Declare the parameter of a path operation as one that may be missing."""
    yield from _declared(text, ": BackgroundTasks | None = None")


def depends(text: Text) -> Iterator[Mutation]:
    """Declare the parameter of a path operation as a dependency."""
    yield from _declared(text, ": BackgroundTasks = Depends()")


def unannotated(text: Text) -> Iterator[Mutation]:
    """Declare the parameter of a path operation without its class."""
    adding = {text.of(call.func) for _, call in text.adding()}
    for mutation in _declared(text, ""):
        name = text.source.splitlines()[mutation.line - 1]
        if any(function.partition(".")[0] in name for function in adding):
            yield mutation


def _declared(text: Text, declaration: str) -> Iterator[Mutation]:
    imports = ["from fastapi import Depends"] if "Depends" in declaration else []
    for function, argument in text.routes():
        last = [*function.args.args, *function.args.kwonlyargs][-1] is argument
        if last and default_of(function, argument) is None and is_used(function, argument.arg):
            change = text.over(argument, argument.arg + declaration)
            yield Mutation(importing(text.with_(change), *imports), argument.lineno)


def called(text: Text) -> Iterator[Mutation]:
    """Call the task in the place of handing it over."""
    functions = {n.name: n for n in text.tree.body if isinstance(n, Function)}
    for _, call in text.adding():
        target = functions.get(getattr(call.args[0], "id", ""))
        if target is not None and returns_nothing(target):
            inner = ast.unparse(ast.Call(call.args[0], call.args[1:], call.keywords))
            waits = isinstance(target, ast.AsyncFunctionDef) and is_in_async(text, call)
            wait = "await " if waits else ""
            new = f"{text.of(call.func)}({wait}{inner})"
            yield Mutation(text.with_(text.over(call, new)), call.lineno)


def awaited(text: Text) -> Iterator[Mutation]:
    """Await add_task."""
    for _, call in text.adding():
        if is_in_async(text, call):
            at = text.start(call)
            yield Mutation(text.with_((at, at, "await ")), call.lineno)


def in_lambda(text: Text) -> Iterator[Mutation]:
    """Hide an async task in a lambda."""
    functions = {n.name for n in text.tree.body if isinstance(n, ast.AsyncFunctionDef)}
    for _, call in text.adding():
        plain = all(isinstance(a, (ast.Name, ast.Constant)) for a in call.args)
        if getattr(call.args[0], "id", "") in functions and plain and not call.keywords:
            inner = ast.unparse(ast.Call(call.args[0], call.args[1:], []))
            new = f"{text.of(call.func)}(lambda: {inner})"
            yield Mutation(text.with_(text.over(call, new)), call.lineno)


def misnamed(text: Text) -> Iterator[Mutation]:
    """Use a method that there isn't."""
    functions = {n.name for n in text.tree.body if isinstance(n, Function)}
    for _, call in text.adding():
        if getattr(call.args[0], "id", "") in functions:
            assert isinstance(call.func, ast.Attribute)
            new = f"{text.of(call.func.value)}.append"
            yield Mutation(text.with_(text.over(call.func, new)), call.lineno)


def run_twice(text: Text) -> Iterator[Mutation]:
    """Await the injected tasks after the last one was added."""
    for function, call in text.adding():
        statement = text.parents[call]
        method = call.func
        assert isinstance(method, ast.Attribute)
        if is_in_async(text, call) and statement in function.body and is_route(text, function):
            line = f"\n{' ' * call.col_offset}await {text.of(method.value)}()"
            at = text.end(call)
            yield Mutation(text.with_((at, at, line)), call.lineno + 1)


def called_in_depends(text: Text) -> Iterator[Mutation]:
    """Call the helper in `Depends(helper)`."""
    functions = {f.name for f, _ in text.functions()}
    for node in ast.walk(text.tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Depends":
            for helper in [a for a in node.args[:1] if getattr(a, "id", "") in functions]:
                at = text.end(helper)
                yield Mutation(text.with_((at, at, "()")), node.lineno)


OPERATORS: dict[Operator, tuple[str, ...]] = {
    own_instance: ("BGT101",),
    left_out: ("BGT201", "BGT205", "BGT101"),
    fresh: ("BGT202",),
    none: ("BGT202", "BGT101"),
    from_starlette: ("BGT302",),
    from_nowhere: ("BGT308",),
    optional: ("BGT304",),
    depends: ("BGT304",),
    unannotated: ("BGT305",),
    called: ("BGT501",),
    awaited: ("BGT502",),
    in_lambda: ("BGT505",),
    misnamed: ("BGT508",),
    run_twice: ("BGT105",),
    called_in_depends: ("BGT203",),
    **in_parameters.OPERATORS,
    **in_responses.OPERATORS,
    **in_tasks.OPERATORS,
}
"""The mistakes, each with the codes that may name it."""
ANSWERING = frozenset({"displaced", "not_a_task", "single_task"})
"""After these, a path operation answers something else, also when it is repaired."""
NOT_RESTORED = ANSWERING | {"for_checkers", "handed_over", "on_response", "shared"}
"""These leave something behind when they are repaired."""
