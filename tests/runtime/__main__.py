"""Prove fixture projects under the FastAPI that is installed, whatever release they are about.

    python -m tests.runtime [CASES…]

A case is written `BGT101/bad_what`; without one, all are run. Writes one JSON line for each: the
`case`, and the `error` where FastAPI does not what the proof says, else null.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from typing import TYPE_CHECKING

from tests.fixture_cases import all_cases
from tests.runtime.proof import read_proof
from tests.runtime.proving import prove

if TYPE_CHECKING:
    from tests.fixture_cases import Case


def main(names: list[str]) -> None:
    for case in all_cases():
        if not names or str(case) in names:
            print(json.dumps({"case": str(case), "error": _error(case)}), flush=True)


def _error(case: Case) -> str | None:
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            prove(case.folder, read_proof(case.folder / "proof.json"))
    except (Exception, SystemExit) as error:
        return f"{type(error).__name__}: {error}"
    return None


if __name__ == "__main__":
    main(sys.argv[1:])
