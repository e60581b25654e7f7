"""What MkDocs calls: pages that are made when the site is built, and links to them.

`python -m mkdocs build` runs it, from the root of the repository.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File

from flake8_bgtasks.rules import RULES
from scripts.website.configuration import configuration_page
from scripts.website.proofs import has_proofs, proof_page

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent.parent
RESULTS = "benchmarks/RESULTS.md"
RULE_PAGE = re.compile(r"rules/(BGT\d{3})\.md")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Add the rules, and what proves them, to the navigation."""
    codes = [rule.code for rule in RULES]
    rules = ["rules/index.md", *(f"rules/{code}.md" for code in codes)]
    proofs = [f"proofs/{code}.md" for code in codes if has_proofs(code)]
    assert config.nav is not None
    *pages, changes = config.nav
    config.nav = [*pages, {"Rules": rules}, {"Proofs": proofs}, changes]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that stand nowhere."""
    pages = {"configuration.md": configuration_page()}
    pages["changelog.md"] = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    pages["performance.md"] = (ROOT / RESULTS).read_text(encoding="utf-8")
    for chart in sorted((ROOT / RESULTS).parent.glob("*.svg")):
        pages[chart.name] = chart.read_text(encoding="utf-8")
    for rule in RULES:
        if has_proofs(rule.code):
            pages[f"proofs/{rule.code}.md"] = proof_page(rule)
    for path, content in pages.items():
        files.append(File.generated(config, path, content=content))
    return files


def on_page_markdown(markdown: str, page: Page, **_more: object) -> str:
    """Let the page of a rule lead to its proof, and all to the results as the site has them."""
    markdown = markdown.replace(f"../{RESULTS}", "performance.md")
    found = RULE_PAGE.fullmatch(page.file.src_uri)
    if found is None or not has_proofs(found[1]):
        return markdown
    link = f"[The projects that show it, run under FastAPI](../proofs/{found[1]}.md)."
    return f"{markdown}\n## Proof\n{link}\n"
