"""All rules, in the order of their codes."""

from __future__ import annotations

from flake8_bgtasks.rules import (
    bgt101,
    bgt102,
    bgt103,
    bgt104,
    bgt105,
    bgt201,
    bgt202,
    bgt203,
    bgt204,
    bgt205,
    bgt301,
    bgt302,
    bgt303,
    bgt304,
    bgt305,
    bgt306,
    bgt307,
    bgt308,
    bgt309,
    bgt401,
    bgt402,
    bgt403,
    bgt404,
    bgt405,
    bgt406,
    bgt407,
    bgt501,
    bgt502,
    bgt503,
    bgt504,
    bgt505,
    bgt506,
    bgt601,
    bgt602,
    bgt603,
    bgt604,
    bgt900,
    bgt901,
)
from flake8_bgtasks.rules.base import Rule

__all__ = ["RULES", "Rule", "rule_for"]

RULES: tuple[Rule, ...] = (
    bgt101.RULE,
    bgt102.RULE,
    bgt103.RULE,
    bgt104.RULE,
    bgt105.RULE,
    bgt201.RULE,
    bgt202.RULE,
    bgt203.RULE,
    bgt204.RULE,
    bgt205.RULE,
    bgt301.RULE,
    bgt302.RULE,
    bgt303.RULE,
    bgt304.RULE,
    bgt305.RULE,
    bgt306.RULE,
    bgt307.RULE,
    bgt308.RULE,
    bgt309.RULE,
    bgt401.RULE,
    bgt402.RULE,
    bgt403.RULE,
    bgt404.RULE,
    bgt405.RULE,
    bgt406.RULE,
    bgt407.RULE,
    bgt501.RULE,
    bgt502.RULE,
    bgt503.RULE,
    bgt504.RULE,
    bgt505.RULE,
    bgt506.RULE,
    bgt601.RULE,
    bgt602.RULE,
    bgt603.RULE,
    bgt604.RULE,
    bgt900.RULE,
    bgt901.RULE,
)

_BY_CODE = {rule.code: rule for rule in RULES}


def rule_for(code: str) -> Rule:
    """Return the rule of a code such as `"BGT101"`; raises KeyError for an unknown one."""
    return _BY_CODE[code]
