"""Every background task of a project, in a table."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from flake8_bgtasks.picture.graph import leading_to
from flake8_bgtasks.reporters.document import lines_of
from flake8_bgtasks.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from flake8_bgtasks.picture.graph import Edge, Graph, Node

OK, UNREACHED = "ok", "no known route"
HEADER = ("TASK", "MODE", "ADDED IN", "AT", "FROM", "STATE")


@dataclass(frozen=True)
class Origin:
    """A route that gets to a task; `codes` say what is wrong, if it is on every way."""

    route: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Task:
    """A call that adds a task.

    `mode` is `"async"`, `"sync"`, or empty where that isn't known. `function` adds it, at `path`,
    `line` and `column`. `origins`: all known routes that get there. `codes`: what is wrong
    wherever it comes from.
    """

    task: str
    mode: str
    function: str
    path: str
    line: int
    column: int
    origins: tuple[Origin, ...]
    codes: tuple[str, ...]

    @property
    def states(self) -> Iterator[tuple[str, str]]:
        """The routes, each with the codes of what is wrong or `ok`; `-` if there are none."""
        for origin in self.origins or (Origin("-", self.codes),):
            yield origin.route, ", ".join(origin.codes) or (OK if self.origins else UNREACHED)


def inventory(graph: Graph) -> list[Task]:
    """Return the tasks in the order of files and lines."""
    adding = [edge for edge in graph.edges if edge.kind == "adds"]
    return [_task(edge, graph) for edge in sorted(adding, key=_place)]


def _place(edge: Edge) -> tuple[str, int, int]:
    return (edge.path, edge.line, edge.column)


def _task(edge: Edge, graph: Graph) -> Task:
    codes = tuple(sorted({*edge.codes, *_loose(edge.source, graph)}))
    above = leading_to([edge.source], graph.edges)
    intact = leading_to([edge.source], (step for step in above.edges if not step.codes))
    origins = tuple(
        Origin(node.label, codes or (() if node in intact.nodes else _wrong(node, above)))
        for node in above.nodes
        if node.kind == "route"
    )
    target, source = edge.target, edge.source.label
    return Task(target.label, target.mode, source, *_place(edge), origins, codes)


def _loose(node: Node, graph: Graph) -> set[str]:
    """Return the codes in a function that belong to none of its steps."""
    beside = [step for step in graph.edges if node in (step.source, step.target)]
    return set(node.codes).difference(*(step.codes for step in beside))


def _wrong(route: Node, above: Graph) -> tuple[str, ...]:
    """Return what is wrong on the ways from a route."""
    following: dict[Node, list[Edge]] = {}
    for step in above.edges:
        following.setdefault(step.source, []).append(step)
    pending, seen, codes = [route], {route}, set[str]()
    while pending:
        for step in following.get(pending.pop(), ()):
            codes.update(step.codes)
            if step.target not in seen:
                seen.add(step.target)
                pending.append(step.target)
    return tuple(sorted(codes))


def as_table(tasks: Sequence[Task]) -> Iterator[str]:
    """Yield the lines of a table, its columns aligned: a line for each task and route."""
    rows = [HEADER, *(row for task in tasks for row in _rows(task))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _rows(task: Task) -> Iterable[tuple[str, ...]]:
    place = f"{task.path}:{task.line}:{task.column}"
    for route, state in task.states:
        cells = (task.task, task.mode or "-", task.function, place, route, state)
        yield tuple(map(printable, cells))


def as_json(tasks: Sequence[Task]) -> Iterator[str]:
    """Yield the lines of a document; paths are relative to the working directory."""
    document = {"version": 1, "tasks": [asdict(task) for task in tasks]}
    yield from lines_of(document)
