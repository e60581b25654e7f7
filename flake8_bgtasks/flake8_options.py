"""Our options in flake8: as `--bgtasks-…` on its command line, and in its configuration."""

from __future__ import annotations

from argparse import Action
from typing import TYPE_CHECKING, Any

from flake8_bgtasks.codes import OFF_BY_DEFAULT
from flake8_bgtasks.options import KEPT_INSIDE, LISTS, OPTIONS, PREFIX, Option

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from types import SimpleNamespace

    from flake8.options.manager import OptionManager

OWN = {option.dest: f"bgtasks_{option.dest}" for option in OPTIONS if option.is_flake8s_too}
"""What our own options are called in flake8's namespace, by `dest`."""


def register(manager: OptionManager) -> None:
    """Register our own options with flake8, as `--bgtasks-…`, and the rules that start off."""
    for option in OPTIONS:
        if option.is_flake8s_too:
            manager.add_option(f"--{PREFIX}{option.name}", **_flake8_arguments(option))
    manager.extend_default_ignore(OFF_BY_DEFAULT)


def from_flake8(options: Namespace | SimpleNamespace) -> dict[str, Any]:
    """Read our own options, by `dest`, from flake8's."""
    return {dest: getattr(options, name) for dest, name in OWN.items()}


class Given(str):
    """A path that the command line names: flake8 does not tell where a value comes from."""

    __slots__ = ()


class _Give(Action):
    """Takes a path from the command line."""

    def __call__(
        self,
        _parser: ArgumentParser,
        namespace: Namespace,
        values: Any,
        _option: str | None = None,
    ) -> None:
        from flake8.utils import normalize_path

        setattr(namespace, self.dest, Given(normalize_path(values)))


def _flake8_arguments(option: Option) -> dict[str, Any]:
    arguments: dict[str, Any] = {"parse_from_config": option.in_pyproject, "help": option.help}
    if option.kind == "flag":
        return {**arguments, "action": "store_true", "default": False}
    if option.name in KEPT_INSIDE:
        arguments["action"] = _Give
    is_list = option.kind in LISTS
    return {
        **arguments,
        "metavar": option.metavar or "|".join(option.choices),
        "default": ",".join(option.default or ()) if is_list else option.default,
        "comma_separated_list": is_list,
        "normalize_paths": option.kind in ("paths", "path", "folder", "file"),
    }
