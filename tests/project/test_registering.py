"""Whether code seems to hand a function on, told from its text."""

from __future__ import annotations

import pytest

from flake8_bgtasks.project.registering import Registering


@pytest.mark.parametrize(
    "code",
    [
        "app.add_api_route('/', other)",
        "x: int = Security(other)",
        "routes = [WebSocketRoute('/', other)]",
        "@helpers.work\ndef f(): ...",
        "    @work\n    def f(): ...",
        "call(key = helpers . x, task=helpers.work)",
        "call(task=\n    work,\n)",
        "decorate(1)(work)",
        "decorate(1) (\n  helpers.work\n)",
    ],
)
def test_what_hands_it_on_is_seen(code: str) -> None:
    assert Registering(lambda: code).may_register(["m.work"])


@pytest.mark.parametrize(
    "code",
    [
        "work()",
        "x = work",
        "call(task=work())",
        "call(task=network)",
        "@workers\ndef f(): ...",
        "decorate(1)(work, 2)",
        "a = b @work",
        "add_router_later(my_Depends)",
        "Dependsible()",
    ],
)
def test_other_uses_are_none(code: str) -> None:
    assert not Registering(lambda: code).may_register(["m.work"])
