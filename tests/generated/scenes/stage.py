"""What scenes share: a task, names, the class of the instance, a path operation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.generated.callables import Signature, indented
from tests.generated.files import PACKAGE
from tests.generated.part import Part
from tests.generated.routes import REGISTRATIONS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random
    from typing import TypeVar

    from tests.generated.files import Files

    T = TypeVar("T")

MODULES = ("notify", "services/mail", "services/audit", "core/jobs", "core/events", "utils")
VARIABLES = ("background_tasks", "tasks", "bg", "bt", "bg_tasks", "bgt")
CLASSES = {
    "BackgroundTasks": "from fastapi import BackgroundTasks",
    "BT": "from fastapi import BackgroundTasks as BT",
    "fastapi.BackgroundTasks": "import fastapi",
    "fastapi.background.BackgroundTasks": "import fastapi.background",
}
PLAIN = "def TASK(address: str) -> None:\n    print(address)"
ADDRESS = '"someone@example.org"'


@dataclass(frozen=True)
class Stage:
    """Where one scene is written, wrong if `is_bad`, else its right twin."""

    random: Random
    files: Files
    number: int
    is_bad: bool

    @property
    def name(self) -> str:
        """The name of the scene's path operation."""
        return f"handle_{self.number}"

    @property
    def task(self) -> str:
        """The name of the scene's task."""
        return f"work_{self.number}"

    def any(self, *choices: T) -> T:
        """Choose one."""
        return self.random.choice(choices)

    def module(self) -> str:
        """Choose a module for what is not a path operation."""
        return self.random.choice(MODULES)

    def variable(self) -> str:
        """Choose a name for the instance."""
        return self.random.choice(VARIABLES)

    def tasks(self, module: str) -> str:
        """Return how a module names `BackgroundTasks`."""
        expression = self.random.choice(tuple(CLASSES))
        self.files.imports[module][CLASSES[expression]] = None
        return expression

    def use(self, module: str, *statements: str) -> None:
        """Add import statements."""
        self.files.imports[module].update(dict.fromkeys(statements))

    def refer(self, module: str, owner: str, name: str) -> str:
        """Return how a module names something of another one."""
        reference = self.files.refer(module, owner, name)
        if reference.local:
            self.use(module, reference.statement)
        return reference.expression

    def queued(self, module: str, source: str = PLAIN, *imports: str) -> str:
        """Write the task; return how a module names it."""
        self.files.add("tasks", source.replace("TASK", self.task).splitlines(), *imports)
        return self.refer(module, "tasks", self.task)

    def marked(self, line: str, code: str) -> str:
        """Return a line, with the code behind it where it is wrong."""
        return f"{line}  # {code}" if self.is_bad else line

    def route(
        self,
        parameters: Sequence[str],
        body: Sequence[str],
        *,
        is_async: bool | None = None,
        code: str | None = None,
    ) -> str:
        """Write a path operation in one of all forms, return its path; a code marks its `def`."""
        if is_async is None:
            is_async = self.any(True, False)
        comment = f"  # {code}" if code and self.is_bad else ""
        made = Signature(self.name, tuple(parameters), is_async, "", comment)
        return self.random.choice(REGISTRATIONS)(self.files, self.number, made, list(body))

    def admitted_later(self, module: str, router: str) -> str:
        """Write a function that imports a module and includes its router: it may be refused."""
        mount = f"mount_{self.number}"
        lines = [
            f"from {PACKAGE}.{module} import {router}",
            f"app.include_router({router})",
        ]
        self.files.add("main", [f"def {mount}() -> None:", *indented(lines)])
        return f"{PACKAGE}.main:{mount}"

    def part(self, code: str, *steps: dict[str, Any], server: str = "testclient") -> Part:
        """Return what is due."""
        return Part(code if self.is_bad else None, steps, server)

    def post(self, path: str, **seen: Any) -> dict[str, Any]:
        """Return a request, and what is seen of it; the task runs if nothing else is said."""
        if not {"runs", "lost", "times"} & seen.keys():
            seen["runs"] = [self.task]
        return {"method": "POST", "path": path, **seen}

    def lost(self, path: str, **seen: Any) -> dict[str, Any]:
        """Return a request that loses the task."""
        return self.post(path, lost=[self.task], **seen)
