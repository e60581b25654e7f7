"""What a run checks: the project's files, those that are reported, and standard input."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_bgtasks.errors import UsageError
from flake8_bgtasks.project.discovery import Discovered, discover, root_for
from flake8_bgtasks.project.exclude import Exclude
from flake8_bgtasks.project.roots import absolute_path, is_within

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Mapping

STDIN = "-"
UNNAMED = "stdin"


@dataclass(frozen=True)
class Inputs:
    """The files, and the arguments that name them as flake8 would print them."""

    found: Discovered
    given: tuple[str, ...]
    overlays: Mapping[str, bytes] = field(default_factory=dict)


def find_inputs(options: Namespace, cwd: Path, read_stdin: Callable[[], bytes]) -> Inputs:
    """Find what `options` ask for. Raises UsageError for a path that does not exist."""
    paths = [path for path in options.paths if path != STDIN]
    if STDIN not in options.paths:
        return Inputs(_discover(options, paths, cwd), tuple(paths or ["."]))
    name = options.stdin_filename
    root = Path(options.project_root or root_for([*paths, name], cwd)).absolute()
    path = _below(root, name, cwd)
    found = _discover(options, paths or [str(root)], cwd, root)
    if _is_excluded(options, name, cwd):
        return Inputs(_with(found, None, only=not paths), tuple(paths))
    overlays = {path: read_stdin()}
    return Inputs(_with(found, path, only=not paths), (*paths, name), overlays)


def _discover(
    options: Namespace, paths: list[str], cwd: Path, root: Path | None = None
) -> Discovered:
    project_root = Path(options.project_root) if options.project_root else None
    return discover(
        paths,
        cwd=cwd,
        project_root=root or project_root,
        exclude=(*options.exclude, *options.extend_exclude),
        filename_patterns=tuple(options.filename),
    )


def _below(root: Path, name: str, cwd: Path) -> str:
    absolute = absolute_path(absolute_path(name, str(cwd)), str(root))
    if not is_within(absolute, str(root)):
        raise UsageError(f"{name} lies outside the project root {root}")
    return os.path.relpath(absolute, root).replace(os.sep, "/")


def _is_excluded(options: Namespace, name: str, cwd: Path) -> bool:
    """Tell whether flake8 would leave the content out; it always checks content without a name."""
    exclude = Exclude((*options.exclude, *options.extend_exclude), str(cwd))
    return name != UNNAMED and exclude.matches(os.path.normpath(os.path.join(cwd, name)))


def _with(found: Discovered, path: str | None, *, only: bool) -> Discovered:
    """Add the file of standard input, which is all that is reported if `only`."""
    added = {path} if path else set()
    reported, named = ((), ()) if only else (found.reported, found.named)
    return Discovered(
        found.root,
        tuple(sorted(added.union(found.files))),
        tuple(sorted(added.union(reported))),
        tuple(sorted(added.union(named))),
    )
