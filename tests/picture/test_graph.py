"""The graph of a project: who gets to which task, what hands the instance on, and what is lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes import cli, copy_shop, write_tree

if TYPE_CHECKING:
    from pathlib import Path

HELPERS = """\
from fastapi import BackgroundTasks


def send_mail(address: str) -> None:
    print(address)


async def notify(address: str, tasks: BackgroundTasks) -> None:
    tasks.add_task(send_mail, address)


def forget(address: str) -> None:
    BackgroundTasks().add_task(send_mail, address)


def log_visit(tasks: BackgroundTasks) -> None:
    tasks.add_task(print, "visit")
"""
APP = """\
from fastapi import BackgroundTasks, Depends, FastAPI

import helpers

app = FastAPI(dependencies=[Depends(helpers.log_visit)])


@app.post("/users")
async def create_user(tasks: BackgroundTasks) -> None:
    await helpers.notify("ada", tasks)


@app.delete("/users")
def delete_user() -> None:
    helpers.forget("ada")
"""
TEST = """\
from helpers import notify


def test_notify(tasks) -> None:
    notify("ada", tasks)
"""
CODE = {"helpers.py": HELPERS, "main.py": APP, "tests/test_it.py": TEST, "tox.ini": ""}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_tree(tmp_path, CODE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def graph(*argv: str) -> Any:
    ran = cli("graph", "--format=json", *argv)
    assert (ran.code, ran.err) == (0, "")
    return json.loads(ran.out)


def steps(document: Any) -> list[tuple[str, str, str, bool, list[str]]]:
    """Return source, kind, target, whether it injects, and codes."""
    labels = {node["id"]: node["label"] for node in document["nodes"]}
    return [
        (labels[e["source"]], e["kind"], labels[e["target"]], e["injects"], e["codes"])
        for e in document["edges"]
    ]


@pytest.mark.usefixtures("here")
def test_every_step_of_a_request_is_an_edge() -> None:
    assert sorted(steps(graph())) == [
        ("DELETE /users", "serves", "delete_user", False, []),
        ("POST /users", "serves", "create_user", True, []),
        ("create_user", "calls", "notify", True, []),
        ("create_user", "depends", "log_visit", True, []),
        ("delete_user", "calls", "forget", False, []),
        ("delete_user", "depends", "log_visit", True, []),
        ("forget", "adds", "send_mail", False, ["BGT101"]),
        ("log_visit", "adds", "print", False, []),
        ("notify", "adds", "send_mail", False, []),
    ]


@pytest.mark.usefixtures("here")
def test_nodes_say_what_they_are_and_where() -> None:
    nodes = {node["label"]: node for node in graph()["nodes"]}
    assert "test_notify" not in nodes
    assert nodes["POST /users"] | {"id": ""} == {
        "id": "",
        "kind": "route",
        "label": "POST /users",
        "path": "main.py",
        "line": 8,
        "mode": "",
        "codes": [],
    }
    assert (nodes["notify"]["mode"], nodes["notify"]["path"]) == ("async", "helpers.py")
    assert nodes["forget"]["codes"] == ["BGT101"]
    assert (nodes["print"]["kind"], nodes["print"]["path"]) == ("task", "")


@pytest.mark.usefixtures("here")
def test_the_table_says_what_becomes_of_a_task_from_each_route() -> None:
    ran = cli("tasks")
    assert (ran.code, ran.err) == (0, "")
    assert [line.split("  ")[0] for line in ran.lines][:2] == ["TASK", "send_mail"]
    rows = [[cell.strip() for cell in line.split("  ") if cell] for line in ran.lines[1:]]
    assert rows == [
        ["send_mail", "sync", "notify", "helpers.py:9:5", "POST /users", "ok"],
        ["send_mail", "sync", "forget", "helpers.py:13:5", "DELETE /users", "BGT101"],
        ["print", "-", "log_visit", "helpers.py:17:5", "DELETE /users", "ok"],
        ["print", "-", "log_visit", "helpers.py:17:5", "POST /users", "ok"],
    ]


@pytest.mark.usefixtures("here")
def test_the_table_as_json() -> None:
    document = json.loads(cli("tasks", "--format=json").out)
    assert document["version"] == 1
    assert document["tasks"][1] == {
        "task": "send_mail",
        "mode": "sync",
        "function": "forget",
        "path": "helpers.py",
        "line": 13,
        "column": 5,
        "origins": [{"route": "DELETE /users", "codes": ["BGT101"]}],
        "codes": ["BGT101"],
    }


def test_a_task_is_right_from_one_route_and_wrong_from_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_shop(tmp_path)
    monkeypatch.chdir(tmp_path)
    tasks = json.loads(cli("tasks", "--format=json").out)["tasks"]
    [mail] = [task for task in tasks if task["task"] == "send_mail"]
    assert {origin["route"]: origin["codes"] for origin in mail["origins"]} == {
        "POST /orders": ["BGT101"],
        "POST /orders/{order_id}/payment": ["BGT201"],
        "POST /orders/{order_id}/receipt": [],
        "POST /reviews": ["BGT306"],
        "POST /users": ["BGT202"],
        "POST /users/{user_id}/password-reset": [],
        "exception handler": [],
    }
    assert {task["task"]: task["codes"] for task in tasks if task["codes"]} == {
        "notify_warehouse": ["BGT204"],
        "refund": ["BGT105"],
        "reindex": ["BGT102"],
    }


def test_a_dependency_that_keeps_the_instance_for_the_route_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailer = """\
from fastapi import BackgroundTasks, Depends, FastAPI


