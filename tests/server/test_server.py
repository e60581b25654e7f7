"""What an editor gets to see while somebody types."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import pytest
from lsprotocol import types

from flake8_bgtasks import fix
from tests.fakes import cli, write_tree
from tests.server.editor import editing
from tests.test_baseline import MISTAKE
from tests.test_codemod import CODE

if TYPE_CHECKING:
    from pathlib import Path

HELPERS, MAIN = "app/helpers.py", "app/main.py"
REPAIRED_HELPER = """\
from fastapi import BackgroundTasks


def notify(email: str, tasks: BackgroundTasks) -> None:
    tasks.add_task(print, email)
"""
FIX_ALL = "source.fixAll.flake8-bgtasks"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_tree(tmp_path, CODE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_findings_follow_what_is_typed_in_other_files(here: Path) -> None:
    async def session() -> None:
        async with editing(here) as editor:
            await editor.until(lambda: editor.codes(HELPERS) == ["BGT101"])
            [finding] = editor.diagnostics(HELPERS)
            assert finding.range.start == types.Position(4, 12)
            assert "reached from POST /users/{email}" in finding.message
            places = {place.location.uri for place in finding.related_information or ()}
            assert editor.uri(MAIN) in places

            editor.open(HELPERS)
            editor.change(HELPERS, REPAIRED_HELPER)
            await editor.until(lambda: editor.codes(MAIN) == ["BGT201"])
            await editor.until(lambda: editor.codes(HELPERS) == [])

            editor.change(HELPERS, CODE[HELPERS], version=3)
            await editor.until(lambda: editor.codes(HELPERS) == ["BGT101"])
            await editor.until(lambda: editor.codes(MAIN) == [])
            assert editor.published[-1].version in (None, 3)

    asyncio.run(session())


def test_a_fix_changes_all_its_files(here: Path) -> None:
    expected = {change.path: change.after.decode() for change in fix(write=False).changes}

    async def session() -> None:
        async with editing(here) as editor:
            await editor.until(lambda: editor.codes(HELPERS) == ["BGT101"])
            repair, ignore, repair_all = await editor.actions(HELPERS)
            assert repair.title.endswith("(BGT101)")
            assert (repair.kind, repair.is_preferred) == ("quickfix", True)
            texts = {HELPERS: CODE[HELPERS], MAIN: CODE[MAIN]}
            assert editor.changed(repair.edit, texts) == expected

            assert ignore.title == "Ignore BGT101 on this line"
            ignored = editor.changed(ignore.edit, texts)[HELPERS]
            assert "tasks = BackgroundTasks()  # noqa: BGT101\n" in ignored

            assert (repair_all.kind, repair_all.edit) == (FIX_ALL, None)
            resolved = await editor.client.code_action_resolve_async(repair_all)
            assert editor.changed(resolved.edit, texts) == expected

    asyncio.run(session())


def test_repair_all_works_on_what_is_typed(here: Path) -> None:
    async def session() -> None:
        async with editing(here) as editor:
            await editor.until(lambda: editor.codes(HELPERS) == ["BGT101"])
            editor.open("new.py", MISTAKE)
            await editor.until(lambda: editor.codes("new.py") == ["BGT101"])
            [only] = await editor.actions("new.py", "source")
            assert only.kind == FIX_ALL
            resolved = await editor.client.code_action_resolve_async(only)
            texts = {"new.py": MISTAKE, HELPERS: CODE[HELPERS], MAIN: CODE[MAIN]}
            changed = editor.changed(resolved.edit, texts)
            assert "def create_user(tasks: BackgroundTasks)" in changed["new.py"]
            assert changed[HELPERS] != CODE[HELPERS]
            assert not (here / "new.py").exists()

    asyncio.run(session())


def test_an_unsafe_fix_says_so_and_a_refusal_why(here: Path) -> None:
    shared = "from fastapi import BackgroundTasks\n\ntasks = BackgroundTasks()\n"
    used = "\n\n@app.get('/')\ndef home() -> None:\n    tasks.add_task(print)\n"
    app = "from fastapi import FastAPI\n\napp = FastAPI()\n"
    write_tree(here, {MAIN: f"{app}{shared}{used}", HELPERS: ""})

    async def session() -> None:
        async with editing(here) as editor:
            await editor.until(lambda: editor.codes(MAIN) == ["BGT102"])
            repair, *_ = await editor.actions(MAIN, "quickfix")
            assert repair.title.endswith("(BGT102, unsafe)")
            assert not repair.is_preferred

    asyncio.run(session())


def test_hover_shows_the_rule(here: Path) -> None:
    async def session() -> None:
        async with editing(here) as editor:
            await editor.until(lambda: editor.codes(HELPERS) == ["BGT101"])
            document = types.TextDocumentIdentifier(editor.uri(HELPERS))
            there = types.HoverParams(document, types.Position(4, 14))
            shown = await editor.client.text_document_hover_async(there)
            assert shown is not None
            assert isinstance(shown.contents, types.MarkupContent)
            assert shown.contents.value.startswith("**BGT101 unattached-background-tasks**: ")
            assert "## Why is this bad?" in shown.contents.value
            elsewhere = types.HoverParams(document, types.Position(0, 0))
            assert await editor.client.text_document_hover_async(elsewhere) is None

    asyncio.run(session())


def test_columns_count_as_the_client_does(here: Path) -> None:
    source = CODE[HELPERS].replace("    tasks = ", "    '🎉é'; tasks = ")
    (here / HELPERS).write_text(source, encoding="utf-8")

    async def session() -> None:
        async with editing(here) as editor:
            await editor.until(lambda: editor.codes(HELPERS) == ["BGT101"])
            [finding] = editor.diagnostics(HELPERS)
            line = source.splitlines()[4].encode("utf-16-le")
            start = 2 * finding.range.start.character
            assert line[start:].decode("utf-16-le") == "BackgroundTasks()"
            repair, *_ = await editor.actions(HELPERS)
            changed = editor.changed(repair.edit, {HELPERS: source, MAIN: CODE[MAIN]})
            assert "'🎉é'" in changed[HELPERS]
            assert "BackgroundTasks()" not in changed[HELPERS]

    asyncio.run(session())


def test_fast_typing_is_answered_once(here: Path) -> None:
    async def session() -> None:
        async with editing(here) as editor:
            editor.open(HELPERS)
            await editor.until(lambda: editor.codes(HELPERS) == ["BGT101"])
            before = len(editor.published)
            for version in range(2, 12):
                editor.change(HELPERS, f"{CODE[HELPERS]}# {version}\n", version)
            editor.change(HELPERS, REPAIRED_HELPER, 12)
            await editor.until(lambda: editor.codes(MAIN) == ["BGT201"])
            said = [p for p in editor.published[before:] if p.uri == editor.uri(HELPERS)]
            assert [(p.version, list(p.diagnostics)) for p in said] == [(12, [])]

    asyncio.run(session())


def test_a_wrong_configuration_is_shown(here: Path) -> None:
    (here / "pyproject.toml").write_text('[tool.flake8-bgtasks]\nselect = ["XYZ"]\n')

    async def session() -> None:
        async with editing(here) as editor:
            await editor.until(lambda: bool(editor.messages))
            assert "XYZ selects no rule" in editor.messages[0]
            (here / "pyproject.toml").write_text("")
            editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([]))
            await editor.until(lambda: editor.codes(HELPERS) == ["BGT101"])

    asyncio.run(session())


def test_without_pygls_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "flake8_bgtasks.server.app", None)
    monkeypatch.delitem(sys.modules, "flake8_bgtasks.server.app")
    monkeypatch.setitem(sys.modules, "lsprotocol", None)
    ran = cli("server")
    assert (ran.code, ran.out) == (2, "")
    assert "pip install 'flake8-bgtasks[server]'" in ran.err


def test_help_and_mistakes() -> None:
    assert cli("server", "--help").out.startswith("usage: flake8-bgtasks server\n")
    assert "unrecognized arguments: app" in cli("server", "app").err
