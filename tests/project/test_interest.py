"""Which files and statements of a project matter."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flake8_bgtasks.project.interest import Search, TooFarError
from flake8_bgtasks.project.modules import Modules
from flake8_bgtasks.project.names import Names
from flake8_bgtasks.survey import survey
from tests.project.helpers import Sources, files_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from flake8_bgtasks.project.files import Files

ROOT = Path("/nowhere")
HELPER = """
    from fastapi import BackgroundTasks

    UNRELATED = 1

    def notify(tasks: BackgroundTasks):
        tasks.add_task(print)

    def other():
        return UNRELATED
"""


def relevant(sources: Sources, order: tuple[str, ...] = ()) -> dict[str, set[str]]:
    """Return for each file that matters the names that its statements that matter bind."""
    files = files_of(ROOT, sources)
    paths = order or tuple(sources)
    found = search(paths, files)
    return {path: names(files, path, indices) for path, indices in found.items()}


def search(
    paths: Collection[str], files: Files, traced: Collection[tuple[str, str]] = ()
) -> dict[str, set[int]]:
    names = Names(Modules(paths), files.surface)
    started = Search(paths, files, names)
    found = started.from_seeds(survey(paths, files))
    return (started.with_callers(traced, 1000) if traced else found).relevant


def names(files: object, path: str, indices: set[int]) -> set[str]:
    outline = files.outline(path)  # type: ignore[attr-defined]
    return {name for index in indices for name in outline.statements[index].binds}


def test_only_the_statements_that_use_tasks_matter() -> None:
    assert relevant({"helpers.py": HELPER}) == {"helpers.py": {"notify"}}


def test_a_project_without_tasks_has_nothing_that_matters() -> None:
    sources = {
        "main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
        "docs.py": "'''About BackgroundTasks.'''\n",
        "own.py": "class BackgroundTasks: ...\nBackgroundTasks()\n",
        "lib.py": "from celery import BackgroundTasks\nBackgroundTasks()\n",
    }
    assert relevant(sources) == {}


def test_an_unannotated_parameter_that_tasks_are_added_to() -> None:
    sources = {"a.py": "def f(background_tasks):\n    background_tasks.add_task(print)\n"}
    assert relevant(sources) == {"a.py": {"f"}}


def test_add_task_of_something_else_does_not_matter() -> None:
    assert relevant({"a.py": "def f(group):\n    group.add_task(print)\n"}) == {}


CALLERS = {
    "a name": "from helpers import notify\ndef create():\n    notify()\n",
    "under another name": "from helpers import notify as tell\ndef create():\n    tell()\n",
    "of the module": "import helpers\ndef create():\n    helpers.notify()\n",
    "of the module under another name": "import helpers as h\ndef create():\n    h.notify()\n",
    "imported in the function": "def create():\n    from helpers import notify\n    notify()\n",
    "by a star": "from helpers import *\ndef create():\n    notify()\n",
}


@pytest.mark.parametrize("caller", CALLERS.values(), ids=CALLERS)
def test_callers_of_a_helper_matter(caller: str) -> None:
    found = relevant({"helpers.py": HELPER, "main.py": caller + "def unrelated(): ...\n"})
    assert found == {"helpers.py": {"notify"}, "main.py": {"create"}}


NOT_CALLERS = {
    "its own function": "def notify(): ...\ndef create():\n    notify()\n",
    "of another module": "from other import notify\ndef create():\n    notify()\n",
    "another name": "from helpers import other\ndef create():\n    other()\n",
    "an attribute": "import logging\ndef create(self):\n    self.notify()\n",
    "the module without its helper": "import helpers\ndef create():\n    helpers.other()\n",
}


@pytest.mark.parametrize("code", NOT_CALLERS.values(), ids=NOT_CALLERS)
def test_a_common_name_does_not_pull_in_a_file(code: str) -> None:
    sources = {"helpers.py": HELPER, "main.py": code, "other.py": "def notify(): ...\n"}
    assert set(relevant(sources)) == {"helpers.py"}


CHAIN = {
    "pkg/__init__.py": "from .deep import notify\n",
    "pkg/deep.py": HELPER,
    "middle.py": "from pkg import notify\ndef send(tasks):\n    notify(tasks)\n",
    "main.py": "from middle import send\ndef create():\n    send()\n",
    "far.py": "from main import create\ndef start():\n    create()\n",
}


def test_helpers_are_followed_over_modules() -> None:
    found = relevant(CHAIN)
    assert found["middle.py"] == {"send"}
    assert found["main.py"] == {"create"}
    assert "far.py" not in found


def test_the_order_of_files_does_not_matter() -> None:
    expected = relevant(CHAIN)
    assert all(relevant(CHAIN, order) == expected for order in permutations(CHAIN))


def test_types_and_aliases_matter() -> None:
    sources = {
        "types_.py": "from fastapi import BackgroundTasks\nTasks = BackgroundTasks\n",
        "main.py": "from types_ import Tasks\ndef make():\n    Tasks().add_task(print)\n",
    }
    assert relevant(sources) == {"types_.py": {"Tasks"}, "main.py": {"make"}}


def test_factories_and_holders_matter() -> None:
    sources = {
        "factory.py": """
            from fastapi import BackgroundTasks
            def make():
                return BackgroundTasks()
            class Service:
                def __init__(self, tasks: BackgroundTasks):
                    self.tasks = tasks
        """,
        "main.py": """
            from factory import make, Service
            def one():
                make()
            def two():
                Service()
            def three(): ...
        """,
    }
    assert relevant(sources) == {"factory.py": {"make", "Service"}, "main.py": {"one", "two"}}


def test_a_dependency_that_adds_matters_where_it_is_registered() -> None:
    sources = {
        "deps.py": """
            from fastapi import BackgroundTasks
            def audit():
                BackgroundTasks().add_task(print)
        """,
        "main.py": """
            from fastapi import Depends, FastAPI
            from deps import audit
            app = FastAPI(dependencies=[Depends(audit)])
            def elsewhere():
                audit()
        """,
        "script.py": "from deps import audit\naudit()\n",
    }
    assert relevant(sources) == {"deps.py": {"audit"}, "main.py": {"app"}}


HANDED_ON = {
    "a dependency": {
        "deps.py": HELPER,
        "names.py": "from deps import notify as tell\n",
        "main.py": "import fastapi\nfrom names import tell\nfastapi.Depends(tell)\n",
    },
    "a module": {
        "helpers.py": HELPER,
        "names.py": "import helpers as inner\n",
        "main.py": "from names import inner\ninner.notify()\n",
    },
    "a module of a module": {
        "helpers.py": HELPER,
        "names.py": "import helpers as inner\n",
        "main.py": "import names\nnames.inner.notify()\n",
    },
    "a module by a star": {
        "helpers.py": HELPER,
        "inner.py": "import helpers\n",
        "names.py": "from inner import *\n",
        "main.py": "from names import helpers\nhelpers.notify()\n",
    },
    "a module of FastAPI": {
        "inner.py": "from fastapi import background\n",
        "names.py": "from inner import background as bg\n",
        "main.py": "from names import bg\nbg.BackgroundTasks().add_task(print)\n",
    },
    "FastAPI": {
        "names.py": "try:\n    import fastapi\nexcept ImportError:\n    fastapi = None\n",
        "main.py": "from names import fastapi\nfastapi.BackgroundTasks().add_task(print)\n",
    },
}


@pytest.mark.parametrize("sources", HANDED_ON.values(), ids=HANDED_ON)
def test_what_is_imported_from_where_it_was_imported(sources: dict[str, str]) -> None:
    for order in permutations(sources):
        files = files_of(ROOT, sources)
        assert search(order, files)["main.py"] == {0}


def test_traced_functions_bring_their_callers() -> None:
    sources = {
        "helpers.py": HELPER,
        "a.py": "def goal(): ...\ndef unrelated(): ...\n",
        "b.py": "from a import goal\ndef caller():\n    goal()\n",
        "c.py": "from b import caller\ndef outer():\n    caller()\n",
    }
    files = files_of(ROOT, sources)
    found = search(sources, files, [("a.py", "goal")])
    assert {path: names(files, path, indices) for path, indices in found.items() if indices} == {
        "helpers.py": {"notify"},
        "b.py": {"caller"},
        "c.py": {"outer"},
    }


def test_broken_files_do_not_stop_the_others() -> None:
    sources = {"bad.py": "from fastapi import BackgroundTasks\nx = (\n", "helpers.py": HELPER}
    files = files_of(ROOT, sources)
    found = search(sources, files)
    assert len(found["helpers.py"]) == 1
    assert found["bad.py"] == set()
    assert set(files.bad) == {"bad.py"}


def test_a_search_ends_where_too_much_matters() -> None:
    sources = {
        "helpers.py": HELPER,
        "a.py": "def goal(): ...\n",
        "b.py": "from a import goal\ndef caller():\n    goal()\ndef other():\n    goal()\n",
    }
    files = files_of(ROOT, sources)
    names, found = Names(Modules(sources), files.surface), survey(sources, files)
    started = Search(sources, files, names)
    assert started.from_seeds(found).size == 1
    assert started.with_callers([("a.py", "goal")], 3).size == 3
    with pytest.raises(TooFarError):
        started.with_callers([("a.py", "goal")], 2)
