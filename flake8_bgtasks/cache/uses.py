"""How a file was used for a report, as records write it."""

from __future__ import annotations

from zlib import crc32

CONSULTED = "c"
PARSED = "p"
GLANCED = "-"
"""To find out what matters; for its syntax alone; only to see that it does not matter.

Behind the latter two stands the digest of the imports, where the report depends on them.
"""


def digest(imports: bytes) -> str:
    """Return what tells import statements from others."""
    return f"{crc32(imports):08x}"
