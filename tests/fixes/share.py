"""How many findings of the fixtures are repaired, and why the others are left.

    python -m tests.fixes.share

prints the figures, and each finding that is left with the reason that the user is told.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flake8_bgtasks.engine import check
from flake8_bgtasks.fixes.plans import PLANNERS
from flake8_bgtasks.settings import Settings
from tests.fixes.cases import repaired_case
from tests.fixture_cases import all_cases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fixture_cases import Case

NO_REQUEST = {
    "BGT101/bad_outside_routes": 3,
    "BGT101/bad_unreached_function": 2,
    "BGT101/bad_websocket": 1,
    "BGT201/bad_call_in_dependency_and_handler": 2,
    "BGT202/bad_submitted": 1,
}
"""Not all callers are known, or one of them has no request whose tasks run."""

NO_MEANING = {
    "BGT406/bad_exception": 2,
    "BGT406/bad_list_or_class": 3,
    "BGT501/bad_created_task": 1,
    "BGT501/bad_literals_and_library": 1,
    "BGT508/bad_called": 1,
    "BGT508/bad_constructed": 1,
    "BGT508/bad_methods": 2,
    "BGT508/bad_over_modules": 1,
}
"""The catalogue has no fix: nobody but the author can say what was meant."""

NOT_REPAIRED = {
    "BGT101/bad_kept_by_property": 1,
    "BGT102/bad_keeps_the_first_request": 2,
    "BGT301/bad_in_dependency": 1,
    "BGT301/bad_one_task_per_response": 2,
    "BGT401/bad_asked_for": 1,
    "BGT401/bad_response_built_in_helper": 1,
    "BGT401/bad_template": 1,
}
"""These could be repaired, by a fix that knows more."""


@dataclass
class Share:
    """Findings with a code that has fixes, in the fixtures of those codes."""

    due: int = 0
    left: Counter[str] = field(default_factory=Counter)

    def of(self, *excepted: dict[str, int]) -> float:
        """Return which share is repaired of those that are not `excepted`."""
        due = self.due - sum(sum(cases.values()) for cases in excepted)
        return (self.due - self.left.total()) / due


def cases() -> list[Case]:
    """Return the fixtures that a fix is due for."""
    return [case for case in all_cases() if case.is_bad and case.rule in PLANNERS]


def share() -> Share:
    """Count what is found, and what is left in the projects that `after/` holds."""
    now = Share()
    for case in cases():
        now.due += sum(mark.code in PLANNERS for mark in case.marks)
        now.left += Counter({str(case): _left(case)})
    return now


def _left(case: Case) -> int:
    """Count the findings that are left; `test_after` sees to it that `after/` is what fixes do."""
    after = case.folder / "after"
    root = after if after.is_dir() else case.folder
    files = [path.relative_to(root).as_posix() for path in root.rglob("*.py")]
    files = [file for file in files if file in case.files]
    report = check(root, files, files, Settings(fastapi_version=case.fastapi_version))
    return sum(finding.code in PLANNERS for finding in report.findings)


def reasons() -> Iterator[str]:
    """Repair all of them, and yield what is left and why."""
    for case in cases():
        _, result = repaired_case(case)
        why = dict(result.refused)
        for found in result.examined.chosen:
            if found.code in PLANNERS:
                place = f"{case}/{found.path}:{found.span.line}"
                yield f"{place}: {found.code} {why.get(found, 'unsafe')}"


if __name__ == "__main__":
    for reason in reasons():
        print(reason)
    now = share()
    print(f"{now.due} findings, {now.due - now.left.total()} repaired: {now.of():.1%}")
    print(f"of those whose callers are all known: {now.of(NO_REQUEST):.1%}")
    print(f"of those that the catalogue has a fix for: {now.of(NO_REQUEST, NO_MEANING):.1%}")
