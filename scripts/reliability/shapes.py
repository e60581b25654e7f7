"""Projects of an extreme shape, small and large: time and memory have to grow with their size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scripts.reliability.measure import COLUMNS, columns, failure, run_on_files
from scripts.reliability.sections import Measured, Section, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scripts.reliability.sections import Amounts

_HEAD = "from fastapi import BackgroundTasks, FastAPI\n\napp = FastAPI()\n\n\n"
_LOST = "def lose():\n    BackgroundTasks().add_task(print)\n\n\n"
_ROUTE = "@app.get('/')\ndef index(a=()):\n    t = BackgroundTasks()\n"


@dataclass(frozen=True)
class Shape:
    """`write` makes the files of a project of a size; `sizes` are the ones that are measured."""

    name: str
    sizes: tuple[int, ...]
    write: Callable[[int], dict[str, str]]


def _one(text: str) -> dict[str, str]:
    return {"main.py": _HEAD + text}


def _routes(size: int) -> dict[str, str]:
    return _one(
        "".join(
            f"@app.get('/{n}')\ndef read_{n}(x: int):\n    t = BackgroundTasks()\n"
            f"    t.add_task(print, x)\n    return {{}}\n\n\n"
            for n in range(size)
        )
    )


def _ring(size: int) -> dict[str, str]:
    steps = (
        f"def f{n}(t: BackgroundTasks):\n    f{(n + 1) % size}(t)\n    t.add_task(print)\n"
        for n in range(size)
    )
    return _one("".join(steps) + _ROUTE + "    f0(t)\n")


def _import_ring(size: int) -> dict[str, str]:
    return {
        f"m{n}.py": f"from fastapi import BackgroundTasks\nimport m{(n + 1) % size}\n"
        f"def g{n}(t: BackgroundTasks):\n    m{(n + 1) % size}.g{(n + 1) % size}(t)\n"
        for n in range(size)
    }


def _star_clique(size: int) -> dict[str, str]:
    return {
        f"m{n}.py": "".join(f"from m{k} import *\n" for k in range(size) if k != n)
        + (_HEAD + _LOST if n == 0 else "lose()\n")
        for n in range(size)
    }


def _methods(size: int) -> dict[str, str]:
    methods = (
        f"    def m{n}(self, t: BackgroundTasks):\n        self.m{(n + 1) % size}(t)\n"
        "        t.add_task(print)\n"
        for n in range(size)
    )
    return _one("class Service:\n" + "".join(methods) + _ROUTE + "    Service().m0(t)\n")


def _helpers(size: int) -> dict[str, str]:
    helpers = (f"def h{n}(t: BackgroundTasks):\n    t.add_task(print)\n" for n in range(size))
    routes = (
        f"@app.get('/{n}')\ndef r{n}():\n    helpers.h{n}(BackgroundTasks())\n" for n in range(size)
    )
    return {
        "helpers.py": _HEAD + "".join(helpers),
        "main.py": _HEAD + "import helpers\n" + "".join(routes),
    }


def _callers(size: int) -> dict[str, str]:
    routes = (f"@app.get('/{n}')\ndef r{n}():\n    helper()\n" for n in range(size))
    return _one("def helper(t: BackgroundTasks):\n    t.add_task(print)\n" + "".join(routes))


def _instances(size: int) -> dict[str, str]:
    lines = (f"    t{n} = BackgroundTasks()\n    t{n}.add_task(print)\n" for n in range(size))
    return _one(_ROUTE + "".join(lines))


def _tasks(size: int) -> dict[str, str]:
    lines = "".join(
        f"    try:\n        t.add_task(print, {n})\n"
        "    except ValueError as error:\n        raise KeyError from error\n"
        for n in range(size)
    )
    return _one("@app.get('/')\ndef index(t: BackgroundTasks):\n" + lines)


def _chain(size: int) -> dict[str, str]:
    steps = {
        f"m{n}.py": f"from m{n + 1} import f{n + 1}\ndef f{n}(t):\n    f{n + 1}(t)\n"
        for n in range(size)
    }
    last = f"def f{size}(t: BackgroundTasks):\n    t.add_task(print)\n"
    main = f"from m0 import f0\n{_ROUTE}    f0(t)\n"
    return {**steps, f"m{size}.py": _HEAD + last, "main.py": _HEAD + main}


def _clique(size: int) -> dict[str, str]:
    def others(n: int) -> str:
        return " or ".join(f"f{k}(t)" for k in range(size) if k != n)

    functions = (f"def f{n}(t: BackgroundTasks):\n    return {others(n)}\n" for n in range(size))
    return _one("".join(functions) + _ROUTE + "    f0(t)\n    t.add_task(print)\n")


def _long_function(size: int) -> dict[str, str]:
    lines = (f"    if a:\n        x{n} = t\n    t.add_task(print, {n})\n" for n in range(size))
    return _one(_ROUTE + "".join(lines))


def _classes(size: int) -> dict[str, str]:
    first = "class C0:\n    def m(self, t: BackgroundTasks):\n        t.add_task(print)\n"
    rest = "".join(f"class C{n + 1}(C{n}): pass\n" for n in range(size))
    return _one(first + rest + f"@app.get('/')\ndef index():\n    C{size}().m(BackgroundTasks())\n")


def _aliases(size: int) -> dict[str, str]:
    first = "def h0(t: BackgroundTasks):\n    t.add_task(print)\n"
    rest = "".join(f"h{n + 1} = h{n}\n" for n in range(size))
    return _one(first + rest + f"@app.get('/')\ndef index():\n    h{size}(BackgroundTasks())\n")


def _identifiers(size: int) -> dict[str, str]:
    return _one("NAMES = [\n" + "".join(f"name_{n},\n" for n in range(size)) + "]\n" + _LOST)


def _lines(size: int) -> dict[str, str]:
    return _one(_LOST + "X = 1\n" * size)


def _one_line(size: int) -> dict[str, str]:
    return _one(_LOST + f"TEXT = '{'x' * size}'\n")


def _nested(size: int) -> dict[str, str]:
    return _one(f"X = {'(' * size}1{')' * size}\n" + _LOST)


def _sum(size: int) -> dict[str, str]:
    return _one(_LOST.replace("print", "print, " + "1 + " * size + "1"))


SHAPES = (
    Shape("path operations in one file", (1000, 4000), _routes),
    Shape("functions that call each other in a ring", (2500, 10_000), _ring),
    Shape("modules that import each other in a ring", (250, 1000), _import_ring),
    Shape("modules that call each other in a line", (250, 1000), _chain),
    Shape("methods of a class that call each other in a ring", (250, 1000), _methods),
    Shape("helpers in a module, one for each path operation", (250, 1000), _helpers),
    Shape("path operations that call the same helper", (250, 1000), _callers),
    Shape("tasks in one function, each in a try", (1000, 4000), _tasks),
    Shape("instances in one function", (250, 1000), _instances),
    Shape("modules that all import all of each other by star", (15, 30), _star_clique),
    Shape("functions that all call all of each other", (15, 30), _clique),
    Shape("branches in one function", (500, 2000), _long_function),
    Shape("classes that inherit from each other in a line", (250, 1000), _classes),
    Shape("aliases of an alias", (250, 1000), _aliases),
    Shape("identifiers in one list", (100_000, 400_000, 1_000_000), _identifiers),
    Shape("lines in one file", (25_000, 100_000, 1_000_000), _lines),
    Shape("characters in one line", (1_000_000, 4_000_000, 10_000_000), _one_line),
    Shape("brackets in each other", (100, 1000), _nested),
    Shape("operators in one expression", (100, 5000), _sum),
)


def _measure(_amounts: Amounts) -> Measured:
    rows: list[tuple[object, ...]] = []
    failures: list[str] = []
    for shape, size in _sizes():
        run = run_on_files(shape.write(size))
        rows.append((shape.name, size, *columns(run)))
        failures += failure(f"{size} {shape.name}", run)
    return Measured(_INTRODUCTION + table(("number of", "size", *COLUMNS), rows), failures)


def _sizes() -> Iterator[tuple[Shape, int]]:
    return ((shape, size) for shape in SHAPES for size in shape.sizes)


_INTRODUCTION = """\
The command line on generated projects, without the cache. The budget of a file is 5 MB (beyond, it
is reported as BGT901), and as deep a nesting as Python's own parser takes (BGT900); all other files
are checked. Within, time and memory grow with the size.

"""
SECTION = Section("shapes", "Extreme shapes", _measure)
