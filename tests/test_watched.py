"""The checked tree is only read: nothing in it is imported or run, nothing is written to it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from flake8_bgtasks.commands import graph, tasks
from flake8_bgtasks.reporters import FORMATS
from tests.watched import contents, seen, start, tree, watched

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from tests.watched import Face

__all__ = ["tree"]
FLAKE8 = ("flake8", "-j1", "--select=BGT", "--isolated")
FORBIDDEN = {"import", "exec", "run"}


@pytest.mark.parametrize(
    ("faces", "codes"),
    [
        ([("command",), ("command",), ("command", "--no-cache"), ("command", "main.py")], {0, 1}),
        ([("command", f"--format={form}", "--show-source") for form in FORMATS], {1}),
        ([("command", f"--format={form}", "--show-fixes", "--no-cache") for form in FORMATS], {1}),
        ([("command", "--diff"), ("command", "--diff", "--unsafe-fixes")], {1}),
        ([("command", "--statistics", "--baseline=./known.json")], {2}),
        ([("command", "graph", f"--format={form}") for form in graph.FORMATS], {0}),
        ([("command", "tasks", f"--format={form}") for form in tasks.RENDERERS], {0}),
        ([("api",), ("codemod",)], {3, 2}),
        ([FLAKE8, (*FLAKE8, "--bgtasks-no-cache")], {1}),
        ([(*FLAKE8, "--format=bgtasks-html"), (*FLAKE8, "--format=bgtasks-sarif")], {1}),
    ],
    ids=["command", "formats", "fixes", "diff", "baseline", "graph", "tasks", "api", "flake8", "f"],
)
def test_tree_is_only_read(tree: Path, faces: list[Face], codes: set[int]) -> None:
    before = contents(tree)
    found = watched(tree, *faces)
    assert found.done == ()
    assert len(found.codes) == len(faces)
    assert set(found.codes) == codes
    assert contents(tree) == before


def test_tree_is_only_read_by_many_processes(tree: Path) -> None:
    """What flake8's processes tell each other is pickled."""
    found = watched(tree, (*FLAKE8, "-j2"))
    assert found.codes == (1,)
    assert {name for _, name, *_ in found.done} <= {"pickle.find_class"}
    assert all("('flake8." in what for *_, what in found.done)


@pytest.mark.parametrize(
    ("face", "changed"),
    [
        (("command", "--fix"), {"main.py", "helpers.py"}),
        ((*FLAKE8, "--bgtasks-fix"), {"main.py", "helpers.py"}),
        (("command", "--add-noqa"), {"helpers.py"}),
        (("command", "--write-baseline=known.json"), {"known.json"}),
        (("command", "--format=html", "--output-file=out/report.html"), {"report.html"}),
        (("command", "graph", "--format=svg", "--output-file=graph.svg"), {"graph.svg"}),
        (("command", "tasks", "--output-file=tasks.txt"), {"tasks.txt"}),
        ((*FLAKE8, "--format=bgtasks-json", "--output-file=report.json"), {"report.json"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_writing_changes_only_what_it_should(tree: Path, face: Face, changed: set[str]) -> None:
    before = contents(tree)
    found = watched(tree, face)
    after = contents(tree)
    assert {path.name for path, text in after.items() if before.get(path) != text} == changed
    assert {path.name for path in after.keys() - before.keys()} <= changed
    assert before.keys() <= after.keys()
    state = str(tree.parent / "state")
    places = {folder for folder in found.folders if not folder.startswith(state)}
    assert places - {str(tree.parent)} <= {str(tree), str(tree / "out")}
    assert found.events.isdisjoint(FORBIDDEN)


class Wire:
    """A language server at the other end of two pipes."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._number = 0

    def tell(self, method: str, params: object, **rest: object) -> None:
        assert self._process.stdin
        message = {"jsonrpc": "2.0", "method": method, "params": params, **rest}
        data = json.dumps(message).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        self._process.stdin.flush()

    def ask(self, method: str, params: object) -> Any:
        """Return the answer; what is said meanwhile is passed over."""
        self._number += 1
        self.tell(method, params, id=self._number)
        while (message := self._read()).get("id") != self._number:
            pass
        return message["result"]

    def _read(self) -> Any:
        stream = self._process.stdout
        assert stream
        length = 0
        while line := stream.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        return json.loads(stream.read(length))


def test_the_language_server_only_reads(tree: Path) -> None:
    before = contents(tree)
    process = start(tree, [("command", "server")])
    server = Wire(process)
    server.ask("initialize", {"processId": None, "rootUri": tree.as_uri(), "capabilities": {}})
    server.tell("initialized", {})
    document = {"uri": (tree / "helpers.py").as_uri()}
    text = (tree / "helpers.py").read_text()
    opened = {**document, "languageId": "python", "version": 1, "text": text}
    server.tell("textDocument/didOpen", {"textDocument": opened})
    there = {"line": 4, "character": 6}
    asked = {"textDocument": document, "range": {"start": there, "end": there}}
    actions = server.ask("textDocument/codeAction", {**asked, "context": {"diagnostics": []}})
    assert [action["kind"] for action in actions] == ["quickfix"] * 2 + [actions[-1]["kind"]]
    assert server.ask("codeAction/resolve", actions[-1])["edit"]["documentChanges"]
    shown = server.ask("textDocument/hover", {"textDocument": document, "position": there})
    assert "BGT101" in shown["contents"]["value"]
    server.ask("shutdown", None)
    server.tell("exit", None)
    found = seen(*process.communicate(timeout=60))
    assert (found.codes, found.done) == ((0,), ())
    assert contents(tree) == before
