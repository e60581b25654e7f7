"""Poetry's own way to write requirements, such as `fastapi = "^0.115.0"`.

https://python-poetry.org/docs/dependency-specification/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.specifiers import SpecifierSet

    from flake8_bgtasks.project.releases import Alternatives

OR = re.compile(r"\|\|?")
CLAUSE = re.compile(r"(\^|~=|~|[<>=!]=|[<>=])?\s*([^\s,<>=!~^]+)[\s,]*")


def required(table: Any) -> list[Alternatives]:
    """Return what the table `[tool.poetry]` says about FastAPI; nonsense says nothing."""
    found: list[Alternatives] = []
    for dependencies in _dependency_tables(table):
        values = [value for name, value in dependencies.items() if name.lower() == "fastapi"]
        constraints = [text for value in values for text in _constraints(value)]
        try:
            alternatives = [one for text in constraints for one in _alternatives(text)]
        except ValueError:
            continue
        if alternatives and all(alternatives):
            found.append(alternatives)
    return found


def _dependency_tables(table: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(table, dict):
        return
    groups = table.get("group")
    holders = [table, *(groups.values() if isinstance(groups, dict) else ())]
    for holder in (one for one in holders if isinstance(one, dict)):
        found = (holder.get("dependencies"), holder.get("dev-dependencies"))
        yield from (one for one in found if isinstance(one, dict))


def _constraints(value: Any) -> Iterator[str]:
    """Yield the version constraints of `"^1"`, `{version = "^1"}` or a list of such tables."""
    for one in value if isinstance(value, list) else [value]:
        text = one.get("version") if isinstance(one, dict) else one
        if isinstance(text, str):
            yield text


def _alternatives(constraint: str) -> list[SpecifierSet]:
    """Translate a constraint. Raises ValueError if it is malformed."""
    from packaging.specifiers import SpecifierSet

    return [
        SpecifierSet(",".join(_clauses(" ".join(part.split())))) for part in OR.split(constraint)
    ]


def _clauses(part: str) -> Iterator[str]:
    end = 0
    for clause in CLAUSE.finditer(part):
        if clause.start() != end:
            break
        end = clause.end()
        yield from _clause(clause[1] or "=", clause[2])
    if end != len(part):
        raise ValueError(f"malformed constraint: {part}")


def _clause(operator: str, version: str) -> Iterator[str]:
    if operator == "=":
        operator = "=="
    if operator in ("^", "~"):
        yield f">={version}"
        yield f"<{_next_series(operator, version)}"
    elif version != "*":
        yield f"{operator}{version}"


def _next_series(operator: str, version: str) -> str:
    """Return the first version that `^` (same leading number that isn't 0) or `~` rules out."""
    from packaging.version import Version

    release = list(Version(version).release)
    if operator == "~":
        last = min(1, len(release) - 1)
    else:
        last = next((i for i, number in enumerate(release) if number), len(release) - 1)
    return ".".join(map(str, [*release[:last], release[last] + 1]))
