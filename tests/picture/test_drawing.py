"""How graphs are drawn: in every language nothing of the code is taken for syntax."""

from __future__ import annotations

import json
import re
from importlib import import_module
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selenium.webdriver.common.by import By

from flake8_bgtasks.picture.graph import Edge, Graph, Node
from flake8_bgtasks.picture.layout import layout
from tests.browser import accessible, show, start_browser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from selenium.webdriver import Chrome

HOSTILE = '"]; end\n</script><b>&{x}|\\ #quot; \x1b[1m\u202e`$'
ROUTE = Node("route", "POST /users", "main.py", 3)
HELPER = Node("function", "notify", "main.py", 9, "async", ("BGT101",))
TASK = Node("task", "send", "", 0)
ODD = Node("function", HOSTILE, f"{HOSTILE}.py", 1)
EDGES = (
    Edge(ROUTE, HELPER, "serves", "main.py", 3, 2, injects=True),
    Edge(ROUTE, ODD, "serves", "main.py", 4, 2),
    Edge(HELPER, TASK, "adds", "main.py", 10, 5, codes=("BGT101",)),
    Edge(ODD, HELPER, "calls", f"{HOSTILE}.py", 2, 5),
)
GRAPH = Graph(tuple(sorted((ROUTE, HELPER, TASK, ODD))), tuple(sorted(EDGES)))


def drawn(form: str, graph: Graph = GRAPH) -> str:
    render = import_module(f"flake8_bgtasks.picture.{form}").render
    return "".join(f"{line}\n" for line in render(graph))


@pytest.mark.parametrize("form", ["mermaid", "dot", "svg", "html", "json"])
def test_nothing_steers_a_terminal(form: str) -> None:
    assert {c for c in drawn(form) if not c.isprintable()} == {"\n"}


def test_mermaid() -> None:
    lines = drawn("mermaid").splitlines()
    assert lines[0] == "flowchart LR"
    [odd] = [line for line in lines if "script" in line]
    assert re.fullmatch(r'  n\d\["(?:[\w -/.,:]|#\d+;)*"\]', odd)
    assert '  n3(["POST /users"])' in lines
    assert '  n2["notify"]:::lost' in lines
    assert '  n4[["send"]]' in lines
    assert "  n3 --> n2" in lines
    assert '  n2 -->|"BGT101"| n4' in lines
    red = re.search(r"linkStyle (\d+)", drawn("mermaid"))
    arrows = [line for line in lines if "->" in line]
    assert red is not None
    assert "BGT101" in arrows[int(red[1])]


def test_dot() -> None:
    lines = drawn("dot").splitlines()
    assert (lines[0], lines[-1]) == ("digraph background_tasks {", "}")
    string = r'"(?:[^"\\]|\\.)*"'
    shape = re.compile(rf"  n\d (-> n\d )?\[(\w+=(\w+|{string}) ?)+\];")
    assert all(shape.fullmatch(line) for line in lines[2:-1])
    assert "  n3 -> n2 [style=solid];" in lines


def test_svg_is_well_formed_and_explains_itself() -> None:
    root = ElementTree.fromstring(drawn("svg"))
    titles = [element.text or "" for element in root.iter() if element.tag.endswith("title")]
    assert "POST /users serves notify, injected (main.py:3)" in titles
    assert "notify adds send, lost: BGT101 (main.py:10)" in titles
    assert "async function notify (main.py:9): BGT101" in titles


def test_json() -> None:
    document = json.loads(drawn("json"))
    ids = {node["id"] for node in document["nodes"]}
    assert {edge[end] for edge in document["edges"] for end in ("source", "target")} <= ids


nodes = st.integers(0, 8).map(lambda n: Node("task" if n == 0 else "function", str(n), "a.py", n))
graphs = st.lists(st.tuples(nodes, nodes), max_size=20).map(
    lambda pairs: Graph(
        tuple(sorted({node for pair in pairs for node in pair})),
        tuple(sorted(Edge(a, b, "calls", "a.py", 1, 1) for a, b in set(pairs))),
    )
)


@given(graphs)
@settings(max_examples=60, deadline=None)
def test_boxes_never_overlap_and_stand_on_the_picture(graph: Graph) -> None:
    """Whatever circles there are."""
    plan = layout(graph)
    columns: dict[float, list[float]] = {}
    for node in graph.nodes:
        box = plan.boxes[node]
        columns.setdefault(box.x, []).append(box.y)
        assert box.x + box.width < plan.width
        assert box.y + box.height < plan.height
    for column in columns.values():
        assert all(below - above > 34 for above, below in pairwise(sorted(column)))


def test_steps_go_to_the_right() -> None:
    boxes = layout(GRAPH).boxes
    assert all(boxes[edge.source].x < boxes[edge.target].x for edge in GRAPH.edges)


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    yield from start_browser()


def test_the_page(browser: Chrome, tmp_path: Path) -> None:
    (tmp_path / "graph.html").write_text(drawn("html"), encoding="utf-8")
    show(browser, tmp_path / "graph.html")
    assert len(browser.find_elements(By.CSS_SELECTOR, "svg .node")) == 4
    red = browser.find_element(By.CSS_SELECTOR, "path.edge.lost").value_of_css_property("stroke")
    assert red == "rgb(179, 38, 30)"
    [row] = browser.find_elements(By.CSS_SELECTOR, "tbody tr")
    assert row.text.split() == ["send", "notify", "main.py:10:5", "POST", "/users", "BGT101"]
    browser.find_element(By.NAME, "search").send_keys("nothing like it")
    assert not row.is_displayed()
    assert not [item for item in accessible(browser) if item[2] and not item[1]]


def test_the_picture_alone(browser: Chrome, tmp_path: Path) -> None:
    (tmp_path / "graph.svg").write_text(drawn("svg"), encoding="utf-8")
    show(browser, tmp_path / "graph.svg")
    line = browser.find_element(By.CSS_SELECTOR, "path.edge.solid")
    assert line.value_of_css_property("stroke-dasharray") == "none"
