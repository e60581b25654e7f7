"""A part of a generated project: the finding that is due, and what is seen when it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Part(NamedTuple):
    """`steps` are those of a proof; `code` is None where all is right.

    `server`: what the steps need to be seen, see `Proof`.
    """

    code: str | None
    steps: tuple[Mapping[str, Any], ...]
    server: str = "testclient"
