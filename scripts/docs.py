"""Write the rule pages, their index, and the README's tables of rules and options.

Without options it writes; `--check` names what is out of date and exits 1.
"""

from __future__ import annotations

import argparse
import re
import sys
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from flake8_bgtasks.options import OPTIONS
from flake8_bgtasks.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flake8_bgtasks.options import Option
    from flake8_bgtasks.rules.base import Rule

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "rules"
README = ROOT / "README.md"

FAMILIES = {
    "1": "Instances nobody runs",
    "2": "Injection skipped",
    "3": "Imports and declarations",
    "4": "Tasks that the response loses",
    "5": "`add_task` used wrongly",
    "6": "Lifetimes",
    "9": "The tool itself",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 on drift")
    check_only = parser.parse_args().check
    wanted = texts()
    stale = [path for path, text in wanted.items() if content(path) != text]
    orphans = sorted(set(PAGES.glob("*.md")) - wanted.keys())
    if check_only:
        return complain([*stale, *orphans])
    write({path: wanted[path] for path in stale}, orphans)
    return 0


def texts() -> dict[Path, str]:
    """Every generated file with the text that it should have."""
    pages = {PAGES / f"{rule.code}.md": rule.page for rule in RULES}
    return {**pages, PAGES / "index.md": index(), README: readme()}


def index() -> str:
    families = (
        f"## {digit}xx {FAMILIES[digit]}\n{table(rules, '')}"
        for digit, rules in groupby(RULES, key=lambda rule: rule.code[3])
    )
    return "# Rules\n\n" + "\n".join(families)


def readme() -> str:
    """Give the README with its tables made new."""
    text = README.read_text(encoding="utf-8")
    text = with_table(text, "rules", table(RULES, "docs/rules/"))
    return with_table(text, "options", options_table())


def with_table(text: str, name: str, lines: str) -> str:
    """Replace what stands between the two markers of a name; raises ValueError without them."""
    begin, end = f"<!-- {name}: written by scripts/docs.py -->\n", f"<!-- end of {name} -->\n"
    before, _, rest = text.partition(begin)
    _, marker, after = rest.partition(end)
    if not marker:
        raise ValueError(f"{README.name} has no lines {begin!r} and {end!r}")
    return before + begin + lines + end + after


def table(rules: Iterable[Rule], folder: str) -> str:
    head = "| code | name | reports | on by default |\n|---|---|---|---|\n"
    return head + "".join(rule_row(rule, folder) for rule in rules)


def rule_row(rule: Rule, folder: str) -> str:
    default = "yes" if rule.on_by_default else "no"
    link = f"[{rule.code}]({folder}{rule.code}.md)"
    return f"| {link} | {rule.name} | {escaped(rule.summary)} | {default} |\n"


def options_table() -> str:
    head = (
        "| option | in `pyproject.toml` | in flake8's files | what it does |\n|---|---|---|---|\n"
    )
    return head + "".join(map(option_row, OPTIONS))


def option_row(option: Option) -> str:
    value = f" {option.metavar or '|'.join(option.choices)}".rstrip()
    flag = f"`--{option.name}{value}`".replace("|", "\\|")
    in_pyproject = "yes" if option.in_pyproject else ""
    in_flake8 = f"`{option.flake8_name}`" if option.flake8_name else ""
    return f"| {flag} | {in_pyproject} | {in_flake8} | {escaped(option.help)} |\n"


def escaped(text: str) -> str:
    return re.sub(r"([|*_])", r"\\\1", text)


def content(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def write(changed: Mapping[Path, str], orphans: Iterable[Path]) -> None:
    PAGES.mkdir(parents=True, exist_ok=True)
    for path, text in changed.items():
        path.write_text(text, encoding="utf-8", newline="\n")
    for path in orphans:
        path.unlink()


def complain(paths: Iterable[Path]) -> int:
    names = [path.relative_to(ROOT).as_posix() for path in paths]
    for name in names:
        print(f"{name} is out of date: run `python scripts/docs.py`", file=sys.stderr)
    return 1 if names else 0


if __name__ == "__main__":
    sys.exit(main())
