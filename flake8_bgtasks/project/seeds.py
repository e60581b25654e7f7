"""The files that touch background tasks in plain sight: all other files matter only through them.

Most projects have none, and then nothing else is imported.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from flake8_bgtasks.project.files import Files

FRAMEWORKS = ("fastapi", "starlette")
ADDS = r"(?:background|bg|tasks?)\w{0,100}\s*\.\s*add_task\b"
"""Tasks are added to something that is called as if it held tasks."""

RESPONSES = frozenset(
    f"{kind}Response"
    for kind in ("", "JSON", "HTML", "PlainText", "Redirect", "Streaming", "File", "Template")
) | {"ORJSONResponse", "UJSONResponse", "EventSourceResponse", "HTTPException"}
"""Where something is given a background, it is a response if one is named beside it."""

_CLASS = b"BackgroundTask"
_STEM = b"ackground"
"""Stands in `BackgroundTask` and in `background`: one search passes over most files."""

_PACKAGES = tuple(name.encode() for name in FRAMEWORKS)
_WHOLE = rb"\bimport[ \t]+(?:fastapi|starlette|background)\b"


class Seeds:
    """`files` matter by themselves; `whole` may hand a framework's module on to other files."""

    def __init__(self, paths: Iterable[str], files: Files) -> None:
        """`paths` are looked at by `start` and `finish`."""
        self.files: list[str] = []
        self.whole: list[str] = []
        self._others: list[str] = []
        self._is_class_named = False
        self._pending = iter(paths)
        self._sources = files

    def start(self) -> bool:
        """Read files until one matters; return whether any does."""
        for path in self._pending:
            self._look_at(path)
            if self.files:
                return True
        return False

    def finish(self) -> None:
        """Read the files that are left, and all again if one of them names one of the classes."""
        for path in self._pending:
            self._look_at(path)
        if self._is_class_named:
            imports = self._sources.imports
            self.whole = [path for path in self._others if _takes_whole(imports(path))]

    def _look_at(self, path: str) -> None:
        data = self._sources.glance(path)
        if is_near := _STEM in data:
            self._note_class(path, data)
        found = (is_near and _is_plain(data)) or _adds(data)
        (self.files if found else self._others).append(path)

    def _note_class(self, path: str, data: bytes) -> None:
        """Note whether a source names one of the classes, which makes others matter."""
        if _CLASS in data:
            self._is_class_named = True
            self._sources.consulted.add(path)

    def __bool__(self) -> bool:
        """Return whether there are any, without which nothing in a project can matter."""
        return bool(self.files or self.whole)


def is_seed(data: bytes) -> bool:
    """Return whether a source imports a class, adds tasks, or gives a response a background."""
    return _is_plain(data) or _adds(data)


def may_be_found(data: bytes, imports: bytes) -> bool:
    """Return whether `Seeds` may find a source, or find others because of it."""
    return _CLASS in data or is_seed(data) or _takes_whole(imports)


def _is_plain(data: bytes) -> bool:
    return (_CLASS in data and _imports_framework(data)) or (b"background" in data and _gives(data))


def _imports_framework(data: bytes) -> bool:
    if not any(package in data for package in _PACKAGES):
        return False
    from flake8_bgtasks.project.imports import imports_package

    return any(imports_package(data, package) for package in _PACKAGES)


def _adds(data: bytes) -> bool:
    if b"add_task" not in data:
        return False
    import re

    return re.search(ADDS.encode(), data, re.IGNORECASE) is not None


def _gives(data: bytes) -> bool:
    import re

    from flake8_bgtasks.project.given import gives_background, names_background

    named = rf"\b(?:{'|'.join(sorted(RESPONSES))})\b"
    if not names_background(data) or re.search(named.encode(), data) is None:
        return False
    return gives_background(data.decode(errors="replace"))


def _takes_whole(imports: bytes) -> bool:
    """Return whether import statements seem to take a module of a framework under its own name."""
    if not any(package in imports for package in _PACKAGES):
        return False
    import re

    return re.search(_WHOLE, imports) is not None
