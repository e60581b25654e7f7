"""# BGT901 internal-error

An error inside flake8-bgtasks kept it from checking a file.

## What it does
Reports an exception that was raised by the tool itself and not by your code. The message names the
exception. The other files are still checked, and the command line ends with exit status 2, so that
a crash is never taken for a clean run.

A file of more than 5 MB that names what matters is reported too: to follow it would take gigabytes
of memory. It is the one limit on size; time and memory grow with what is read.

## Why is this bad?
Findings in this file, or findings that depend on it, may be missing. It says nothing about the
quality of the file: the mistake, or the limit, is ours.

## Example
```python
total = 1 + (1 + (1 + (1 + (1 + 1))))  # and a few thousand levels more
```
Use instead:
```python
total = sum([1, 1, 1, 1, 1, 1])
```

## Not reported
- Syntax errors, undecodable bytes and unreadable files: these are BGT900.
- Files of any size in which nothing matters.
- Wrong options and configuration values: the command line names the option and exits with 2.

## Fix
Fix: none. Please report the message and, if you can share it, the smallest file that shows it.
Until it is repaired, or where a file is too large, leave the file out with `--extend-exclude`.

## What FastAPI does
Nothing: the error is in the tool. flake8-bgtasks only reads source text; it never imports or runs
the code it checks, so your application is not affected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.program import Program


def check(program: Program) -> Iterable[Finding]:  # noqa: ARG001 - the signature of every rule
    """Find nothing: the engine reports this code itself, where it catches the exception."""
    return ()


RULE = Rule(
    code="BGT901",
    name="internal-error",
    summary="an error inside the tool; the other files are still checked",
    fix="none",
    check=check,
)
