"""Tasks that get what is closed, read up or gone when they run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.generated.callables import indented
from tests.generated.scenes.stage import ADDRESS

if TYPE_CHECKING:
    from tests.generated.part import Part
    from tests.generated.scenes.stage import Stage

_READS = "def TASK(source) -> None:\n    print(source.read())"
_CLOSED = "ValueError: I/O operation on closed file"


def closed_file(stage: Stage) -> Part:
    """Hand over a file that a `with` block closes; its twin hands over what is in it."""
    owner, variable = stage.any("main", stage.module()), stage.variable()
    stage.use(owner, "from io import StringIO")
    given = stage.any("TASK, file", "TASK, source=file", "lambda: TASK(file)")
    task, made = _READS, ""
    if not stage.is_bad:
        task, given, made = "def TASK(text) -> None:\n    print(text)", "TASK, text", "file.read()"
    add = f"{variable}.add_task({given.replace('TASK', stage.queued(owner, task))})"
    lines = [
        f"with StringIO({ADDRESS}) as file:",
        *([f"    text = {made}"] if made else []),
        f"    {stage.marked(add, 'BGT601')}",
    ]
    if owner != "main":
        helper = f"copy_{stage.number}"
        stage.files.add(
            owner, [f"def {helper}({variable}: {stage.tasks(owner)}):", *indented(lines)]
        )
        lines = [f"{stage.refer('main', owner, helper)}({variable})"]
    path = stage.route([f"{variable}: {stage.tasks('main')}"], lines)
    seen = {"raises": _CLOSED, "status": 200} if stage.is_bad else {}
    started = {} if "lambda" in given and stage.is_bad else {"runs": [stage.task]}
    return stage.part("BGT601", stage.post(path, **started, **seen))


def closed_dependency(stage: Stage) -> Part:
    """Hand over what a dependency closes before the tasks run; its twin keeps it open."""
    owner, variable = stage.module(), stage.variable()
    name = f"get_source_{stage.number}"
    stage.use(owner, "from io import StringIO")
    lines = [f"with StringIO({ADDRESS}) as source:", "    yield source"]
    stage.files.add(owner, [f"{stage.any('', 'async ')}def {name}():", *indented(lines)])
    stage.use("main", "from fastapi import Depends")
    depends = stage.refer("main", owner, name)
    given = f'Depends({depends}, scope="function")' if stage.is_bad else f"Depends({depends})"
    reads, use = _READS, "TASK, source"
    if not stage.is_bad:
        reads, use = "def TASK(text) -> None:\n    print(text)", "TASK, source.read()"
    add = f"{variable}.add_task({use.replace('TASK', stage.queued('main', reads))})"
    parameters = [f"{variable}: {stage.tasks('main')}", f"source={given}"]
    path = stage.route(parameters, [stage.marked(add, "BGT601")])
    seen = {"raises": _CLOSED, "status": 200} if stage.is_bad else {}
    return stage.part("BGT601", stage.post(path, **seen))


def read_upload(stage: Stage) -> Part:
    """Hand over an upload that is read already; its twin goes back to the start."""
    variable = stage.variable()
    reads = "async def TASK(upload) -> None:\n    print(json.loads(await upload.read()))"
    task = stage.queued("main", reads, "import json")
    stage.use("main", "from fastapi import UploadFile")
    back = [] if stage.is_bad else ["await file.seek(0)"]
    add = stage.marked(f"{variable}.add_task({task}, {stage.any('file', 'upload=file')})", "BGT602")
    body = ["size = len(await file.read())", *back, add, "return size"]
    parameters = ["file: UploadFile", f"{variable}: {stage.tasks('main')}"]
    path = stage.route(parameters, body, is_async=True)
    seen = {"raises": "JSONDecodeError: ", "status": 200} if stage.is_bad else {}
    sent = {"files": {"file": ["a.json", '{"legs": 4}']}}
    return stage.part("BGT602", stage.post(path, **sent, **seen))


def unread_body(stage: Stage) -> Part:
    """Let a task read the body of a request that has been answered; its twin gets the body."""
    variable = stage.variable()
    reads = stage.any("json", "body", "form")
    stage.use("main", "from fastapi import Request")
    if stage.is_bad:
        source = f"async def TASK(request) -> None:\n    print(await request.{reads}())"
        given, body = "request", []
    else:
        source, given = "def TASK(text) -> None:\n    print(text)", "text"
        body = ["text = await request.body()"]
    task = stage.queued("main", source)
    body.append(stage.marked(f"{variable}.add_task({task}, {given})", "BGT604"))
    parameters = ["request: Request", f"{variable}: {stage.tasks('main')}"]
    path = stage.route(parameters, body, is_async=True)
    sent = {"data": {"a": "b"}} if reads == "form" else {"json": {"id": 1}}
    seen = {"raises": "ClientDisconnect: ", "status": 200} if stage.is_bad else {}
    return stage.part("BGT604", stage.post(path, **sent, **seen), server="uvicorn")


SCENES = (closed_file, closed_dependency, read_upload, unread_body)
