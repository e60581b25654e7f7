"""Fuzz one target with atheris, which isn't among the tool's dependencies: `pip install atheris`.

    python -m scripts.fuzz TARGET [libFuzzer's options]

`python -m scripts.reliability fuzzed` runs all targets, in an environment of its own.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import warnings
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["flake8_bgtasks"]):
    from scripts.fuzz.targets import TARGETS, seeds


def main() -> None:
    """Run the command; libFuzzer ends the process."""
    names = {target.__name__: target for target in TARGETS}
    name, *options = sys.argv[1:] or [""]
    if name not in names:
        sys.exit(f"python -m scripts.fuzz {{{','.join(names)}}} [libFuzzer's options]")
    corpus = Path(tempfile.mkdtemp())
    for number, seed in enumerate(seeds(names[name])):
        (corpus / str(number)).write_bytes(seed)
    warnings.simplefilter("ignore")
    logging.disable()
    atheris.Setup([sys.argv[0], "-timeout=20", *options, str(corpus)], names[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
