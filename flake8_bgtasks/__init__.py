"""Finds the FastAPI background tasks that never run, across a whole codebase.

`check` and `fix` do for programs what the command line does.
"""

from __future__ import annotations

__version__ = "0.1.0"

__all__ = [
    "Change",
    "Edit",
    "Finding",
    "Fix",
    "Related",
    "Repairs",
    "Report",
    "Settings",
    "Span",
    "UsageError",
    "__version__",
    "check",
    "fix",
]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from flake8_bgtasks.api import Change, Repairs, Report, check, fix
    from flake8_bgtasks.errors import UsageError
    from flake8_bgtasks.findings import Edit, Finding, Fix, Related, Span
    from flake8_bgtasks.settings import Settings
else:
    _HOMES = {
        "api": ("Change", "Repairs", "Report", "check", "fix"),
        "errors": ("UsageError",),
        "findings": ("Edit", "Finding", "Fix", "Related", "Span"),
        "settings": ("Settings",),
    }

    def __getattr__(name: str) -> object:
        """Import what is asked for, and nothing before: flake8 imports this in every process."""
        for home, names in _HOMES.items():
            if name in names:
                from importlib import import_module

                return getattr(import_module(f"{__name__}.{home}"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
