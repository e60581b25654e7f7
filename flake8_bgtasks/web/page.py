"""The frame of a page: its style and script inside, and nothing else allowed to load or run."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from flake8_bgtasks import __version__
from flake8_bgtasks.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def page(title: str, body: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a page; `title` is text, `body` is HTML that is escaped already."""
    style, script = asset("page.css") + asset("picture.css"), asset("page.js")
    allowed = f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}"
    yield "<!doctype html>"
    yield '<html lang="en">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{allowed}; base-uri \'none\'">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f'<meta name="generator" content="flake8-bgtasks {__version__}">'
    yield f"<title>{text(title)}</title>"
    yield from f"<style>{style}</style>".split("\n")
    yield "</head>"
    yield "<body>"
    yield '<a class="skip" href="#main">Skip to the content</a>'
    yield from body
    yield from f"<script>{script}</script>".split("\n")
    yield "</body>"
    yield "</html>"


def text(value: str) -> str:
    """Return text as HTML, also for attributes in quotes; what could mislead readers is visible."""
    return escape(printable(value, keep="\t"))


def asset(name: str) -> str:
    """Return the text of a file beside this one."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _hash(source: str) -> str:
    digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
    return f"'sha256-{digest}'"
