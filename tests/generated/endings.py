"""What the last function of a chain does with the instance: add a task, rightly or wrongly."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flake8_bgtasks.rules import RULES


@dataclass(frozen=True)
class Ending:
    """`source` stands in the function, `task_source` defines the task.

    `TASK`, `BG`, `ADDRESS` and `CODE` stand for the task, the instance, its argument and the code.
    """

    source: str
    task_source: str = "def TASK(address: str) -> None:\n    print(address)"
    code: str | None = None
    runs: bool = True
    times: int | None = None
    raises: str | None = None
    status: int | None = None
    imports: tuple[str, ...] = ()
    task_imports: tuple[str, ...] = ()
    needs_async: bool = False

    def seen(self, task: str) -> dict[str, Any]:
        """Return what is seen of a request, as a step of a proof says it."""
        said: dict[str, Any] = {"runs" if self.runs else "lost": [task]}
        said |= {"times": {task: self.times}} if self.times else {}
        said |= {"raises": self.raises} if self.raises else {}
        return said | ({"status": self.status} if self.status else {})


_ASYNC = "async def TASK(address: str) -> None:\n    print(address)"
_SILENT = "def TASK() -> None:\n    print('now')"

RIGHT = (
    Ending("BG.add_task(TASK, ADDRESS)"),
    Ending("BG.add_task(TASK, address=ADDRESS)", _ASYNC),
    Ending("BG.add_task(TASK)", _SILENT),
    Ending("BG.add_task(func=TASK, address=ADDRESS)"),
    Ending("BG.add_task(lambda: TASK(ADDRESS))"),
    Ending("BG.add_task(partial(TASK, ADDRESS))", imports=("from functools import partial",)),
    Ending("add = BG.add_task\nadd(TASK, ADDRESS)"),
    Ending("work = (TASK, ADDRESS)\nBG.add_task(*work)"),
    Ending(
        "BG.add_task(TASK, ADDRESS, 3)",
        "def TASK(address: str, times: int = Query(2)) -> None:\n    print(address * times)",
        task_imports=("from fastapi import Query",),
    ),
    Ending(
        "BG.add_task(TASK, ADDRESS)",
        "def TASK(address: str) -> None:\n    try:\n        raise HTTPException(404)\n"
        "    except HTTPException:\n        print(address)",
        task_imports=("from fastapi import HTTPException",),
    ),
    Ending(
        "with StringIO(ADDRESS) as file:\n    BG.add_task(TASK, file.read())",
        imports=("from io import StringIO",),
    ),
)
WRONG = (
    Ending("BG.add_task(TASK(ADDRESS))  # CODE", code="BGT501", raises="TypeError: "),
    Ending(
        "await BG.add_task(TASK, ADDRESS)  # CODE",
        code="BGT502",
        runs=False,
        raises="TypeError: ",
        needs_async=True,
    ),
    Ending("BG.add_task(TASK)  # CODE", code="BGT503", runs=False, raises="TypeError: "),
    Ending(
        "BG.add_task(TASK, ADDRESS, 3)  # CODE", code="BGT503", runs=False, raises="TypeError: "
    ),
    Ending(
        "BG.add_task(TASK, args=(ADDRESS,))  # CODE",
        code="BGT503",
        runs=False,
        raises="TypeError: ",
    ),
    Ending(
        "BG.add_task(TASK, ADDRESS)  # CODE",
        "def TASK(address: str):\n    yield address",
        code="BGT504",
        runs=False,
    ),
    Ending("BG.add_task(lambda: TASK(ADDRESS))  # CODE", _ASYNC, code="BGT505", runs=False),
    Ending("BG.add(TASK, ADDRESS)  # CODE", code="BGT508", runs=False, raises="AttributeError: "),
    Ending("BG.add_task  # CODE", code="BGT103", runs=False),
    Ending(
        "BG.add_task(TASK, ADDRESS)  # CODE",
        "def TASK(address: str, bg: BackgroundTasks) -> None:\n    bg.add_task(print, address)",
        code="BGT204",
        raises="TypeError: ",
        runs=False,
        task_imports=("from fastapi import BackgroundTasks",),
    ),
    Ending(
        "from fastapi import BackgroundTask  # CODE\nawait BackgroundTask(TASK, ADDRESS)()",
        code="BGT308",
        runs=False,
        raises="ImportError: ",
        needs_async=True,
    ),
    Ending(
        "async def later() -> None:\n    await asyncio.sleep(0.5)\n"
        "    BG.add_task(TASK, ADDRESS)  # CODE\n"
        "asyncio.create_task(later())",
        code="BGT407",
        runs=False,
        imports=("import asyncio",),
        needs_async=True,
    ),
    Ending(
        "BG.add_task(TASK, ADDRESS)\nawait BG()  # CODE",
        code="BGT105",
        times=2,
        needs_async=True,
    ),
    Ending(
        "Depends(TASK)  # CODE",
        "def TASK(bg: BackgroundTasks) -> None:\n    bg.add_task(print)",
        code="BGT203",
        runs=False,
        imports=("from fastapi import Depends",),
        task_imports=("from fastapi import BackgroundTasks",),
    ),
    Ending(
        "BG.add_task(TASK, ADDRESS)  # CODE",
        "def TASK(address: str, times: int = Query(2)) -> None:\n    print(address * times)",
        code="BGT506",
        raises="TypeError: ",
        task_imports=("from fastapi import Query",),
    ),
    Ending(
        "BG.add_task(TASK, ADDRESS)  # CODE",
        "async def TASK(address: str, found: str = Depends(print)) -> None:\n"
        "    print(found.upper(), address)",
        code="BGT506",
        raises="AttributeError: ",
        task_imports=("from fastapi import Depends",),
    ),
    Ending(
        "BG.add_task(TASK, ADDRESS)  # CODE",
        "def TASK(address: str) -> None:\n    if address:\n        raise HTTPException(404)",
        code="BGT507",
        raises="RuntimeError: ",
        task_imports=("from fastapi import HTTPException",),
    ),
    Ending(
        "with StringIO(ADDRESS) as file:\n    BG.add_task(TASK, file)  # CODE",
        "def TASK(source) -> None:\n    print(source.read())",
        code="BGT601",
        raises="ValueError: ",
        imports=("from io import StringIO",),
    ),
    Ending(
        "BG.add_task(TASK, ADDRESS)  # CODE\nraise HTTPException(409)",
        code="BGT402",
        runs=False,
        status=409,
        imports=("from fastapi import HTTPException",),
    ),
)
IN_WEBSOCKETS = tuple(
    replace(ending, source=f"{ending.source}  # CODE", code="BGT403") for ending in RIGHT[:4]
)
_KNOWN = {rule.code for rule in RULES}
ENDINGS = (*RIGHT, *(ending for ending in WRONG if ending.code in _KNOWN))
