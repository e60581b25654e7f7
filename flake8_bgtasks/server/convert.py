"""Findings and fixes in the words of the Language Server Protocol."""

from __future__ import annotations

from difflib import SequenceMatcher
from io import StringIO
from typing import TYPE_CHECKING

from lsprotocol import types

from flake8_bgtasks.reporters.document import one_line
from flake8_bgtasks.reporters.names import name_of
from flake8_bgtasks.rules import rule_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pygls.workspace import PositionCodec

    from flake8_bgtasks.findings import Finding, Span
    from flake8_bgtasks.server.analysis import State

SOURCE = "flake8-bgtasks"
FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.{SOURCE}"


class Converter:
    """Converts what a state holds; `codec` counts columns as the client does.

    `uri_of` gives the URI of an absolute path, `versions` the versions of documents by their URI.
    """

    def __init__(
        self,
        state: State,
        codec: PositionCodec,
        uri_of: Callable[[str], str],
        versions: Mapping[str, int | None],
    ) -> None:
        self._state = state
        self._codec = codec
        self._uri_of = uri_of
        self._versions = versions

    def uri(self, path: str) -> str:
        """Return the URI of a path that a finding names."""
        return self._uri_of(self._state.path(path))

    def range(self, path: str, span: Span) -> types.Range:
        """Return a span as the client counts."""
        start = types.Position(span.line - 1, span.column - 1)
        end = types.Position(span.end_line - 1, span.end_column - 1)
        lines = self._state.source_of(path).lines
        return self._codec.range_to_client_units(lines, types.Range(start, end))

    def diagnostic(self, finding: Finding) -> types.Diagnostic:
        """Return a finding with the places that explain it."""
        related = [
            types.DiagnosticRelatedInformation(
                types.Location(self.uri(other.path), self.range(other.path, other.span)),
                one_line(other.message),
            )
            for other in finding.related
        ]
        return types.Diagnostic(
            range=self.range(finding.path, finding.span),
            message=one_line(finding.message),
            severity=types.DiagnosticSeverity.Error,
            code=finding.code,
            source=SOURCE,
            related_information=related,
        )

    def quick_fix(self, finding: Finding) -> types.CodeAction | None:
        """Return the fix of a finding, over all files; an unsafe one says so."""
        fix = finding.fix
        if fix is None:
            return None
        edits: dict[str, list[types.TextEdit]] = {}
        for edit in fix.edits:
            changed = types.TextEdit(self.range(edit.path, edit.span), edit.text)
            edits.setdefault(self.uri(edit.path), []).append(changed)
        unsafe = "" if fix.applicability == "safe" else ", unsafe"
        return types.CodeAction(
            title=one_line(f"{fix.title} ({finding.code}{unsafe})"),
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[self.diagnostic(finding)],
            is_preferred=not unsafe,
            edit=self.workspace_edit(edits),
        )

    def ignore(self, finding: Finding, content: bytes) -> types.CodeAction:
        """Return the action that changes a finding's file to `content`, with a comment."""
        old = "".join(self._state.source_of(finding.path).lines)
        edits = list(text_edits(old, content.decode()))
        return types.CodeAction(
            title=f"Ignore {finding.code} on this line",
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[self.diagnostic(finding)],
            edit=self.workspace_edit({self.uri(finding.path): edits}),
        )

    def workspace_edit(self, edits: Mapping[str, Sequence[types.TextEdit]]) -> types.WorkspaceEdit:
        """Return edits that the client refuses if a document is not what they were made for."""
        return types.WorkspaceEdit(
            document_changes=[
                types.TextDocumentEdit(
                    types.OptionalVersionedTextDocumentIdentifier(uri, self._versions.get(uri)),
                    list(changes),
                )
                for uri, changes in edits.items()
            ]
        )


def text_edits(old: str, new: str) -> Iterator[types.TextEdit]:
    """Yield edits of whole lines that make `new` of `old`."""
    before, after = StringIO(old).readlines(), StringIO(new).readlines()
    for tag, first, last, start, end in SequenceMatcher(None, before, after).get_opcodes():
        if tag != "equal":
            there = types.Range(types.Position(first, 0), types.Position(last, 0))
            yield types.TextEdit(there, "".join(after[start:end]))


def hover(finding: Finding) -> str:
    """Return the message and the rule's page, in Markdown."""
    title = f"**{finding.code} {name_of(finding.code)}**"
    refusal = f"\n\nNo fix: {_escaped(finding.refusal)}" if finding.refusal else ""
    page = rule_for(finding.code).page
    return f"{title}: {_escaped(finding.message)}{refusal}\n\n---\n\n{page}"


def _escaped(text: str) -> str:
    """Write text so that Markdown shows it as it is."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>()#+-.!|&~" else c for c in one_line(text))
