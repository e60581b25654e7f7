"""What the last function of a chain does with the instance: add a task, rightly or wrongly."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
    raises: str | None = None
    status: int | None = None
    imports: tuple[str, ...] = ()
    task_imports: tuple[str, ...] = ()
    needs_async: bool = False


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
