"""The adapter between flake8 and the engine, with an engine that reports what a test wants."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flake8.api import legacy
from flake8.main.cli import main
from flake8.options.parse_args import parse_args

from flake8_bgtasks.findings import Finding, Span
from flake8_bgtasks.plugin import Plugin
from flake8_bgtasks.project.source import TOO_LARGE
from flake8_bgtasks.report import Report

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from flake8_bgtasks.settings import Settings

MARK = "WRONG"


class FakeEngine:
    """Finds `WRONG` in files, or fails; remembers what it was asked."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.code = "BGT101"
        self.error: Exception | None = None

    def check(
        self,
        root: str,
        files: Collection[str],
        reported: Collection[str],
        settings: Settings,
        overlays: Mapping[str, bytes],
        *,
        syntax: bool = True,
        linked: object = None,
        forks: bool = False,
    ) -> Report:
        assert not syntax, "flake8 reports syntax errors itself"
        assert linked is None, "nobody wants to see fixes"
        assert forks, "the other processors have nothing to do yet"
        self.calls.append({"root": root, "files": [*files], "settings": settings, **overlays})
        if self.error:
            raise self.error
        warnings.warn("invalid escape sequence", SyntaxWarning, stacklevel=1)
        contents = {path: overlays.get(path) or Path(root, path).read_bytes() for path in reported}
        found = (one for path, data in contents.items() for one in self.find(path, data.decode()))
        return Report(tuple(found), len(reported), 0)

    def find(self, path: str, text: str) -> list[Finding]:
        places = (
            (number, line.index(MARK) + 1)
            for number, line in enumerate(text.splitlines(), start=1)
            if MARK in line
        )
        return [Finding(path, Span(*place, *place), self.code, "found") for place in places]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeEngine:
    fake = FakeEngine()
    monkeypatch.setattr("flake8_bgtasks.engine.check", fake.check)
    monkeypatch.setattr("flake8_bgtasks.session.default_folder", lambda: None)
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "setup.cfg", "")
    return fake


def write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text, encoding="utf-8")


