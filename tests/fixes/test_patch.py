"""The diff that is shown is short, and is what `git apply` takes."""

from __future__ import annotations

import subprocess
from random import Random
from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.fixes.patch import patch
from flake8_bgtasks.fixes.write import NewContent

if TYPE_CHECKING:
    from pathlib import Path


def changed_lines(old: bytes, new: bytes) -> list[bytes]:
    lines = patch([NewContent("a.py", old, new)], str).split(b"\n")[2:]
    return [line for line in lines if line[:1] in (b"-", b"+")]


def test_lines_that_are_everywhere_do_not_make_it_longer() -> None:
    head = b"f(\n    1\n)\n" * 100
    old, new = head + b"f(\n    1,\n    x,\n)\n", head + b"f(\n    1,\n)\n"
    assert changed_lines(old, new) == [b"-    x,"]


@pytest.mark.parametrize("seed", range(20))
def test_git_applies_it(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    lines = [random.choice([b"a\n", b"b\r\n", b"\n", b")\n"]) for _ in range(random.randrange(40))]
    old = b"".join(lines) + random.choice([b"", b"end"])
    for _ in range(random.randrange(1, 5)):
        at = random.randrange(len(lines) + 1)
        lines[at : at + random.randrange(3)] = [b"new\n"] * random.randrange(3)
    new = b"".join(lines) + random.choice([b"", b"end"])
    (tmp_path / "a.py").write_bytes(old)
    diff = patch([NewContent("a.py", old, new)], str)
    assert (diff == b"") == (old == new)
    if diff:
        command = ["git", "-c", "core.autocrlf=false", "apply", "--unidiff-zero", "-"]
        subprocess.run(command, cwd=tmp_path, input=diff, check=True, timeout=60)
    assert (tmp_path / "a.py").read_bytes() == new
