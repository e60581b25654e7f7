"""Mistakes that people make, put into code that is right."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from tests.mutants.text import Function, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Operator = Callable[[Text], Iterator["Mutation"]]


class Mutation(NamedTuple):
    """A changed source, and the line that is changed."""

    source: str
    line: int


def own_instance(text: Text) -> Iterator[Mutation]:
    """Make an instance in a path operation instead of taking the injected one."""
    for function, argument in text.routes():
        if _default(function, argument) is None and _is_used(function, argument.arg):
            yield _removed_and_made(text, function, argument)


def _removed_and_made(text: Text, function: Function, argument: ast.arg) -> Mutation:
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and function.body[1:]:
        first = function.body[1]
    at = text.start(first)
    made = f"{argument.arg} = {ast.unparse(argument.annotation or argument)}()\n"
    changes = [text.without_item(argument, argument), (at, at, made + " " * first.col_offset)]
    if [argument] == function.args.kwonlyargs and not function.args.vararg:
        start = text.source.rindex("*", 0, text.start(argument))
        begin = len(text.source[:start].rstrip())
        begin -= text.source[:begin].endswith(",")
        changes[0] = (begin, text.end(argument), "")
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
    imported = "" if "Depends" not in declaration else "from fastapi import Depends\n"
    for function, argument in text.routes():
        last = [*function.args.args, *function.args.kwonlyargs][-1] is argument
        if last and _default(function, argument) is None and _is_used(function, argument.arg):
            change = text.over(argument, argument.arg + declaration)
            source = text.with_(change)
            at = _behind_future(source)
            yield Mutation(source[:at] + imported + source[at:], argument.lineno)


def called(text: Text) -> Iterator[Mutation]:
    """Call the task in the place of handing it over."""
    functions = {n.name: n for n in text.tree.body if isinstance(n, Function)}
    for _, call in text.adding():
        target = functions.get(getattr(call.args[0], "id", ""))
        if target is not None and _returns_nothing(target):
            inner = ast.unparse(ast.Call(call.args[0], call.args[1:], call.keywords))
            waits = isinstance(target, ast.AsyncFunctionDef) and _is_in_async(text, call)
            wait = "await " if waits else ""
            new = f"{text.of(call.func)}({wait}{inner})"
            yield Mutation(text.with_(text.over(call, new)), call.lineno)


def awaited(text: Text) -> Iterator[Mutation]:
    """Await add_task."""
    for _, call in text.adding():
        if _is_in_async(text, call):
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
        if _is_in_async(text, call) and statement in function.body and _is_route(text, function):
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
}
"""The mistakes, each with the codes that may name it."""


def _default(function: Function, argument: ast.arg) -> ast.expr | None:
    arguments = function.args
    pairs = dict(zip(reversed(arguments.args), reversed(arguments.defaults), strict=False))
    pairs |= {a: d for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d}
    return pairs.get(argument)


def _is_used(function: Function, name: str) -> bool:
    return any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(function))


def _is_route(text: Text, function: Function) -> bool:
    return any(function is route for route, _ in text.routes())


def _is_in_async(text: Text, node: ast.AST) -> bool:
    while not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        node = text.parents[node]
    return isinstance(node, ast.AsyncFunctionDef)


def _returns_nothing(function: Function) -> bool:
    kinds = (ast.Yield, ast.YieldFrom)
    inner = list(ast.walk(function))
    gives = any(isinstance(n, ast.Return) and n.value is not None for n in inner)
    gives = gives or any(isinstance(n, kinds) for n in inner)
    return not gives and not function.decorator_list


def _behind_future(source: str) -> int:
    lines = source.splitlines(keepends=True)
    tree = ast.parse(source)
    heads = [
        n.end_lineno or 0
        for n in tree.body
        if (isinstance(n, ast.ImportFrom) and n.module == "__future__")
        or (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))
    ]
    return sum(map(len, lines[: max(heads, default=0)]))
