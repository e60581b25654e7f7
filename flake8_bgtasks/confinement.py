"""What flake8 reads from a configuration must not send the tool out of the tree it checks."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from flake8_bgtasks.config import flake8_folder
from flake8_bgtasks.errors import UsageError
from flake8_bgtasks.flake8_options import Given, from_flake8
from flake8_bgtasks.options import KEPT_INSIDE, OPTIONS, PREFIX
from flake8_bgtasks.project.repository import repository_top
from flake8_bgtasks.project.roots import leads_out

if TYPE_CHECKING:
    from argparse import Namespace


def check_places(options: Namespace, cwd: str) -> None:
    """Raise UsageError for a place outside of the tree that the command line does not name."""
    own = from_flake8(options)
    for option in OPTIONS:
        value = own[option.dest] if option.name in KEPT_INSIDE else None
        if value and not isinstance(value, Given):
            top = repository_top(cwd) or flake8_folder(cwd)
            reason = leads_out(os.path.join(cwd, value), top)
            if reason:
                raise UsageError(f"{PREFIX}{option.name}: {reason}")
