"""The server: which message leads to what."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls import uris
from pygls.lsp.server import LanguageServer

from flake8_bgtasks import __version__
from flake8_bgtasks.crash import describe
from flake8_bgtasks.errors import UsageError
from flake8_bgtasks.noqa import CannotAnnotateError
from flake8_bgtasks.overlay import encode
from flake8_bgtasks.project.discovery import root_for
from flake8_bgtasks.project.roots import is_within
from flake8_bgtasks.project.source import decode
from flake8_bgtasks.reporters.document import one_line
from flake8_bgtasks.server.analysis import OutdatedError, analyse, ignored, repaired
from flake8_bgtasks.server.convert import FIX_ALL, SOURCE, Converter, hover, text_edits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.server.analysis import State

DELAY = 0.3
"""Seconds without a change before an analysis starts."""


class Server(LanguageServer):
    """Keeps what was found in each folder, and looks again when something changes."""

    def __init__(self) -> None:
        super().__init__(SOURCE, f"v{__version__}")
        self._states: dict[str, State] = {}
        self._versions: dict[str, int | None] = {}
        self._published: set[str] = set()
        self._running: asyncio.Task[None] | None = None
        self._generation = 0

    # Looking again

    def changed(self, delay: float = DELAY) -> None:
        """Note that something has changed: what is running is about the past."""
        self._generation += 1
        if self._running is not None:
            self._running.cancel()
        self._running = asyncio.ensure_future(self._look(self._generation, delay))

    async def fresh(self) -> None:
        """Wait until what was found is about what the documents hold now."""
        while self._running is not None and not self._running.done():
            await asyncio.wait([self._running])

    async def _look(self, generation: int, delay: float) -> None:
        await asyncio.sleep(delay)
        try:
            buffers = self._buffers()
            versions = {uri: doc.version for uri, doc in self.workspace.text_documents.items()}
            folders = self._folders()
            states = await asyncio.to_thread(self._analysed, folders, buffers, generation)
            self._states, self._versions = states, versions
            self._publish()
        except OutdatedError:
            return
        except UsageError as error:
            self._complain(str(error))
        except Exception as error:  # the server goes on
            self._complain(f"internal error: {describe(error)}")

    def _complain(self, message: str) -> None:
        text = one_line(message)
        self.window_show_message(types.ShowMessageParams(types.MessageType.Error, text))

    def _analysed(
        self, folders: list[str], buffers: dict[str, bytes], generation: int
    ) -> dict[str, State]:
        def is_outdated() -> bool:
            return generation != self._generation

        return {folder: analyse(folder, buffers, is_outdated) for folder in folders}

    def _buffers(self) -> dict[str, bytes]:
        """Return the content of all open documents, by absolute path."""
        found = {}
        for uri, document in self.workspace.text_documents.items():
            path = uris.to_fs_path(uri)
            if path is not None and uri.startswith("file:"):
                found[os.path.realpath(path)] = encode(document.source)
        return found

    def _folders(self) -> list[str]:
        """Return the folders of the workspace, or those around the open documents."""
        paths = [uris.to_fs_path(uri) for uri in self.workspace.folders]
        if not paths and self.workspace.root_path:
            paths = [self.workspace.root_path]
        if not paths:
            paths = [root_for([path], os.getcwd()) for path in self._buffers()]
        return sorted({os.path.realpath(path) for path in paths if path})

    # Telling

    def _publish(self) -> None:
        diagnostics: dict[str, list[types.Diagnostic]] = {}
        for state in self._states.values():
            converter = self.converter(state)
            for finding in state.findings:
                uri = converter.uri(finding.path)
                diagnostics.setdefault(uri, []).append(converter.diagnostic(finding))
        for uri in sorted(diagnostics.keys() | self._published):
            self.text_document_publish_diagnostics(
                types.PublishDiagnosticsParams(
                    uri, diagnostics.get(uri, []), self._versions.get(uri)
                )
            )
        self._published = set(diagnostics)

    def converter(self, state: State) -> Converter:
        """Return what converts findings of a state for this client."""
        codec = self.workspace.position_codec
        return Converter(state, codec, self._uri_of, self._versions)

    def _uri_of(self, path: str) -> str:
        """Return the client's own spelling for an open document."""
        real = os.path.realpath(path)
        for uri in self.workspace.text_documents:
            if os.path.realpath(uris.to_fs_path(uri) or "") == real:
                return str(uri)
        try:
            return str(uris.from_fs_path(path))
        except UnicodeEncodeError:  # bytes that are no text
            return Path(path).as_uri()

    def at(self, uri: str, there: types.Range) -> Iterator[tuple[Converter, State, Finding]]:
        """Yield the findings of a document that touch a range."""
        for state in self._states.values():
            converter = self.converter(state)
            for finding in state.findings:
                if converter.uri(finding.path) == uri:
                    place = converter.range(finding.path, finding.span)
                    if place.start <= there.end and there.start <= place.end:
                        yield converter, state, finding

    def all_fixed(self, uri: str) -> types.WorkspaceEdit:
        """Return all safe fixes of the folder that a document lies in. Raises UsageError."""
        path = os.path.realpath(uris.to_fs_path(uri) or "")
        edits = {}
        for folder, state in self._states.items():
            if is_within(path, folder):
                for changed, (old, new) in repaired(folder, self._buffers()).items():
                    lines = list(text_edits(decode(old), decode(new)))
                    edits[self._uri_of(changed)] = lines
                return self.converter(state).workspace_edit(edits)
        return types.WorkspaceEdit()


