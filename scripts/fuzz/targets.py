"""What is fuzzed: functions that get bytes, and raise where the tool does what it must not."""

from __future__ import annotations

import json
import os
import re
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_bgtasks.baseline import read_baseline
from flake8_bgtasks.cache.record import DAMAGED, Record
from flake8_bgtasks.config import read_config
from flake8_bgtasks.engine import check
from flake8_bgtasks.errors import UsageError
from flake8_bgtasks.fixes.journal import Journal
from flake8_bgtasks.noqa import CannotAnnotateError, annotated
from flake8_bgtasks.project.fastapi_version import detect
from flake8_bgtasks.project.gitignore import IgnoreFile
from flake8_bgtasks.reporters.document import lines_of
from flake8_bgtasks.settings import Settings
from flake8_bgtasks.sources import Source
from flake8_bgtasks.terminal import printable
from flake8_bgtasks.tracking import recorded
from flake8_bgtasks.tracking.facts import Body
from tests.fixture_cases import all_cases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Target = Callable[[bytes], None]

VERSIONED = ("requirements.txt", "uv.lock", "Pipfile.lock", "pyproject.toml", "setup.cfg")
CONFIGURED = ("pyproject.toml", "setup.cfg", ".flake8")


def source(data: bytes) -> None:
    """Check a file; errors of the tool are findings, which are errors here."""
    report = check(
        _folder("source"), ["main.py"], ["main.py"], Settings("0.115.0"), {"main.py": data}
    )
    failed = [finding.message for finding in report.findings if finding.code == "BGT901"]
    assert not failed, failed


def noqa(data: bytes) -> None:
    """Read the comments of a file, and write some."""
    lines = Source(data)
    for number in range(len(lines.lines) + 2):
        lines.noqa_text(number)
    try:
        annotated(data, {1: ["BGT101"], len(lines.lines): ["BGT202"]})
    except CannotAnnotateError:
        return


def configuration(data: bytes) -> None:
    """Read a configuration file; the first byte says which."""
    folder, name, rest = _folder("configuration"), *_named(data, CONFIGURED)
    (folder / name).write_bytes(rest)
    try:
        read_config(folder)
    except UsageError:
        return
    finally:
        (folder / name).unlink()


def version(data: bytes) -> None:
    """Look up FastAPI's release; the first byte says in which file."""
    folder, name, rest = _folder("version"), *_named(data, VERSIONED)
    (folder / name).write_bytes(rest)
    try:
        detect(folder)
    finally:
        (folder / name).unlink()


def gitignore(data: bytes) -> None:
    """Match a path against patterns; a backtracking expression would run into the time limit."""
    text, _, path = os.fsdecode(data).rpartition("\n")
    ignore = IgnoreFile("/base", text)
    for is_folder in (False, True):
        ignore.ignores(os.path.basename(path), f"/base/{path}", is_folder=is_folder)


def records(data: bytes) -> None:
    """Read a record of the cache, a journal and a baseline, all of somebody else's making."""
    with suppress(*DAMAGED):
        record = Record(data.decode("utf-8", "surrogateescape").split("\n"))
        record.holds("/nowhere")
        record.report()
    folder = _folder("records")
    journal = Journal(folder, folder)
    journal.path.write_bytes(data)
    journal.pending(["main.py"])
    try:
        read_baseline(str(journal.path))
    except UsageError:
        return


def facts(data: bytes) -> None:
    """Read what an earlier run is said to have found out about a statement."""
    with suppress(*recorded.DAMAGED):
        recorded.from_text(data.decode("utf-8", "replace"), 1, lambda _scope: Body())


def names(data: bytes) -> None:
    """Show a name or a string of somebody else's."""
    text = os.fsdecode(data)
    shown = printable(text)
    assert shown.isprintable(), shown
    assert not shown.lstrip().startswith("::"), shown
    document = "".join(lines_of([text]))
    assert json.loads(document) == [text]
    for written in (shown, document):
        assert not re.search(r"##(vso)?\[", written), written


TARGETS: tuple[Target, ...] = (
    *(source, noqa, configuration, version, gitignore, records, facts, names),
)


def seeds(target: Target) -> Iterator[bytes]:
    """Yield inputs to start from."""
    if target in (source, noqa):
        for case in all_cases()[::3]:
            yield from ((case.folder / file).read_bytes() for file in case.files)
    yield from _SEEDS.get(target, ())


_TOML = b'[tool.flake8-bgtasks]\nselect = ["BGT1"]\nper-file-ignores = {"a/*" = ["BGT101"]}\n'
_INI = b"[flake8]\nselect = BGT1,BGT2\nper-file-ignores =\n  a/*: BGT101\nexclude = a,b\n"
_LOCK = b'[[package]]\nname = "fastapi"\nversion = "0.115.0"\n'
_PROJECT = b"[project]\ndependencies = [\"fastapi>=0.100,<0.110; python_version>'3'\"]\n"
_POETRY = b'[tool.poetry.dependencies]\nfastapi = {version = "^0.100 || ~0.90"}\n'
_SEEDS: dict[Target, tuple[bytes, ...]] = {
    configuration: (b"\0" + _TOML, b"\1" + _INI, b"\2" + _INI),
    version: (
        b"\0fastapi[all]>=0.100,<0.110 ; python_version > '3' # x\n-r other.txt\n",
        b"\1" + _LOCK,
        b'\2{"default": {"fastapi": {"version": "==0.115.0"}}}',
        b"\3" + _PROJECT,
        b"\3" + _POETRY,
        b"\4[options]\ninstall_requires =\n  fastapi~=0.100\n",
    ),
    facts: (
        b"[[],[3,[],[]],[3,[],[]],[3,[],[]],[3,[],[]],[3,[],[]],[0],[2]]",
        b"[[[0,1,0,9]],[3,[0],[[7,1]]],[3,[0],[0]],[3,[],[]],[3,[],[]],[3,[],[]],[0],[2]]",
    ),
    names: (b"a::b ##[error] ##vso[task]", b"\x1b[31m\xff\xe2\x80\xae"),
    gitignore: (b"*.pyc\n/build/\n!a/**/b?[a-z]\n\\#x\\ \na/b.py", b"a*a*a*a*b\naaaaaaaaaaaaaaaa"),
    records: (
        b'{"version": 1, "root": "/", "files": [{"path": "main.py", "old": "", "new": ""}]}',
        b'{"version": 1, "findings": {"main.py": {"BGT101": {"x": 1}}}}',
        b'1\n[[["m.py", [1, 2, 3, 4], "BGT101", "x", [], null, null]], 1, 1]\n\n0\n\nc\n0\n1\tm.py',
    ),
}


@cache
def _folder(name: str) -> Path:
    """Return a folder in memory that is the top of a repository."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix=name, dir=memory))
    (folder / ".git").mkdir()
    return folder


def _named(data: bytes, names: tuple[str, ...]) -> tuple[str, bytes]:
    return names[data[0] % len(names) if data else 0], data[1:]
