"""How the parameter of a function that FastAPI calls is declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.generated.callables import indented
from tests.generated.scenes.stage import ADDRESS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from tests.generated.part import Part
    from tests.generated.scenes.stage import Stage


def single_class(stage: Stage) -> Part:
    """Annotate the parameter with the class without the s."""
    ways = {
        "BackgroundTask": "from starlette.background import BackgroundTask",
        "BackgroundTasks": "from starlette.background import BackgroundTask as BackgroundTasks",
        "starlette.background.BackgroundTask": "import starlette.background",
    }
    wrong = stage.any(*ways)
    right = {"BackgroundTasks": "from fastapi import BackgroundTasks"}
    form = "BG: TASKS"
    return _refused_or_not(stage, "BGT303", form, {wrong: ways[wrong]} if stage.is_bad else right)


_OPTIONAL = ("from typing import Optional",)
_DEPENDS = ("from fastapi import Depends",)
_ANNOTATED = ("from typing import Annotated", *_DEPENDS)
_REFUSED = (
    ("BG: TASKS | None", ()),
    ("BG: TASKS | None = None", ()),
    ("BG: Optional[TASKS]", _OPTIONAL),
    ("BG: Optional[TASKS] = None", _OPTIONAL),
    ("BG: TASKS = Depends()", _DEPENDS),
    ("BG: TASKS = Depends(TASKS)", _DEPENDS),
    ("BG: Annotated[TASKS, Depends()]", _ANNOTATED),
    ("BG: list[TASKS]", ()),
    ("BG: TASKS = Body()", ("from fastapi import Body",)),
)
_ADMITTED = (
    ("BG: TASKS", ()),
    ("BG: TASKS = None", ()),
    ('BG: Annotated[TASKS, "queue"]', ("from typing import Annotated",)),
    ('BG: "TASKS"', ()),
    ("BG: TASKS = TASKS()", ()),
    ("*, BG: TASKS", ()),
)


def uninjectable(stage: Stage) -> Part:
    """Declare the parameter in a form that FastAPI refuses."""
    form, imports = stage.any(*(_REFUSED if stage.is_bad else _ADMITTED))
    return _refused_or_not(stage, "BGT304", form, dict.fromkeys(imports, ""))


def _refused_or_not(stage: Stage, code: str, form: str, names: dict[str, str]) -> Part:
    """Write a router in a module of its own, which may fail to be imported."""
    module, variable = f"admin_{stage.number}", stage.variable()
    if code == "BGT303":
        [(expression, statement)] = names.items()
        stage.use(module, statement)
    else:
        expression = stage.tasks(module)
        stage.use(module, *names)
    parameter = form.replace("TASKS", expression).replace("BG", variable)
    line = f"    {variable}.add_task({stage.queued(module)}, {ADDRESS})"
    stage.use(module, "from fastapi import APIRouter")
    stage.files.add(module, ["router = APIRouter()"])
    path = f"/admin/{stage.number}"
    head = stage.marked(f"{stage.any('', 'async ')}def {stage.name}({parameter}):", code)
    if stage.any(True, False):
        stage.files.add(module, [f'@router.post("{path}")', head, line])
    else:
        stage.use(module, "from fastapi import Depends")
        stage.files.add(module, [head, line])
        given = f"done=Depends({stage.name})"
        stage.files.add(
            module,
            [f'@router.post("{path}")', f"def route_{stage.number}({given}):", "    return 1"],
        )
    call = {"method": "CALL", "path": stage.admitted_later(module, "router")}
    if stage.is_bad:
        return stage.part(code, {**call, "raises": "Exception: "})
    return stage.part(code, call, stage.post(path))


_UNFILLED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("BG: TASKS, /", {"raises": "TypeError: "}),
    ("*BG: TASKS", {"raises": "TypeError: "}),
    ("first: TASKS, BG: TASKS", {"raises": "TypeError: "}),
    ("BG: type[TASKS]", {"status": 422}),
)


def unfillable(stage: Stage) -> Part:
    """Declare the parameter such that it can't be passed."""
    form, seen = stage.any(*_UNFILLED) if stage.is_bad else ("BG: TASKS", {})
    variable = stage.variable()
    body = [f"{variable}.add_task({stage.queued('main')}, {ADDRESS})"]
    parameter = form.replace("TASKS", stage.tasks("main")).replace("BG", variable)
    path = stage.route([parameter], body, code="BGT304")
    step = stage.lost(path, **seen) if stage.is_bad else stage.post(path)
    return stage.part("BGT304", step)


