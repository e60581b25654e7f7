"""What a variable stands for where it is read."""

from __future__ import annotations

import pytest

from flake8_bgtasks.tracking import facts
from tests.tracking.reading import calls, read, reads, said, unit

CASES = {
    "a branch that always ends does not arrive": (
        """
        def f(a):
            if test():
                a = first()
                return a
            reveal(a)
        """,
        "<a>",
    ),
    "both branches arrive": (
        """
        def f():
            if test():
                a = first()
            else:
                a = second()
            reveal(a)
        """,
        "first() | second()",
    ),
    "an else-less branch arrives beside what was before": (
        """
        def f(a):
            if test():
                a = first()
            reveal(a)
        """,
        "first() | <a>",
    ),
    "elif": (
        """
        def f():
            if one():
                a = first()
            elif two():
                raise ValueError
            else:
                a = second()
            reveal(a)
        """,
        "first() | second()",
    ),
    "TYPE_CHECKING is never true, but its imports bind": (
        """
        def f():
            if TYPE_CHECKING:
                from lib import a
            reveal(a)
        """,
        "lib.a",
    ),
    "a dead branch assigns nothing": (
        """
        def f(a):
            if False:
                a = first()
            reveal(a)
        """,
        "<a>",
    ),
    "a for loop may run no time": (
        """
        def f(a, items):
            for item in items:
                a = first()
            reveal(a)
        """,
        "<a> | first()",
    ),
    "inside a loop the last round counts": (
        """
        def f(a, items):
            for item in items:
                reveal(a)
                a = first()
        """,
        "<a> | first()",
    ),
    "continue carries its value to the next round": (
        """
        def f(a, items):
            for item in items:
                reveal(a)
                if item:
                    a = first()
                    continue
                a = second()
        """,
        "<a> | second() | first()",
    ),
    "break leaves an endless loop": (
        """
        def f(a):
            while True:
                if test():
                    a = first()
                    break
                a = second()
            reveal(a)
        """,
        "first()",
    ),
    "the loop variable is an element": (
        """
        def f(items):
            for a in items:
                reveal(a)
        """,
        "<items>[*]",
    ),
    "a handler sees what was before, and what was bound": (
        """
        def f(a):
            try:
                a = first()
                a = second()
            except ValueError:
                reveal(a)
        """,
        "<a> | first() | second()",
    ),
    "behind a try without failure": (
        """
        def f(a):
            try:
                a = first()
            except ValueError:
                raise
            reveal(a)
        """,
        "first()",
    ),
    "else of a try": (
        """
        def f(a):
            try:
                a = first()
            except ValueError:
                a = second()
            else:
                reveal(a)
        """,
        "first()",
    ),
    "finally runs after everything": (
        """
        def f(a):
            try:
                a = first()
            finally:
                reveal(a)
        """,
        "first() | <a>",
    ),
    "with": (
        """
        def f():
            with opened() as a:
                reveal(a)
        """,
        "entered opened()",
    ),
    "async with": (
        """
        async def f():
            async with opened() as (a, b):
                reveal(b)
        """,
        "entered opened()[1]",
    ),
    "a capture of match is the subject": (
        """
        def f(subject):
            match subject:
                case Point() as a:
                    reveal(a)
        """,
        "<subject>",
    ),
    "a capture inside a pattern is an element": (
        """
        def f(subject):
            match subject:
                case [a, *rest]:
                    reveal(a)
        """,
        "<subject>[*]",
    ),
    "cases join": (
        """
        def f(a, subject):
            match subject:
                case 1:
                    a = first()
                case 2:
                    a = second()
            reveal(a)
        """,
        "first() | second() | <a>",
    ),
    "a case for everything leaves no way around": (
        """
        def f(a, subject):
            match subject:
                case 1:
                    a = first()
                case _:
                    a = second()
            reveal(a)
        """,
        "first() | second()",
    ),
    "walrus": (
        """
        def f():
            if (a := first()) and test():
                reveal(a)
        """,
        "set(first())",
    ),
    "unpacking a display takes it apart": (
        """
        def f():
            a, b = first(), second()
            reveal(b)
        """,
        "second()",
    ),
    "unpacking anything else gives elements": (
        """
        def f():
            (a, (b, c)) = made()
            reveal(c)
        """,
        "made()[1][1]",
    ),
    "a star makes the index unknown": (
        """
        def f():
            a, *b, c = made()
            reveal(c)
        """,
        "made()[*]",
    ),
    "swapping": (
        """
        def f(a, b):
            a, b = b, a
            reveal(a)
        """,
        "<b>",
    ),
    "several targets": (
        """
        def f():
            a = b = first()
            reveal(a)
        """,
        "first()",
    ),
    "a comprehension has its own variable": (
        """
        def f(a, items):
            found = [a for a in items]
            reveal(a)
        """,
        "<a>",
    ),
    "inside a comprehension": (
        """
        def f(items):
            found = [reveal(a) for row in items for a in row]
        """,
        "<items>[*][*]",
    ),
    "del": (
        """
        def f(a):
            del a
            reveal(a)
        """,
        "a",
    ),
    "an inner function reads a free name": (
        """
        def f(a):
            def g():
                reveal(a)
        """,
        "a",
    ),
    "a conditional expression": (
        """
        def f(a):
            b = a if a else first()
            reveal(b)
        """,
        "set(<a>) | first()",
    ),
    "or": (
        """
        def f(a):
            b = a or first()
            reveal(b)
        """,
        "<a> or first()",
    ),
    "an annotated assignment": (
        """
        def f():
            a: int = first()
            reveal(a)
        """,
        "declared first()",
    ),
    "an augmented assignment": (
        """
        def f(a):
            a += first()
            reveal(a)
        """,
        "opaque",
    ),
}


@pytest.mark.parametrize(("source", "expected"), CASES.values(), ids=CASES)
def test_variable_stands_for(source: str, expected: str) -> None:
    assert read(source) == expected


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
