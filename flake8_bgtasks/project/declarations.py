"""What a project's own metadata (pyproject.toml, setup.cfg, setup.py) says about FastAPI."""

from __future__ import annotations

import ast
import os
from typing import TYPE_CHECKING, Any

from flake8_bgtasks.project import poetry
from flake8_bgtasks.project.formats import parse_ini, parse_toml
from flake8_bgtasks.project.requirements import parse
from flake8_bgtasks.project.source import BadSource, decode, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.project.releases import Alternatives

# Tables of pyproject.toml that hold lists of requirements, or a list themselves.
LISTS = (
    ("project", "dependencies"),
    ("project", "optional-dependencies"),
    ("dependency-groups",),
    ("tool", "pdm", "dev-dependencies"),
    ("tool", "uv", "dev-dependencies"),
    ("tool", "uv", "constraint-dependencies"),
    ("tool", "uv", "override-dependencies"),
)
METADATA = ("pyproject.toml", "setup.cfg", "setup.py")
SETUP_KEYWORDS = ("install_requires", "extras_require")


def declared(folder: str) -> list[Alternatives]:
    """Return what the folder's project declares; damaged files declare nothing."""
    return [
        *_from_pyproject(_text(folder, "pyproject.toml")),
        *parse(_from_setup_cfg(_text(folder, "setup.cfg"))),
        *parse(_from_setup_py(_text(folder, "setup.py"))),
    ]


def _text(folder: str, name: str) -> str:
    """Read a file; an empty text stands for one that can't tell anything."""
    try:
        text = decode(read(os.path.join(folder, name)))
    except BadSource:
        return ""
    return text if "fastapi" in text.lower() else ""


def _from_pyproject(text: str) -> list[Alternatives]:
    if not text:
        return []
    try:
        document = parse_toml(text)
    except ValueError:
        return []
    lines = (line for path in LISTS for line in _strings(_at(document, *path)))
    return [*parse(lines), *poetry.required(_at(document, "tool", "poetry"))]


def _from_setup_cfg(text: str) -> Iterator[str]:
    if not text:
        return
    import configparser

    try:
        parser = parse_ini(text)
    except (configparser.Error, ValueError):
        return
    yield from parser.get("options", "install_requires", fallback="").splitlines()
    if parser.has_section("options.extras_require"):
        for _, value in parser.items("options.extras_require"):
            yield from value.splitlines()


def _from_setup_py(text: str) -> Iterator[str]:
    """Yield the literal requirements of `setup(...)`; the file isn't run."""
    if not text:
        return
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    assigned = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for keyword in (node for node in ast.walk(tree) if isinstance(node, ast.keyword)):
        if keyword.arg in SETUP_KEYWORDS:
            value = keyword.value
            yield from _constants(assigned.get(value.id) if isinstance(value, ast.Name) else value)


def _constants(value: ast.expr | None) -> Iterator[str]:
    for node in ast.walk(value) if value else ():
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _at(document: Any, *path: str) -> Any:
    for key in path:
        document = document.get(key) if isinstance(document, dict) else None
    return document


def _strings(value: Any) -> Iterator[str]:
    """Yield the strings of a list, or of a table of lists."""
    for items in value.values() if isinstance(value, dict) else [value]:
        if isinstance(items, list):
            yield from (item for item in items if isinstance(item, str))
