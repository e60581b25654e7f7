"""Fuzz one target with atheris, which isn't among the tool's dependencies: `pip install atheris`.

    python -m scripts.fuzz TARGET [libFuzzer's options] [a file to try alone]

`python -m scripts.reliability fuzzed` runs all targets, in an environment of its own.
"""

from __future__ import annotations

import logging
import pkgutil
import sys
import tempfile
import warnings
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import atheris

with atheris.instrument_imports(include=["flake8_bgtasks"]):
    import flake8_bgtasks

    # What is imported only when it is needed has to be watched too.
    for module in pkgutil.walk_packages(flake8_bgtasks.__path__, "flake8_bgtasks."):
        if ".server" not in module.name and not module.name.endswith("__main__"):
            import_module(module.name)
    from scripts.fuzz.targets import TARGETS, seeds

if TYPE_CHECKING:
    from scripts.fuzz.targets import Target


def main() -> None:
    """Run the command; libFuzzer ends the process."""
    names = {target.__name__: target for target in TARGETS}
    name, *options = sys.argv[1:] or [""]
    if name not in names:
        sys.exit(f"python -m scripts.fuzz {{{','.join(names)}}} [libFuzzer's options]")
    warnings.simplefilter("ignore")
    logging.disable()
    is_replay = any(Path(option).is_file() for option in options)
    corpus = [] if is_replay else [_corpus(names[name])]
    atheris.Setup([sys.argv[0], "-timeout=20", *options, *corpus], names[name])
    atheris.Fuzz()


def _corpus(target: Target) -> str:
    folder = Path(tempfile.mkdtemp())
    for number, seed in enumerate(seeds(target)):
        (folder / str(number)).write_bytes(seed)
    return str(folder)


if __name__ == "__main__":
    main()
