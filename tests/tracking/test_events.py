"""What the tracker records besides values: what functions do, and how they are declared."""

from __future__ import annotations

import pytest

from flake8_bgtasks.tracking import facts
from tests.tracking.reading import calls, read, said, unit


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
    functions = [scope for scope in made.scopes.values() if scope.kind != "module"]
    returned = {f.name: [said(made, event.value) for event in f.events] for f in functions}
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
    caught = [made.nodes[number] for number in range(start, end)]
    assert calls(made, "first")[0] in caught
    assert calls(made, "second")[0] not in caught


def test_quoted_annotations_are_types() -> None:
    made = unit(
        "def f(a: 'Tasks | None', b: Literal['Tasks'], c: Annotated['Tasks', 'text']): pass\n"
    )
    free = [node.name for node in made.nodes.values() if isinstance(node, facts.Free)]
    strings = [
        node.value
        for node in made.nodes.values()
        if isinstance(node, facts.Constant) and node.value
    ]
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
