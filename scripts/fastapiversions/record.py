"""The last results, kept in a file beside this one for the pages that are made of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.fastapiversions.results import Result

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FILE = Path(__file__).with_name("record.json")


def write(found: Mapping[str, Sequence[Result]], file: Path = FILE) -> None:
    """Write what each case does on each release, a line each where it isn't as proven."""
    lines = [_line(one) for many in found.values() for one in many if one.kind != "same"]
    cases = sorted({one.case for many in found.values() for one in many})
    document = f'"releases": {json.dumps([*found])},\n"cases": {json.dumps(cases)},\n'
    body = ",\n".join(lines)
    file.write_text(f'{{{document}"otherwise": [\n{body}\n]}}\n', encoding="utf-8", newline="\n")


def _line(one: Result) -> str:
    fields = [one.case, one.release, one.error, one.is_own, one.as_marked]
    return json.dumps(fields, ensure_ascii=False)


def read(file: Path = FILE) -> Mapping[str, Mapping[str, Result]]:
    """Return the results of each case by release."""
    document = json.loads(file.read_text(encoding="utf-8"))
    otherwise = {(one.case, one.release): one for one in map(_result, document["otherwise"])}
    return {
        case: {
            release: otherwise.get((case, release), _as_proven(case, release))
            for release in document["releases"]
        }
        for case in document["cases"]
    }


def _result(fields: tuple[str, str, str | None, bool, bool]) -> Result:
    return Result(*fields)


def _as_proven(case: str, release: str) -> Result:
    return Result(case, release, None, is_own=False, as_marked=True)
