"""The fixes as a command of LibCST's own tool, run in the folder of the project.

python -m libcst.tool codemod -x flake8_bgtasks.codemod.FixBackgroundTasks --no-format .
"""

from __future__ import annotations

import os
from argparse import ArgumentTypeError
from pathlib import Path
from typing import TYPE_CHECKING

import libcst as cst
from libcst.codemod import CodemodCommand, SkipFile

from flake8_bgtasks.arguments import parse
from flake8_bgtasks.errors import UsageError
from flake8_bgtasks.fixing import job_of
from flake8_bgtasks.inputs import find_inputs
from flake8_bgtasks.quiet import without_warnings
from flake8_bgtasks.repair import propose

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Mapping

    from libcst.codemod import CodemodContext

    Changes = Mapping[str, tuple[bytes, bytes]]

LEVELS = ("safe", "unsafe")


class FixBackgroundTasks(CodemodCommand):
    """Repairs a file; a fix may concern several, so all are planned before the first is changed."""

    DESCRIPTION = "Repair FastAPI background tasks that never run, as `flake8-bgtasks --fix` does."

    def __init__(self, context: CodemodContext, fixes: Changes) -> None:
        """`fixes` is what `planned` returns."""
        super().__init__(context)
        self._changes = fixes

    @staticmethod
    def add_args(arg_parser: ArgumentParser) -> None:
        """Plan as soon as the arguments are read: in one process, when no file has changed yet."""
        arg_parser.add_argument(
            "--fixes", type=planned, default="safe", metavar="|".join(LEVELS), help="default: safe"
        )

    def transform_module_impl(self, tree: cst.Module) -> cst.Module:
        """Return the module as it is repaired. Raises SkipFile if it is not what was planned on."""
        before, after = self._changes.get(
            str(Path(self.context.filename or "").resolve()), (b"", b"")
        )
        if not before:
            return tree
        if tree.bytes != before:
            raise SkipFile("it has changed since its fixes were planned")
        return cst.parse_module(after)


@without_warnings()
def planned(level: str) -> Changes:
    """Return content before and after, by resolved path, for the project of the working directory.

    `level` is `"safe"` or `"unsafe"`. The configuration is read as the command line does.
    """
    if level not in LEVELS:
        raise ArgumentTypeError(f"expected one of {', '.join(LEVELS)}, not {level!r}")
    cwd = os.getcwd()
    try:
        options = parse(["--unsafe-fixes"] if level == "unsafe" else [], cwd)
        inputs = find_inputs(options, cwd, bytes)
        files = propose(job_of(options, inputs, cwd)).repaired.files
    except UsageError as error:
        raise ArgumentTypeError(str(error)) from error
    root = Path(inputs.found.root)
    return {str((root / file.path).resolve()): (file.old, file.new) for file in files}
