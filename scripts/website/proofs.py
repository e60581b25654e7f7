"""What each rule's fixture projects do under real FastAPI, on a page."""

from __future__ import annotations

import json
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from scripts.fastapiversions import record
from scripts.fastapiversions.page import reason
from tests.fixture_cases import all_cases

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flake8_bgtasks.rules.base import Rule
    from scripts.fastapiversions.results import Result
    from tests.fixture_cases import Case

SHOWN = 6
"""Projects on a page: the shortest ones, which are the easiest to read."""


def has_proofs(code: str) -> bool:
    """Return whether a rule has projects that show its mistake."""
    return bool(_cases(code))


def proof_page(rule: Rule) -> str:
    """Return the page of a rule, in Markdown."""
    cases = _cases(rule.code)
    lines = [
        f"# Proof of {rule.code}",
        f"{len(cases)} small projects make the mistake of",
        f"[{rule.code} {rule.name}](../rules/{rule.code}.md) in as many ways. The tests run each",
        "of them under real FastAPI, as it is and repaired, and expect what the tables say. These",
        "are the shortest:",
    ]
    for case in cases[:SHOWN]:
        lines += ["", *_section(case)]
    return "\n".join(lines) + "\n"


@cache
def _cases(code: str) -> list[Case]:
    bad = [case for case in all_cases() if case.rule == code and case.is_bad]
    proven = [case for case in bad if (case.folder / "proof.json").is_file()]
    return sorted(proven, key=_length)


def _length(case: Case) -> int:
    return sum((case.folder / file).stat().st_size for file in case.files)


def _section(case: Case) -> Iterator[str]:
    proof = json.loads((case.folder / "proof.json").read_bytes())
    title = case.folder.name.removeprefix("bad_").replace("_", " ")
    yield f"## {title[0].upper()}{title[1:]}"
    yield ""
    yield proof["why"]
    yield ""
    yield from _outcome(proof)
    yield from _on_releases(str(case))
    for file in case.files:
        yield from _code(case, file)
    yield from _repaired(case)


def _outcome(proof: Mapping[str, Any]) -> Iterator[str]:
    version = proof.get("fastapi_version")
    where = f"FastAPI {version}" if version else "the newest FastAPI that is tested"
    for key, what in (("import_error", "can't be imported"), ("startup_error", "does not start")):
        if key in proof:
            yield f"Under {where}, the application {what}: `{proof[key]}`"
            yield ""
    if proof.get("requests"):
        yield f"| request, under {where} | runs | never runs | besides |"
        yield "|---|---|---|---|"
        yield from map(_row, proof["requests"])
        yield ""


def _on_releases(case: str) -> Iterator[str]:
    """Yield what the project does on each release that `scripts.versions` ran."""
    results = _record().get(case, {})
    if results:
        yield "| FastAPI | what it does there |"
        yield "|---|---|"
        for does, releases in groupby(results.values(), _does):
            yield f"| {', '.join(one.release for one in releases)} | {does} |"
        yield ""


def _does(result: Result) -> str:
    if result.kind == "same":
        return "as above"
    found = "as marked" if result.as_marked else "something else"
    return f"{reason(result)}; the rules find {found}"


@cache
def _record() -> Mapping[str, Mapping[str, Result]]:
    return record.read()


def _row(step: Mapping[str, Any]) -> str:
    def names(key: str) -> str:
        return ", ".join(f"`{name}`" for name in step.get(key, ()))

    besides = [f"`{name}` {count} times" for name, count in step.get("times", {}).items()]
    besides += [f"status {step['status']}"] if "status" in step else []
    besides += [f"`{step[key]}`".replace("|", "\\|") for key in ("raises", "warns") if key in step]
    request = f"`{step['method']} {step['path']}`".replace("|", "\\|")
    return f"| {request} | {names('runs')} | {names('lost')} | {', '.join(besides)} |"


def _code(case: Case, file: str) -> Iterator[str]:
    text = (case.folder / file).read_bytes().decode("utf-8", "replace").strip("\n")
    if text:
        marked = " ".join(str(mark.line) for mark in sorted(case.marks) if mark.path == file)
        lines = f' hl_lines="{marked}"' if marked else ""
        yield from _fenced(text, f'python title="{file}"{lines}')


def _repaired(case: Case) -> Iterator[str]:
    """Yield the files of the repaired project that differ."""
    after = case.folder / "after"
    changed = [
        file
        for file in case.files
        if (after / file).is_file()
        and (after / file).read_bytes() != (case.folder / file).read_bytes()
    ]
    if changed:
        yield '??? success "Repaired"'
        for file in changed:
            text = (after / file).read_text(encoding="utf-8").strip("\n")
            for line in _fenced(text, f'python title="{file}"'):
                yield f"    {line}".rstrip()


def _fenced(text: str, head: str) -> Iterator[str]:
    yield f"```{head}"
    yield from text.splitlines()
    yield "```"
    yield ""
