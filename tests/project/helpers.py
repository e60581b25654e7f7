"""Small projects to ask about, from sources in a dict."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

from flake8_bgtasks.project.files import Files
from flake8_bgtasks.project.modules import Modules
from flake8_bgtasks.project.names import Defined, Names, Outside

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from flake8_bgtasks.project.names import Target, Targets

Sources = dict[str, str]


def files_of(root: Path, sources: Mapping[str, str]) -> Files:
    """Stand in for files below `root`, none of which has to exist."""
    return Files(root, {path: dedent(text).encode() for path, text in sources.items()})


def names_of(root: Path, sources: Mapping[str, str]) -> Names:
    return Names(Modules(tuple(sources)), files_of(root, sources).surface)


def texts(targets: Targets) -> set[str]:
    """Write targets as `app.py:name`, `module app.py` and `outside fastapi.Depends`."""
    return {_text(target) for target in targets}


def _text(target: Target) -> str:
    if isinstance(target, Defined):
        return f"{target.path}:{target.name}"
    return f"outside {target.dotted}" if isinstance(target, Outside) else f"module {target.path}"
