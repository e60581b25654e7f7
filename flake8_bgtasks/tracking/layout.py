"""Where the nodes of a LibCST tree stand, and in which others.

LibCST finds positions, children and the code of a tree in a traversal each, none of them quick. All
of that is known after its code is written out once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from libcst._nodes.internal import CodegenState

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    import libcst as cst


class Layout(CodegenState):
    """The `text` of a module and its `nodes`, outer ones first, in the order of the source.

    `starts` and `ends` are the offsets of nodes, by their `id`, as `PositionProvider` has them;
    `parents` are the nodes that they lie in.
    """

    def __init__(self, module: cst.Module) -> None:
        """Write the module out."""
        super().__init__(module.default_indent, module.default_newline)
        self.nodes: list[cst.CSTNode] = []
        self.parents: dict[cst.CSTNode, cst.CSTNode] = {}
        self.starts: dict[int, int] = {}
        self.ends: dict[int, int] = {}
        self.offset = 0
        self._open: list[tuple[cst.CSTNode, int]] = []
        module._codegen(self)
        self.text = "".join(self.tokens)

    def add_indent_tokens(self) -> None:
        self.tokens += self.indent_tokens
        self.offset += sum(map(len, self.indent_tokens))

    def add_token(self, value: str) -> None:
        self.tokens.append(value)
        self.offset += len(value)

    def before_codegen(self, node: cst.CSTNode) -> None:
        if self._open:
            self.parents[node] = self._open[-1][0]
        self.nodes.append(node)
        self._open.append((node, self.offset))

    def after_codegen(self, node: cst.CSTNode) -> None:
        _, start = self._open.pop()
        if id(node) not in self.starts:
            self.starts[id(node)] = start
            self.ends[id(node)] = self.offset

    def record_syntactic_position(  # type: ignore[override]
        self,
        node: cst.CSTNode,
        *,
        start_node: cst.CSTNode | None = None,
        end_node: cst.CSTNode | None = None,
    ) -> AbstractContextManager[None]:
        return _WithoutSpace(self, node, start_node, end_node)


class _WithoutSpace:
    """Notes where the code of a node stands that is written meanwhile."""

    __slots__ = ("_end_node", "_layout", "_node", "_start", "_start_node")

    def __init__(
        self,
        layout: Layout,
        node: cst.CSTNode,
        start_node: cst.CSTNode | None,
        end_node: cst.CSTNode | None,
    ) -> None:
        """`start_node` and `end_node` are where it starts and ends, if they are given."""
        self._layout = layout
        self._node = node
        self._start = layout.offset
        self._start_node = start_node
        self._end_node = end_node

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_error: object) -> None:
        layout, node, first, last = self._layout, self._node, self._start_node, self._end_node
        layout.starts[id(node)] = self._start if first is None else layout.starts[id(first)]
        layout.ends[id(node)] = layout.offset if last is None else layout.ends[id(last)]
