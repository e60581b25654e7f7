"""Which file `import dotted.name` means."""

from __future__ import annotations

import pytest

from flake8_bgtasks.project.modules import Modules

FLAT = ("main.py", "app/__init__.py", "app/tasks.py", "app/api/__init__.py", "app/api/users.py")
SRC = ("src/app/__init__.py", "src/app/tasks.py", "tests/test_app.py", "scripts/run.py")
NAMESPACE = ("company/billing/tasks.py", "company/users/api.py", "main.py")
MONOREPO = (
    "services/mail/app/main.py",
    "services/mail/app/__init__.py",
    "services/mail/run.py",
    "services/shop/app/main.py",
    "services/shop/app/__init__.py",
    "services/shop/run.py",
    "run.py",
)
SHADOWING = ("queue.py", "app/__init__.py", "app/queue.py", "app/main.py", "logging/__init__.py")
FRAMEWORK = ("fastapi/__init__.py", "fastapi/main.py", "starlette/tasks.py", "celery/tasks.py")
TESTS = (
    "app/__init__.py",
    "app/main.py",
    "tests/app/test_main.py",
    "tests/app/conftest.py",
)

ABSOLUTE = [
    (FLAT, "main.py", "app", "app/__init__.py"),
    (FLAT, "main.py", "app.tasks", "app/tasks.py"),
    (FLAT, "main.py", "app.api.users", "app/api/users.py"),
    (FLAT, "main.py", "app.unknown", None),
    (FLAT, "main.py", "fastapi", None),
    (FLAT, "app/api/users.py", "app.tasks", "app/tasks.py"),
    (FLAT, "app/api/users.py", "main", "main.py"),
    # Python 3 doesn't look beside a module of a package.
    (FLAT, "app/api/users.py", "tasks", None),
    (FLAT, "app/tasks.py", "api.users", None),
    (SRC, "tests/test_app.py", "app.tasks", "src/app/tasks.py"),
    (SRC, "src/app/tasks.py", "app", "src/app/__init__.py"),
    (SRC, "scripts/run.py", "app", "src/app/__init__.py"),
    (SRC, "tests/test_app.py", "src.app.tasks", "src/app/tasks.py"),
    (NAMESPACE, "main.py", "company", "company/"),
    (NAMESPACE, "main.py", "company.billing", "company/billing/"),
    (NAMESPACE, "company/users/api.py", "company.billing.tasks", "company/billing/tasks.py"),
    # A script finds what lies beside it.
    (NAMESPACE, "company/users/api.py", "billing.tasks", "company/billing/tasks.py"),
    (MONOREPO, "services/mail/run.py", "app.main", "services/mail/app/main.py"),
    (MONOREPO, "services/shop/run.py", "app.main", "services/shop/app/main.py"),
    (MONOREPO, "services/shop/app/main.py", "app", "services/shop/app/__init__.py"),
    (MONOREPO, "services/shop/run.py", "run", "run.py"),
    (MONOREPO, "run.py", "app.main", None),
    (SHADOWING, "app/main.py", "queue", None),
    (SHADOWING, "app/main.py", "logging", None),
    (SHADOWING, "app/main.py", "app.queue", "app/queue.py"),
    (FRAMEWORK, "celery/tasks.py", "fastapi", None),
    (FRAMEWORK, "fastapi/main.py", "starlette.tasks", None),
    (FRAMEWORK, "fastapi/main.py", "celery.tasks", "celery/tasks.py"),
    # A package counts before a nearer folder that is none.
    (TESTS, "tests/app/test_main.py", "app", "app/__init__.py"),
    (TESTS, "tests/app/test_main.py", "app.main", "app/main.py"),
    (TESTS, "tests/app/test_main.py", "conftest", "tests/app/conftest.py"),
]


@pytest.mark.parametrize(("files", "importer", "dotted", "expected"), ABSOLUTE)
def test_absolute(files: tuple[str, ...], importer: str, dotted: str, expected: str | None) -> None:
    assert Modules(files).absolute(importer, dotted) == expected


def test_a_module_does_not_import_itself() -> None:
    """`celery.py` that says `import celery` means the library."""
    assert Modules(["celery.py", "main.py"]).absolute("celery.py", "celery") is None


