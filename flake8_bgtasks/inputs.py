"""What a run checks: the project's files, those that are reported, and standard input."""

from __future__ import annotations

import os

from flake8_bgtasks.errors import UsageError
from flake8_bgtasks.project.discovery import Discovered, discover, root_for
from flake8_bgtasks.project.exclude import Exclude
from flake8_bgtasks.project.roots import absolute_path, is_within

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import SimpleNamespace

STDIN = "-"
UNNAMED = "stdin"


class Inputs:
    """The files, and the arguments that name them as flake8 would print them."""

    def __init__(
        self, found: Discovered, given: tuple[str, ...], overlays: Mapping[str, bytes]
    ) -> None:
        """Keep what is given."""
        self.found = found
        self.given = given
        self.overlays = overlays


def find_inputs(options: SimpleNamespace, cwd: str, read_stdin: Callable[[], bytes]) -> Inputs:
    """Find what `options` ask for. Raises UsageError for a path that does not exist."""
    paths = [path for path in options.paths if path != STDIN]
    if STDIN not in options.paths:
        return Inputs(_discover(options, paths, cwd), tuple(paths or ["."]), {})
    name = options.stdin_filename
    root = os.path.join(cwd, options.project_root or root_for([*paths, name], cwd))
    path = _below(root, name, cwd)
    found = _discover(options, paths or [root], cwd, root)
    if _is_excluded(options, name, cwd):
        return Inputs(_with(found, None, only=not paths), tuple(paths), {})
    overlays = {path: read_stdin()}
    return Inputs(_with(found, path, only=not paths), (*paths, name), overlays)


def with_buffers(inputs: Inputs, buffers: Mapping[str, bytes]) -> Inputs:
    """Let contents, by absolute path, stand for files; one that is left out on disk stays out."""
    found, overlays = inputs.found, dict(inputs.overlays)
    for path, content in buffers.items():
        if is_within(path, found.root):
            name = os.path.relpath(path, found.root).replace(os.sep, "/")
            if not os.path.exists(path):
                found = _with(found, name, only=False)
            if name in found.files:
                overlays[name] = content
    return Inputs(found, inputs.given, overlays)


def _discover(
    options: SimpleNamespace, paths: list[str], cwd: str, root: str | None = None
) -> Discovered:
    return discover(
        paths,
        cwd=cwd,
        project_root=root or options.project_root,
        exclude=(*options.exclude, *options.extend_exclude),
        filename_patterns=tuple(options.filename),
    )


def _below(root: str, name: str, cwd: str) -> str:
    absolute = absolute_path(absolute_path(name, cwd), root)
    if not is_within(absolute, root):
        raise UsageError(f"{name} lies outside the project root {root}")
    return os.path.relpath(absolute, root).replace(os.sep, "/")


def _is_excluded(options: SimpleNamespace, name: str, cwd: str) -> bool:
    """Tell whether flake8 would leave the content out; it always checks content without a name."""
    exclude = Exclude((*options.exclude, *options.extend_exclude), cwd)
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
        found.folders,
        found.ignore_files,
    )
