"""Functions that FastAPI does not fill, calls too late, or never calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.generated.callables import Written, indented
from tests.generated.files import PACKAGE
from tests.generated.routes import dependent
from tests.generated.scenes.stage import ADDRESS

if TYPE_CHECKING:
    from tests.generated.part import Part
    from tests.generated.scenes.stage import Stage


def unresolved_dependency(stage: Stage) -> Part:
    """Name a dependency without `Depends`, or call it there."""
    owner, variable = stage.module(), stage.variable()
    helper = f"queue_{stage.number}"
    line = f"    {variable}.add_task({stage.queued(owner)}, {ADDRESS})"
    stage.files.add(owner, [f"def {helper}({variable}: {stage.tasks(owner)}):", line])
    if stage.is_bad and stage.any(True, False):
        return _refused_dependency(stage, owner, helper)
    expression = stage.refer("main", owner, helper)
    stage.use("main", "from fastapi import Depends")
    given = f"done={expression}" if stage.is_bad else f"done=Depends({expression})"
    path = stage.route([given], ["return 1"], code="BGT203")
    return stage.part("BGT203", stage.lost(path) if stage.is_bad else stage.post(path))


def _refused_dependency(stage: Stage, owner: str, helper: str) -> Part:
    module = f"admin_{stage.number}"
    stage.use(module, "from fastapi import APIRouter, Depends")
    stage.files.add(module, ["router = APIRouter()"])
    expression = stage.refer(module, owner, helper)
    path = f'"/admin/{stage.number}"'
    name = f"def {stage.name}"
    lines = stage.any(
        [f"@router.post({path})", f"{name}(done=Depends({expression}())):  # BGT203"],
        [f"@router.post({path}, dependencies=[{expression}])  # BGT203", f"{name}():"],
    )
    stage.files.add(module, [*lines, "    return 1"])
    call = {"method": "CALL", "path": stage.admitted_later(module, "router")}
    return stage.part("BGT203", {**call, "raises": "Exception: "})


def hidden_wrapper(stage: Stage) -> Part:
    """Let a decorator ask for an instance that the function below does not declare."""
    owner, variable = stage.module(), stage.variable()
    decorator = f"audited_{stage.number}"
    stage.use(owner, "from functools import wraps")
    head = f"async def wrapper(*args, {variable}: {stage.tasks(owner)}, **kwargs):"
    passed = "*args, **kwargs" if stage.is_bad else f"*args, {variable}={variable}, **kwargs"
    inner = [
        "@wraps(endpoint)",
        stage.marked(head, "BGT307"),
        f"    {variable}.add_task({stage.queued(owner)}, {ADDRESS})",
        f"    return await endpoint({passed})",
    ]
    body = [*inner, "", "return wrapper"]
    stage.files.add(owner, [f"def {decorator}(endpoint):", *indented(body)])
    parameter = "" if stage.is_bad else f"{variable}: {stage.tasks('main')}"
    path = f"/{stage.number}"
    lines = [f'@app.post("{path}")', f"@{stage.refer('main', owner, decorator)}"]
    stage.files.add("main", [*lines, f"async def {stage.name}({parameter}):", "    return 1"])
    step = stage.lost(path, raises="TypeError: ") if stage.is_bad else stage.post(path)
    return stage.part("BGT307", step)


def bare_decorator(stage: Stage) -> Part:
    """Hide a path operation's parameter behind a decorator without `wraps`."""
    owner, variable = stage.module(), stage.variable()
    decorator = f"retried_{stage.number}"
    stage.use(owner, "from functools import wraps")
    inner = [
        "def call(*args, **kwargs):",
        "    return endpoint(*args, **kwargs)",
        "",
        "return call",
    ]
    head = [] if stage.is_bad else ["@wraps(endpoint)"]
    stage.files.add(owner, [f"def {decorator}(endpoint):", *indented([*head, *inner])])
    path = f"/{stage.number}"
    function = f"def {stage.name}({variable}: {stage.tasks('main')}):"
    lines = [
        f'@app.post("{path}")',
        f"@{stage.refer('main', owner, decorator)}",
        stage.marked(function, "BGT307"),
        f"    {variable}.add_task({stage.queued('main')}, {ADDRESS})",
    ]
    stage.files.add("main", lines)
    return stage.part("BGT307", stage.lost(path, status=422) if stage.is_bad else stage.post(path))


