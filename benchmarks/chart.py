"""Two kinds of charts, as SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WIDTH, ROW, LEFT, HEIGHT = 640, 24, 180, 320
STYLE = "<style>text{font:13px sans-serif;fill:#555}.bar{fill:#4a7ebb}.rule{stroke:#b55}</style>"


def bars(ratios: Mapping[str, float]) -> str:
    """Draw a bar for each ratio, and a rule at 1."""
    scale = (WIDTH - LEFT - 60) / max(1.2, *ratios.values(), 0)
    return _svg(ROW * len(ratios) + 10, _bars(ratios, scale))


def _bars(ratios: Mapping[str, float], scale: float) -> Iterator[str]:
    for row, (name, ratio) in enumerate(ratios.items()):
        y = row * ROW + 5
        yield f'<text x="{LEFT - 8}" y="{y + 14}" text-anchor="end">{name}</text>'
        yield f'<rect class="bar" x="{LEFT}" y="{y}" width="{ratio * scale:.0f}" height="18"/>'
        yield f'<text x="{LEFT + ratio * scale + 6:.0f}" y="{y + 14}">{ratio:.2f}</text>'
    x = LEFT + scale
    yield f'<line class="rule" x1="{x:.0f}" x2="{x:.0f}" y1="0" y2="{ROW * len(ratios) + 10}"/>'


def line(points: Mapping[int, float]) -> str:
    """Draw seconds against numbers of files."""
    return _svg(HEIGHT, _line(points) if points else iter(()))


def _line(points: Mapping[int, float]) -> Iterator[str]:
    across = (WIDTH - 120) / max(points)
    up = (HEIGHT - 60) / max(points.values())
    places = [(60 + files * across, HEIGHT - 30 - s * up, files, s) for files, s in points.items()]
    path = " ".join(f"{x:.0f},{y:.0f}" for x, y, _, _ in places)
    yield f'<polyline points="60,{HEIGHT - 30} {path}" fill="none" stroke="#4a7ebb"/>'
    for x, y, files, seconds in places:
        yield f'<circle class="bar" cx="{x:.0f}" cy="{y:.0f}" r="4"/>'
        yield f'<text x="{x:.0f}" y="{HEIGHT - 10}" text-anchor="middle">{files}</text>'
        yield f'<text x="{x - 8:.0f}" y="{y - 6:.0f}" text-anchor="end">{seconds:.1f} s</text>'


def _svg(height: int, shapes: Iterator[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}">'
    return "\n".join([head, STYLE, *shapes, "</svg>", ""])
