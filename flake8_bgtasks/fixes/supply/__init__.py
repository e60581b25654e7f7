"""How the request's instance gets to where it is needed, and why it sometimes can't."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 - an answer, not an error of ours
    """A fix that can't be made: `reason` says why, in words that a user understands."""

    def __init__(self, reason: str) -> None:
        """`reason` is a clause without a full stop."""
        super().__init__(reason)
        self.reason = reason
