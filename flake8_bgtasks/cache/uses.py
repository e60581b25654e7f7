"""How a file was used for a report, as records write it."""

from __future__ import annotations

CONSULTED = "c"
PARSED = "p"
GLANCED = "-"
"""To find out what matters; for its syntax alone; only to see that it does not matter."""
