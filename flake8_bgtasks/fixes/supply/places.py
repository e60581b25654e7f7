"""Which functions can take the request's instance, and why others can't."""

from __future__ import annotations

import os
import re
from posixpath import dirname
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.tables import made_by
from flake8_bgtasks.tracking.instances import is_cached
from flake8_bgtasks.tracking.wrappers import is_seen

if TYPE_CHECKING:
    from collections.abc import Collection

    from flake8_bgtasks.fixes.supply.workspace import Workspace
    from flake8_bgtasks.tracking.things import NodeRef, ScopeRef

_GENERATED = re.compile(rb"@generated|do not edit", re.IGNORECASE)
_HEAD = 2000
_INJECTED = frozenset({"route", "dependency"})


def check_file(workspace: Workspace, path: str) -> None:
    """Raise Refused for a file that is made by a program or may not be written."""
    head = workspace.words.content(path)[:_HEAD]
    if path.endswith(("_pb2.py", "_pb2_grpc.py")) or _GENERATED.search(head):
        raise Refused(f"{path} is generated")
    if _is_read_only(workspace.program.files.absolute(path)):
        raise Refused(f"{path} is read-only")


def _is_read_only(path: str) -> bool:
    """Return whether nobody may write a file (root always could)."""
    try:
        return not os.stat(path).st_mode & 0o222
    except OSError:
        return False


def check_changeable(
    workspace: Workspace, function: ScopeRef, uncached: Collection[ScopeRef] = ()
) -> None:
    """Raise Refused for a function whose signature can't be changed.

    `uncached` are functions that the fix stops from keeping what they return.
    """
    program, shown = workspace.program, workspace.name(function)
    check_file(workspace, function.path)
    where = workspace.where(function)
    if program.evaluator.classes.is_property(function):
        raise Refused(f"{shown[:-2]} in {where} is a property, which takes no arguments")
    if not program.evaluator.classes.keeps_signature(function):
        raise Refused(f"{shown} in {where} is decorated by something that may call it")
    if function not in uncached and is_cached(program, function):
        raise Refused(f"{shown} in {where} keeps what it returned for later requests")


def is_public(workspace: Workspace, function: ScopeRef) -> bool:
    """Return whether users of an installed package may call a function."""
    program = workspace.program
    parts = [*function.path.removesuffix(".py").split("/")]
    parts += program.units.scope(function).qualname.split(".")
    private = any(part.startswith("_") and not part.startswith("__") for part in parts)
    if private or program.is_test(function.path):
        return False
    return workspace.is_installable(dirname(function.path))


def check_injected(
    workspace: Workspace, function: ScopeRef, replaced: Collection[NodeRef] = ()
) -> None:
    """Raise Refused for a function that the framework calls without injecting what runs.

    `replaced` are the tasks of responses that the fix does away with.
    """
    program = workspace.program
    where = workspace.where(function)
    for role in program.roles.of(function):
        if role.kind not in _INJECTED:
            raise Refused(
                f"it is also needed in {workspace.name(function)} ({role.label}, {where}), "
                "where FastAPI injects no tasks that it runs"
            )
        if not is_seen(program, function, role):
            raise Refused(
                f"a decorator hides the signature of {workspace.name(function)} ({where})"
            )
    if program.requests.serve_websockets(function):
        raise Refused(
            f"{workspace.name(function)} ({where}) also serves a WebSocket, "
            "where FastAPI runs no tasks"
        )
    _check_response(workspace, function, replaced)


def _check_response(
    workspace: Workspace, function: ScopeRef, replaced: Collection[NodeRef]
) -> None:
    program = workspace.program
    for made in program.once(made_by).get(function, ()):
        here = program.function_around(made) == function and made not in replaced
        if here and program.fates.of(made).attached:
            raise Refused(
                f"{workspace.name(function)} returns a response with tasks of its own "
                f"({workspace.where(made)}), which replace injected ones"
            )
