"""A real browser without a window: Chromium, driven by Selenium."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest
from selenium.webdriver import Chrome, ChromeOptions, ChromeService

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")


def start_browser() -> Iterator[Chrome]:
    """Start a browser, and stop it after use; skip where there is none."""
    if CHROMIUM is None or DRIVER is None:
        pytest.skip("there is no Chromium: apt-get install chromium chromium-driver")
    options = ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--window-size=1200,900"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = Chrome(options, ChromeService(DRIVER))
    try:
        yield browser
    finally:
        browser.quit()


def show(browser: Chrome, page: Path) -> None:
    """Open a page, which may neither complain nor load anything."""
    browser.get(page.as_uri())
    complaints = browser.get_log("browser")  # type: ignore[no-untyped-call]
    assert complaints == []
    loaded = browser.execute_script("return performance.getEntriesByType('resource').length")
    assert loaded == 0


def prefer(browser: Chrome, scheme: str) -> None:
    """Make the user one who prefers a `"light"` or `"dark"` scheme."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def accessible(browser: Chrome) -> list[tuple[str, str, bool]]:
    """Return role, name and whether it takes the focus, of all that a screen reader announces."""
    tree = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})
    return [_announced(node) for node in tree["nodes"] if not node["ignored"]]


def _announced(node: dict[str, Any]) -> tuple[str, str, bool]:
    properties = {item["name"]: item["value"].get("value") for item in node.get("properties", ())}
    name = node.get("name", {}).get("value", "")
    return node["role"]["value"], name, bool(properties.get("focusable"))
