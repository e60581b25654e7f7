"""All options in one table: the command line, configuration files, flake8 and the docs read it."""

from __future__ import annotations

from flake8_bgtasks.project.exclude import DEFAULT_EXCLUDE
from flake8_bgtasks.reporters import FORMATS
from flake8_bgtasks.settings import DEFAULT_TEST_PATTERNS, Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import SimpleNamespace
    from typing import Any, Literal

    Kind = Literal[
        "flag",
        "text",
        "choice",
        "version",
        "codes",
        "patterns",
        "paths",
        "path",
        "folder",
        "file",
        "mapping",
    ]
    Scope = Literal["command line", "both command lines", "pyproject", "flake8", "own"]

PREFIX = "bgtasks-"
LISTS = ("codes", "patterns", "paths")
KEPT_INSIDE = ("cache-dir", "project-root", "baseline")
"""What a configuration in the tree must not use to send the tool elsewhere."""


class Option:
    """One option; `scope` says where else than on the command line it can be set.

    `"command line"`: nowhere. `"both command lines"`: on flake8's, with a prefix. `"pyproject"`: in
    `[tool.flake8-bgtasks]`. `"flake8"`: there and in flake8's configuration, where flake8 itself
    defines it. `"own"`: there too, with a prefix.
    """

    def __init__(
        self,
        name: str,
        kind: Kind,
        scope: Scope,
        help: str,  # noqa: A002 - as argparse calls it
        group: str,
        default: Any = None,
        metavar: str | None = None,
        choices: tuple[str, ...] = (),
        aliases: tuple[str, ...] = (),
    ) -> None:
        """Keep what is given: a data class would have to be imported at every start."""
        self.name = name
        self.kind = kind
        self.scope = scope
        self.help = help
        self.group = group
        self.default = default
        self.metavar = metavar
        self.choices = choices
        self.aliases = aliases

    @property
    def dest(self) -> str:
        """The name of the attribute that holds the value."""
        return self.name.replace("-", "_")

    @property
    def in_pyproject(self) -> bool:
        """Whether `[tool.flake8-bgtasks]` may set it."""
        return self.scope not in ("command line", "both command lines")

    @property
    def is_flake8s_too(self) -> bool:
        """Whether flake8 is to know it, as `--bgtasks-…`."""
        return self.scope in ("both command lines", "own")

    @property
    def flake8_name(self) -> str | None:
        """Its name in flake8's configuration, if it can stand there."""
        if self.scope == "own":
            return PREFIX + self.name
        return self.name if self.scope == "flake8" else None


SELECTION = "which findings are reported"
PROJECT = "which files are checked, and how"
FIXES = "how findings are repaired"
OUTPUT = "how findings are shown"
INFORMATION = "information"

