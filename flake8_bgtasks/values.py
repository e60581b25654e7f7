"""Turning what a user wrote for an option into its value, or into a reason why that is wrong."""

from __future__ import annotations

import os

from flake8_bgtasks.codes import CODES
from flake8_bgtasks.errors import UsageError
from flake8_bgtasks.project.exclude import normalize_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from flake8_bgtasks.options import Option

OUR_CODES = "BGT"


class InvalidValueError(Exception):
    """A value that an option can't have; the message says why, but not where it stands."""


def convert(option: Option, raw: object, parent: str) -> Any:
    """Convert a string, or a value of a TOML file.

    `parent` is the folder that relative paths start from. Raises InvalidValueError.
    """
    if option.kind == "paths":
        return [normalize_path(path, parent) for path in _strings(raw)]
    if option.kind in ("path", "folder"):
        return _path(raw, parent, must_exist=option.kind == "folder")
    if option.kind == "file":
        return os.path.abspath(os.path.join(parent, _text(raw)))
    if option.kind == "choice":
        return _choice(raw, option.choices)
    return _CONVERTERS[option.kind](raw)


def check_form(codes: Iterable[str]) -> None:
    """Check that codes look like codes, as flake8 does. Raises InvalidValueError."""
    from flake8.defaults import VALID_CODE_PREFIX

    for code in codes:
        if not VALID_CODE_PREFIX.match(code):
            raise InvalidValueError(
                f"{code!r} is not a code: one to three capitals and up to three digits"
            )


def check_known(option: Option, codes: list[str]) -> None:
    """Check codes that are meant for this tool alone. Raises InvalidValueError.

    Codes of other tools are harmless, but selecting nothing else than those is a mistake.
    """
    check_form(codes)
    ours = [code for code in codes if any(known.startswith(code) for known in CODES)]
    for code in codes:
        if code.startswith(OUR_CODES) and code not in ours:
            raise InvalidValueError(f"there is no rule {code}; --list-rules shows them all")
    if codes and not ours and option.name.endswith("select"):
        raise InvalidValueError(f"{','.join(codes)} selects no rule; --list-rules shows them all")


def _flag(raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    raise InvalidValueError(f"expected true or false, not {_described(raw)}")


def _text(raw: object) -> str:
    if not isinstance(raw, str):
        raise InvalidValueError(f"expected a string, not {_described(raw)}")
    if not raw.strip():
        raise InvalidValueError("the value is empty")
    return raw.strip()


def _strings(raw: object) -> list[str]:
    if isinstance(raw, str):
        return raw.replace(",", " ").split()
    if isinstance(raw, list) and all(isinstance(item, str) for item in raw):
        return list(raw)
    raise InvalidValueError(f"expected a list of strings, not {_described(raw)}")


def _choice(raw: object, choices: tuple[str, ...]) -> str:
    if raw in choices:
        return str(raw)
    raise InvalidValueError(f"expected one of {', '.join(choices)}, not {_described(raw)}")


def _version(raw: object) -> str:
    from flake8_bgtasks.project.releases import parse_version

    try:
        return parse_version(_text(raw))
    except UsageError as error:
        raise InvalidValueError(str(error)) from error


def _path(raw: object, parent: str, *, must_exist: bool) -> str:
    path = normalize_path(_text(raw), parent)
    if must_exist and not os.path.isdir(path):
        raise InvalidValueError(f"there is no folder {path}")
    return path


def _mapping(raw: object) -> str:
    """Return the form that flake8 reads: `pattern:code,code` in lines."""
    if isinstance(raw, dict):
        raw = [f"{pattern}:{','.join(_strings(codes))}" for pattern, codes in raw.items()]
    text = raw if isinstance(raw, str) else "\n".join(_strings(raw))
    if text.strip():
        from flake8.exceptions import ExecutionError
        from flake8.utils import parse_files_to_codes_mapping

        try:
            parse_files_to_codes_mapping(text)
        except ExecutionError as error:
            raise InvalidValueError(f"expected 'pattern:codes', not {text.strip()!r}") from error
    return text


def _described(raw: object) -> str:
    names = {"str": "the string", "dict": "the table", "list": "the list"}
    kind = type(raw).__name__
    return f"{names.get(kind, f'the {kind}')} {raw!r}"


_CONVERTERS: dict[str, Callable[[object], Any]] = {
    "flag": _flag,
    "text": _text,
    "version": _version,
    "codes": _strings,
    "patterns": _strings,
    "mapping": _mapping,
}
