"""Files that should tell the FastAPI release, but are damaged, tell nothing and break nothing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flake8_bgtasks.project import fastapi_version, poetry
from flake8_bgtasks.project.fastapi_version import detect

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fastapi_version, "installed_version", lambda: None)


@pytest.mark.parametrize(
    "name",
    [
        *("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "Pipfile.lock"),
        *("requirements.txt", "pyproject.toml", "setup.cfg", "setup.py"),
    ],
)
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"fastapi \xff\xfe\0",
        b"-r oth\0er.txt\n",
        b"fastapi [[package]]\n[[\n",
        b'[[package]]\nname = "fastapi"\nversion = "one"\n',
        b'[[package]]\nname = "fastapi"\n',
        b'{"default": {"fastapi": "==0.1"}, "develop": [1]}',
        b'{"default": {"fastapi": {"version": 3}}}',
        b"[" * 100_000,
        b"fastapi = " + b"[" * 5000,
        b"project = 1\ntool = 'fastapi'\n",
        b"[project]\ndependencies = {fastapi = 1}\noptional-dependencies = ['fastapi']\n",
        b"[tool.poetry]\ndependencies = 1\ngroup = [{fastapi = 1}]\n",
        b"[tool.poetry.dependencies]\nfastapi = {git = 'x'}\n",
        b"[options]\ninstall_requires = fastapi(((\n[options]\n",
        b"setup(install_requires='fastapi' + ",
        b"setup(install_requires=missing, extras_require=fastapi())",
        b"fastapi==" + b"1" * 5000,
        b'[project]\ndependencies = ["fastapi>=1.' + b"1" * 5000 + b'"]\n',
        b'[[package]]\nname = "fastapi"\nversion = "' + b"1" * 5000 + b'"\n',
        b"[tool.poetry.dependencies]\nfastapi = '^" + b"1" * 5000 + b"'\n",
        b"[tool.poetry.dependencies]\nfastapi = '>=" + b"1" * 5000 + b"'\n",
        b"fastapi = " + b"1" * 5000,
    ],
    ids=range(23),
)
def test_damaged_files_are_passed_over(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    assert detect(tmp_path) is None


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("requirements.txt", "".join(f"fastapi>=0.{n}\n" for n in range(10_000))),
        ("requirements.txt", "fastapi>=0.1" + ",>=0.2" * 50_000),
        ("setup.cfg", "[options]\nfastapi" + " " * 100_000 + "x\n"),
        ("pyproject.toml", "fastapi." + "a." * 30_000 + "a = 1\n"),
        ("pyproject.toml", "".join(f"[fastapi{'.a' * 400}.b{n}]\n" for n in range(10_000))),
    ],
    ids=range(5),
)
def test_no_file_takes_long(tmp_path: Path, name: str, data: str) -> None:
    (tmp_path / name).write_text(data)
    started = time.process_time()
    assert detect(tmp_path) is None
    assert time.process_time() - started < 3


def test_folders_in_place_of_files_are_passed_over(tmp_path: Path) -> None:
    for name in ("uv.lock", "requirements.txt", "pyproject.toml", "setup.py"):
        (tmp_path / name).mkdir()
    assert detect(tmp_path) is None


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.recursive(
        st.text(max_size=6) | st.integers() | st.none(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["dependencies", "group", "fastapi", "version", "x"]), inner
            )
        ),
        max_leaves=12,
    )
)
def test_any_shape_of_poetrys_table_is_no_crash(table: object) -> None:
    assert isinstance(poetry.required(table), list)
