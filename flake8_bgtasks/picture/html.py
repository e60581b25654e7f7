"""The graph as a page, with all tasks in a table that can be searched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.picture.inventory import OK, UNREACHED, inventory
from flake8_bgtasks.picture.svg import element
from flake8_bgtasks.web.page import page, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.picture.graph import Graph
    from flake8_bgtasks.picture.inventory import Task

TITLE = "Background tasks"
HEADER = ("Task", "Mode", "Added in", "At", "From", "State")


def render(graph: Graph) -> Iterator[str]:
    """Yield the lines of the page."""
    yield from page(TITLE, _body(graph))


def _body(graph: Graph) -> Iterator[str]:
    tasks = inventory(graph)
    states = [state for task in tasks for _, state in task.states]
    wrong = sum(state not in (OK, UNREACHED) for state in states)
    yield f"<header><h1>{TITLE}</h1>"
    yield f'<ul class="numbers"><li><b>{len(tasks)}</b> tasks added</li>'
    yield f"<li><b>{len(states)}</b> ways to them</li>"
    yield f"<li><b>{wrong}</b> ways with a mistake</li></ul>"
    yield "<p>Solid lines hand the injected BackgroundTasks on, dashed ones don't; where tasks"
    yield "are lost, lines and boxes are red. Point at a line or a box to read what it is.</p>"
    yield "</header>"
    yield '<main id="main"><div class="scroll picture" tabindex="0" role="region"'
    yield 'aria-label="Picture of the table below">'
    yield from element(graph)
    yield "</div>"
    yield from _table(tasks)
    yield "</main>"


def _table(tasks: list[Task]) -> Iterator[str]:
    yield '<div class="tools" role="search"><form class="filter" hidden>'
    yield '<label>Search <input name="search" type="search" placeholder="Press / to search">'
    yield '</label><output aria-live="polite"></output></form></div>'
    yield '<div class="scroll" tabindex="0" role="region" aria-label="All tasks">'
    yield "<table><caption>All tasks</caption><thead><tr>"
    yield from (f'<th scope="col">{name}</th>' for name in HEADER)
    yield "</tr></thead><tbody>"
    for task in tasks:
        yield from _rows(task)
    yield "</tbody></table></div>"


def _rows(task: Task) -> Iterator[str]:
    place = f"{task.path}:{task.line}:{task.column}"
    for route, state in task.states:
        cells = (task.task, task.mode, task.function, place, route)
        words = " ".join((*cells, state)).lower()
        yield f'<tr data-text="{text(words)}">'
        yield from (f"<td>{text(cell)}</td>" for cell in cells)
        kind = {OK: "safe", UNREACHED: ""}.get(state, "lost")
        yield f'<td class="{kind}">{text(state)}</td></tr>'
