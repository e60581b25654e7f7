"""Values in terms of where they come from."""

from __future__ import annotations

from flake8_bgtasks.lifetimes.held import DEEPEST, Given, Held, Made, filled
from flake8_bgtasks.tracking.things import NodeRef, ScopeRef

FUNCTION = ScopeRef("repositories.py", 0, 1)
SESSION = Given(FUNCTION, "session")
CALL = Made(NodeRef("main.py", 3, 7))


def test_an_attribute_of_an_object_gives_what_it_keeps_there() -> None:
    repository = Held(SESSION, path=("db", "session"))
    assert repository.attribute("db") == Held(SESSION, path=("session",))
    assert repository.member(("db", "session")) == Held(SESSION)
    assert repository.attribute("name") is None


def test_an_attribute_of_the_thing_itself_is_remembered() -> None:
    assert Held(SESSION).member(("engine", "url")) == Held(SESSION, access=("engine", "url"))


def test_an_object_keeps_a_value_in_its_attribute() -> None:
    kept = Held(SESSION, access=("engine",)).within("db")
    assert kept == Held(SESSION, access=("engine",), path=("db",))
    assert kept.attribute("db") == Held(SESSION, access=("engine",))


def test_chains_of_attributes_end_somewhere() -> None:
    assert Held(SESSION).member(("next",) * DEEPEST) is not None
    assert Held(SESSION).member(("next",) * (DEEPEST + 1)) is None
    assert Held(SESSION, path=("a",) * DEEPEST).within("b") is None


def test_a_template_is_filled_with_what_is_passed() -> None:
    templates = [
        Held(SESSION, path=("db",)),
        Held(SESSION, access=("engine",), path=("engine",)),
        Held(Given(FUNCTION, "name"), path=("name",)),
    ]
    passed = [Held(CALL, path=("session", "engine"))]
    assert list(filled(templates, SESSION, lambda: passed)) == [
        Held(CALL, path=("db", "session", "engine"))
    ]
    assert list(filled(templates, SESSION, lambda: [Held(CALL)])) == [
        Held(CALL, path=("db",)),
        Held(CALL, access=("engine",), path=("engine",)),
    ]
