"""Code that can only be judged by its callers, where none of those that are tracked tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.tracking.places import Places

if TYPE_CHECKING:
    from flake8_bgtasks.tracking.imports import Origins
    from flake8_bgtasks.tracking.program import Program


def undecided(program: Program, origins: Origins) -> frozenset[tuple[str, str]]:
    """Return the modules and names of functions that use a class of Starlette's, called by nobody.

    They are wanted for themselves: a finding in them must not depend on another one near it.
    """
    if not program.uses_fastapi:
        return frozenset()
    places = program.once(Places)
    scopes = {places.of(use) for uses in origins.uses.values() for use in uses}
    return frozenset(
        (scope.path, name)
        for scope in scopes
        if not places.is_decided(scope)
        for outline in (program.files.outline(scope.path),)
        for name in (outline.statements[scope.unit].binds if outline else ())
    )
