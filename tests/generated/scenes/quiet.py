"""What the rules report that are off by default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.generated.callables import indented
from tests.generated.files import PACKAGE
from tests.generated.scenes.stage import ADDRESS

if TYPE_CHECKING:
    from tests.generated.part import Part
    from tests.generated.scenes.stage import Stage

_OPTIONAL = "from typing import Optional"
_FORMS = (
    ("BG: TASKS | None = None", ""),
    ("BG: Optional[TASKS] = None", _OPTIONAL),
    ("BG: TASKS = None", ""),
    ("*, BG: TASKS | None = None", ""),
    ("*, BG: Optional[TASKS] = None", _OPTIONAL),
)
_GUARDS = (
    ("if BG is not None:", "    ADD"),
    ("if BG:", "    ADD"),
    ("if not BG:", "    return", "ADD"),
    ("if BG is None:", "    return None", "ADD"),
    ("if BG is None:", "    BG = TASKS()", "ADD"),
)


def left_out(stage: Stage) -> Part:
    """Call a helper without the instance that it can do without; its twin passes it."""
    owner, variable, own = stage.module(), stage.variable(), stage.variable()
    tasks, helper = stage.tasks(owner), f"note_{stage.number}"
    form, statement = stage.any(*_FORMS)
    stage.use(owner, *([statement] if statement else []))
    add = f"{own}.add_task({stage.queued(owner)}, address)"
    body = [line.replace("ADD", add) for line in stage.any(*_GUARDS)]
    head = f"{stage.any('', 'async ')}def {helper}(address: str, {form}):"
    lines = [line.replace("BG", own).replace("TASKS", tasks) for line in (head, *indented(body))]
    made = f" = {tasks}()"
    lines = [stage.marked(line, "BGT101") if line.endswith(made) else line for line in lines]
    stage.files.add(owner, lines)
    given = f"{own}={variable}" if "*" in form else stage.any(variable, f"{own}={variable}")
    passed = ADDRESS if stage.is_bad else f"{ADDRESS}, {given}"
    waits = head.startswith("async")
    call = f"{stage.refer('main', owner, helper)}({passed})"
    call = stage.marked(f"await {call}" if waits else call, "BGT205")
    other = f'{variable}.add_task(print, "noted")'
    parameters = [f"{variable}: {stage.tasks('main')}"]
    path = stage.route(parameters, [*stage.any([call, other], [other, call])], is_async=waits)
    return stage.part("BGT205", stage.lost(path) if stage.is_bad else stage.post(path))


# What a task does to wait, and what it needs for that.
_BLOCKS = (
    ("time.sleep(0.02)", "import time"),
    ("pause(0.02)", "from time import sleep as pause"),
    ("subprocess.run(['true'], check=True)", "import subprocess"),
)
_WAITS = (
    ("await asyncio.sleep(0.1)", "import asyncio"),
    ("await asyncio.to_thread(time.sleep, 0.1)", "import time"),
)


def blocking(stage: Stage) -> Part:
    """Let an async task hold up the event loop; its twin lets others run meanwhile."""
    variable = stage.variable()
    does, statement = stage.any(*(_BLOCKS if stage.is_bad else _WAITS))
    if stage.is_bad and stage.any(True, False):
        owner, helper = f"waits_{stage.number}", f"wait_{stage.number}"
        stage.use(owner, statement)
        stage.files.add(owner, [f"def {helper}() -> None:", f"    {does}"])
        does, statement = f"{stage.refer('tasks', owner, helper)}()", "import asyncio"
    source = f"async def TASK(address) -> None:\n    {does}\n    print(address)"
    task = stage.queued("main", source, statement, "import asyncio")
    watch, stands = f"watch_{stage.number}", '"the event loop stood still"'
    body = [
        "async def count() -> None:",
        f"    task, number = asyncio.create_task({stage.task}({ADDRESS})), 0",
        "    while not task.done():",
        "        number += 1",
        "        await asyncio.sleep(0.001)",
        "    if number < 4:",
        f"        raise RuntimeError({stands})",
        "",
        "asyncio.run(count())",
    ]
    stage.files.add("tasks", [f"def {watch}() -> None:", *indented(body)])
    add = stage.marked(f"{variable}.add_task({task}, {ADDRESS})", "BGT509")
    path = stage.route([f"{variable}: {stage.tasks('main')}"], [add])
    seen = {"raises": "RuntimeError: the event loop stood still"} if stage.is_bad else {}
    call = {"method": "CALL", "path": f"{PACKAGE}.tasks:{watch}", "runs": [stage.task], **seen}
    return stage.part("BGT509", stage.post(path), call)


def pinned(stage: Stage) -> Part:
    """Let a task hold up what a dependency does in the end; its twin gets a plain value."""
    owner, variable, saved = f"drafts_{stage.number}", stage.variable(), f"SAVED_{stage.number}"
    name = f"get_draft_{stage.number}"
    stage.use(owner, "from io import StringIO")
    lines = [f"with StringIO({ADDRESS}) as draft:", "    yield draft", f"{saved}['draft'] = 1"]
    head = f"{stage.any('', 'async ')}def {name}():"
    stage.files.add(owner, [f"{saved} = {{}}", "", "", head, *indented(lines)])
    known = stage.refer("tasks", owner, saved)
    source = "def TASK(draft) -> None:\n    print(draft)"
    use = stage.any("TASK, draft.getvalue()", "TASK, draft=draft.read()")
    if stage.is_bad:
        source = f"def TASK(draft) -> None:\n    print(draft.read(), {known}['draft'])"
        use = stage.any("TASK, draft", "TASK, draft=draft", "lambda: TASK(draft)")
    add = f"{variable}.add_task({use.replace('TASK', stage.queued('main', source))})"
    stage.use("main", "from fastapi import Depends", "from typing import Annotated")
    depends = f"Depends({stage.refer('main', owner, name)})"
    given = stage.any(f"draft={depends}", f"draft: Annotated[object, {depends}]")
    parameters = [f"{variable}: {stage.tasks('main')}", given]
    path = stage.route(parameters, [stage.marked(add, "BGT603")])
    seen = {"raises": "KeyError: 'draft'", "status": 200} if stage.is_bad else {}
    return stage.part("BGT603", stage.post(path, **seen))


SCENES = (left_out, blocking, pinned)
