"""The peers, each in an environment of its own, and the commands that they are measured with."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
FOLDER = REPOSITORY / ".benchmarks"
CONFIG = Path(__file__).parent / "config"

PEERS = {
    "ours": (str(REPOSITORY),),
    "ruff": ("ruff==0.17.6",),
    "flake8": ("flake8==7.5.0",),
    "flake8-async": ("flake8-async==26.8.1", "flake8==7.5.0"),
    "fixit": ("fixit==2.2.1",),
    "pylint": ("pylint",),
    "semgrep": ("semgrep",),
}

FAST = ("check", "--isolated", "--quiet", "--select=FAST")


def set_up(names: list[str]) -> list[str]:
    """Install peers; this tool anew each time. Return those that can't be had."""
    return [name for name in names if (name == "ours" or not is_there(name)) and not _install(name)]


def _install(name: str) -> bool:
    folder = FOLDER / name
    venv.create(folder, with_pip=True, clear=True, upgrade_deps=True)
    argv = [_python(name), "-m", "pip", "install", "--quiet", *PEERS[name]]
    if subprocess.run(argv, check=False).returncode == 0:
        return True
    shutil.rmtree(folder)
    return False


def is_there(name: str) -> bool:
    """Tell whether a peer is installed."""
    return (FOLDER / name).exists()


def version(name: str) -> str:
    """Return the version of an installed peer."""
    package = "flake8-bgtasks" if name == "ours" else name
    code = f"from importlib.metadata import version; print(version({package!r}))"
    run = subprocess.run([_python(name), "-c", code], capture_output=True, text=True, check=True)
    return run.stdout.strip()


def ours(*arguments: str) -> list[str]:
    """Return the command of this tool."""
    return [_program("ours", "flake8-bgtasks"), "--project-root=.", *arguments]


def ours_in_flake8(*arguments: str) -> list[str]:
    """Return the command of flake8 with this tool's plugin, all its checks and no others."""
    argv = [_program("ours", "flake8"), "--isolated", "--bgtasks-project-root=.", "--select=BGT"]
    return [*argv, *arguments]


def flake8(*arguments: str) -> list[str]:
    """Return the command of flake8 without any plugin, looking for syntax errors alone."""
    return [_program("flake8", "flake8"), "--isolated", "--select=E999", *arguments]


def ruff(cache: bool) -> list[str]:
    """Return the command of ruff with its FastAPI rules."""
    where = [f"--cache-dir={FOLDER / 'cache' / 'ruff'}"] if cache else ["--no-cache"]
    return [_program("ruff", "ruff"), *FAST, *where, "."]


def with_one_rule() -> dict[str, list[str]]:
    """Return the commands of the slower peers, with one rule each."""
    commands = {
        "flake8-async": ["flake8", "--isolated", "--select=ASYNC100", "."],
        "fixit": ["fixit", "--quiet", "--config-file", str(CONFIG / "fixit.toml"), "lint", "."],
        "pylint": ["pylint", "--disable=all", "--enable=unreachable", "--recursive=y", "-j2", "."],
        "semgrep": ["semgrep", "--quiet", "--metrics=off", "--disable-version-check"],
    }
    commands["semgrep"] += ["--config", str(CONFIG / "semgrep.yml"), "."]
    return {
        name: [_program(name, command[0]), *command[1:]]
        for name, command in commands.items()
        if is_there(name)
    }


def bare_python() -> list[str]:
    """Return the command of an interpreter that does nothing."""
    return [_python("ours"), "-I", "-c", "pass"]


def _program(peer: str, program: str) -> str:
    return str(Path(_python(peer)).parent / program)


def _python(peer: str) -> str:
    scripts = "Scripts" if sys.platform == "win32" else "bin"
    return str(FOLDER / peer / scripts / "python")
