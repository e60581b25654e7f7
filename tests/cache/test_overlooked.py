"""A file that changes is overlooked only where it changes no finding."""

from __future__ import annotations

import os
import random
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.cache import signatures
from flake8_bgtasks.cache.reports import CachedCheck
from flake8_bgtasks.cache.storage import Storage
from flake8_bgtasks.engine import check
from flake8_bgtasks.settings import Settings
from tests.fixture_cases import all_cases

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fixture_cases import Case

EVERY = int(os.environ.get("OVERLOOKED_EVERY", "60"))
"""So many fixtures are passed over for one that is tried."""

IDLE = {"idle/__init__.py": "", "idle/one.py": "import os\n", "idle/two.py": "import fastapi\n"}
_CLASS = re.compile(r"^class (\w+)", re.MULTILINE)
_FUNCTION = re.compile(r"^(?:async )?def (\w+)", re.MULTILINE)
_METHOD = re.compile(r"^    (?:async )?def (\w+)", re.MULTILINE)


def additions(root: Path, files: list[str]) -> list[str]:
    """Return code that may matter to the rest of a project."""
    found = [
        "\nimport os\n",
        "\nfrom fastapi import FastAPI\nother = FastAPI()\n@other.exception_handler(ValueError)\n"
        "def on_error(request, error): ...\n",
        "\nfrom starlette.middleware.base import BaseHTTPMiddleware\n"
        "class Reader(BaseHTTPMiddleware):\n    async def dispatch(self, request, call_next):\n"
        "        await request.body()\n        return await call_next(request)\n",
        "\nfrom fastapi import APIRouter, Depends\n"
        "more = APIRouter(dependencies=[Depends(print)])\n",
        "\nfrom fastapi import BackgroundTasks\ndef late(tasks: BackgroundTasks): return tasks\n",
    ]
    for path in files:
        text = (root / path).read_text(encoding="utf-8")
        module = path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        names = module.removeprefix("src.")
        methods = "".join(f"    def {name}(self, *args): ...\n" for name in _METHOD.findall(text))
        for name in _CLASS.findall(text):
            body = methods or "    pass\n"
            found.append(f"\nfrom {names} import {name}\nclass Below({name}):\n{body}")
            found.append(f"\nclass Apart:\n    def made(self): return {name}()\n")
        for name in _FUNCTION.findall(text):
            found.append(f"\nfrom {names} import {name}\ndef calls(): return {name}()\n")
            found.append(
                f"\nfrom fastapi import APIRouter\nimport {names}\nanother = APIRouter()\n"
                f"another.add_api_route('/x', {names}.{name})\n"
            )
    return found


def settings_of(case: Case) -> Settings:
    return Settings(case.fastapi_version or "0.165.0", ())


def begun(case: Case, folder: Path) -> tuple[random.Random, Path, list[str], Settings]:
    """Return what decides about changes, a copy of a case, its files and settings."""
    root = folder / "project"
    return random.Random(str(case)), root, project_of(case, root), settings_of(case)


@pytest.fixture
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CachedCheck:
    """Return a check whose cache takes no file for too new."""
    monkeypatch.setattr(signatures, "FINE_GRAIN", 0)
    return CachedCheck(Storage(str(tmp_path / "cache")))


@pytest.mark.parametrize("case", all_cases()[::EVERY], ids=str)
def test_what_is_overlooked_does_not_matter(
    case: Case, tmp_path: Path, cached: CachedCheck
) -> None:
    chance, root, files, settings = begun(case, tmp_path)
    for _ in range(8):
        cached(str(root), files, files, settings)
        name = chance.choice([*files, *IDLE])
        (root / name).write_text(changed(root, name, files, chance), encoding="utf-8")
        warm = cached(str(root), files, files, settings)
        assert warm.findings == check(str(root), files, files, settings).findings


@pytest.mark.parametrize("case", all_cases()[EVERY // 2 :: EVERY], ids=str)
def test_what_is_overlooked_in_a_buffer_does_not_matter(
    case: Case, tmp_path: Path, cached: CachedCheck
) -> None:
    chance, root, files, settings = begun(case, tmp_path)
    for _ in range(8):
        name = chance.choice([*files, *IDLE])
        reported = chance.choice([[name], files])
        before = cached(str(root), files, reported, settings, {}, [name])
        buffer = {name: (root / name).read_bytes()}
        same = cached(str(root), files, reported, settings, buffer, [name])
        assert same.findings == before.findings
        buffer = {name: changed(root, name, files, chance).encode()}
        warm = cached(str(root), files, reported, settings, buffer, [name])
        fresh = check(str(root), files, reported, settings, buffer, [name])
        assert warm.findings == fresh.findings
        if chance.random() < 0.5:  # it is saved
            (root / name).write_bytes(buffer[name])


def project_of(case: Case, root: Path) -> list[str]:
    """Copy a fixture, with files that do not matter; return the names of all."""
    shutil.copytree(case.folder, root, ignore=shutil.ignore_patterns("after", "__pycache__"))
    for name, text in IDLE.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return sorted([*case.files, *IDLE])


def changed(root: Path, name: str, files: list[str], chance: random.Random) -> str:
    """Return the text of a file with something added to it, or without some of its lines."""
    text = (root / name).read_text(encoding="utf-8")
    if chance.random() < 0.7:
        text += chance.choice(additions(root, files))
    else:
        lines = text.splitlines(keepends=True)
        at = chance.randrange(len(lines) + 1)
        text = "".join(lines[:at] + lines[at + chance.randrange(1, 4) :])
    return text
