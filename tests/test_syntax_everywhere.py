"""Whatever Python can parse, the engine gets through: here the standard library and its tests.

All of their statements are tracked as if they dealt with background tasks; one in each file does.
"""

from __future__ import annotations

import ast
import random
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.engine import check
from flake8_bgtasks.project.interest import Interest, Search, TooFarError
from flake8_bgtasks.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flake8_bgtasks.project.seeds import Seeds

LIBRARY = Path(sysconfig.get_path("stdlib"))
TESTS = LIBRARY / "test"
# Where CPython keeps its unusual syntax, whatever the version has of it.
ODD = (
    *("*gramm*", "*syntax*", "*string*", "*comp*", "*with*", "*annotation*", "patma", "gen*"),
    *("unpack*", "type_*", "named_expr*", "pos*", "scope", "except*", "coroutines", "asyncgen"),
    *("super", "ast*", "decorators", "keyword*", "class", "future*", "eof", "tokenize"),
)
BROKEN = ("**/*bad*.py", "encoded_modules/*.py", "test_future_stmt/*.py", "test_ast/*.py")
# Put behind each file, so that the engine proves to have been there.
USE = b"""
def _use():
    from fastapi import BackgroundTasks

    BackgroundTasks().add_task(_use)
"""
CODES = ("BGT101", "BGT900", "BGT901")
FILES = 300
LARGEST_ODD, LARGEST = 100_000, 10_000


def library() -> list[str]:
    """Return files of the standard library: all with odd syntax, and some small ones."""
    patterns = [*(f"test_{name}.py" for name in ODD), *BROKEN]
    odd = {p for pattern in patterns for p in TESTS.glob(pattern) if _is_file(p, LARGEST_ODD)}
    rest = sorted(p for p in LIBRARY.rglob("*.py") if p not in odd and _is_file(p, LARGEST))
    chosen = [*odd, *random.Random(0).sample(rest, max(FILES - len(odd), 100))]
    return sorted(path.relative_to(LIBRARY).as_posix() for path in chosen)


def _is_file(path: Path, largest: int) -> bool:
    is_installed = "site-packages" in path.parts
    return not is_installed and path.is_file() and path.stat().st_size <= largest


class Everything(Search):
    """All statements that can be parsed matter."""

    def from_seeds(self, _seeds: Seeds) -> Interest:
        outlines = {path: self._files.outline(path) for path in self._paths}
        return Interest(
            {path: {*range(len(found.statements))} for path, found in outlines.items() if found}
        )

    def with_callers(self, _traced: Iterable[tuple[str, str]], _most: int) -> Interest:
        raise TooFarError


def is_broken(source: bytes) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return True
    return False


def is_beyond_libcst(source: bytes) -> bool:
    """Tell whether it holds `(name): int`, which LibCST can't parse."""
    annotated = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.AnnAssign)]
    return any(isinstance(node.target, ast.Name) and not node.simple for node in annotated)


@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
def test_the_standard_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flake8_bgtasks.tracking.linker.Search", Everything)
    sources = {path: (LIBRARY / path).read_bytes() + USE for path in library()}
    report = check(LIBRARY, sources, sources, Settings(test_patterns=()), sources)
    broken = {path for path, source in sources.items() if is_broken(source)}
    found = {code: [f for f in report.findings if f.code == code] for code in CODES}
    assert found["BGT901"] == []
    rejected = {finding.path for finding in found["BGT900"]}
    assert broken <= rejected
    assert all(is_beyond_libcst(sources[path]) for path in rejected - broken)
    assert {finding.path for finding in found["BGT101"]} == sources.keys() - broken
    assert len(sources) > 250
