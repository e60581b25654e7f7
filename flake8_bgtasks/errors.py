"""The errors that a user can cause."""

from __future__ import annotations


class UsageError(Exception):
    """A wrong option, configuration value or path; the message names it."""