# The parameter, imports, how it is used, what is seen.
_UNANNOTATED: tuple[tuple[str, tuple[str, ...], str, dict[str, Any]], ...] = (
    ("BG", (), "BG.add_task(WORK)", {"status": 422}),
    ("BG: Any", ("from typing import Any",), "BG.add_task(WORK)", {"status": 422}),
    ("BG=None", (), "if BG:\n    BG.add_task(WORK)", {}),
    ("BG=None", (), "BG.add_task(WORK)", {"raises": "AttributeError: "}),
    ("BG=TASKS()", (), "BG.add_task(WORK)", {}),
)


def unannotated(stage: Stage) -> Part:
    """Leave the annotation out, or say nothing with it."""
    form, imports, use, seen = stage.any(*_UNANNOTATED)
    variable = stage.any("background_tasks", "bg_tasks", "tasks", "bg")
    if not stage.is_bad:
        form, imports, use, seen = "BG: TASKS", (), "BG.add_task(WORK)", {}
    stage.use("main", *imports)
    lines = use.replace("WORK", f"{stage.queued('main')}, {ADDRESS}").replace("BG", variable)
    if "TASKS" in form:
        form = form.replace("TASKS", stage.tasks("main"))
    path = _declared(stage, form.replace("BG", variable), lines.splitlines(), "BGT305")
    step = stage.lost(path, **seen) if stage.is_bad else stage.post(path)
    return stage.part("BGT305", step)


def _declared(stage: Stage, parameter: str, body: Sequence[str], code: str) -> str:
    """Write a path operation, or a dependency of one, with a parameter."""
    if stage.any(True, True, False):
        return stage.route([parameter], body, code=code)
    head = stage.marked(f"{stage.any('', 'async ')}def need_{stage.number}({parameter}):", code)
    stage.files.add("main", [head, *indented(list(body))])
    stage.use("main", "from fastapi import Depends")
    return stage.route([f"need=Depends(need_{stage.number})"], ["return 1"])


def postponed(stage: Stage) -> Part:
    """Write a module with postponed annotations that are known to the type checker only."""
    module, variable = f"codes_{stage.number}", stage.variable()
    stage.use(module, "from __future__ import annotations", "from fastapi import APIRouter")
    task = stage.queued(module)
    statement = "from fastapi import BackgroundTasks"
    if stage.is_bad:
        stage.use(module, "from typing import TYPE_CHECKING")
        stage.files.add(module, ["if TYPE_CHECKING:", f"    {statement}"])
    else:
        stage.use(module, statement)
    path = f"/codes/{stage.number}"
    head = stage.marked(f"def {stage.name}({variable}: BackgroundTasks):", "BGT306")
    router = f"codes_router_{stage.number}"
    stage.files.add(module, [f"{router} = APIRouter()"])
    lines = [f'@{router}.post("{path}")', stage.any("", "async ") + head]
    stage.files.add(module, [*lines, f"    {variable}.add_task({task}, {ADDRESS})"])
    stage.files.add("main", [f"app.include_router({stage.refer('main', module, router)})"])
    step = stage.lost(path, status=422) if stage.is_bad else stage.post(path)
    return stage.part("BGT306", step)


def subclass(stage: Stage) -> Part:
    """Annotate the parameter with a subclass; one that adds nothing does no harm."""
    module, name, variable = stage.module(), f"Queue{stage.number}", stage.variable()
    adds = stage.any("a method", "an override")
    members = ["pass"]
    if stage.is_bad and adds == "a method":
        members = ["def queue(self, *arguments):", "    self.add_task(*arguments)"]
    elif stage.is_bad:
        members = ["def add_task(self, *arguments):", '    print("queued")']
        members.append("    super().add_task(*arguments)")
    stage.files.add(module, [f"class {name}({stage.tasks(module)}):", *indented(members)])
    method = "queue" if stage.is_bad and adds == "a method" else "add_task"
    body = [f"{variable}.{method}({stage.queued('main')}, {ADDRESS})"]
    parameter = f"{variable}: {stage.refer('main', module, name)}"
    path = _declared(stage, parameter, body, "BGT309")
    if method == "queue":
        return stage.part("BGT309", stage.lost(path, raises="AttributeError: "))
    overridden = {"lost": [f"{name}.add_task"]} if stage.is_bad else {}
    return stage.part("BGT309", stage.post(path, runs=[stage.task], **overridden))


SCENES = (single_class, uninjectable, unfillable, unannotated, postponed, subclass)
