"""Import a fixture project in this process, and forget it afterwards."""

from __future__ import annotations

import importlib
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType


@contextmanager
def importable(folder: Path) -> Iterator[None]:
    """Put `folder` first on `sys.path`; its modules hide loaded ones of the same name meanwhile."""
    own = {path.stem for path in folder.iterdir() if path.is_dir() or path.suffix == ".py"}
    hidden = _remove_modules(own)
    bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        sys.dont_write_bytecode = bytecode
        _remove_modules(own)
        sys.modules.update(hidden)


def load(reference: str) -> Any:
    """The object at `module:attribute`."""
    module, _, attribute = reference.partition(":")
    value: Any = importlib.import_module(module)
    for name in attribute.split("."):
        value = getattr(value, name)
    return value


def _remove_modules(packages: set[str]) -> dict[str, ModuleType]:
    names = [name for name in sys.modules if name.partition(".")[0] in packages]
    return {name: sys.modules.pop(name) for name in names}
