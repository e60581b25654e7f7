"""Dependencies point one way, heavy imports stay lazy, and files stay small."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "flake8_bgtasks"
MODULES = sorted(PACKAGE.rglob("*.py"))

# A unit imports from itself and from the layers above it in this table, never from below or beside.
LAYERS = (
    {"__init__"},
    {"aside", "codes", "crash", "errors", "findings", "quiet", "settings"},
    {"report", "terminal"},
    {"project", "web"},
    {"paths", "sources", "survey", "tracking", "writing"},
    {"lifetimes"},
    {"fingerprints", "fixes", "rules"},
    {"applying"},
    {"baseline", "engine", "noqa", "reporters"},
    {"adoption", "cache"},
    {"configfile", "inputs", "options", "overlay", "progress", "repair"},
    {"flake8_options"},
    {"request", "selection", "values"},
    {"config", "fixing", "fix_first", "session"},
    {"arguments", "confinement"},
    {"answers", "presentation"},
    {"picture", "study"},
    {"api", "codemod"},
    {"server"},
    {"commands"},
    {"plugin", "cli"},
    {"formatter"},
    {"__main__"},
)
LAYER_OF = {unit: level for level, units in enumerate(LAYERS) for unit in units}

HEAVY = ("fastapi", "flake8.main", "jsonschema", "libcst", "starlette")
MAX_FILE, MAX_FUNCTION = 350, 50

each_module = pytest.mark.parametrize(
    "module", MODULES, ids=lambda module: module.relative_to(ROOT).as_posix()
)


def test_every_unit_has_its_layer() -> None:
    assert {unit_of(module) for module in MODULES} <= LAYER_OF.keys()


@each_module
def test_module_imports_only_from_layers_below(module: Path) -> None:
    unit = unit_of(module)
    if unit == "__init__":
        pytest.skip("it offers, when asked, what the others define")
    wrong = [
        imported
        for imported in package_imports(module)
        if imported != unit and LAYER_OF[imported] >= LAYER_OF[unit]
    ]
    assert wrong == []


@each_module
def test_module_loads_nothing_heavy_at_import_time(module: Path) -> None:
    allowed = {"libcst"} if unit_of(module) in ("codemod", "tracking") else set()
    heavy = {name for name in eager_imports(parse(module)) if name.startswith(HEAVY)}
    assert {name.partition(".")[0] for name in heavy} <= allowed


@pytest.mark.parametrize("module", sorted((PACKAGE / "rules").glob("bgt*.py")), ids=str)
def test_rule_imports_no_other_rule(module: Path) -> None:
    rules = [name for name in imported_names(module) if name.startswith("flake8_bgtasks.rules.bgt")]
    assert rules == []


@pytest.mark.parametrize("module", ["", ".rules", ".engine", ".plugin", ".cli", ".__main__"])
def test_import_of_the_package_stays_light(module: str) -> None:
    code = f"import sys, flake8_bgtasks{module}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert [name for name in HEAVY if name in run.stdout.split()] == []


def test_a_run_in_which_nothing_matters_imports_next_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("import fastapi\n" * 100_000)  # too large to check syntax
    code = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from flake8_bgtasks.__main__ import main
sys.argv[1:] = ["--no-cache", "."]
assert main() == 0
print(*sys.modules)
"""
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    slow = ("argparse", "dataclasses", "flake8", "libcst", "pathlib", "re", "tokenize", "typing")
    assert [name for name in slow if name in run.stdout.split()] == []


def test_flake8_imports_no_rules_where_nothing_matters(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("import fastapi\n")
    code = """
import sys
from flake8.main.cli import main
assert main(["--isolated", "-j1", "--select=BGT", "--bgtasks-no-cache", "."]) == 0
print(*sys.modules)
"""
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    imported = run.stdout.split()
    assert "flake8_bgtasks.engine" in imported
    slow = ("libcst", *(f"flake8_bgtasks.{name}" for name in ("findings", "rules", "tracking")))
    assert [name for name in slow if name in imported] == []


@pytest.mark.parametrize("folder", ["flake8_bgtasks", "benchmarks", "scripts", "tests"])
def test_files_and_functions_stay_short(folder: str) -> None:
    fixtures = ROOT / "tests" / "fixtures"
    files = [file for file in (ROOT / folder).rglob("*.py") if fixtures not in file.parents]
    assert files
    assert [place for file in files for place in too_long(file)] == []


def too_long(file: Path) -> Iterator[str]:
    tree = parse(file)
    if file.read_text(encoding="utf-8").count("\n") > MAX_FILE:
        yield f"{file}: file"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > MAX_FUNCTION:
                yield f"{file}:{node.lineno}: {node.name}"


def parse(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def unit_of(module: Path) -> str:
    """Name the unit of the package that a file belongs to: a top-level module or folder."""
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def package_imports(module: Path) -> set[str]:
    """Units of this package that a module imports, lazily and for annotations too."""
    names = [name for name in imported_names(module) if name.split(".")[0] == PACKAGE.name]
    return {unit_named(name.split(".")[1:]) for name in names}


def unit_named(parts: list[str]) -> str:
    """Name the unit of a dotted name below the package; what is no module stands in `__init__`."""
    path = PACKAGE / (parts or ["__init__"])[0]
    return path.name if path.is_dir() or path.with_suffix(".py").exists() else "__init__"


def imported_names(module: Path) -> list[str]:
    """Dotted names that a module imports, `from a import b` as `a.b`."""
    tree = parse(module)
    return [name for node in ast.walk(tree) for name in names_of(node)]


def names_of(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, "this package writes its imports absolute"
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def eager_imports(node: ast.AST) -> Iterator[str]:
    """Names imported when a module is: not in functions, not under TYPE_CHECKING."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return
    yield from names_of(node)
    for child in ast.iter_child_nodes(node):
        yield from eager_imports(child)
