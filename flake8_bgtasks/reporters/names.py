"""What a code is called; in flake8's formats, codes of other plugins come along."""

from __future__ import annotations

from flake8_bgtasks.rules import rule_for


def name_of(code: str) -> str:
    """Return the name of the rule, such as `"unattached-background-tasks"`, else the code."""
    try:
        return rule_for(code).name
    except KeyError:
        return code


def summary_of(code: str, message: str) -> str:
    """Return the summary of the rule, else the message."""
    try:
        return rule_for(code).summary
    except KeyError:
        return message
