"""The FastAPI releases on which a fact holds; `None` in place of a version is the newest one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Releases:
    """The releases from `first` to `last`; a `last` of `"0.117"` includes each 0.117.x.

    `None` leaves an end open. As text: `0.106 to 0.117`, `up to 0.105`, `0.118 and later`.
    """

    first: str | None = None
    last: str | None = None

    def __contains__(self, version: str | None) -> bool:
        if version is None:
            return self.last is None
        from packaging.version import Version

        release = Version(version).release
        first = Version(self.first).release if self.first else ()
        last = Version(self.last).release if self.last else release
        return first <= release and release[: len(last)] <= last

    def __str__(self) -> str:
        if self.first is None:
            return f"up to {self.last}"
        return f"{self.first} and later" if self.last is None else f"{self.first} to {self.last}"


LEAVES_BEFORE_TASKS = Releases("0.106", "0.117")
"""A dependency's code after `yield` runs, and uploads are closed, before the tasks run."""

HAS_DEPENDS_SCOPE = Releases("0.121")
"""`Depends(…, scope="function")`: the code after `yield` runs when the path operation returns."""

REFUSES_DEPENDS_BESIDE = Releases("0.95", "0.128.1")
"""`tasks: BackgroundTasks = Depends(f)` is refused."""

KEEPS_STARLETTES_CLASS = Releases(last="0.103")
"""`fastapi.BackgroundTasks` is Starlette's own class."""

RESOLVES_FUNCTIONS_ONLY = Releases(last="0.123.6")
"""Quoted and postponed annotations of classes and callable objects are not resolved."""

REFUSES_TYPE_ALIAS_TYPE = Releases(last="0.128.1")
"""`type Tasks = BackgroundTasks` is not injected into."""

IGNORES_FIELDS_BESIDE = Releases(last="0.94")
"""`tasks: BackgroundTasks = Body()` is injected all the same."""

RUNS_OBJECTS = Releases("0.87")
"""A task may be an object with an async `__call__`, such as another `BackgroundTasks`."""
