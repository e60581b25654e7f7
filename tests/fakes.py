"""An engine and a flake8 plugin that find marks in the source, in place of mistakes.

A mark is a code with an exclamation mark: `BGT101!` is a finding BGT101 at the B.
"""

from __future__ import annotations

import io
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flake8_bgtasks.aside import aside
from flake8_bgtasks.cli import Console, run
from flake8_bgtasks.codes import OFF_BY_DEFAULT
from flake8_bgtasks.findings import Finding, Span
from flake8_bgtasks.report import Report

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from flake8.options.manager import OptionManager

    from flake8_bgtasks.settings import Settings

    Check = Callable[..., Report]

MARK = re.compile(r"(BGT\d{3})!")


def marks(lines: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Yield the line (from 1), the column (from 0) and the code of each mark."""
    for number, line in enumerate(lines, start=1):
        for mark in MARK.finditer(line):
            yield number, mark.start(), mark[1]


def message(code: str) -> str:
    """Return the message of all findings of a code."""
    return f"the message of {code}"


@dataclass
class FakeCheck:
    """Takes the place of `engine.check`, and remembers what it was asked."""

    extra: tuple[Finding, ...] = ()
    error: BaseException | None = None
    call: dict[str, Any] = field(default_factory=dict)

    def __call__(
        self,
        root: str,
        files: Collection[str],
        reported: Collection[str],
        settings: Settings,
        *,
        overlays: Mapping[str, bytes],
        named: Collection[str],
        progress: object,
        syntax: bool = True,
        linked: object = None,
        forks: bool = False,
    ) -> Report:
        """Return the marks of the reported files, last file first."""
        self.call = {"root": root, "files": files, "reported": reported, "settings": settings}
        self.call |= {"overlays": overlays, "named": named, "progress": progress, "syntax": syntax}
        self.call |= {"linked": linked, "forks": forks}
        if self.error:
            raise self.error
        findings = [
            finding
            for path in sorted(reported, reverse=True)
            for finding in _findings(path, self._content(path))
        ]
        return Report((*findings, *self.extra), files=len(reported), parsed=len(findings))

    def _content(self, path: str) -> bytes:
        overlays: Mapping[str, bytes] = self.call["overlays"]
        root: str = self.call["root"]
        return overlays[path] if path in overlays else Path(root, path).read_bytes()


def _findings(path: str, source: bytes) -> Iterator[Finding]:
    for line, column, code in marks(source.decode("utf-8-sig", "replace").splitlines()):
        span = Span(line, column + 1, line, column + 7)
        yield Finding(path, span, code, message(code))


class FakePlugin:
    """A flake8 plugin that finds the same."""

    def __init__(self, tree: ast.Module, lines: list[str]) -> None:  # noqa: ARG002 - flake8 asks
        """Take what flake8 hands over."""
        self.lines = lines

    @staticmethod
    def add_options(manager: OptionManager) -> None:
        """Turn off what is off by default."""
        manager.extend_default_ignore(OFF_BY_DEFAULT)

    def run(self) -> Iterator[tuple[int, int, str, type]]:
        """Yield the marks as flake8 wants them."""
        for line, column, code in marks(self.lines):
            yield line, column, f"{code} {message(code)}", type(self)


@dataclass(frozen=True)
class Ran:
    """What a run of the command line face left."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """The lines of the report."""
        return self.out.splitlines()


def cli(*argv: str, check: Check | None = None, stdin: bytes = b"", tty: bool = False) -> Ran:
    """Run the command line face in this process; `tty` makes its streams terminals."""
    out, err = Stream(tty=tty), Stream(tty=tty)
    code = run(argv, Console(out, err, lambda: stdin), check or FakeCheck())
    return Ran(code, out.getvalue(), err.getvalue())


class Stream(io.StringIO):
    """Text in memory that may claim to be a terminal."""

    def __init__(self, *, tty: bool) -> None:
        """Start empty."""
        super().__init__()
        self._tty = tty

    def isatty(self) -> bool:
        """Tell what was claimed."""
        return self._tty


def copy_shop(root: Path) -> None:
    """Copy the example shop, as a project of its own, to `root / "shop"`."""
    examples = Path(__file__).parent.parent / "examples"
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(examples / "shop", root / "shop", ignore=ignore)
    (root / "tox.ini").touch()


def write_tree(root: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files, by their paths below `root`; text exactly as it stands."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def noted_aside(
    done: list[Callable[[], bytes]],
) -> Callable[[Callable[[], bytes]], Callable[[], bytes | None]]:
    """Return `aside` that notes what it is given to do."""

    def noted(work: Callable[[], bytes]) -> Callable[[], bytes | None]:
        done.append(work)
        return aside(work)

    return noted
