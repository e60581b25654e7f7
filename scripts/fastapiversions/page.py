"""The page that tells what the fixtures do on each release."""

from __future__ import annotations

import platform
import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scripts.fastapiversions.results import Result

HEAD = """\
# FastAPI releases

Every project in `tests/fixtures` was run under the FastAPI releases below, on Python {python}, by
`python -m scripts.versions`, which wrote this page. The releases stand at both sides of each change
in FastAPI that the rules know of.

- **as proven**: FastAPI does what the project's `proof.json` says, the rules find what is marked
- **changed, as the rules say**: FastAPI does something else there, the rules find something else
- **other**: only one of the two changes; see below

"""
OTHER = """
## Other

Mostly the same mistake with another error, at another time, or a project that needs a newer FastAPI
or pydantic to start.

"""
LONGEST = 110


def page(found: Mapping[str, Sequence[Result]]) -> str:
    """Return the page."""
    head = HEAD.format(python=platform.python_version())
    return head + "".join(_table(found)) + "".join(_rules(found)) + OTHER + "".join(_others(found))


def _table(found: Mapping[str, Sequence[Result]]) -> Iterator[str]:
    yield "| FastAPI | cases | as proven | changed, as the rules say | other |\n"
    yield "|---|---|---|---|---|\n"
    for release, many in found.items():
        counts = Counter(one.kind for one in many)
        cells = (release, len(many), counts["same"], counts["changed"], counts["other"])
        yield "| " + " | ".join(map(str, cells)) + " |\n"


def _rules(found: Mapping[str, Sequence[Result]]) -> Iterator[str]:
    """Yield a table of the rules that change: as proven + changed, of all cases."""
    changing = sorted(
        {_rule(one) for many in found.values() for one in many if one.kind == "changed"}
    )
    yield "\n## Rules that depend on the release\n\n"
    yield "Cases as proven + cases changed as the rules say.\n\n"
    yield "| rule | " + " | ".join(found) + " |\n" + "|---" * (len(found) + 1) + "|\n"
    for rule in changing:
        cells = [_cell([one for one in many if _rule(one) == rule]) for many in found.values()]
        yield f"| [{rule}](rules/{rule}.md) | " + " | ".join(cells) + " |\n"


def _cell(many: Sequence[Result]) -> str:
    counts = Counter(one.kind for one in many)
    return f"{counts['same']} + {counts['changed']}"


def _rule(result: Result) -> str:
    return result.case.partition("/")[0]


def _others(found: Mapping[str, Sequence[Result]]) -> Iterator[str]:
    yield "| case | releases | what FastAPI does there |\n|---|---|---|\n"
    grouped: dict[tuple[str, str], list[str]] = {}
    for many in found.values():
        for one in many:
            if one.kind == "other":
                grouped.setdefault((one.case, reason(one)), []).append(one.release)
    for (case, text), releases in sorted(grouped.items()):
        yield f"| {case} | {', '.join(releases)} | {text} |\n"


def reason(result: Result) -> str:
    """Return what FastAPI does there, or that it does what is proven, in Markdown."""
    if result.error is None:
        return "as proven, though the rules find something else"
    text = result.error.removeprefix("AssertionError: ")
    text = text.partition("; Outcome(")[0].partition("\n")[0]
    text = re.sub(r"/\S*/", "…/", text)
    text = text if len(text) <= LONGEST else text[:LONGEST] + "…"
    return "`" + text.replace("|", "\\|").replace("`", "'") + "`"