OPTIONS = (
    Option(
        "select",
        "codes",
        "flake8",
        "codes to report, or how they start (default: all that are on by default)",
        SELECTION,
        metavar="CODES",
    ),
    Option(
        "extend-select",
        "codes",
        "flake8",
        "codes to report besides those that are reported anyway",
        SELECTION,
        metavar="CODES",
    ),
    Option(
        "ignore",
        "codes",
        "flake8",
        "codes not to report (default: those of the rules that are off by default)",
        SELECTION,
        metavar="CODES",
    ),
    Option(
        "extend-ignore",
        "codes",
        "flake8",
        "codes not to report besides those that are left out anyway",
        SELECTION,
        metavar="CODES",
    ),
    Option(
        "per-file-ignores",
        "mapping",
        "flake8",
        "codes not to report in some files, such as 'scripts/*:BGT101,BGT2'",
        SELECTION,
        default="",
        metavar="PATTERNS:CODES",
    ),
    Option(
        "disable-noqa",
        "flag",
        "flake8",
        "report lines with '# noqa' too",
        SELECTION,
        default=False,
    ),
    Option(
        "baseline",
        "file",
        "own",
        "file that lists known findings, which are not reported",
        SELECTION,
        metavar="FILE",
    ),
    Option(
        "write-baseline",
        "file",
        "command line",
        "write all findings to a baseline, and report none",
        SELECTION,
        metavar="FILE",
    ),
    Option(
        "add-noqa",
        "flag",
        "command line",
        "write '# noqa' comments for all findings, and report none",
        SELECTION,
        default=False,
    ),
    Option(
        "exclude",
        "paths",
        "flake8",
        f"files and folders to leave out (default: {','.join(DEFAULT_EXCLUDE)})",
        PROJECT,
        default=DEFAULT_EXCLUDE,
        metavar="PATTERNS",
    ),
    Option(
        "extend-exclude",
        "paths",
        "flake8",
        "files and folders to leave out besides those that are left out anyway",
        PROJECT,
        default=(),
        metavar="PATTERNS",
    ),
    Option(
        "filename",
        "patterns",
        "flake8",
        "names of the files to check in folders (default: *.py)",
        PROJECT,
        default=("*.py",),
        metavar="PATTERNS",
    ),
    Option(
        "stdin-filename",
        "text",
        "command line",
        "name of the file whose content comes from standard input, for '-' (default: stdin)",
        PROJECT,
        default="stdin",
        metavar="PATH",
        aliases=("stdin-display-name",),
    ),
    Option(
        "project-root",
        "folder",
        "own",
        "folder of the whole project, all of which is analysed (default: the nearest one above "
        "with a pyproject.toml, setup.cfg, tox.ini, .flake8 or .git)",
        PROJECT,
        metavar="FOLDER",
    ),
    Option(
        "fastapi-version",
        "version",
        "own",
        "FastAPI release that the code runs on (default: looked up in the lock file, the "
        "requirements, pyproject.toml and the installed packages, else the newest)",
        PROJECT,
        metavar="VERSION",
    ),
    Option(
        "test-patterns",
        "patterns",
        "own",
        f"files that hold tests (default: {','.join(DEFAULT_TEST_PATTERNS)})",
        PROJECT,
        default=DEFAULT_TEST_PATTERNS,
        metavar="PATTERNS",
    ),
    Option("no-cache", "flag", "own", "neither read nor write the cache", PROJECT, default=False),
    Option("cache-dir", "path", "own", "folder of the cache", PROJECT, metavar="FOLDER"),
    Option(
        "config",
        "text",
        "command line",
        "the one configuration file to read; one that ends in .toml is read as pyproject.toml",
        PROJECT,
        metavar="FILE",
    ),
    Option(
        "isolated", "flag", "command line", "read no configuration file", PROJECT, default=False
    ),
    Option(
        "fix",
        "flag",
        "both command lines",
        "repair what can be repaired safely, then report what is left; content from standard "
        "input goes to standard output, and the report to standard error",
        FIXES,
        default=False,
    ),
    Option(
        "unsafe-fixes",
        "flag",
        "both command lines",
        "let --fix and --diff make fixes too that may change what the code does",
        FIXES,
        default=False,
    ),
    Option(
        "diff",
        "flag",
        "command line",
        "print what --fix would change, as a diff, and change nothing; exit with 1 if there is any",
        FIXES,
        default=False,
    ),
    Option(
        "fix-style",
        "choice",
        "own",
        "how a helper gets BackgroundTasks: as a dependency, handed down from the route, or (auto, "
        "the default) as a dependency where that is safe",
        FIXES,
        default="auto",
        choices=("auto", "depends", "thread"),
    ),
    Option(
        "format",
        "choice",
        "pyproject",
        "how to print findings (default: text)",
        OUTPUT,
        default="text",
        choices=FORMATS,
    ),
    Option(
        "output-file", "text", "command line", "file to write the report to", OUTPUT, metavar="FILE"
    ),
    Option(
        "show-source",
        "flag",
        "flake8",
        "print the source line of each finding, with a caret, and the places that explain it",
        OUTPUT,
        default=False,
    ),
    Option(
        "show-fixes",
        "flag",
        "pyproject",
        "print the fix of each finding as a diff, or why there is none",
        OUTPUT,
        default=False,
    ),
    Option(
        "statistics", "flag", "flake8", "count the findings of each code", OUTPUT, default=False
    ),
    Option(
        "color",
        "choice",
        "command line",
        "auto (default) colours on a terminal; NO_COLOR and FORCE_COLOR are respected",
        OUTPUT,
        default="auto",
        choices=("auto", "always", "never"),
    ),
    Option(
        "exit-zero",
        "flag",
        "command line",
        "exit with 0 even if there are findings",
        OUTPUT,
        default=False,
    ),
    Option("list-rules", "flag", "command line", "list all rules", INFORMATION, default=False),
    Option(
        "explain",
        "text",
        "command line",
        "print the page of a rule, such as BGT101",
        INFORMATION,
        metavar="CODE",
    ),
    Option("version", "flag", "command line", "print the version", INFORMATION, default=False),
)


def settings_of(options: SimpleNamespace) -> Settings:
    """Build the engine's settings."""
    return Settings(
        fastapi_version=options.fastapi_version or None,
        test_patterns=tuple(options.test_patterns),
    )
