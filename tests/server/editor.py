"""An editor without a window: a real client of the Language Server Protocol, over stdio."""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

PATIENCE = 30.0


class Editor:
    """Opens and changes documents, and keeps what the server says about them."""

    def __init__(self, folder: Path) -> None:
        """`folder` is what is open."""
        self.folder = folder
        self.client = LanguageClient("editor", "1")
        self.published: list[types.PublishDiagnosticsParams] = []
        self.messages: list[str] = []
        self._news = asyncio.Event()

        def on_diagnostics(params: types.PublishDiagnosticsParams) -> None:
            self.published.append(params)
            self._news.set()

        def on_message(params: types.ShowMessageParams) -> None:
            self.messages.append(params.message)
            self._news.set()

        self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(on_diagnostics)
        self.client.feature(types.WINDOW_SHOW_MESSAGE)(on_message)

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def diagnostics(self, name: str) -> Sequence[types.Diagnostic]:
        """Return what was said last about a file."""
        mine = [p.diagnostics for p in self.published if p.uri == self.uri(name)]
        return mine[-1] if mine else []

    def codes(self, name: str) -> list[Any]:
        return [diagnostic.code for diagnostic in self.diagnostics(name)]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something that the server says."""

        async def met() -> None:
            while not condition():
                self._news.clear()
                await self._news.wait()

        await asyncio.wait_for(met(), PATIENCE)

    def open(self, name: str, text: str | None = None) -> None:
        content = (self.folder / name).read_text() if text is None else text
        document = types.TextDocumentItem(self.uri(name), "python", 1, content)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(document))

    def change(self, name: str, text: str, version: int = 2) -> None:
        """Replace the whole content, without saving."""
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(version, self.uri(name)),
                [types.TextDocumentContentChangeWholeDocument(text)],
            )
        )

    async def actions(self, name: str, *only: str) -> Sequence[types.CodeAction]:
        """Return the actions for the first finding in a file."""
        [there, *_] = [d.range for d in self.diagnostics(name)] or [ORIGIN]
        kinds = [types.CodeActionKind(kind) for kind in only] or None
        found = await self.client.text_document_code_action_async(
            types.CodeActionParams(
                types.TextDocumentIdentifier(self.uri(name)),
                there,
                types.CodeActionContext([], only=kinds),
            )
        )
        return [action for action in found or () if isinstance(action, types.CodeAction)]

    def changed(self, edit: types.WorkspaceEdit | None, texts: dict[str, str]) -> dict[str, str]:
        """Return texts, by name, after an edit."""
        assert edit is not None
        after = dict(texts)
        for change in edit.document_changes or ():
            assert isinstance(change, types.TextDocumentEdit)
            [name] = [name for name in texts if self.uri(name) == change.text_document.uri]
            after[name] = _applied(texts[name], change.edits)
        return after


ORIGIN = types.Range(types.Position(0, 0), types.Position(0, 0))


def _applied(text: str, edits: Sequence[Any]) -> str:
    """Apply edits as an editor does, whose columns count UTF-16."""
    lines = text.splitlines(keepends=True)

    def offset(position: types.Position) -> int:
        before = "".join(lines[: position.line])
        if position.line >= len(lines):
            return len(text)
        units = lines[position.line].encode("utf-16-le")[: 2 * position.character]
        return len(before) + len(units.decode("utf-16-le"))

    for edit in sorted(edits, key=lambda edit: offset(edit.range.start), reverse=True):
        start, end = offset(edit.range.start), offset(edit.range.end)
        text = text[:start] + edit.new_text + text[end:]
    return text


@asynccontextmanager
async def editing(folder: Path) -> AsyncIterator[Editor]:
    """Start an editor and a server in a folder, and stop both."""
    editor = Editor(folder)
    command = (sys.executable, "-m", "flake8_bgtasks", "server")
    await editor.client.start_io(*command, cwd=folder)
    try:
        await editor.client.initialize_async(
            types.InitializeParams(
                capabilities=types.ClientCapabilities(),
                workspace_folders=[types.WorkspaceFolder(folder.as_uri(), folder.name)],
            )
        )
        editor.client.initialized(types.InitializedParams())
        yield editor
    finally:
        await editor.client.shutdown_async(None)
        editor.client.exit(None)
        await editor.client.stop()  # type: ignore[no-untyped-call]