def flake8(capfd: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """Run flake8 in this process; return the lines that it prints."""
    main(["--select=BGT,E9,F", *arguments])
    output = capfd.readouterr()
    assert output.err == ""
    return output.out.replace("\\", "/").splitlines()


Capture = pytest.CaptureFixture[str]


def test_the_place_of_a_finding_is_kept(engine: FakeEngine, tmp_path: Path, capfd: Capture) -> None:
    write(tmp_path, "a.py", "WRONG = 1\nif WRONG:\n\tWRONG = 'é'; é = WRONG\n")
    assert flake8(capfd, "a.py") == [
        "a.py:1:1: BGT101 found",
        "a.py:2:4: BGT101 found",
        "a.py:3:2: BGT101 found",
    ]
    assert len(engine.calls) == 1


def test_a_byte_order_mark_shifts_nothing(
    engine: FakeEngine, tmp_path: Path, capfd: Capture
) -> None:
    (tmp_path / "a.py").write_bytes(b"\xef\xbb\xbfx = 1\r\ny = 2\r\n")
    assert flake8(capfd, "a.py") == []
    assert [call.get("a.py") for call in engine.calls] == [None]


def test_the_whole_project_is_analysed_once_and_named_files_are_reported(
    engine: FakeEngine, tmp_path: Path, capfd: Capture
) -> None:
    for name in ("a.py", "app/b.py", "app/c.py"):
        write(tmp_path, name, "WRONG = 1\n")
    assert flake8(capfd, "-j1", "app") == [
        "app/b.py:1:1: BGT101 found",
        "app/c.py:1:1: BGT101 found",
    ]
    assert [call["files"] for call in engine.calls] == [["a.py", "app/b.py", "app/c.py"]]


@pytest.mark.parametrize("name", ["./a.py", "app/../a.py", "{root}/a.py"])
def test_any_way_to_write_a_path(
    engine: FakeEngine, tmp_path: Path, capfd: Capture, name: str
) -> None:
    write(tmp_path, "a.py", "WRONG = 1\n")
    (tmp_path / "app").mkdir()
    given = name.format(root=tmp_path.as_posix())
    assert flake8(capfd, given) == [f"{given}:1:1: BGT101 found"]
    assert engine.calls[0]["root"] == str(tmp_path)


def test_rules_that_are_off_by_default_can_be_switched_on(
    engine: FakeEngine, tmp_path: Path, capfd: Capture
) -> None:
    engine.code = "BGT205"
    write(tmp_path, "a.py", "WRONG = 1\n")
    main(["a.py"])
    assert capfd.readouterr().out == ""
    main(["--extend-select=BGT205", "a.py"])
    assert capfd.readouterr().out == "a.py:1:1: BGT205 found\n"


def test_parse_errors_are_left_to_flake8(
    engine: FakeEngine, tmp_path: Path, capfd: Capture
) -> None:
    engine.code = "BGT900"
    write(tmp_path, "a.py", "WRONG = 1\n")
    write(tmp_path, "b.py", "WRONG = (\n")
    assert flake8(capfd, ".") == ["./b.py:1:10: E999 SyntaxError: '(' was never closed"]


def test_files_beyond_the_budget_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("flake8_bgtasks.project.files.MAX_SIZE", 50)
    write(tmp_path, "a.py", "from fastapi import BackgroundTasks\n\nBackgroundTasks()\n")
    assert flake8(capfd, ".") == [f"./a.py:1:1: BGT901 {TOO_LARGE}"]


def test_an_error_of_the_engine_is_one_line_a_file(
    engine: FakeEngine, tmp_path: Path, capfd: Capture
) -> None:
    engine.error = RuntimeError("it broke\nbadly")
    for name in ("a.py", "b.py"):
        write(tmp_path, name, "import os\n")
    lines = flake8(capfd, "-j1", ".")
    assert [line.partition(" (at ")[0] for line in lines] == [
        "./a.py:1:1: BGT901 internal error: RuntimeError: it broke badly",
        "./a.py:1:1: F401 'os' imported but unused",
        "./b.py:1:1: BGT901 internal error: RuntimeError: it broke badly",
        "./b.py:1:1: F401 'os' imported but unused",
    ]
    assert len(engine.calls) == 1


def test_an_error_of_the_adapter_is_one_line_a_file(
    engine: FakeEngine, tmp_path: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "a.py", "x = 1\n")
    monkeypatch.delattr("flake8_bgtasks.request.find_inputs")
    (line,) = flake8(capfd, "a.py")
    assert line.startswith("a.py:1:1: BGT901 internal error: NameError: ")
    assert engine.calls == []


@pytest.mark.parametrize("options", [["--select=E,F"], ["--ignore=BGT"], ["--extend-ignore=BGT"]])
def test_nothing_is_analysed_when_nothing_would_be_shown(
    engine: FakeEngine, tmp_path: Path, options: list[str]
) -> None:
    write(tmp_path, "a.py", "WRONG = 1\n")
    assert main([*options, "a.py"]) == 0
    assert engine.calls == []


@pytest.mark.parametrize("options", [["--select=BGT1"], ["--ignore=BGT2"], ["--select=B,BGT105"]])
def test_one_code_that_would_be_shown_is_enough(
    engine: FakeEngine, tmp_path: Path, options: list[str]
) -> None:
    write(tmp_path, "a.py", "x = 1\n")
    main([*options, "a.py"])
    assert len(engine.calls) == 1


class TestContentThatIsNotOnDisk:
    def run(self, filename: str, *lines: str) -> list[tuple[int, int, str]]:
        """Run the plugin on a buffer, as an editor's integration does."""
        return [found[:3] for found in Plugin(None, filename, lines).run()]  # type: ignore[arg-type]

    def test_it_takes_the_place_of_the_file(self, engine: FakeEngine, tmp_path: Path) -> None:
        write(tmp_path, "a.py", "x = 1\n")
        write(tmp_path, "b.py", "WRONG = 1\n")
        parse_args(["a.py", "b.py"])
        assert self.run("a.py", "x = 1\n", "y = WRONG\n") == [(2, 4, "BGT101 found")]
        assert self.run("b.py", "x = 1\n") == []
        assert engine.calls[-1]["a.py"] == b"x = 1\ny = WRONG\n"

    def test_what_is_on_disk_is_analysed_once(self, engine: FakeEngine, tmp_path: Path) -> None:
        write(tmp_path, "a.py", "x = 1\n")
        parse_args(["-j1", "a.py"])
        assert [self.run("a.py", "x = 1\n") for _ in range(3)] == [[], [], []]
        assert len(engine.calls) == 1

    @pytest.mark.parametrize(
        ("lines", "content"),
        [
            (["s = 'é'\n"], "s = 'é'\n".encode()),
            (["# coding: latin-1\n", "s = 'é'\n"], b"# coding: latin-1\ns = '\xe9'\n"),
            (["# coding: ascii\n", "s = 'é'\n"], "# coding: ascii\ns = 'é'\n".encode()),
            (["# coding: klingon\n"], b"# coding: klingon\n"),
        ],
    )
    def test_it_is_encoded_as_it_says(
        self, engine: FakeEngine, tmp_path: Path, lines: list[str], content: bytes
    ) -> None:
        write(tmp_path, "a.py", "x = 1\n")
        parse_args(["a.py"])
        self.run("a.py", *lines)
        assert engine.calls[-1]["a.py"] == content

    def test_a_file_outside_the_project_is_nobodys(
        self, engine: FakeEngine, tmp_path: Path
    ) -> None:
        write(tmp_path, "app/a.py", "WRONG = 1\n")
        write(tmp_path, "b.py", "WRONG = 1\n")
        parse_args(["--bgtasks-project-root=app", "."])
        assert self.run("b.py", "WRONG = 1\n") == []
        assert self.run("app/a.py", "WRONG = 1\n") == [(1, 0, "BGT101 found")]
        assert engine.calls[0]["files"] == ["a.py"]


class TestOptions:
    def test_they_reach_the_engine(self, engine: FakeEngine, tmp_path: Path) -> None:
        write(tmp_path, "setup.cfg", "[flake8]\nbgtasks-fastapi-version = 0.115.6\n")
        write(tmp_path, "a.py", "x = 1\n")
        main(["--bgtasks-test-patterns=checks/,t_*.py", "a.py"])
        settings = engine.calls[0]["settings"]
        assert settings.fastapi_version == "0.115.6"
        assert settings.test_patterns == ("checks/", "t_*.py")

    @pytest.mark.parametrize(
        ("option", "message"),
        [
            ("bgtasks-fastapi-version=newest", "'newest' is not a version"),
            ("bgtasks-project-root=gone", "the project root is not a folder: gone"),
        ],
    )
    def test_a_wrong_value_ends_the_run_and_is_named(
        self, engine: FakeEngine, tmp_path: Path, capfd: Capture, option: str, message: str
    ) -> None:
        write(tmp_path, "a.py", "x = 1\n")
        write(tmp_path, "wrong.cfg", f"[flake8]\n{option}\n")
        for wrong in (f"--{option}", "--config=wrong.cfg"):
            assert main([wrong, "a.py"]) == 1
            assert message in capfd.readouterr().out
        assert engine.calls == []

    def test_paths_that_do_not_exist_are_left_to_flake8(
        self, engine: FakeEngine, tmp_path: Path, capfd: Capture
    ) -> None:
        write(tmp_path, "a.py", "WRONG = 1\n")
        lines = flake8(capfd, "-j1", "gone.py", "a.py")
        assert lines[0] == "a.py:1:1: BGT101 found"
        assert lines[1].startswith("gone.py:0:1: E902")
        assert len(engine.calls) == 1

    def test_flake8s_api_sets_options_late(self, engine: FakeEngine, tmp_path: Path) -> None:
        write(tmp_path, "app/a.py", "WRONG = 1\n")
        write(tmp_path, "old/b.py", "WRONG = 1\n")
        guide = legacy.get_style_guide(select=["BGT"], exclude=[str(tmp_path / "old")])
        assert guide.check_files(["."]).total_errors == 1
        assert engine.calls[-1]["files"] == ["app/a.py"]
