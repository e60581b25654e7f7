"""Reading the configuration: flake8's own file, and `[tool.flake8-bgtasks]` in pyproject.toml.

Only files that name the section are parsed, and flake8's are found here and not by
`flake8.options.config`: importing that takes longer than everything else a clean run does.
"""

from __future__ import annotations

import os

from flake8_bgtasks.configfile import ConfigFile, load, upwards
from flake8_bgtasks.errors import UsageError
from flake8_bgtasks.options import KEPT_INSIDE, OPTIONS, PREFIX, Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from configparser import RawConfigParser
    from pathlib import Path
    from typing import Any

FLAKE8_FILES = ("setup.cfg", "tox.ini", ".flake8")
FLAKE8_SECTION = "flake8"
TOOL = "flake8-bgtasks"
IN_PYPROJECT = {option.name: option for option in OPTIONS if option.in_pyproject}
IN_FLAKE8 = {option.flake8_name: option for option in OPTIONS if option.flake8_name}


def read_config(
    cwd: str | Path, config: str | None = None, *, isolated: bool = False
) -> dict[str, Any]:
    """Return the configured values by `dest`; those of pyproject.toml win over flake8's.

    `config` names the one file to read; `isolated` reads none. Raises UsageError.
    """
    if isolated:
        return {}
    if config is not None:
        return _read_named(os.path.abspath(os.path.join(cwd, config)))
    return {**read_flake8(str(cwd)), **read_pyproject(str(cwd))}


def read_flake8(cwd: str) -> dict[str, Any]:
    """Read the file that flake8 would read when it is started in `cwd`. Raises UsageError."""
    for folder in upwards(cwd):
        for name in FLAKE8_FILES:
            file = load(os.path.join(folder, name), b"[flake8")
            if file and (parser := _parse_ini(file)):
                return _flake8_values(file, parser)
    return {}


def flake8_folder(cwd: str) -> str:
    """Return the folder of the file that flake8 reads when it is started in `cwd`, or `cwd`."""
    return next((folder for folder in upwards(cwd) if _is_flake8s(folder)), cwd)


def _is_flake8s(folder: str) -> bool:
    try:
        files = [load(os.path.join(folder, name), b"[flake8") for name in FLAKE8_FILES]
        return any(file and _parse_ini(file) for file in files)
    except UsageError:  # flake8 passes over it
        return False


def read_pyproject(cwd: str) -> dict[str, Any]:
    """Read the nearest pyproject.toml at or above `cwd` with our table. Raises UsageError."""
    for folder in upwards(cwd):
        file = load(os.path.join(folder, "pyproject.toml"), TOOL.encode())
        if file and (table := _parse_toml(file)) is not None:
            return _pyproject_values(file, table)
    return {}


def _read_named(path: str) -> dict[str, Any]:
    file = load(path, b"")
    if file is None:
        raise UsageError(f"--config: there is no file {path}")
    if path.endswith(".toml"):
        return _pyproject_values(file, _parse_toml(file) or {})
    parser = _parse_ini(file)
    return _flake8_values(file, parser) if parser else {}


def _parse_ini(file: ConfigFile) -> RawConfigParser | None:
    """Parse a file that flake8 would take for its configuration; None for another one."""
    import configparser

    from flake8_bgtasks.project.formats import parse_ini

    try:
        parser = parse_ini(file.text, file.path)
    except configparser.Error as error:
        raise file.error(f"can't parse the file: {error.message}") from error
    except ValueError as error:
        raise file.error(f"can't parse the file: {error}") from error
    sections = (FLAKE8_SECTION, "flake8:local-plugins")
    return parser if any(section in parser for section in sections) else None


def _flake8_values(file: ConfigFile, parser: RawConfigParser) -> dict[str, Any]:
    if FLAKE8_SECTION not in parser:
        return {}
    values = {}
    for key in parser[FLAKE8_SECTION]:
        option = IN_FLAKE8.get(key.replace("_", "-"))
        if option:
            values[option.dest] = _flake8_value(file, parser, key, option)
        elif key.replace("_", "-").startswith(PREFIX):
            raise file.error("there is no such option", key)
    return values


def _flake8_value(file: ConfigFile, parser: RawConfigParser, key: str, option: Option) -> Any:
    from flake8_bgtasks.values import InvalidValueError, check_form, convert

    raw: object = parser[FLAKE8_SECTION][key]
    try:
        if option.kind == "flag":
            raw = parser.BOOLEAN_STATES.get(str(raw).lower(), raw)
        value = _kept_inside(option, convert(option, raw, file.folder), file)
        if option.name in ("ignore", "extend-ignore"):  # flake8 checks no others
            check_form(value)
    except InvalidValueError as error:
        raise file.error(str(error), key) from error
    return value


def _parse_toml(file: ConfigFile) -> dict[str, Any] | None:
    """Return this tool's table; None if there is none."""
    from flake8_bgtasks.project.formats import parse_toml

    try:
        document = parse_toml(file.text)
    except ValueError as error:
        raise file.error(f"can't parse the file: {error}") from error
    tool = document.get("tool")
    table = tool.get(TOOL) if isinstance(tool, dict) else None
    if table is None or isinstance(table, dict):
        return table
    raise file.error(f"expected a table, [tool.{TOOL}]", TOOL)


def _pyproject_values(file: ConfigFile, table: dict[str, Any]) -> dict[str, Any]:
    from flake8_bgtasks.values import InvalidValueError, check_known, convert

    values = {}
    for key, raw in table.items():
        option = IN_PYPROJECT.get(key.replace("_", "-"))
        if option is None:
            raise file.error(f"there is no such option in [tool.{TOOL}]", key)
        try:
            value = _kept_inside(option, convert(option, raw, file.folder), file)
            values[option.dest] = value
            if option.kind == "codes":
                check_known(option, value)
        except InvalidValueError as error:
            raise file.error(str(error), key) from error
    return values


def _kept_inside(option: Option, value: Any, file: ConfigFile) -> Any:
    """Return a value; what a checked tree says must not send the tool elsewhere.

    Raises InvalidValueError for a cache outside of the folder of the file, and for a project or a
    baseline outside of the repository.
    """
    if option.name not in KEPT_INSIDE:
        return value
    from flake8_bgtasks.project.repository import repository_top
    from flake8_bgtasks.project.roots import leads_out
    from flake8_bgtasks.values import InvalidValueError

    top = None if option.name == "cache-dir" else repository_top(file.folder)
    reason = leads_out(os.path.join(file.folder, value), top or file.folder)
    if reason:
        raise InvalidValueError(reason)
    return value
