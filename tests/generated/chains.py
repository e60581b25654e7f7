"""Chains of calls from a path operation to the `add_task`, right or with one mistake in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.generated.callables import (
    FORMS,
    Signature,
    Written,
    aliased,
    function,
    indented,
    inherited,
)
from tests.generated.part import Part
from tests.generated.routes import REGISTRATIONS, as_websocket, dependent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from random import Random

    from tests.generated.callables import Form
    from tests.generated.files import Files, Reference
    from tests.generated.planning import Plan


MODULES = ("notify", "services/mail", "services/audit", "core/jobs", "core/events", "utils")
VERBS = ("place", "confirm", "publish", "record", "forward", "announce", "deliver", "register")
NOUNS = ("order", "invoice", "user", "ticket", "report", "parcel", "comment", "payment")
VARIABLES = ("background_tasks", "tasks", "bg", "bt", "queue", "background")
CONTEXTS = (
    (),
    (),
    (),
    ("if ENABLED:",),
    ("for _ in range(1):",),
    ("with suppress(KeyError):",),
    ("if ENABLED:", "with suppress(KeyError):"),
)
RUNNERS = {
    "run_in_threadpool": "from fastapi.concurrency import run_in_threadpool",
    "asyncio.to_thread": "import asyncio",
}
_MARKS = {
    "own": "BGT101",
    "dropped": "BGT101",
    "shared": "BGT102",
    "displaced": "BGT401",
    "websocket": "BGT403",
    "on the response": "BGT405",
    "fresh": "BGT202",
    "left out": "BGT201",
    "None passed": "BGT202",
}
_STARLETTE = "from starlette.background import BackgroundTasks as StarletteTasks  # BGT302"
_FAILS = {"left out": "TypeError: ", "None passed": "AttributeError: "}


class ChainWriter:
    """Writes one chain into a project."""

    def __init__(self, random: Random, files: Files, wanted: Plan) -> None:
        self._random = random
        self._files = files
        self._plan = wanted
        self._noun = NOUNS[wanted.number % len(NOUNS)]
        chosen = sorted(random.choices(range(len(MODULES)), k=wanted.depth))
        self._modules = ["main", *(MODULES[index] for index in chosen)]

    def write(self) -> Part:
        """Write the steps from the last one up, and return what becomes of the task."""
        below: Written | None = None
        for step in range(self._plan.depth, 0, -1):
            below = self._step(step, below)
        path = self._route(below)
        kind, ending = self._plan.kind, self._plan.ending
        if kind == "ending":
            return Part(ending.code, (self._step_of_proof(path, ending.seen(self._task)),))
        runs = kind in ("right", "awaited", "attached")
        seen: dict[str, Any] = {"runs" if runs else "lost": [self._task]}
        seen |= {"raises": _FAILS[kind]} if kind in _FAILS else {}
        return Part(_MARKS.get(kind), (self._step_of_proof(path, seen),))

    def _step_of_proof(self, path: str, seen: Mapping[str, Any]) -> Mapping[str, Any]:
        if self._plan.kind == "websocket":
            return {"method": "WEBSOCKET", "path": path, "expect": ["done"], **seen}
        return {"method": "POST", "path": path, **seen}

    @property
    def _task(self) -> str:
        return f"send_{self._noun}_{self._plan.number}"

    def _signature(self, step: int, module: str, variable: str) -> Signature:
        name = VERBS[(self._plan.number + step) % len(VERBS)]
        returns = "None"
        if self._plan.is_handed_back and 0 < step <= self._plan.turn:
            returns = self._class(module)
        return Signature(
            f"{name}_{self._noun}_{self._plan.number}",
            tuple(self._parameters(step, module, variable)),
            self._plan.is_async(step),
            returns,
        )

    def _parameters(self, step: int, module: str, variable: str) -> Iterator[str]:
        called_by_fastapi = self._plan.depends and step == 1
        if step == 0:
            yield from self._injected(module)
        if step > 0 and not called_by_fastapi:
            yield "address: str"
        if self._plan.takes(step):
            yield f"{variable}: {self._class(module)}"
        if called_by_fastapi:
            yield 'address: str = "someone@example.org"'

    def _injected(self, module: str) -> Iterator[str]:
        """Yield what the path operation gets besides."""
        wanted = {"on the response": "Response", "websocket": "WebSocket"}.get(self._plan.kind)
        if wanted:
            self._files.imports[module][f"from fastapi import {wanted}"] = None
            yield f"{wanted.lower()}: {wanted}"

    def _step(self, step: int, below: Written | None) -> Written:
        module = self._modules[step]
        variable = self._random.choice(VARIABLES)
        made = self._signature(step, module, variable)
        return self._form(step)(
            self._files, module, made, list(self._body(step, module, variable, below))
        )

    def _form(self, step: int) -> Form:
        if self._plan.depends and step == 1:
            return self._random.choice((function, aliased))
        form = self._random.choice(FORMS)
        in_callers_module = self._modules[step] == self._modules[step - 1]
        return function if in_callers_module and form is inherited else form

    def _route(self, below: Written | None) -> str:
        variable = self._random.choice(VARIABLES)
        made = self._signature(0, "main", variable)
        if self._plan.depends and below is not None:
            style = self._random.randrange(3)
            return dependent(self._files, self._plan.number, made.name, below, style)
        body = list(self._body(0, "main", variable, below))
        choices = (as_websocket,) if self._plan.kind == "websocket" else REGISTRATIONS
        register = self._random.choice(choices)
        return register(self._files, self._plan.number, made, body)

    def _body(self, step: int, module: str, variable: str, below: Written | None) -> Iterator[str]:
        here = self._plan.turn == step and self._plan.is_made
        if here:
            yield f"{variable} = {self._made(module)}"
        yield from self._work(step, module, variable, below)
        if here and self._plan.kind == "awaited":
            yield f"await {variable}()"
        if here and self._plan.is_handed_back:
            yield f"return {variable}"
        if step == 0:
            yield from self._responding(module, variable)

    def _made(self, module: str) -> str:
        """Return the instance that a step makes, or takes from where it should not be."""
        made = f"{self._class(module)}()"
        if self._plan.kind == "shared":
            name = f"{self._noun}_{self._plan.number}_tasks"
            self._files.add(module, [f"{name} = {made}  # BGT102"])
            return name
        return f"{made}  # BGT101" if self._plan.kind in ("own", "dropped") else made

    def _responding(self, module: str, variable: str) -> Iterator[str]:
        """Yield what a path operation does with its response in the end, if that is wrong."""
        if self._plan.kind == "on the response":
            yield f"response.background = {variable}  # BGT405"
        elif self._plan.kind == "displaced":
            self._files.imports[module]["from fastapi.responses import JSONResponse"] = None
            yield f"own = {self._class(module)}()"
            yield 'own.add_task(print, "late")'
            yield "return JSONResponse({}, background=own)  # BGT401"

    def _work(self, step: int, module: str, variable: str, below: Written | None) -> Iterator[str]:
        if below is None:
            yield from self._in_context(module, self._ending(module, variable))
            return
        reference = self._files.refer(module, below.module, below.name)
        if reference.local:
            yield reference.statement
        call = self._call(step, module, variable, below, reference)
        if self._plan.is_handed_back and step < self._plan.turn:
            yield self._handed_back(step, module, call)
        else:
            yield from self._in_context(module, [f"{call}{self._mark(step)}"])

    def _handed_back(self, step: int, module: str, call: str) -> str:
        """Return the statement that does with the returned instance what is right or wrong."""
        if step > 0:
            return f"return {call}"
        if self._plan.kind == "dropped":
            return call
        self._files.imports[module]["from fastapi.responses import JSONResponse"] = None
        return f"return JSONResponse({{}}, background={call})"

    def _call(
        self, step: int, module: str, variable: str, below: Written, reference: Reference
    ) -> str:
        address = '"someone@example.org"' if step == 0 else "address"
        tasks = self._tasks(step, module, variable)
        handed_on = self._random.random() < 0.2 and not below.made_with_tasks
        if handed_on and self._plan.is_async(step) and not below.is_async:
            runner = self._random.choice(tuple(RUNNERS))
            self._files.imports[module][RUNNERS[runner]] = None
            return "await " + below.handed_on(reference, runner, address, tasks)
        call = below.call(reference, address, tasks)
        return f"await {call}" if below.is_async else call

    def _mark(self, step: int) -> str:
        at_call = self._plan.kind in ("fresh", "left out", "None passed")
        here = at_call and step == self._plan.turn
        return f"  # {_MARKS[self._plan.kind]}" if here else ""

    def _tasks(self, step: int, module: str, variable: str) -> str:
        """Return what a step passes on for the instance; empty where it passes nothing."""
        if not self._plan.takes(step + 1):
            return ""
        if step != self._plan.turn:
            return variable
        made = {"fresh": f"{self._class(module)}()", "None passed": "None", "left out": ""}
        return made.get(self._plan.kind, variable)

    def _ending(self, module: str, variable: str) -> list[str]:
        address = '"someone@example.org"' if self._plan.depth == 0 else "address"
        ending = self._plan.ending
        task = ending.task_source.replace("TASK", self._task).splitlines()
        self._files.add("tasks", task, *ending.task_imports)
        reference = self._files.refer(module, "tasks", self._task)
        lines = [reference.statement] if reference.local else []
        self._files.imports[module].update(dict.fromkeys(ending.imports))
        text = ending.source.replace("TASK", reference.expression)
        text = text.replace("BG", variable).replace("ADDRESS", address)
        return [*lines, *text.replace("CODE", ending.code or "").splitlines()]

    def _in_context(self, module: str, lines: list[str]) -> list[str]:
        contexts = self._random.choice(CONTEXTS)
        if any(context.startswith("with") for context in contexts):
            self._files.imports[module]["from contextlib import suppress"] = None
        if any("ENABLED" in context for context in contexts):
            self._files.imports[module]["from shop.config import ENABLED"] = None
        for context in reversed(contexts):
            lines = [context, *indented(lines)]
        return self._in_closure(lines) if self._random.random() < 0.15 else lines

    def _in_closure(self, lines: list[str]) -> list[str]:
        waits = any("await " in line for line in lines)
        head, call = ("async def run():", "await run()") if waits else ("def run():", "run()")
        return [head, *indented(lines), call]

    def _class(self, module: str) -> str:
        ways = {
            "BackgroundTasks": "from fastapi import BackgroundTasks",
            "BT": "from fastapi import BackgroundTasks as BT",
            "fastapi.BackgroundTasks": "import fastapi",
            "fastapi.background.BackgroundTasks": "import fastapi.background",
            "StarletteTasks": _STARLETTE,
        }
        expression = self._random.choices(tuple(ways), weights=(9, 9, 9, 9, 2))[0]
        self._files.imports[module][ways[expression]] = None
        return expression