def test_a_package_comes_before_a_module_of_the_same_name() -> None:
    files = ["app.py", "app/__init__.py", "main.py"]
    assert Modules(files).absolute("main.py", "app") == "app/__init__.py"


DISTRIBUTIONS = ("libs/core/src/core/tasks.py", "libs/core/src/core/__init__.py", "api/main.py")
MARKERS = ("libs/core/pyproject.toml", "api/pyproject.toml")


def test_other_distributions_of_the_repository() -> None:
    modules = Modules(DISTRIBUTIONS, MARKERS)
    assert modules.absolute("api/main.py", "core.tasks") == "libs/core/src/core/tasks.py"
    assert Modules(DISTRIBUTIONS).absolute("api/main.py", "core.tasks") is None


def test_two_distributions_with_one_name_are_ambiguous() -> None:
    files = (*DISTRIBUTIONS, "libs/old/core/tasks.py", "libs/old/core/__init__.py")
    modules = Modules(files, (*MARKERS, "libs/old/setup.py"))
    assert modules.absolute("api/main.py", "core.tasks") is None
    assert modules.absolute("libs/old/core/__init__.py", "core.tasks") == "libs/old/core/tasks.py"


STRAY = ("__init__.py", "api/__init__.py", "api/app/__init__.py", "api/app/db.py", "api/main.py")


def test_the_folder_of_a_distribution_is_no_package() -> None:
    modules = Modules(STRAY, ["api/requirements.txt"])
    assert modules.absolute("api/app/db.py", "app.db") is None  # itself
    assert modules.absolute("api/main.py", "app.db") == "api/app/db.py"
    assert modules.absolute("api/main.py", "api.app.db") == "api/app/db.py"
    assert Modules(STRAY).absolute("api/main.py", "app.db") is None
    assert Modules(STRAY).absolute("api/main.py", "api.app.db") == "api/app/db.py"


def test_requirements_make_no_distribution_for_others() -> None:
    files = ("mail/core/db.py", "shop/main.py")
    assert Modules(files, ["mail/requirements.txt"]).absolute("shop/main.py", "core.db") is None
    assert Modules(files, ["mail/setup.py"]).absolute("shop/main.py", "core.db") == files[0]


RELATIVE = [
    ("app/api/users.py", 1, "", "app/api/__init__.py"),
    ("app/api/users.py", 2, "", "app/__init__.py"),
    ("app/api/users.py", 2, "tasks", "app/tasks.py"),
    ("app/api/__init__.py", 1, "users", "app/api/users.py"),
    ("app/__init__.py", 1, "api.users", "app/api/users.py"),
    ("app/api/users.py", 1, "tasks", None),
    ("app/tasks.py", 4, "main", None),
]


@pytest.mark.parametrize(("importer", "level", "dotted", "expected"), RELATIVE)
def test_relative(importer: str, level: int, dotted: str, expected: str | None) -> None:
    assert Modules(FLAT).relative(importer, level, dotted) == expected


def test_relative_import_of_a_name_of_the_standard_library() -> None:
    assert Modules(SHADOWING).relative("app/main.py", 1, "queue") == "app/queue.py"


def test_relative_import_in_a_namespace_package() -> None:
    files = ["company/users/api.py", "company/users/tasks.py"]
    assert Modules(files).relative("company/users/api.py", 1, "") == "company/users/"


def test_submodules() -> None:
    modules = Modules((*FLAT, *NAMESPACE))
    assert modules.submodule("app/__init__.py", "tasks") == "app/tasks.py"
    assert modules.submodule("app/__init__.py", "api") == "app/api/__init__.py"
    assert modules.submodule("company/", "billing") == "company/billing/"
    assert modules.submodule("company/billing/", "tasks") == "company/billing/tasks.py"
    assert modules.submodule("app/__init__.py", "main") is None
    assert modules.submodule("app/tasks.py", "api") is None


def test_the_root_may_be_a_package() -> None:
    modules = Modules(["__init__.py", "tasks.py"])
    assert modules.relative("tasks.py", 1, "") == "__init__.py"
    assert modules.submodule("__init__.py", "tasks") == "tasks.py"
