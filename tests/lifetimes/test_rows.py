"""Rows of an ORM, and what of them is loaded when it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.lifetimes.origins import Origins
from flake8_bgtasks.lifetimes.rows import Rows
from flake8_bgtasks.lifetimes.values import Values
from tests.tracking.helpers import calls_of, program, scope

if TYPE_CHECKING:
    from pathlib import Path

    from flake8_bgtasks.lifetimes.rows import Row
    from flake8_bgtasks.tracking.program import Program

HEAD = """
from sqlalchemy import Column, select
from sqlalchemy.orm import Session, declarative_base, relationship

Base = declarative_base()

class User(Base):
    id = Column(int)
    posts = relationship("Post")
    tags = relationship("Tag", lazy="joined")

def load(db: Session):
"""


def linked(root: Path, line: str) -> tuple[Program, Rows]:
    found = program(root, {"main.py": f"{HEAD}    reveal({line})\n"})
    values = Values(found)
    return found, Rows(values, Origins(values))


def rows(root: Path, line: str) -> list[Row]:
    found, rows = linked(root, line)
    (reveal,) = calls_of(found, "reveal")
    node = found.units.node(reveal)
    return list(rows.of(reveal._replace(node=node.arguments[0].value)))  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "line",
    [
        "db.query(User).first()",
        "db.query(User).filter(User.id == 1).one_or_none()",
        "db.get(User, 1)",
        "db.scalars(select(User).where(User.id == 1)).one()",
        "db.execute(select(User)).scalar_one()",
    ],
)
def test_one_row(tmp_path: Path, line: str) -> None:
    assert [row.inside for row in rows(tmp_path, line)] == [()]


@pytest.mark.parametrize("line", ["db.query(User).all()", "db.scalars(select(User)).all()"])
def test_many_rows(tmp_path: Path, line: str) -> None:
    assert [row.inside for row in rows(tmp_path, line)] == [("[]",)]


@pytest.mark.parametrize(
    "line",
    [
        "db.query(User)",
        "db.query(User.id).first()",
        "db.query(User, Base).first()",
        "db.query(User).options(eager).first()",
        "db.execute(select(User)).first()",
        "db.execute(select(User.id)).scalar()",
        "db.scalars(select(User).options(eager)).one()",
        "db.scalars(text).one()",
    ],
)
def test_anything_else_is_no_row(tmp_path: Path, line: str) -> None:
    assert rows(tmp_path, line) == []


def test_only_relationships_that_nothing_loads_before_are_lazy(tmp_path: Path) -> None:
    found, rows = linked(tmp_path, "db")
    assert rows.lazy(scope(found, "User")) == {"posts"}
    assert rows.columns(scope(found, "User")) == {"id"}
