"""The README's first example is what FastAPI does, and its output is the tool's."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
BAD, GOOD = re.findall(r"```python\n(# shop/.*?)```", README, re.DOTALL)
[OUTPUT] = re.findall(r"```\n(shop/.*?)```", README, re.DOTALL)

# What the README leaves out.
HEADS = {
    "shop/accounts.py": """from __future__ import annotations

from fastapi import BackgroundTasks

from shop.outside import User, save, send_welcome_mail


""",
    "shop/routes.py": """from fastapi import APIRouter, BackgroundTasks

from shop.accounts import register
from shop.outside import User

router = APIRouter()


""",
}
REST = {
    "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\ndependencies = ["fastapi"]\n',
    "shop/__init__.py": "",
    "shop/outside.py": """from pydantic import BaseModel


class User(BaseModel):
    email: str


def save(user: User) -> None:
    print("saved")


def send_welcome_mail(email: str) -> None:
    print("sent to", email)
""",
    "request.py": """from fastapi import FastAPI
from fastapi.testclient import TestClient

from shop.routes import router

app = FastAPI()
app.include_router(router)
print(TestClient(app).post("/users", json={"email": "ada@shop.example"}).status_code)
""",
}


def test_before_loses_the_mail_and_is_reported(tmp_path: Path) -> None:
    write_project(tmp_path, BAD)
    assert run(tmp_path, "request.py") == (0, "saved\n201\n")
    status, output = run(tmp_path, "-m", "flake8_bgtasks", "shop")
    assert (status, output.split()) == (1, OUTPUT.split())


def test_after_sends_the_mail_and_is_clean(tmp_path: Path) -> None:
    write_project(tmp_path, GOOD)
    assert run(tmp_path, "request.py") == (0, "saved\nsent to ada@shop.example\n201\n")
    assert run(tmp_path, "-m", "flake8_bgtasks", "shop") == (0, "")


@pytest.mark.parametrize("link", re.findall(r"\]\((?!http)([^)#]+)\)", README))
def test_link_leads_somewhere(link: str) -> None:
    assert (Path(__file__).parent.parent / link).exists()


def write_project(folder: Path, example: str) -> None:
    """Write the files of an example, each of which starts with a comment that names it."""
    _, *parts = re.split(r"^# (shop/\S+\.py)\n", example, flags=re.MULTILINE)
    bodies = dict(zip(parts[::2], parts[1::2], strict=True))
    files = {name: HEADS[name] + body for name, body in bodies.items()}
    for name, text in (REST | files).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run Python in a folder: exit status and standard output."""
    command = [sys.executable, "-W", "ignore", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout
