"""Many processes at once on one generated project, with one cache, while its files change."""

from __future__ import annotations

import io
import os
import time
import traceback
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

from flake8_bgtasks.cache.runs import recall
from flake8_bgtasks.cache.storage import FORMAT
from flake8_bgtasks.cli import Console, run
from tests.cache.helpers import settle
from tests.fixes.cases import sources
from tests.generated.project import generate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random


@dataclass
class Crowd:
    """Counts over rounds; `wrong` says what went wrong.

    While files change, each of the `processes` checks `runs` times.
    """

    processes: int = 8
    runs: int = 4
    rounds: int = 0
    checks: int = 0
    changes: int = 0
    repairs: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, seed: int, folder: Path, random: Random) -> None:
        """Let a crowd check the project of a seed while it changes, and once more at its end.

        Then two repair it. Works in `folder`, which has to be the working directory.
        """
        written(seed, folder)
        self.rounds += 1
        crowd = self._fork(lambda number: check_often(folder.parent / f"{number}.said", self.runs))
        while any(is_running(child) for child in crowd):
            change(folder, random)
            self.changes += 1
            time.sleep(0.002)
        self._note(seed, "while files changed", read_all(folder.parent))
        settle()
        outputs = self._at_the_end(seed, folder)
        self._note(seed, "in the end", outputs - {sequential()})
        self.checks += self.processes * (self.runs + 2)
        self._note(seed, "in the cache", damaged_records(Path(os.environ["XDG_CACHE_HOME"])))
        self._repair_twice(seed, folder)

    def _at_the_end(self, seed: int, folder: Path) -> set[str]:
        """Return all that a crowd says on files that stay as they are, twice."""
        said: set[str] = set()
        for name in ("filling the cache", "with a full cache"):
            children = self._fork(lambda number: say(folder.parent / f"{number}.end"))
            self._note(seed, name, ended_wrongly(children))
            said |= read_all(folder.parent, "*.end")
        return said

    def _repair_twice(self, seed: int, folder: Path) -> None:
        written(seed, folder)
        assert main("--fix")[0] in (0, 1)
        due = sources(folder)
        written(seed, folder)
        children = [fork(partial(repair, folder.parent / f"{name}.fix")) for name in "ab"]
        self._note(seed, "repairing", ended_wrongly(children))
        self.repairs += len(children)
        self._note(seed, "repairing", read_all(folder.parent, "*.fix"))
        self._note(
            seed, "repaired", {name for name in due if sources(folder).get(name) != due[name]}
        )

    def _fork(self, action: Callable[[int], int]) -> list[int]:
        return [fork(partial(action, number)) for number in range(self.processes)]

    def _note(self, seed: int, when: str, said: set[str]) -> None:
        self.wrong += [f"seed {seed}, {when}: {text}" for text in sorted(said) if text]


def written(seed: int, folder: Path) -> None:
    """Write the project of a seed anew."""
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    generate(seed, folder)
    for name, content in sources(folder).items():
        (folder / name).write_bytes(content)
    (folder / "setup.cfg").touch()


def fork(action: Callable[[], int]) -> int:
    """Start a child that does something; return its process."""
    child = os.fork()
    if child == 0:
        code = 99
        try:
            code = action()
        finally:
            os._exit(code)
    return child


def is_running(child: int) -> bool:
    try:
        return os.waitpid(child, os.WNOHANG)[0] == 0
    except ChildProcessError:
        return False


def ended_wrongly(children: Sequence[int]) -> set[str]:
    """Wait for children; return how they ended where that is wrong."""
    codes = {os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children}
    return {f"exit {code}" for code in codes - {0}}


def main(*arguments: str) -> tuple[int, str, str]:
    """Run the command line as its entry point does; return exit code, output and complaints."""
    out, err = io.StringIO(), io.StringIO()
    code = recall(arguments, out)
    if code is None:
        code = run(arguments, Console(out, err, bytes))
    return code, out.getvalue(), err.getvalue()


def check_often(said: Path, runs: int) -> int:
    """Check again and again; write down what must not be."""
    wrong = []
    for _ in range(runs):
        wrong += unexpected()
    said.write_text("\n".join(wrong))
    return 0


def unexpected(*arguments: str) -> list[str]:
    try:
        code, out, err = main(*arguments)
    except BaseException:
        return [traceback.format_exc()]
    bad = code not in (0, 1) or "BGT901" in out or (err and not arguments)
    return [f"exit {code}: {out[-500:]} {err[-500:]}"] if bad else []


def say(said: Path) -> int:
    said.write_text(main()[1])
    return 0


def repair(said: Path) -> int:
    said.write_text("\n".join(unexpected("--fix")))
    return 0


def sequential() -> str:
    return main("--no-cache")[1]


def read_all(folder: Path, pattern: str = "*.said") -> set[str]:
    """Return what children have written down, and forget it."""
    files = sorted(folder.glob(pattern))
    texts = {file.read_text() for file in files}
    for file in files:
        file.unlink()
    return texts


def damaged_records(cache: Path) -> set[str]:
    """Return the names of records that aren't whole, and of what is left of writing them."""
    found = set()
    for path in cache.rglob("*.*"):
        first, _, rest = path.read_bytes().partition(b"\n")
        if first != f"{FORMAT} {crc32(rest):08x}".encode():
            found.add(path.name)
    return found


def change(folder: Path, random: Random) -> None:
    """Do to a file what editors, branches and people do."""
    files = [path for path in folder.rglob("*.py*") if path.is_file()]
    path = random.choice(files)
    random.choice(CHANGES)(path, files, random)


def _edit(path: Path, _files: Sequence[Path], random: Random) -> None:
    path.write_bytes(b"\n" * random.randint(0, 3) + path.read_bytes())


def _cut(path: Path, _files: Sequence[Path], random: Random) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: random.randint(0, len(content))])
    path.write_bytes(content)


def _hide(path: Path, _files: Sequence[Path], _random: Random) -> None:
    path.rename(path.with_suffix(".pyx" if path.suffix == ".py" else ".py"))


def _swap(path: Path, files: Sequence[Path], random: Random) -> None:
    other = random.choice(files)
    first, second = path.read_bytes(), other.read_bytes()
    path.write_bytes(second)
    other.write_bytes(first)


def _replace(path: Path, _files: Sequence[Path], _random: Random) -> None:
    new = path.with_name("new.tmp")
    new.write_bytes(path.read_bytes().replace(b"address", b"addressee"))
    new.replace(path)


CHANGES = (_edit, _edit, _cut, _hide, _hide, _swap, _replace)
