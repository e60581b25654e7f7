"""Whatever happens to a project, a run with the cache says what one without it says."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest

from tests.cache.helpers import HELPERS, MAIN, check, fresh, settle, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Refused up to FastAPI 0.128.1, injected from 0.128.2 on.
VERSION_DEPENDENT = """
from fastapi import APIRouter, BackgroundTasks, Depends

router = APIRouter()

def get_tasks(background_tasks: BackgroundTasks) -> BackgroundTasks:
    return background_tasks

@router.post("/users")
def create_user(tasks: BackgroundTasks = Depends(get_tasks)) -> None:
    tasks.add_task(print)
"""
FILES = {
    "main.py": MAIN,
    "helpers.py": HELPERS,
    "app/__init__.py": "",
    "app/routes.py": MAIN.replace("helpers", "app.services"),
    "app/services.py": HELPERS,
    "app/unrelated.py": "import os\n",
    "app/versions.py": VERSION_DEPENDENT,
    "requirements.txt": "fastapi==0.115.0\n",
    "setup.cfg": "[flake8]\n",
    ".gitignore": "build/\n",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = tmp_path / "project"
    write(root, FILES)
    (root / ".git").mkdir()
    monkeypatch.chdir(root)
    return root


def edit(root: Path, name: str, old: str, new: str) -> None:
    path = root / name
    if path.is_file():
        path.write_text(path.read_text().replace(old, new))


def move(root: Path, old: str, new: str) -> None:
    if (root / old).exists() and not (root / new).exists():
        (root / new).parent.mkdir(exist_ok=True)
        (root / old).rename(root / new)


def link(root: Path, name: str, target: str) -> None:
    if (root / name).parent.is_dir() and not (root / name).is_symlink():
        (root / name).symlink_to(root / target)


def same_size_and_time(root: Path, name: str, old: str, new: str) -> None:
    """Change content, and set the times back."""
    path = root / name
    if path.is_file():
        status = path.stat()
        edit(root, name, old, new)
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


CHANGES: dict[str, Callable[[Path], object]] = {
    "repaired": lambda root: edit(root, "helpers.py", "    tasks.add_task(print, name)\n", ""),
    "broken": lambda root: edit(root, "helpers.py", "BackgroundTasks()", "BackgroundTasks("),
    "mended": lambda root: edit(root, "helpers.py", "BackgroundTasks(\n", "BackgroundTasks()\n"),
    "silenced": lambda root: edit(root, "app/services.py", "Tasks()\n", "Tasks()  # noqa\n"),
    "set back": lambda root: same_size_and_time(root, "app/services.py", "print", "input"),
    "unrelated": lambda root: edit(root, "app/unrelated.py", "os", "app.services"),
    "touched": lambda root: os.utime(root / "setup.cfg"),
    "moved": lambda root: move(root, "app/services.py", "app/jobs.py"),
    "moved back": lambda root: move(root, "app/jobs.py", "app/services.py"),
    "hidden": lambda root: write(root, {".gitignore": "build/\nservices.py\n"}),
    "shown": lambda root: write(root, {".gitignore": "build/\n"}),
    "ignored file": lambda root: write(root, {"build/new.py": HELPERS}),
    "new file": lambda root: write(root, {"app/new.py": HELPERS}),
    "deleted": lambda root: (root / "app/new.py").unlink(missing_ok=True),
    "shadowed": lambda root: write(root, {"app/helpers.py": "def register(name): ...\n"}),
    "ignored code": lambda root: write(root, {"setup.cfg": "[flake8]\nignore = BGT101\n"}),
    "excluded": lambda root: write(root, {"setup.cfg": "[flake8]\nexclude = app\n"}),
    "plain": lambda root: write(root, {"setup.cfg": "[flake8]\n"}),
    "other file": lambda root: write(root, {"tox.ini": "[flake8]\nshow-source = true\n"}),
    "other release": lambda root: edit(root, "requirements.txt", "0.115", "0.165"),
    "included": lambda root: write(root, {"requirements.txt": "-r more/base.in\n"}),
    "pinned there": lambda root: write(root, {"more/base.in": "fastapi==0.68.0\n"}),
    "second list": lambda root: write(root, {"requirements-dev.txt": "fastapi<0.90\n"}),
    "part": lambda root: move(root, "requirements.txt", "app/requirements.txt"),
    "part's release": lambda root: edit(root, "app/requirements.txt", "0.115", "0.165"),
    "new root": lambda root: write(root, {"app/pyproject.toml": "[project]\n"}),
    "linked": lambda root: link(root, "app/linked.py", "main.py"),
    "folder gone": lambda root: move(root, "app", "other"),
    "folder back": lambda root: move(root, "other", "app"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_one_change(project: Path, change: Callable[[Path], object]) -> None:
    settle()
    check()
    change(project)
    assert check()[:2] == fresh()[:2]
    settle()
    check()
    assert check() == (*fresh()[:2], True)


def test_the_release_of_a_part_changes(project: Path) -> None:
    (project / "requirements.txt").unlink()
    write(project, {"app/requirements.txt": "-r ../base.in\n", "base.in": "fastapi==0.115.0\n"})
    settle()
    assert "BGT304" in check().out
    settle()
    edit(project, "base.in", "0.115", "0.165")
    assert "BGT304" not in check().out
    settle()
    assert "BGT304" not in check().out
    write(project, {"app/uv.lock": '[[package]]\nname = "fastapi"\nversion = "0.115.0"\n'})
    assert "BGT304" in check().out


@pytest.mark.parametrize("seed", range(4))
def test_many_changes(project: Path, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(25):
        name = chance.choice(list(CHANGES))
        CHANGES[name](project)
        if chance.random() < 0.3:
            settle()
        arguments = chance.choice([(), (), ("app",), ("main.py",), ("--select=BGT1",)])
        if all((project / path).exists() for path in arguments if not path.startswith("-")):
            assert check(*arguments)[:2] == fresh(*arguments)[:2], name
