"""What tests narrow, and what the tracker records besides values."""

from __future__ import annotations

import pytest

from flake8_bgtasks.tracking import facts
from tests.tracking.reading import calls, read, reads, said, unit

NARROWINGS = {
    "if a:": ("set(<a>)", "none(<a>)"),
    "if not a:": ("none(<a>)", "set(<a>)"),
    "if a is None:": ("none(<a>)", "set(<a>)"),
    "if a is not None:": ("set(<a>)", "none(<a>)"),
    "if a == None:": ("none(<a>)", "set(<a>)"),
    "if a and b:": ("set(<a>)", "<a>"),
    "if a or b:": ("<a>", "none(<a>)"),
    "if not (a or b):": ("none(<a>)", "<a>"),
    "if isinstance(a, Tasks):": ("set(<a>)", "<a>"),
    "if hasattr(a, 'add_task'):": ("set(<a>)", "<a>"),
    "if a.ready:": ("<a>", "<a>"),
    "if None is a:": ("none(<a>)", "set(<a>)"),
}


@pytest.mark.parametrize(("test", "expected"), NARROWINGS.items(), ids=NARROWINGS)
def test_tests_narrow(test: str, expected: tuple[str, str]) -> None:
    source = f"def f(a, b):\n  {test}\n    reveal(a)\n  else:\n    reveal(a)\n"
    assert tuple(reads(source)) == expected


def test_what_was_narrowed_on_both_ways_is_itself_again() -> None:
    source = """
        def f(a):
            if a is None:
                log()
            reveal(a)
    """
    assert read(source) == "<a>"


def test_an_early_return_narrows_the_rest() -> None:
    source = """
        def f(a):
            if a is None:
                return
            reveal(a)
    """
    assert read(source) == "set(<a>)"


def test_assert_narrows_the_rest() -> None:
    source = """
        def f(a):
            assert a is not None
            reveal(a)
    """
    assert read(source) == "set(<a>)"


def test_match_on_none_narrows() -> None:
    source = """
        def f(a):
            match a:
                case None:
                    reveal(a)
                case _:
                    reveal(a)
    """
    assert reads(source) == ["none(<a>)", "set(<a>)"]


def test_code_behind_a_return_is_not_read() -> None:
    assert reads("def f(a):\n    return a\n    reveal(a)\n") == []


def test_what_an_inner_function_assigns_outside_is_seen_outside() -> None:
    source = """
        def f():
            a = None
            def g():
                nonlocal a
                a = first()
            g()
            reveal(a)
    """
    assert set(read(source).split(" | ")) == {"None", "first()"}


def test_global_assignments_are_events() -> None:
    made = unit("def f():\n    global a\n    a = first()\n")
    (event,) = made.scopes[1].events
    assert isinstance(event, facts.StoredOutside)
    assert (event.name, said(made, event.value)) == ("a", "first()")
    assert made.scopes[1].bindings == {}


def test_returns_of_a_lambda_and_of_its_function_are_apart() -> None:
    made = unit("def f(a):\n    return lambda b: b\n")
    returned = {
        scope.name: [said(made, event.value) for event in scope.events] for scope in made.scopes[1:]
    }
    assert returned == {"f": ["def f.<lambda>"], "<lambda>": ["<b>"]}


def test_attributes_and_items_that_are_assigned_are_events() -> None:
    made = unit("def f(a, b):\n    a.x = b\n    a[0] = b\n")
    attribute, item = made.scopes[1].events
    assert isinstance(attribute, facts.StoredAttribute)
    assert isinstance(item, facts.StoredItem)
    assert (said(made, attribute.base), attribute.name) == ("<a>", "x")
    assert [said(made, event.value) for event in (attribute, item)] == ["<b>", "<b>"]


def test_ranges_in_which_a_missing_attribute_is_caught() -> None:
    made = unit(
        """
        def f(a):
            try:
                first(a)
            except (AttributeError, KeyError):
                second(a)
        """
    )
    ((start, end),) = made.caught
    caught = made.nodes[start:end]
    assert calls(made, "first")[0] in caught
    assert calls(made, "second")[0] not in caught


def test_quoted_annotations_are_types() -> None:
    made = unit(
        "def f(a: 'Tasks | None', b: Literal['Tasks'], c: Annotated['Tasks', 'text']): pass\n"
    )
    free = [node.name for node in made.nodes if isinstance(node, facts.Free)]
    strings = [node.value for node in made.nodes if isinstance(node, facts.Constant) and node.value]
    assert free == ["Tasks", "Literal", "Annotated", "Tasks"]
    assert strings == ["Tasks", "text"]
    assert [parameter.quoted for parameter in made.scopes[1].parameters] == [True, False, False]


def test_kinds_of_parameters() -> None:
    made = unit("def f(a, /, b, *c, d=1, **e): ...\n")
    assert [(p.name, p.kind) for p in made.scopes[1].parameters] == [
        ("a", "positional_only"),
        ("b", "normal"),
        ("c", "var_positional"),
        ("d", "keyword_only"),
        ("e", "var_keyword"),
    ]


@pytest.mark.parametrize(
    ("body", "is_stub"),
    [
        ("...", True),
        ("pass", True),
        ("'text'", True),
        ("raise NotImplementedError", True),
        ("g()", False),
    ],
)
def test_bodies_that_do_nothing(body: str, is_stub: bool) -> None:
    assert unit(f"def f():\n    {body}\n").scopes[1].is_stub is is_stub
