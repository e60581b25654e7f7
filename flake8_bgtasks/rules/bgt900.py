"""# BGT900 parse-error

A Python file of the project can't be decoded or parsed, so nothing in it could be checked.

## What it does
Reports each file that was to be checked and that Python itself would refuse: a syntax error, bytes
that do not fit the file's encoding, a NUL byte, a file that can't be opened. The finding stands
where the parser stopped. All other files are checked as usual.

Code that is nested too deeply for Python's own parser is reported too.

## Why is this bad?
A file that is passed over in silence looks like a file without mistakes. Findings elsewhere may be
missing too: a helper that is defined in the broken file is unknown, and what is unknown is never
reported.

## Example
```python
@app.post("/users")
def create_user(background_tasks: BackgroundTasks:
    background_tasks.add_task(send_welcome_mail)
```
Use instead:
```python
@app.post("/users")
def create_user(background_tasks: BackgroundTasks):
    background_tasks.add_task(send_welcome_mail)
```

## Not reported
- Under flake8, which reports the same file itself as `E999` or `E902`.
- Files of more than 5 MB: those are [BGT901](BGT901.md).
- Files that contain no name of interest: they are not parsed, unless they are named on the command
  line one by one.
- Excluded and git-ignored files.

## Fix
Fix: none. Repair the syntax or the encoding, or leave the file out with `--extend-exclude`.

## What FastAPI does
Nothing: `import` of the file fails with the same `SyntaxError` before FastAPI sees any of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.tracking.program import Program


def check(program: Program) -> Iterable[Finding]:  # noqa: ARG001 - the signature of every rule
    """Find nothing: the engine reports this code itself, while it reads the files."""
    return ()


RULE = Rule(
    code="BGT900",
    name="parse-error",
    summary="the file can't be decoded or parsed (stand-alone only)",
    fix="none",
    check=check,
)
