"""The findings of a project, as long as its files and settings are what they were."""

from __future__ import annotations

import time
from zlib import crc32

from flake8_bgtasks.cache.fingerprint import fingerprint
from flake8_bgtasks.cache.record import DAMAGED, KIND, Record, not_on_disk
from flake8_bgtasks.cache.signatures import pack, states_of
from flake8_bgtasks.project.roots import is_brought_along

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from flake8_bgtasks.cache.known import KnownFacts
    from flake8_bgtasks.cache.storage import Storage
    from flake8_bgtasks.engine import Run
    from flake8_bgtasks.report import Reading, Report
    from flake8_bgtasks.settings import Settings


class CachedCheck:
    """Checks as `engine.check` does, or remembers.

    `key` and `stamp` name the record of the last report, if there is one.
    """

    def __init__(self, storage: Storage) -> None:
        """`storage` is where reports are kept."""
        self._storage = storage
        self.key: tuple[str, ...] = ()
        self.stamp = ""
        self._facts: dict[str, KnownFacts] = {}

    def __call__(
        self,
        root: str,
        files: Collection[str],
        reported: Collection[str],
        settings: Settings,
        overlays: Mapping[str, bytes] | None = None,
        named: Collection[str] = (),
        *,
        linked: Callable[..., None] | None = None,
        earlier: Run | None = None,
        **options: Any,
    ) -> Report:
        """Return the report. What is not on disk, or asks for the program, is not remembered.

        The facts about its code are.
        """
        overlays = not_on_disk(root, overlays or {})
        arguments = (root, files, reported, settings, overlays, named)
        if linked is not None:
            return self._checked(*arguments, linked=linked, earlier=earlier, **options)
        paths = sorted(files)
        key = _key(root, settings, (*reported, "", *named), syntax=options.get("syntax", True))
        remembered = self._remembered(root, paths, key, overlays)
        if remembered is not None:
            return remembered
        if overlays:
            return self._checked(*arguments, earlier=earlier, **options)
        started = time.time_ns() if earlier is None else earlier.started
        read: list[Reading] = []
        report = self._checked(*arguments, read=read.append, earlier=earlier, **options)
        self._remember(root, paths, key, report, read[-1], started)
        return report

    def _checked(self, root: str, *arguments: Any, **options: Any) -> Report:
        """Check with the facts that earlier runs have left, and leave those of this one."""
        from flake8_bgtasks.engine import check

        facts = self.facts(root)
        report = check(root, *arguments, facts=facts, **options)
        if facts is not None:
            del self._facts[root]
            if _has_crashed(report) and not facts.is_empty:  # they may be at fault
                return check(root, *arguments, **{**options, "earlier": None})
            facts.save()
        return report

    def facts(self, root: str) -> KnownFacts | None:
        """Return the facts that earlier runs have left, if there are any to be trusted."""
        from flake8_bgtasks.cache.known import KnownFacts

        if root not in self._facts and self._is_apart(root):
            self._facts[root] = KnownFacts(self._storage, (fingerprint(), root))
        return self._facts.get(root)

    def _is_apart(self, root: str) -> bool:
        """Tell whether the records lie outside of a tree, which might bring some of its own.

        Reports are bound to the times and inodes of files, facts only to their content.
        """
        return not is_brought_along(self._storage.folder, root)

    def _remembered(
        self,
        root: str,
        paths: Sequence[str],
        key: tuple[str, ...],
        overlays: Mapping[str, bytes],
    ) -> Report | None:
        lines = self._storage.load(KIND, key)
        try:
            record = Record(lines) if lines else None
            if record is None or record.paths != paths:
                return None
            if not record.holds(root, overlays, overlooks=self._is_apart(root)):
                return None
            if record.surroundings and record.surroundings != _surroundings(root, paths):
                return None
            report = record.report()
        except DAMAGED:
            return None
        self.key, self.stamp = key, record.stamp
        return report

    def _remember(
        self,
        root: str,
        paths: Sequence[str],
        key: tuple[str, ...],
        report: Report,
        reading: Reading,
        started: int,
    ) -> None:
        states = reading.states
        if report.has_failed or len(states) < len(paths):
            return
        watched = _watched(root, paths) if report.parsed else ()
        lines = [
            str(started),
            _encoded(report),
            _surroundings(root, paths) if report.parsed else "",
            str(reading.idle),
            b" ".join(sorted(reading.looked_for)).decode("utf-8", "surrogateescape"),
            _as_json(reading.asked_for),
            " ".join(_uses(reading, paths)),
            *pack(watched, states_of(watched), started),
            *pack(paths, [states[path] for path in paths], started),
        ]
        self._storage.save(KIND, key, lines)
        self.key, self.stamp = key, lines[0]


def _has_crashed(report: Report) -> bool:
    from flake8_bgtasks.project.source import TOO_LARGE

    return any(f.code == "BGT901" and f.message != TOO_LARGE for f in report.findings)


def _uses(reading: Reading, paths: Sequence[str]) -> Iterator[str]:
    from flake8_bgtasks.cache.uses import CONSULTED, GLANCED, PARSED, digest

    for path in paths:
        if path in reading.consulted:
            yield CONSULTED
        else:
            imports = reading.imports.get(path)
            use = PARSED if path in reading.parsed else GLANCED
            yield use if imports is None else use + digest(imports)


def _key(root: str, settings: Settings, asked: Iterable[str], *, syntax: bool) -> tuple[str, ...]:
    wanted = repr((settings.fastapi_version, settings.test_patterns, syntax))
    digest = "\n".join(asked).encode("utf-8", "surrogateescape")
    return (fingerprint(), root, wanted, f"{crc32(digest):08x}{crc32(digest, 1):08x}")


def _watched(root: str, paths: Sequence[str]) -> tuple[str, ...]:
    from flake8_bgtasks.project.fastapi_version import consulted

    return tuple(consulted(root, paths))


def _surroundings(root: str, paths: Sequence[str]) -> str:
    """Name the files that tell where distributions are, and which FastAPI release is used."""
    from flake8_bgtasks.project.distributions import markers
    from flake8_bgtasks.project.fastapi_version import candidates

    found = [*markers(root, paths), *candidates(root, paths)]
    return f"{crc32(repr(found).encode('utf-8', 'surrogateescape')):08x}"


def _encoded(report: Report) -> str:
    if not report.findings:
        return f"[[], {report.files}, {report.parsed}]"
    import json

    from flake8_bgtasks.findings import as_values

    findings = [as_values(finding) for finding in report.findings]
    return json.dumps([findings, report.files, report.parsed])


def _as_json(patterns: Iterable[bytes]) -> str:
    import json

    return json.dumps(sorted(pattern.decode("latin-1") for pattern in patterns))
