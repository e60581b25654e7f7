"""Virtual environments, one for each FastAPI release."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from packaging.version import Version

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = ".fastapi-versions"
# Starlette's test client takes httpx in old releases and httpx2 in new ones.
CLIENTS = ("httpx<0.28", "httpx2>=2; python_version >= '3.11'")
BESIDE = (*CLIENTS, "jinja2", "python-multipart", "sqlalchemy>=2", "uvicorn")


def make(root: Path, release: str) -> Path:
    """Return the interpreter of a release's environment, made where it isn't there.

    Raises CalledProcessError where it can't be made.
    """
    folder = root / FOLDER / release
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*install, *requirements(release)], check=True)
        (folder / "complete").touch()
    return python


def requirements(release: str) -> list[str]:
    """Return what is installed for a release: those before 0.100 know pydantic 1 only."""
    old = ["pydantic<2"] if Version(release) < Version("0.100") else []
    return [f"fastapi=={release}", *old, *BESIDE]


def packages(python: Path) -> str:
    """Return the versions of Starlette and pydantic in an environment."""
    code = (
        "import json, importlib.metadata as m;"
        "print(json.dumps([m.version(n) for n in ('starlette', 'pydantic')]))"
    )
    done = subprocess.run([str(python), "-c", code], check=True, capture_output=True)
    starlette, pydantic = json.loads(done.stdout)
    return f"Starlette {starlette}, pydantic {pydantic}"