class Mailer:
    def __init__(self, tasks: BackgroundTasks) -> None:
        self.tasks = tasks

    def send(self) -> None:
        self.tasks.add_task(print, "sent")


def get_mailer(tasks: BackgroundTasks) -> Mailer:
    return Mailer(tasks)


app = FastAPI()


@app.post("/users")
def create_user(mailer: Mailer = Depends(get_mailer)) -> None:
    mailer.send()
"""
    write_tree(tmp_path, {"main.py": mailer, "tox.ini": ""})
    monkeypatch.chdir(tmp_path)
    assert sorted(steps(graph())) == [
        ("Mailer.send", "adds", "print", False, []),
        ("POST /users", "serves", "create_user", False, []),
        ("create_user", "calls", "Mailer.send", False, []),
        ("create_user", "depends", "get_mailer", True, []),
    ]


def test_only_what_leads_to_the_given_files(here: Path) -> None:
    write_tree(here, {"other.py": HELPERS.replace("send_mail", "write_log")})
    assert {step[2] for step in steps(graph("other.py")) if step[1] == "adds"} == {
        "print",
        "write_log",
    }
    assert graph("main.py")["nodes"] == []


def test_options_and_configuration_count(here: Path) -> None:
    (here / "pyproject.toml").write_text('[tool.flake8-bgtasks]\nformat = "json"\nignore = "BGT1"')
    assert [step for step in steps(graph()) if step[4]] == []
    assert [step[4] for step in steps(graph("--isolated")) if step[4]] == [["BGT101"]]
    assert cli("graph", "--exclude=helpers.py").out.startswith("flowchart LR\n")


def test_a_folder_of_that_name_is_checked_with_its_path(here: Path) -> None:
    write_tree(here, {"graph/a.py": "x = 'BGT101!'\n", "tasks/b.py": "", "server/c.py": ""})
    ran = cli("./graph")
    assert (ran.code, len(ran.lines)) == (1, 1)
    assert cli("./tasks", "./server", "graph").code == 1


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("command", ["graph", "tasks"])
def test_help_and_mistakes(command: str) -> None:
    told = cli(command, "--help")
    assert told.code == 0
    assert told.out.startswith(f"usage: flake8-bgtasks {command} [OPTIONS] [PATH ...]\n")
    wrong = cli(command, "--format=xml")
    assert (wrong.code, wrong.out) == (2, "")
    assert "invalid choice: 'xml'" in wrong.err
    assert cli(command, "--nonsense").code == 2
    assert cli(command, "nowhere").code == 2


def test_output_file(here: Path) -> None:
    ran = cli("graph", "--format=svg", "--output-file=out/graph.svg")
    assert (ran.code, ran.out) == (0, "")
    assert (here / "out/graph.svg").read_text().startswith("<?xml")
    assert cli("tasks", "--output-file=main.py/x").code == 2


@pytest.mark.parametrize("form", ["mermaid", "dot", "svg", "html", "json"])
def test_a_project_without_tasks(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(tmp_path, {"a.py": "x = 1\n", "tox.ini": ""})
    monkeypatch.chdir(tmp_path)
    assert cli("graph", f"--format={form}").code == 0
    assert cli("tasks").lines == ["TASK  MODE  ADDED IN  AT  FROM  STATE"]
