"""The page of `--format html`, in a real browser."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from flake8_bgtasks.engine import check
from flake8_bgtasks.findings import Edit, Finding, Fix, Related, Span
from tests.browser import accessible, prefer, show, start_browser
from tests.fakes import FakeCheck, cli, copy_shop, write_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.webelement import WebElement

ROOT = Path(__file__).parent.parent
STYLE = (ROOT / "flake8_bgtasks/web/page.css").read_text()
TEXTS = ("ink", "soft", "accent", "bad", "good")
GROUNDS = ("paper", "card")
HOSTILE = "</style></script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&\u202e"

WAY = (
    Related("routes.py", Span(1, 1, 1, 2), "POST /users is registered here", "POST /users"),
    Related("shop.py", Span(2, 1, 2, 2), "a task is added to it here"),
)
EDITS = (
    Edit("shop.py", Span(2, 13, 2, 13), "queue"),
    Edit("shop.py", Span(3, 1, 4, 1), ""),
    Edit("routes.py", Span(1, 1, 1, 1), "import shop\n"),
)
FIXED = Finding("shop.py", Span(3, 13, 3, 17), "BGT101", "lost", WAY, Fix("safe", "Go", EDITS))
REFUSED = Finding("routes.py", Span(1, 1, 1, 4), "BGT102", "shared", refusal="a script calls it")
SOURCES = {
    "shop.py": "import os\ndef register():\n    tasks = Call()\n    run()\nend\n",
    "routes.py": "app.post('/users')\n",
    "tox.ini": "",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    yield from start_browser()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the report on the example."""
    folder = tmp_path_factory.mktemp("shop")
    copy_shop(folder)
    argv = ("--isolated", "--format=html", f"--output-file={folder}/report.html", str(folder))
    assert cli(*argv, check=check).code == 1
    return folder / "report.html"


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a report on two findings, of which one has a fix."""
    write_tree(tmp_path, SOURCES)
    monkeypatch.chdir(tmp_path)
    cli("--format=html", "--output-file=report.html", check=FakeCheck(extra=(FIXED, REFUSED)))
    return tmp_path / "report.html"


def findings(browser: Chrome) -> list[WebElement]:
    elements = browser.find_elements(By.CSS_SELECTOR, "article.finding")
    return [element for element in elements if element.is_displayed()]


def status(browser: Chrome) -> str:
    return browser.find_element(By.CSS_SELECTOR, "output").text


def test_the_example_is_shown_by_route(browser: Chrome, shop: Path) -> None:
    show(browser, shop)
    assert status(browser) == "10 of 10 shown"
    titles = [heading.text for heading in browser.find_elements(By.TAG_NAME, "h2")]
    assert "POST /orders" in titles
    assert len(browser.find_elements(By.CSS_SELECTOR, "article[data-fix=safe] table.diff")) >= 5
    assert titles[-2:] == ["Reached from no known route", "The rules"]
    [lost] = [f for f in findings(browser) if "BGT101" in f.text]
    assert lost.find_element(By.TAG_NAME, "mark").text == "BackgroundTasks()"
    steps = [step.text for step in lost.find_elements(By.CSS_SELECTOR, "ol li")]
    assert [step.rpartition(" ")[0] for step in steps] == [
        "POST /orders is registered here",
        "place_order gets to OrderService.place here",
        "OrderService.place gets to OrderService.confirm here",
        "BGT101 unattached-background-tasks",
    ]


def test_search_and_filters(browser: Chrome, shop: Path) -> None:
    show(browser, shop)
    search = browser.find_element(By.NAME, "search")
    search.send_keys("ORDERSERVICE confirm")
    assert status(browser) == "1 of 10 shown"
    assert len(findings(browser)) == 1
    headings = browser.find_elements(By.TAG_NAME, "h2")
    assert [h.text for h in headings if h.is_displayed()] == ["POST /orders", "The rules"]
    search.send_keys(Keys.ESCAPE)
    assert status(browser) == "10 of 10 shown"
    Select(browser.find_element(By.NAME, "code")).select_by_value("BGT305")
    assert [f.get_attribute("data-code") for f in findings(browser)] == ["BGT305"]
    Select(browser.find_element(By.NAME, "fix")).select_by_value("none")
    assert status(browser) == "0 of 10 shown"


def test_the_keyboard_is_enough(browser: Chrome, shop: Path) -> None:
    show(browser, shop)
    body = browser.find_element(By.TAG_NAME, "body")
    body.send_keys(Keys.TAB)
    assert browser.switch_to.active_element.text == "Skip to the content"
    body.send_keys("/")
    focused = browser.switch_to.active_element
    assert (focused.get_attribute("name"), focused.get_attribute("value")) == ("search", "")
    link = browser.find_element(By.CSS_SELECTOR, "a.code-badge")
    link.send_keys(Keys.ENTER)
    page = browser.find_element(By.ID, link.text)
    assert page.is_displayed(), "the link opens the page of its rule"
    assert "Why is this bad?" in page.text


def test_a_screen_reader_has_names_for_everything(browser: Chrome, shop: Path) -> None:
    show(browser, shop)
    announced = accessible(browser)
    nameless = [
        item for item in announced if item[2] and not item[1] and item[0] != "DisclosureTriangle"
    ]
    assert nameless == []
    roles = {role for role, *_ in announced}
    assert {"main", "search", "searchbox", "heading", "article", "status"} <= roles
    levels = [
        int(tag.tag_name[1]) for tag in browser.find_elements(By.XPATH, "//h1|//h2|//h3|//h4")
    ]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert browser.find_element(By.TAG_NAME, "html").get_attribute("lang") == "en"


def test_a_fix_stands_side_by_side(browser: Chrome, page: Path) -> None:
    show(browser, page)
    captions = [c.text for c in browser.find_elements(By.TAG_NAME, "caption")]
    assert captions == ["shop.py", "routes.py"]

    def column(name: str) -> list[str]:
        cells = browser.find_elements(By.CSS_SELECTOR, f"td.{name}")
        return [cell.get_attribute("textContent") or "" for cell in cells]

    assert column("minus") == ["- def register():", "-     tasks = Call()"]
    assert column("plus") == ["+ def registerqueue():", "+ import shop"]
    assert "a script calls it" in browser.find_element(By.TAG_NAME, "main").text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark(browser: Chrome, page: Path, scheme: str) -> None:
    prefer(browser, scheme)
    show(browser, page)
    color = browser.find_element(By.TAG_NAME, "body").value_of_css_property("background-color")
    brightness = sum(map(int, re.findall(r"\d+", color)[:3])) / 3
    assert (brightness > 128) is (scheme == "light")


def test_nothing_of_the_code_runs(
    browser: Chrome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(tmp_path, {"a.py": f"{HOSTILE}\n", "tox.ini": ""})
    monkeypatch.chdir(tmp_path)
    span = Span(1, 3, 1, 9)
    related = (Related("a.py", span, HOSTILE, HOSTILE), Related("a.py", span, HOSTILE))
    fix = Fix("safe", HOSTILE, (Edit("a.py", span, HOSTILE),))
    found = (
        Finding("a.py", span, "BGT101", HOSTILE, related, fix),
        Finding("a.py", span, "BGT102", HOSTILE, refusal=HOSTILE),
    )
    cli("--format=html", "--output-file=report.html", check=FakeCheck(extra=found))
    show(browser, tmp_path / "report.html")
    assert len(browser.find_elements(By.TAG_NAME, "script")) == 1
    assert browser.find_elements(By.TAG_NAME, "img") == []
    assert browser.find_element(By.CSS_SELECTOR, "article p").text.endswith(r"&\u202e")


def test_without_findings_it_says_so(
    browser: Chrome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(tmp_path, {"a.py": "", "tox.ini": ""})
    monkeypatch.chdir(tmp_path)
    assert cli("--format=html", "--output-file=report.html").code == 0
    show(browser, tmp_path / "report.html")
    assert "Nothing found" in browser.find_element(By.TAG_NAME, "main").text


def test_a_narrow_screen_scrolls_only_code(browser: Chrome, shop: Path) -> None:
    browser.set_window_size(500, 800)
    try:
        show(browser, shop)
        wide = browser.execute_script("return document.documentElement.scrollWidth > innerWidth")
        assert not wide
    finally:
        browser.set_window_size(1200, 900)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", [*GROUNDS, "minus", "plus", "hit", "mark"])
def test_text_can_be_read(scheme: int, ground: str) -> None:
    """The contrast is what WCAG 2.2 asks of level AA."""
    for name in TEXTS if ground in GROUNDS else ("ink",):
        bright, dark = sorted((luminance(name, scheme), luminance(ground, scheme)), reverse=True)
        assert (bright + 0.05) / (dark + 0.05) >= 4.5, name


def luminance(name: str, scheme: int) -> float:
    value = re.findall(rf"--{name}: #(\w{{6}})", STYLE)[scheme]
    parts = [int(value[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
