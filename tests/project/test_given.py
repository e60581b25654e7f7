"""Which code seems to give a response a background."""

from __future__ import annotations

import pytest

from flake8_bgtasks.project.given import gives_background

GIVES = [
    "return JSONResponse(data, background=tasks)",
    "return Response(f'({x}', 200, background=[notify])",
    "return responses.JSONResponse(\n    encode(data, (1, 2)),\n    background=True,\n)",
    "super().__init__(rows, background=background)",
    "make = functools.partial(JSONResponse, background=tasks)",
    "options = dict(background=tasks)",
    "return response_class(data, background=tasks)",
    "response.background = tasks",
]
LEAVES = [
    "run(job, background=True)",
    "def run(job, background=None): ...",
    "await capture_response(log, response, background=JSONResponse(data))",
    "call = functools.partial(create, background=flag)",
    '"""Created with ``background=true`` (the `background = true` mode)."""',
    "background = tasks",
    "if response.background == tasks: ...",
]


@pytest.mark.parametrize("code", GIVES)
def test_gives(code: str) -> None:
    assert gives_background(code)


@pytest.mark.parametrize("code", LEAVES)
def test_leaves(code: str) -> None:
    assert not gives_background(code)