def exception_handler(stage: Stage) -> Part:
    """Let an exception handler ask for an instance; its twin attaches one."""
    owner, variable, error = stage.module(), stage.variable(), f"Problem{stage.number}"
    stage.files.add("errors", [f"class {error}(Exception):", "    pass"])
    stage.use(owner, "from fastapi.responses import JSONResponse")
    handler = f"answer_{stage.number}"
    tasks = stage.tasks(owner)
    parameters = f"request, error, {variable}: {tasks}" if stage.is_bad else "request, error"
    made = [] if stage.is_bad else [f"{variable} = {tasks}()"]
    more = "" if stage.is_bad else f", background={variable}"
    body = [
        *made,
        f"{variable}.add_task({stage.queued(owner)}, {ADDRESS})",
        f"return JSONResponse({{}}, status_code=409{more})",
    ]
    head = stage.marked(f"{stage.any('', 'async ')}def {handler}({parameters}):", "BGT307")
    stage.files.add(owner, [head, *indented(body)])
    raised, known = stage.refer("main", "errors", error), stage.refer("main", owner, handler)
    path = stage.route([], [f"raise {raised}"])
    stage.files.add("main", [f"app.add_exception_handler({raised}, {known})"])
    if stage.is_bad:
        return stage.part("BGT307", stage.lost(path, raises="TypeError: "))
    return stage.part("BGT307", stage.post(path, status=409))


def middleware(stage: Stage) -> Part:
    """Let a middleware of an app of its own ask for an instance; its twin attaches one."""
    module, variable, app = f"part_{stage.number}", stage.variable(), f"app_{stage.number}"
    stage.use(module, "from fastapi import FastAPI")
    stage.files.add(module, [f"{app} = FastAPI()"])
    tasks = stage.tasks(module)
    parameters = "request, call_next"
    lines = ["response = await call_next(request)"]
    lines += [] if stage.is_bad else [f"{variable} = {tasks}()"]
    lines.append(f"{variable}.add_task({stage.queued(module)}, {ADDRESS})")
    lines += [] if stage.is_bad else [f"response.background = {variable}"]
    if stage.is_bad:
        parameters += f", {variable}: {tasks}"
    head = stage.marked(f"async def log_{stage.number}({parameters}):", "BGT307")
    body = [*lines, "return response"]
    stage.files.add(module, [f'@{app}.middleware("http")', head, *indented(body)])
    stage.files.add(module, [f'@{app}.post("/in")', f"def {stage.name}():", "    return 1"])
    inner = stage.refer("main", module, app)
    stage.files.add("main", [f'app.mount("/part-{stage.number}", {inner})'])
    path = f"/part-{stage.number}/in"
    step = stage.lost(path, raises="TypeError: ") if stage.is_bad else stage.post(path)
    return stage.part("BGT307", step)


def after_yield(stage: Stage) -> Part:
    """Add the task behind the `yield` of a dependency; its twin adds it before."""
    owner, variable = stage.module(), stage.variable()
    name = f"need_{stage.number}"
    add = f"{variable}.add_task({stage.queued(owner)}, {ADDRESS})"
    late = f"{add}  # BGT404"
    body = [add, "yield"]
    if stage.is_bad:
        body = stage.any(["yield", late], ["try:", "    yield", "finally:", f"    {late}"])
    head = f"{stage.any('', 'async ')}def {name}({variable}: {stage.tasks(owner)}):"
    stage.files.add(owner, [head, *indented(body)])
    path = dependent(
        stage.files, stage.number, stage.name, Written(owner, name), stage.random.randrange(3)
    )
    return stage.part("BGT404", stage.lost(path) if stage.is_bad else stage.post(path))


def startup(stage: Stage) -> Part:
    """Let a handler of the start of an app of its own ask for an instance; its twin runs one."""
    module, variable, app = f"part_{stage.number}", stage.variable(), f"app_{stage.number}"
    stage.use(module, "from fastapi import FastAPI", "import asyncio")
    tasks = stage.tasks(module)
    stage.files.add(module, [f"{app} = FastAPI()"])
    add = f"{variable}.add_task({stage.queued(module)}, {ADDRESS})"
    lines = [add] if stage.is_bad else [f"{variable} = {tasks}()", add, f"await {variable}()"]
    parameter = f"{variable}: {tasks}" if stage.is_bad else ""
    head = stage.marked(f"async def start_{stage.number}({parameter}):", "BGT307")
    stage.files.add(module, [f'@{app}.on_event("startup")', head, *indented(lines)])
    begin = [
        "async def enter() -> None:",
        f"    async with {app}.router.lifespan_context({app}):",
        '        print("up")',
        "",
        "asyncio.run(enter())",
    ]
    stage.files.add(module, [f"def begin_{stage.number}() -> None:", *indented(begin)])
    step = {"method": "CALL", "path": f"{PACKAGE}.{module}:begin_{stage.number}"}
    if stage.is_bad:
        return stage.part("BGT307", {**step, "lost": [stage.task], "raises": "TypeError: "})
    return stage.part("BGT307", {**step, "runs": [stage.task]})


SCENES = (
    unresolved_dependency,
    unresolved_dependency,
    hidden_wrapper,
    bare_decorator,
    exception_handler,
    middleware,
    startup,
    after_yield,
    after_yield,
)
