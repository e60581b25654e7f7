"""Rules, pages, index and README say the same."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.codes import CODES
from flake8_bgtasks.rules import RULES, rule_for

if TYPE_CHECKING:
    from flake8_bgtasks.rules.base import Rule

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "docs" / "rules"
HEADINGS = [
    "What it does",
    "Why is this bad?",
    "Example",
    "Not reported",
    "Fix",
    "What FastAPI does",
]

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


def test_every_rule_module_is_registered_once_and_in_order() -> None:
    modules = (ROOT / "flake8_bgtasks" / "rules").glob("bgt*.py")
    assert [rule.code for rule in RULES] == sorted(module.stem.upper() for module in modules)
    assert tuple(rule.code for rule in RULES) == CODES


def test_names_are_unique() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)


@each_rule
def test_rule_is_found_by_its_code(rule: Rule) -> None:
    assert rule_for(rule.code) is rule


@each_rule
def test_page_has_the_title_of_its_rule(rule: Rule) -> None:
    assert rule.page.splitlines()[0] == f"# {rule.code} {rule.name}"
    assert rule.check.__module__ == f"flake8_bgtasks.rules.{rule.code.lower()}"


@each_rule
def test_name_is_kebab_case_and_summary_one_line(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    assert re.fullmatch(r"\S.*[^\s.]", rule.summary)


@each_rule
def test_page_has_the_fixed_headings(rule: Rule) -> None:
    assert re.findall(r"^## (.+)$", rule.page, re.MULTILINE) == HEADINGS


@each_rule
def test_page_names_the_level_of_the_fix(rule: Rule) -> None:
    assert f"Fix: {rule.fix}" in section(rule, "Fix")


@each_rule
def test_page_shows_a_bad_and_a_good_example(rule: Rule) -> None:
    bad, use_instead, good = section(rule, "Example").partition("\nUse instead:\n")
    assert use_instead
    assert bad.count("```python\n") == good.count("```python\n") == 1
    assert rule.page.count("```") == 4


@each_rule
def test_page_on_disk_is_the_docstring(rule: Rule) -> None:
    assert (PAGES / f"{rule.code}.md").read_text(encoding="utf-8") == rule.page


@each_rule
def test_readme_links_the_page(rule: Rule) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"| [{rule.code}](docs/rules/{rule.code}.md) | {rule.name} |" in readme


def test_generated_files_are_up_to_date() -> None:
    run = docs("--check", root=ROOT)
    assert run.returncode == 0, run.stderr


def test_check_names_what_drifted_and_a_run_repairs_it(tmp_path: Path) -> None:
    copy_project(tmp_path)
    page, extra = tmp_path / "docs/rules/BGT101.md", tmp_path / "docs/rules/BGT199.md"
    page.write_text("# old\n", encoding="utf-8")
    extra.write_text("# gone\n", encoding="utf-8")
    drifted = docs("--check", root=tmp_path)
    assert drifted.returncode == 1
    assert re.findall(r"^docs/rules/(BGT\d+)", drifted.stderr, re.MULTILINE) == ["BGT101", "BGT199"]
    assert docs(root=tmp_path).returncode == 0
    assert page.read_text(encoding="utf-8") == rule_for("BGT101").page
    assert docs("--check", root=tmp_path).returncode == 0
    assert not extra.exists()


def section(rule: Rule, heading: str) -> str:
    """Give the text below a heading of a rule's page."""
    return rule.page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def copy_project(target: Path) -> None:
    (target / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "docs.py", target / "scripts")
    shutil.copy(ROOT / "README.md", target)
    shutil.copytree(PAGES, target / "docs" / "rules")


def docs(*options: str, root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(root / "scripts" / "docs.py"), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)
