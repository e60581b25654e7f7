"""What a path operation returns: the instance itself, or a response with a background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.generated.callables import indented
from tests.generated.scenes.stage import ADDRESS

if TYPE_CHECKING:
    from typing import Any

    from tests.generated.part import Part
    from tests.generated.scenes.stage import Stage

_RESPONSES = {
    "JSONResponse": "{}",
    "PlainTextResponse": '"done"',
    "HTMLResponse": '"<p>done</p>"',
    "Response": '"done"',
}


def returned_instance(stage: Stage) -> Part:
    """Write a path operation that returns its instance to the client."""
    variable, is_own = stage.variable(), stage.any(True, False)
    module = stage.module() if is_own and stage.any(True, False) else "main"
    add = f"{variable}.add_task({stage.queued(module)}, {ADDRESS})"
    made = [f"{variable} = {stage.tasks(module)}()", add]
    if module != "main":
        factory = f"queue_{stage.number}"
        lines = [*made, f"return {variable}"]
        returns = f" -> {stage.tasks(module)}" if stage.any(True, False) else ""
        stage.files.add(module, [f"def {factory}(){returns}:", *indented(lines)])
        made = [f"{variable} = {stage.refer('main', module, factory)}()"]
    body = [*(made if is_own else [add]), _returning(stage, variable, is_own=is_own)]
    parameters = [] if is_own else [f"{variable}: {stage.tasks('main')}"]
    path = stage.route(parameters, body)
    is_lost = stage.is_bad and is_own
    return stage.part("BGT104", stage.lost(path) if is_lost else stage.post(path))


def _returning(stage: Stage, variable: str, *, is_own: bool) -> str:
    if stage.is_bad:
        shape = stage.any("BG", "[BG]", '{"tasks": BG}', "(BG, 1)", '{"data": {"queue": BG}}')
        return f"return {shape.replace('BG', variable)}  # BGT104"
    if is_own:
        return f"return {_response(stage, 'main', variable)}"
    return f"return {stage.any('len(BG.tasks)', 'str(BG)', 'None').replace('BG', variable)}"


def single_task(stage: Stage) -> Part:
    """Write a response with Starlette's single task; in an exception handler it is right."""
    if not stage.is_bad:
        return _handled(stage)
    module = stage.any("main", stage.module())
    value = _single(stage, module)
    line = f"return {_response(stage, module, value)}{_at_use(value)}"
    if module != "main":
        helper = f"respond_{stage.number}"
        stage.files.add(module, [f"def {helper}():", f"    {line}"])
        line = f"return {stage.refer('main', module, helper)}()"
    return stage.part("BGT301", stage.post(stage.route([], [line])))


def _single(stage: Stage, module: str) -> str:
    task = f"({stage.queued(module)}, {ADDRESS})"
    ways = {
        f"BackgroundTask{task}": "from starlette.background import BackgroundTask  # BGT301",
        f"Once{task}": "from starlette.background import BackgroundTask as Once  # BGT301",
        f"starlette.background.BackgroundTask{task}": "import starlette.background",
    }
    value = stage.any(*ways)
    stage.use(module, ways[value])
    return value


def _at_use(value: str) -> str:
    return "  # BGT301" if value.startswith("starlette.") else ""


def _handled(stage: Stage) -> Part:
    module, error = f"handlers_{stage.number}", f"Problem{stage.number}"
    stage.files.add("errors", [f"class {error}(Exception):", "    pass"])
    stage.use(module, "from starlette.background import BackgroundTask")
    value = f"BackgroundTask({stage.queued(module)}, {ADDRESS})"
    handler = f"answer_{stage.number}"
    line = f"return {_response(stage, module, value, 'status_code=409, ')}"
    stage.files.add(module, [f"def {handler}(request, error):", f"    {line}"])
    expression = stage.refer("main", "errors", error)
    path = stage.route([], [f"raise {expression}"])
    known = stage.refer("main", module, handler)
    stage.files.add("main", [f"app.add_exception_handler({expression}, {known})"])
    return stage.part("BGT301", stage.post(path, status=409))


def _response(stage: Stage, module: str, value: str, more: str = "") -> str:
    kind = stage.any(*_RESPONSES)
    stage.use(module, f"from fastapi.responses import {kind}")
    return f"{kind}({_RESPONSES[kind]}, {more}background={value})"


_QUICK = "def TASK() -> None:\n    print('now')"
_QUICK_ASYNC = "async def TASK() -> None:\n    print('now')"
# The value, the task, how the instance is made, what is seen.
_VALUES: tuple[tuple[str, str, bool, dict[str, Any]], ...] = (
    ("TASK", _QUICK, False, {"raises": "TypeError: "}),
    ("TASK", _QUICK_ASYNC, False, {}),
    ("TASK()", _QUICK, False, {}),
    ("lambda: TASK()", _QUICK, False, {"raises": "TypeError: "}),
    ("BG.add_task(TASK)", _QUICK, True, {"lost": ...}),
    ("[BG]", _QUICK, True, {"lost": ..., "raises": "TypeError: "}),
)


def background_value(stage: Stage) -> Part:
    """Give a response something else for its background than an instance."""
    module, variable = stage.any("main", stage.module()), stage.variable()
    value, task, needs_instance, seen = stage.any(*_VALUES)
    body = []
    expression = stage.queued(module, task)
    if needs_instance or not stage.is_bad:
        body.append(f"{variable} = {stage.tasks(module)}()")
        if "add_task" not in value or not stage.is_bad:
            body.append(f"{variable}.add_task({expression})")
    text = value.replace("BG", variable).replace("TASK", expression) if stage.is_bad else variable
    body += _attached(stage, module, text)
    if module != "main":
        helper = f"respond_{stage.number}"
        stage.files.add(module, [f"def {helper}():", *indented(body)])
        body = [f"return {stage.refer('main', module, helper)}()"]
    path = stage.route([], body)
    if not stage.is_bad:
        return stage.part("BGT406", stage.post(path))
    errors = {key: said for key, said in seen.items() if key == "raises"}
    errors |= {"status": 200} if errors else {}
    step = stage.lost if "lost" in seen else stage.post
    return stage.part("BGT406", step(path, **errors))


def _attached(stage: Stage, module: str, value: str) -> list[str]:
    whole = _response(stage, module, value)
    if stage.any(True, False):
        return [stage.marked(f"return {whole}", "BGT406")]
    bare = whole.partition(", background=")[0]
    late = stage.marked(f"response.background = {value}", "BGT406")
    return [f"response = {bare})", late, "return response"]


SCENES = (returned_instance, single_task, background_value)
