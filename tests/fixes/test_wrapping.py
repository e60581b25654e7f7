"""Lines that would get too long are broken, as formatters break them."""

from __future__ import annotations

import pytest

from flake8_bgtasks.fixes.edits import (
    AddParameter,
    PassArgument,
    ReplaceAnnotation,
    ReplaceExpression,
)
from tests.fixes.helpers import TASKS, at, edited

NAME = "background_tasks"
SIGNATURES = {
    "async def download(\n"
    "        a_very_long_file_name_indeed: str, another_one_that_is_long: str) -> str: ...\n": (
        "async def download(\n"
        "        a_very_long_file_name_indeed: str,\n"
        "        another_one_that_is_long: str,\n"
        "        background_tasks: BackgroundTasks) -> str: ...\n"
    ),
    "def create(name: str, amount: int, currency: str) -> dict[str, str]: ...\n": (
        "def create(\n"
        "    name: str, amount: int, currency: str, background_tasks: BackgroundTasks\n"
        ") -> dict[str, str]: ...\n"
    ),
    "def create(customer: str, amount: int, currency: str, reference: str) -> Order: ...\n": (
        "def create(\n"
        "    customer: str,\n"
        "    amount: int,\n"
        "    currency: str,\n"
        "    reference: str,\n"
        "    background_tasks: BackgroundTasks,\n"
        ") -> Order: ...\n"
    ),
    "def create(name: str, amount: int, currency: str,) -> dict[str, str]: ...\n": (
        "def create(\n"
        "    name: str,\n"
        "    amount: int,\n"
        "    currency: str,\n"
        "    background_tasks: BackgroundTasks,\n"
        ") -> dict[str, str]: ...\n"
    ),
    "async def a_function_with_a_long_name_and_without_any_parameters() -> dict[str, str]: ...\n": (
        "async def a_function_with_a_long_name_and_without_any_parameters(\n"
        "    background_tasks: BackgroundTasks,\n"
        ") -> dict[str, str]: ...\n"
    ),
    "def create(name: str, amount: int, currency: str = 'EUR') -> dict[str, str]: ...\n": (
        "def create(\n"
        "    name: str, amount: int, background_tasks: BackgroundTasks, currency: str = 'EUR'\n"
        ") -> dict[str, str]: ...\n"
    ),
}


@pytest.mark.parametrize(("source", "expected"), SIGNATURES.items())
def test_signatures(source: str, expected: str) -> None:
    edit = AddParameter(at(source, source.rstrip()), NAME, ("BackgroundTasks",))
    assert edited(source, edit) == expected


def test_items_below_their_bracket() -> None:
    parameters = "request: Request, dataset_id: int = Path(description='The one to delete')"
    source = f"def delete(\n    {parameters}\n) -> None: ...\n"
    edit = AddParameter(at(source, source.rstrip()), NAME, ("BackgroundTasks",), "keyword_only")
    assert edited(source, edit) == (
        "def delete(\n"
        "    request: Request,\n"
        "    dataset_id: int = Path(description='The one to delete'),\n"
        "    *,\n"
        "    background_tasks: BackgroundTasks,\n"
        ") -> None: ...\n"
    )


def test_a_longer_annotation() -> None:
    source = (
        "def delete(number: int, reason: str = '', background_tasks=None) -> dict[str, int]: ...\n"
    )
    edit = ReplaceAnnotation(at(source, source.rstrip()), NAME, ("BackgroundTasks",))
    assert edited(source, edit) == (
        "def delete(\n"
        "    number: int, reason: str = '', background_tasks: BackgroundTasks = None\n"
        ") -> dict[str, int]: ...\n"
    )


def test_a_longer_annotation_at_the_end_of_a_line() -> None:
    before = "number: int, mixer: Annotated[Mixer, Depends()], whoever: str, background_tasks"
    source = f"def create(\n    {before}\n) -> None: ...\n"
    edit = ReplaceAnnotation(at(source, source.rstrip()), NAME, ("BackgroundTasks",))
    assert edited(source, edit) == (
        "def create(\n"
        "    number: int,\n"
        "    mixer: Annotated[Mixer, Depends()],\n"
        "    whoever: str,\n"
        "    background_tasks: BackgroundTasks,\n"
        ") -> None: ...\n"
    )


def test_files_with_longer_lines_may_have_them() -> None:
    source = "def create(name: str, amount: int, currency: str) -> dict[str, str]: ...\n"
    longer = source + f"x = '{'-' * 110}'\n"
    edit = AddParameter(at(source, source.rstrip()), NAME, ("BackgroundTasks",))
    assert "currency: str, background_tasks: BackgroundTasks) ->" in edited(longer, edit)


def test_calls_and_what_changes_in_them() -> None:
    call = 'announce(order_id, subject(1), "customers", "sales@shop.example")'
    source = f"def f():\n\tif x:\n\t\treturn {call}\n"
    edits = [
        PassArgument(at(source, call), (NAME,)),
        PassArgument(at(source, "subject(1)"), ("tasks",)),
    ]
    assert edited(source, *edits) == (
        "def f():\n\tif x:\n\t\treturn announce(\n"
        '\t\t\torder_id, subject(1, tasks), "customers", "sales@shop.example", background_tasks\n'
        "\t\t)\n"
    )


def test_calls_within_brackets_stay() -> None:
    call = 'announce(order_id, subject(1), "customers", "sales@shop.example")'
    source = f"results = [await {call} for order_id in orders]\n"
    assert edited(source, PassArgument(at(source, call), (NAME,))) == (
        source.replace('.example")', '.example", background_tasks)')
    )


def test_imports_get_parentheses() -> None:
    source = "from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response\nX\n"
    assert edited(source, ReplaceExpression(at(source, "X"), (TASKS,))) == (
        "from fastapi import (\n"
        "    APIRouter,\n"
        "    BackgroundTasks,\n"
        "    Depends,\n"
        "    HTTPException,\n"
        "    Query,\n"
        "    Request,\n"
        "    Response,\n"
        ")\n"
        "BackgroundTasks\n"
    )
