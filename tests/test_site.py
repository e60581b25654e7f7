"""The documentation site builds without a warning, and says what the code says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from flake8_bgtasks.options import OPTIONS
from flake8_bgtasks.rules import RULES
from scripts.website.configuration import configuration_page
from scripts.website.proofs import has_proofs, proof_page

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build it, as strictly as can be."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_every_rule_has_a_page_that_leads_to_its_proof(site: Path) -> None:
    for rule in RULES:
        page = (site / "rules" / rule.code / "index.html").read_text(encoding="utf-8")
        assert rule.name in page
        assert (f'href="../../proofs/{rule.code}/"' in page) is has_proofs(rule.code)


def test_pages_load_nothing_from_elsewhere(site: Path) -> None:
    for page in (site / "index.html", site / "rules" / "BGT101" / "index.html"):
        loaded = re.findall(r'<(?:script|img|link)[^>]*(?:src|href)="([^"]+)"', page.read_text())
        assert [address for address in loaded if address.startswith(("http", "//"))] == []


def test_all_options_are_described() -> None:
    page = configuration_page()
    assert re.findall(r"^### (.+)$", page, re.MULTILINE) == [
        option.name for option in sorted(OPTIONS, key=lambda o: _groups().index(o.group))
    ]
    assert page.count("| command line | `--") == len(OPTIONS)
    assert page.count("| `pyproject.toml` |") == sum(o.in_pyproject for o in OPTIONS)


def _groups() -> list[str]:
    return list(dict.fromkeys(option.group for option in OPTIONS))


def test_the_examples_of_the_configuration_are_right(tmp_path: Path) -> None:
    """What the page shows can be copied."""
    from flake8_bgtasks.config import read_config

    lines = re.findall(r"^\| `pyproject.toml` \| `(.+)` \|$", configuration_page(), re.MULTILINE)
    (tmp_path / "backend").mkdir()
    config = tmp_path / "pyproject.toml"
    config.write_text("\n".join(["[tool.flake8-bgtasks]", *lines]))
    assert len(read_config(tmp_path)) == len(lines)


def test_a_proof_shows_the_project_and_what_fastapi_does() -> None:
    [rule] = [rule for rule in RULES if rule.code == "BGT101"]
    page = proof_page(rule)
    assert "| `POST /users` | `create_user` | `send_welcome` |" in page
    assert re.search(r'```python title="main.py" hl_lines="\d+"', page)
    assert '??? success "Repaired"' in page


def test_a_proof_tells_what_each_release_does() -> None:
    [rule] = [rule for rule in RULES if rule.code == "BGT601"]
    page = proof_page(rule)
    assert "| FastAPI | what it does there |" in page
    assert "; the rules find something else |" in page
