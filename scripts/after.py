"""Write the repaired project, `after/`, beside each fixture that can be repaired.

    python -m scripts.after [BGT101 | BGT101/bad_name]…

What it writes has to be read: a person would have repaired the project so.
"""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from tests.fixes.cases import NOT_COPIED, repaired_case, sources
from tests.fixture_cases import all_cases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.fixture_cases import Case


def main(names: Sequence[str]) -> int:
    for case in all_cases():
        is_wanted = not names or any(str(case).startswith(name) for name in names)
        if case.is_bad and is_wanted and write(case):
            print(case)
    return 0


def write(case: Case) -> bool:
    """Write the repaired project anew; return whether that changes anything."""
    after = case.folder / "after"
    before = sources(after) if after.is_dir() else None
    files, result = repaired_case(case)
    if after.is_dir():
        shutil.rmtree(after)
    if not result.files:
        return before is not None
    shutil.copytree(case.folder, after, ignore=NOT_COPIED)
    for name, content in files.items():
        (after / name).write_bytes(content)
    return files != before


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
