"""The flake8 face: what flake8 calls, and in its own terms."""

from __future__ import annotations

import gc
import os
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from flake8_bgtasks import __version__
from flake8_bgtasks.confinement import check_places
from flake8_bgtasks.errors import UsageError
from flake8_bgtasks.flake8_options import register
from flake8_bgtasks.inputs import STDIN
from flake8_bgtasks.request import check_options
from flake8_bgtasks.session import Session, internal_error
from flake8_bgtasks.terminal import printable

if TYPE_CHECKING:
    import ast
    from argparse import Namespace
    from collections.abc import Iterator, Sequence

    from flake8.options.manager import OptionManager

PARSE_ERROR = "BGT900"
FIX_HELP = "the same as --bgtasks-fix; --fix will do where no other option starts like that"


class Plugin:
    """Reports the findings of one file; the whole project has been analysed to find them."""

    name = "flake8-bgtasks"
    version = __version__
    session: ClassVar[Session]

    def __init__(self, tree: ast.AST, filename: str, lines: Sequence[str]) -> None:  # noqa: ARG002
        """flake8 chooses by these names what it passes, and runs a plugin with a `tree` once."""
        self._filename = filename
        self._lines = lines

    @staticmethod
    def add_options(manager: OptionManager) -> None:
        """Register our options, and the rules that are off by default."""
        register(manager)
        # argparse takes `--fix` for this one, and for another plugin's `--fix` where there is one:
        # if we had an option of that very name, that plugin could not be loaded any more.
        manager.add_option("--fix-bgtasks", action="store_true", dest="bgtasks_fix", help=FIX_HELP)

    @classmethod
    def parse_options(cls, options: Namespace) -> None:
        """Take down the options, in the main process and in those that were not forked from it.

        Raises flake8's ExecutionError for a wrong value. flake8 expects exactly one parameter.
        """
        try:
            check_places(options, os.getcwd())
            check_options(options, os.getcwd())
            if options.bgtasks_fix and _is_main_process():
                from flake8_bgtasks.fix_first import fix_first

                fix_first(options, os.getcwd())
        except UsageError as error:
            from flake8.exceptions import ExecutionError

            raise ExecutionError(f"flake8-bgtasks: {error}") from error
        cls.session = Session(options, os.getcwd())
        if _is_parallel(options) and (_will_fork() or cls._fills_cache()):
            with suppress(Exception):  # it is met again, and reported, when `run` asks
                cls.session.prepare()
            gc.freeze()  # what is left of it, the others need not look through

    @classmethod
    def _fills_cache(cls) -> bool:
        """Tell whether the other processes will find in the cache what this one finds out."""
        return cls.session.is_cached and _is_main_process()

    def run(self) -> Iterator[tuple[int, int, str, type[Plugin]]]:
        """Yield line, column, text and type; flake8 counts columns from 0. Never raises."""
        try:
            findings = self.session.findings(self._filename, self._lines)
        except Exception as error:
            findings = [internal_error(self._filename, error)]
        for finding in findings:
            if finding.code != PARSE_ERROR:  # flake8 has codes of its own for those
                text = f"{finding.code} {printable(finding.message)}"
                yield finding.span.line, finding.span.column - 1, text, type(self)


def _is_main_process() -> bool:
    """Tell whether this is no worker of flake8's: those take down the options again."""
    import multiprocessing

    return not multiprocessing.current_process().daemon


def _is_parallel(options: Namespace) -> bool:
    """Tell whether flake8 may start other processes: one analysis beforehand serves them all."""
    several = options.jobs.is_auto or options.jobs.n_jobs > 1
    return several and STDIN not in (options.filenames or ())


def _will_fork() -> bool:
    import multiprocessing

    method = multiprocessing.get_start_method(allow_none=True)
    return (method or multiprocessing.get_all_start_methods()[0]) == "fork"
