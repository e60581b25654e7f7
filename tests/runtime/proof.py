"""`proof.json`: what real FastAPI does with a fixture project."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Step:
    """One request, WebSocket session or function call, and what is seen during it.

    `method` is an HTTP method, `WEBSOCKET` (sends the texts of `send`, then receives `expect`), or
    `CALL` (no request: calls the function at `path`, written `module:name`, as a script does).
    `files` maps names of form fields to a file name and a content.
    `runs`, `lost` and `times` name functions of the project, bare or by qualified name; what runs
    at startup counts for the first step. `raises` is `"ExceptionClass: part of the message"`. With
    `succeeds`, any status below 400 will do.
    """

    method: str
    path: str
    json: Any = None
    params: Mapping[str, Any] | None = None
    headers: Mapping[str, str] | None = None
    data: Mapping[str, Any] | None = None
    files: Mapping[str, Any] | None = None
    send: tuple[str, ...] = ()
    expect: tuple[str, ...] = ()
    status: int | None = None
    succeeds: bool = False
    raises: str | None = None
    body: str | None = None
    runs: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    times: Mapping[str, int] = field(default_factory=dict)
    warns: str | None = None

    @property
    def shows_failure(self) -> bool:
        """Whether the step shows a lost or doubled task, a warning or an error."""
        repeated = any(count > 1 for count in self.times.values())
        return bool(self.lost or self.raises or self.warns or repeated or self.fails)

    @property
    def shows_success(self) -> bool:
        return bool(self.runs or self.times or self.expect or self.body)

    @property
    def fails(self) -> bool:
        return self.status is not None and self.status >= 400

    @property
    def repaired(self) -> Step:
        """What the repaired project does: what was lost runs, what failed or ran twice does not."""
        failed = bool(self.fails or self.raises)
        return replace(
            self,
            runs=(*self.runs, *self.lost),
            lost=(),
            times={name: min(count, 1) for name, count in self.times.items()},
            status=None if failed else self.status,
            succeeds=failed,
            body=None if failed else self.body,
            raises=None,
            warns=None,
        )

    @property
    def functions(self) -> set[str]:
        """The functions that the step speaks of."""
        return {*self.runs, *self.lost, *self.times}


@dataclass(frozen=True)
class Proof:
    """How a fixture project is run. `path` is the folder inside it that goes first on `sys.path`.

    `fastapi_version` is the release that the case is about, where the newest one behaves otherwise.
    `import_error` and `startup_error` are `"ExceptionClass: part of the message"`, where the
    project can't be imported, or its application can't start. `after` is what the repaired project
    (`after/`) is asked, and does, where that is not simply what `requests` miss.
    """

    why: str
    entry: str = "main:app"
    path: str = "."
    server: str = "testclient"
    fastapi_version: str | None = None
    import_error: str | None = None
    startup_error: str | None = None
    requests: tuple[Step, ...] = ()
    after: tuple[Step, ...] = ()

    @property
    def error(self) -> str | None:
        return self.import_error or self.startup_error

    @property
    def shows_failure(self) -> bool:
        return bool(self.error) or any(step.shows_failure for step in self.requests)

    @property
    def shows_success(self) -> bool:
        return not self.error and any(step.shows_success for step in self.requests)

    @property
    def repaired(self) -> Proof:
        """The proof of the repaired project."""
        steps = self.after or tuple(step.repaired for step in self.requests)
        return replace(self, requests=steps, import_error=None, startup_error=None)


def read_proof(file: Path) -> Proof:
    """Read a `proof.json`; TypeError names an unknown or missing key."""
    raw = json.loads(file.read_text(encoding="utf-8"))
    steps = {key: tuple(Step(**step) for step in raw.get(key, ())) for key in ("requests", "after")}
    return Proof(**{**raw, **steps})
