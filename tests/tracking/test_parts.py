"""A statement that is tracked in parts shows what it shows when it is tracked as a whole."""

from __future__ import annotations

import sysconfig
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import libcst as cst
import pytest

from flake8_bgtasks.project.files import Files
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.exchange import Exchange
from flake8_bgtasks.tracking.reader import Reader
from tests.project.test_bodies import ODD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.tracking.unit import Unit

STDLIB = Path(sysconfig.get_path("stdlib"))
FOLDERS = ("asyncio", "concurrent", "email", "http", "importlib", "logging", "unittest")
FILES = [path for folder in FOLDERS for path in sorted((STDLIB / folder).rglob("*.py"))]
SAMPLE = [path for path in FILES if path.stat().st_size in range(2_000, 25_000)][:60]


def test_the_sample_is_large_enough() -> None:
    assert len(SAMPLE) == 60


@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_parts_are_the_whole(path: Path) -> None:
    assert list(differences(path)) == []


def test_odd_layouts_are_read_in_parts(tmp_path: Path) -> None:
    path = tmp_path / "odd.py"
    path.write_text(ODD)
    assert list(differences(path)) == []


def test_a_body_is_not_parsed_until_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "app.py").write_text(
        "class A:\n    def first(self) -> int:\n        a = 1\n        b = 2\n        c = 3\n"
        "        return a + b + c\n\n    def second(self):\n        yield 1\n"
    )
    unit = Reader(Files(tmp_path, {}), Exchange()).outlined("app.py", 0)
    parsed: list[str] = []
    parse = cst.parse_module

    def noted(text: str) -> cst.Module:
        parsed.append(text)
        return parse(text)

    monkeypatch.setattr(cst, "parse_module", noted)
    first, second = unit.scopes[2], list(unit.scopes.values())[3]
    assert (first.name, second.name) == ("first", "second")
    assert unit.nodes[first.returns or 0] == facts.Free("int")
    assert not first.is_generator
    assert not first.is_stub
    assert second.is_generator
    assert parsed == []
    assert set(first.bindings) == {"self", "a", "b", "c"}
    assert len(parsed) == 1


def test_code_that_comes_up_often_is_not_parsed_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "app.py").write_text("\ndef send(text):\n    print(text)\n\n\n" * 5)
    files = Files(tmp_path, {})
    alone = [Reader(files, Exchange()).whole("app.py", index) for index in range(5)]
    reader = Reader(files, Exchange())
    units = [reader.whole("app.py", index) for index in range(2)]
    monkeypatch.setattr(cst, "parse_module", None)
    units += [reader.whole("app.py", index) for index in range(2, 5)]
    assert [(unit.nodes, unit.spans) for unit in units] == [(u.nodes, u.spans) for u in alone]
    assert not files.failed


def test_a_body_that_cannot_be_parsed_may_return_anything(tmp_path: Path) -> None:
    body = "        a = 1\n        b = 2\n        (c): int = 3\n        return a\n"
    (tmp_path / "app.py").write_text(f"class A:\n    field = 1\n\n    def f(self):\n{body}")
    alone, together = Files(tmp_path, {}), Files(tmp_path, {})
    Reader(together, Exchange()).whole("app.py", 0)
    unit = Reader(alone, Exchange()).outlined("app.py", 0)
    scope = unit.scopes[2]
    assert (scope.qualname, [p.name for p in scope.parameters]) == ("A.f", ["self"])
    assert not alone.bad
    (event,) = scope.events
    assert isinstance(event, facts.Returned)
    assert unit.nodes[event.value] == facts.Opaque()
    assert alone.bad["app.py"].line == together.bad["app.py"].line


def differences(path: Path) -> Iterator[str]:
    """Yield what is not the same in the parts of a file's statements."""
    files = Files(path.parent, {})
    outline = files.surface(path.name)
    reader = Reader(files, Exchange())
    for statement in outline.statements if outline is not None else ():
        whole = reader.whole(path.name, statement.index)
        parts = reader.outlined(path.name, statement.index)
        left_out = dict(parts.left_out)
        for scope, (_, body) in left_out.items():
            same = whole_scope(whole, parts, scope)
            assert not (same.is_generator and not body.yields)
            assert not (same.is_stub and body.works)
        for scope in reversed(left_out):  # in another order than that of the source
            parts.part(scope)
        if said(whole) != said(parts.complete()):
            yield f"{path}:{statement.first}"
    assert not files.failed


def whole_scope(whole: Unit, parts: Unit, scope: int) -> Any:
    """Return the scope of the whole that stands where one of the parts does."""
    line = parts.scopes[scope].span.line
    return next(s for s in whole.scopes.values() if s.span.line == line and s.kind == "function")


def said(unit: Unit) -> list[object]:
    """Write the facts of a unit with nodes and scopes numbered from 0."""
    numbers = {
        "NodeId": {number: rank for rank, number in enumerate(unit.nodes)},
        "ScopeId": {number: rank for rank, number in enumerate(unit.scopes)},
    }
    nodes = [_plain(node, "", numbers) for node in unit.nodes.values()]
    spans = list(unit.spans.values())
    owners = [numbers["ScopeId"][owner] for owner in unit.owners.values()]
    scopes = [_plain(scope, "", numbers) for scope in unit.scopes.values()]
    bodies = [_plain(scope.body, "", numbers) for scope in unit.scopes.values()]
    return [nodes, spans, owners, scopes, bodies]


_LEFT_OUT = ("read", "may_yield", "may_be_stub")


def _plain(value: Any, kind: str, numbers: dict[str, dict[int, int]]) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        for name, ranks in numbers.items():
            if name in kind:
                # The end of a range is the number behind its last node.
                return ranks[value] if value in ranks else ranks.get(value - 1, -1) + 1
        return value
    if is_dataclass(value):
        kept = [field for field in fields(value) if field.name not in _LEFT_OUT]
        return type(value).__name__, [
            _plain(getattr(value, field.name), str(field.type), numbers) for field in kept
        ]
    if isinstance(value, dict):
        return {key: _plain(item, kind, numbers) for key, item in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        kinds = type(value).__annotations__
        return type(value).__name__, [
            _plain(getattr(value, name), str(kinds[name]), numbers) for name in value._fields
        ]
    if isinstance(value, tuple):
        return [_plain(item, kind, numbers) for item in value]
    return value