def make_server() -> Server:
    """Return a server that answers to all messages."""
    server = Server()
    for message in (
        types.TEXT_DOCUMENT_DID_OPEN,
        types.TEXT_DOCUMENT_DID_CHANGE,
        types.TEXT_DOCUMENT_DID_CLOSE,
        types.TEXT_DOCUMENT_DID_SAVE,
        types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
        types.WORKSPACE_DID_CHANGE_CONFIGURATION,
        types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS,
    ):
        server.feature(message)(_on_change)
    server.feature(types.INITIALIZED)(_on_start)
    kinds = [types.CodeActionKind.QuickFix, FIX_ALL]
    options = types.CodeActionOptions(code_action_kinds=kinds, resolve_provider=True)
    server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)(_code_actions)
    server.feature(types.CODE_ACTION_RESOLVE)(_resolve)
    server.feature(types.TEXT_DOCUMENT_HOVER)(_hover)
    return server


async def _on_start(server: Server, _params: object) -> None:
    watched = server.client_capabilities.workspace
    files = watched.did_change_watched_files if watched else None
    if files and files.dynamic_registration:
        patterns = ("**/*.py", "**/{pyproject.toml,setup.cfg,tox.ini,.flake8}")
        watchers = [types.FileSystemWatcher(pattern) for pattern in patterns]
        await server.client_register_capability_async(
            types.RegistrationParams(
                [
                    types.Registration(
                        SOURCE,
                        types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
                        types.DidChangeWatchedFilesRegistrationOptions(watchers),
                    )
                ]
            )
        )
    server.changed(delay=0)


async def _on_change(server: Server, _params: object) -> None:
    server.changed()


async def _code_actions(server: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    await server.fresh()
    uri, only = params.text_document.uri, params.context.only
    actions: list[types.CodeAction] = []
    if _is_wanted(types.CodeActionKind.QuickFix.value, only):
        for converter, state, finding in server.at(uri, params.range):
            fix = converter.quick_fix(finding)
            actions += [fix] if fix else []
            actions += _ignoring(converter, state, finding)
    if _is_wanted(FIX_ALL, only):
        title = "Repair all background tasks (safe fixes, all files)"
        actions.append(types.CodeAction(title, kind=FIX_ALL, data=uri))
    return actions


def _is_wanted(kind: str, only: object) -> bool:
    if not isinstance(only, list | tuple):
        return True
    names = [str(getattr(name, "value", name)) for name in only]
    return any(kind == name or kind.startswith(f"{name}.") for name in names)


def _ignoring(converter: Converter, state: State, finding: Finding) -> Iterator[types.CodeAction]:
    try:
        yield converter.ignore(finding, ignored(state, finding))
    except CannotAnnotateError:
        return


async def _resolve(server: Server, action: types.CodeAction) -> types.CodeAction:
    """Work out "repair all" when it is chosen."""
    if action.kind == FIX_ALL and isinstance(action.data, str):
        await server.fresh()
        action.edit = await asyncio.to_thread(server.all_fixed, action.data)
    return action


async def _hover(server: Server, params: types.HoverParams) -> types.Hover | None:
    await server.fresh()
    there = types.Range(params.position, params.position)
    for converter, _, finding in server.at(params.text_document.uri, there):
        text = types.MarkupContent(types.MarkupKind.Markdown, hover(finding))
        return types.Hover(text, converter.range(finding.path, finding.span))
    return None
