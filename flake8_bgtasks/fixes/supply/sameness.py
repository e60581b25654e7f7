"""Whether a request does the same when FastAPI calls a helper that its route called first."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from flake8_bgtasks.fixes.supply.depends import Candidate
    from flake8_bgtasks.fixes.supply.workspace import Workspace
    from flake8_bgtasks.tracking.binding import Site
    from flake8_bgtasks.tracking.program import Program

_GIVEN = frozenset(
    {"Request", "Response", "BackgroundTasks", "fastapi.Request", "fastapi.Response"}
)
# Other dependencies may fail, or know the helper already.
_ELSEWHERE = (b"dependency_overrides", b"dependencies=", b"dependencies =")


def is_same(workspace: Workspace, found: Candidate, instances: Collection[str]) -> bool:
    """Return whether the dependency runs whenever, as often and before all that the call did."""
    program = workspace.program
    helper, route = found.site.function, found.route
    body = [s for s in found.function.body if not is_docstring(s)]
    scopes = program.units.scope(helper), program.units.scope(route)
    return (
        body[0] is found.statement
        and scopes[0].is_async == scopes[1].is_async
        and not scopes[0].decorators
        and not program.sites_of.get(route)
        and not program.roles.of(helper)
        and sum(site.function == helper for site in _sites_in(program, found)) == 1
        and _takes_no_more(workspace, found, instances)
        and _can_not_fail(found)
        and not any(map(workspace.words.files_containing, _ELSEWHERE))
    )


def is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _sites_in(program: Program, found: Candidate) -> Iterator[Site]:
    return (
        site
        for site in program.sites_of.get(found.site.function, ())
        if program.units.owner(site.call) == found.route
    )


def _takes_no_more(workspace: Workspace, found: Candidate, instances: Collection[str]) -> bool:
    """Return whether the helper takes only what FastAPI gives both, without asking the client."""
    helper = found.site.function
    tree = workspace.syntax.known(helper.path)
    arguments = tree.function(workspace.program.units.scope(helper).span).args
    others = [a for a in _all(arguments) if a.arg not in instances]
    defaults = len(arguments.defaults) + sum(d is not None for d in arguments.kw_defaults)
    return not defaults and all(_is_harmless(found, a) for a in others)


def _all(arguments: ast.arguments) -> list[ast.arg]:
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]


def _can_not_fail(found: Candidate) -> bool:
    """Return whether no parameter of the route can make a request fail.

    A dependency runs all the same then; and where it takes the parameter too, the client would be
    told of the mistake twice.
    """
    arguments = found.function.args
    everything = _all(arguments)
    if arguments.defaults or any(arguments.kw_defaults) or arguments.vararg or arguments.kwarg:
        return False
    return all(_is_harmless(found, argument) for argument in everything)


def _is_harmless(found: Candidate, argument: ast.arg) -> bool:
    annotation = ast.unparse(argument.annotation) if argument.annotation else ""
    given = annotation in _GIVEN or annotation.endswith(".BackgroundTasks")
    return given or (annotation == "str" and argument.arg in _path_parameters(found))


def _path_parameters(found: Candidate) -> set[str]:
    path = found.decorator.args[0] if found.decorator.args else None
    text = path.value if isinstance(path, ast.Constant) else ""
    return set(re.findall(r"{(\w+)}", text)) if isinstance(text, str) else set()
