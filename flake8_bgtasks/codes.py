"""The codes of the rules, for who needs no more: importing the rules takes as long as flake8."""

from __future__ import annotations

CODES = (
    *("BGT101", "BGT102", "BGT103", "BGT104", "BGT105"),
    *("BGT201", "BGT202", "BGT203", "BGT204", "BGT205"),
    *("BGT301", "BGT302", "BGT303", "BGT304", "BGT305", "BGT306", "BGT307", "BGT308", "BGT309"),
    *("BGT401", "BGT402", "BGT403", "BGT404", "BGT405", "BGT406", "BGT407"),
    *("BGT501", "BGT502", "BGT503", "BGT504", "BGT505", "BGT506", "BGT507", "BGT508", "BGT509"),
    *("BGT601", "BGT602", "BGT603", "BGT604"),
    *("BGT900", "BGT901"),
)

OFF_BY_DEFAULT = ("BGT205", "BGT509", "BGT603")
"""The rules that must be selected to be reported."""
