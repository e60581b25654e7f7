"""Each reason for which a fix over functions is refused, with the place that it names."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.fixes.edits import Refusal
from flake8_bgtasks.fixes.plans import Planning
from tests.fixes.planning import findings, linked, plan, refusal

if TYPE_CHECKING:
    from pathlib import Path

MAIL = """
    from fastapi import BackgroundTasks

    def send(to: str) -> None: ...

    def notify(to: str) -> None:
        tasks = BackgroundTasks()
        tasks.add_task(send, to)
    """
MAIN = """
    from fastapi import FastAPI
    from mail import notify

    app = FastAPI()

    @app.post("/users")
    def create_user(email: str) -> None:
        notify(email)
    """


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        pytest.param(
            "from mail import notify\n\ndef main() -> None:\n    notify('ops')\n",
            "notify() is also called from other.py:4, which no route reaches",
            id="script",
        ),
        pytest.param(
            "import mail\n\nmail.notify('ops')\n",
            "notify() is also called from other.py:3, when the module is imported",
            id="at import",
        ),
        pytest.param(
            "import mail\n\ndef once(text: str) -> None:\n    mail.notify(text)\n\nonce('start')\n",
            "once() is also called from other.py:6, when the module is imported",
            id="below a function",
        ),
        pytest.param(
            "from mail import notify\n\nHANDLERS = {'user': notify}\n",
            "notify() is handed on in other.py:3, so that not all of its calls are known",
            id="registry",
        ),
        pytest.param(
            "from mail import notify as tell\nimport threading\n\n"
            "def later() -> None:\n    threading.Thread(target=tell, args=('x',)).start()\n",
            "notify() is handed on in other.py:5, so that not all of its calls are known",
            id="thread",
        ),
        pytest.param(
            "import mail\n\ndef send(kind: str) -> None:\n    getattr(mail, f'{kind}y')('x')\n",
            "other.py:4 may get notify() by a name that is made at run time",
            id="getattr",
        ),
        pytest.param(
            "import mail\n\ndef send() -> None:\n    getattr(mail, 'notify')('x')\n",
            "other.py:4 names notify() in a string",
            id="getattr constant",
        ),
        pytest.param(
            "from unittest import mock\n\ndef test_users() -> None:\n"
            "    with mock.patch('mail.notify'):\n        ...\n",
            "other.py:4 names notify() in a string",
            id="mock",
        ),
        pytest.param(
            "import mail\n\ndef test_users(monkeypatch) -> None:\n"
            "    monkeypatch.setattr(mail, 'notify', print)\n",
            "other.py:4 names notify() in a string",
            id="monkeypatch",
        ),
        pytest.param(
            "import mail\n\ndef quiet() -> None:\n    mail.notify = print\n",
            "other.py:4 may replace notify()",
            id="replaced",
        ),
        pytest.param(
            "from fastapi import WebSocket\nfrom main import app\nfrom mail import notify\n\n"
            "@app.websocket('/chat')\nasync def chat(ws: WebSocket) -> None:\n    notify('x')\n",
            "it is also needed in chat() (WEBSOCKET /chat, other.py:6), where FastAPI injects no "
            "tasks that it runs",
            id="websocket",
        ),
        pytest.param(
            "from main import app\nfrom mail import notify\n\n"
            "@app.on_event('startup')\ndef start() -> None:\n    notify('ops')\n",
            "it is also needed in start() (event, other.py:5), where FastAPI injects no tasks that "
            "it runs",
            id="startup",
        ),
        pytest.param(
            "from main import app\nfrom mail import notify\n\n"
            "@app.post('/x')\ndef x(**options: str) -> None:\n    notify(**options)\n",
            "the call in other.py:6 passes **arguments, which may hold 'tasks'",
            id="mapping",
        ),
        pytest.param(
            "from mail import notify\nfrom mail import *\nnotify: int = (\n",
            "other.py mentions notify and can't be parsed",
            id="broken file",
        ),
        pytest.param(
            "import celery\nfrom mail import notify\n\nqueue = celery.Celery()\n\n"
            "@queue.task\ndef nightly() -> None:\n    notify('ops')\n",
            "nightly() in other.py:7 is decorated by something that may call it",
            id="worker",
        ),
        pytest.param(
            "from functools import lru_cache\nfrom main import app\nfrom mail import notify\n\n"
            "@lru_cache\ndef remember() -> int:\n    notify('x')\n    return 1\n\n"
            "@app.get('/x')\ndef x() -> int:\n    return remember()\n",
            "remember() in other.py:6 keeps what it returned for later requests",
            id="cache",
        ),
        pytest.param(
            "from main import app\nfrom mail import notify\n\nclass Page:\n"
            "    @property\n    def title(self) -> str:\n        notify('x')\n        return ''\n\n"
            "@app.get('/x')\ndef x() -> str:\n    return Page().title\n",
            "Page.title in other.py:6 is a property, which takes no arguments",
            id="property",
        ),
        pytest.param(
            "# @generated by a tool\nfrom main import app\nfrom mail import notify\n\n"
            "@app.get('/x')\ndef x() -> None:\n    notify('x')\n",
            "other.py is generated",
            id="generated",
        ),
    ],
)
def test_other_callers(tmp_path: Path, source: str, reason: str) -> None:
    assert refusal(tmp_path, {"main.py": MAIN, "mail.py": MAIL, "other.py": source}) == reason


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        pytest.param(
            """
            import asyncio

            @app.post("/x")
            async def x() -> None:
                asyncio.create_task(tell("x"))

            async def tell(to: str) -> None:
                notify(to)
            """,
            "main.py:12 starts tell() without awaiting it",
            id="create_task",
        ),
        pytest.param(
            """
            from fastapi import Depends

            def session():
                yield
                notify("closed")

            @app.post("/x", dependencies=[Depends(session)])
            def x() -> None: ...
            """,
            "main.py:12 comes after the 'yield' of a dependency, where FastAPI may have run the "
            "tasks already",
            id="after yield",
        ),
        pytest.param(
            """
            from fastapi.responses import JSONResponse

            @app.post("/x")
            def x() -> JSONResponse:
                notify("x")
                tasks = BackgroundTasks()
                tasks.add_task(print, "x")
                return JSONResponse({}, background=tasks)
            """,
            "x() returns a response with tasks of its own (main.py:13), which replace injected "
            "ones",
            id="own background",
        ),
        pytest.param(
            """
            def once(function):
                def wrapper() -> None:
                    function()
                return wrapper

            @app.post("/x")
            @once
            def x() -> None:
                notify("x")
            """,
            "a decorator hides the signature of x() (main.py:15)",
            id="hidden signature",
        ),
        pytest.param(
            """
            class Event:
                def __eq__(self, other: object) -> bool:
                    notify("compared")
                    return False

            @app.post("/x")
            def x() -> bool:
                return Event() == Event()
            """,
            "Python itself calls Event.__eq__()",
            id="operator",
        ),
        pytest.param(
            """
            @app.post("/x")
            def x() -> None:
                import atexit
                atexit.register(lambda: notify("x"))
            """,
            "<lambda> in main.py:11 may run after the request",
            id="lambda handed on",
        ),
    ],
)
def test_callers_in_the_app(tmp_path: Path, source: str, reason: str) -> None:
    imports = "from fastapi import BackgroundTasks, FastAPI\nfrom mail import notify\n"
    main = f"{imports}\napp = FastAPI()\n\n\n{dedent(source)}"
    sources = {"main.py": main, "mail.py": MAIL}
    assert refusal(tmp_path, sources) == reason


def test_task_of_a_response(tmp_path: Path) -> None:
    task = "JSONResponse({}, background=BackgroundTask(notify, 'x'))"
    route = (
        "from fastapi import FastAPI\nfrom fastapi.responses import JSONResponse\n"
        "from starlette.background import BackgroundTask\nfrom mail import notify\n\n"
        f"app = FastAPI()\n\n@app.get('/')\ndef x() -> JSONResponse:\n    return {task}\n"
    )
    reason = "the task in main.py:10 is not added to an instance that has a name"
    assert refusal(tmp_path, {"main.py": route, "mail.py": MAIL}) == reason


@pytest.mark.parametrize(
    "source",
    [
        "import mail\nmail.notify('x')\n",
        "from mail import (\n    notify,\n)\n",
        "from . import notify\n",
        "from main import notify as tell\n",
        "import importlib\nimportlib.import_module(name).notify()\n",
        "print 'python 2'\nimport os, mail\nmail.notify('x')\n",
    ],
)
def test_excluded_file(tmp_path: Path, source: str) -> None:
    (tmp_path / "legacy.py").write_text(source)
    reason = "legacy.py, which is excluded, mentions notify"
    assert refusal(tmp_path, {"main.py": MAIN, "mail.py": MAIL}) == reason


@pytest.mark.parametrize(
    "source",
    [
        "import slack\nslack.notify('x')\n",
        "def notify(text):\n    print(text)\n",
        "# mail\nimport os\nnotify = 'mail'\n",
    ],
)
def test_excluded_file_that_means_something_else(tmp_path: Path, source: str) -> None:
    (tmp_path / "legacy.py").write_text(source)
    assert plan(tmp_path, {"main.py": MAIN, "mail.py": MAIL})


def test_excluded_file_and_a_method(tmp_path: Path) -> None:
    mail = (
        "from fastapi import BackgroundTasks\n\nclass Mail:\n"
        "    def notify(self, to: str) -> None:\n"
        "        tasks = BackgroundTasks()\n        tasks.add_task(print, to)\n"
    )
    main = (
        "from fastapi import FastAPI\nfrom mail import Mail\n\napp = FastAPI()\n\n"
        "@app.post('/')\ndef create(to: str) -> None:\n    Mail().notify(to)\n"
    )
    sources = {"main.py": main, "mail.py": mail}
    assert plan(tmp_path, sources)
    (tmp_path / "legacy.py").write_text("def tell(mail):\n    mail.notify('x')\n")
    reason = "legacy.py, which is excluded, mentions notify"
    assert refusal(tmp_path, sources) == reason


def test_entry_point(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project.scripts]\nnotify = "mail:notify"\n')
    reason = "an entry point in pyproject.toml calls notify"
    assert refusal(tmp_path, {"main.py": MAIN, "mail.py": MAIL}) == reason


def test_nobody_calls_it(tmp_path: Path) -> None:
    sources = {"main.py": "from fastapi import FastAPI\napp = FastAPI()\n", "mail.py": MAIL}
    assert refusal(tmp_path, sources) == "no request is known to get to notify()"


def test_read_only_file(tmp_path: Path) -> None:
    sources = {"main.py": MAIN, "mail.py": MAIL}
    program = linked(tmp_path, sources)
    (tmp_path / "main.py").chmod(0o444)
    (finding,) = [f for f in findings(program) if f.code == "BGT101"]
    assert Planning(program).plan(finding) == Refusal("main.py is read-only")


@pytest.mark.parametrize(
    ("metadata", "app", "applicability"),
    [
        ("[build-system]\nrequires = ['hatchling']\n", "", "unsafe"),
        ("[build-system]\nrequires = ['hatchling']\n", "app = FastAPI()\n", "safe"),
        ("[tool.poetry]\npackage-mode = false\n[build-system]\nrequires = []\n", "", "safe"),
        ("[project]\nname = 'shop'\n", "", "safe"),
        ("[tool.ruff]\nline-length = 100\n", "", "safe"),
    ],
)
def test_functions_of_an_installable_package(
    tmp_path: Path, metadata: str, app: str, applicability: str
) -> None:
    (tmp_path / "pyproject.toml").write_text(metadata)
    router = MAIN.replace("FastAPI", "APIRouter")
    sources = {
        "main.py": router,
        "mail.py": MAIL,
        "other.py": f"from fastapi import FastAPI\n{app}",
    }
    assert plan(tmp_path, sources).applicability == applicability
