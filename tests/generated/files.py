"""A generated project while it is written: modules with imports and top-level blocks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

PACKAGE = "shop"


@dataclass(frozen=True)
class Reference:
    """How a module names something of another one: an import statement, and an expression.

    `local` imports stand in the function that needs them.
    """

    statement: str
    expression: str
    local: bool = False


@dataclass
class Files:
    """The modules of the package; a module is named by its path, such as `services/mail`."""

    random: Random
    imports: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    blocks: dict[str, list[list[str]]] = field(default_factory=lambda: defaultdict(list))
    exported: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, module: str, block: list[str], *imports: str) -> None:
        """Append a block of lines to a module."""
        self.blocks[module].append(block)
        self.imports[module].update(dict.fromkeys(imports))

    def refer(self, user: str, module: str, name: str) -> Reference:
        """Make `name` of `module` known to the module `user`, in one of the ways people do."""
        if user == module:
            return Reference("", name)
        ways = (self._plain, self._alias, self._module, self._relative, self._reexport, self._local)
        found = self.random.choice(ways)(user, module, name)
        if not found.local:
            self.imports[user][found.statement] = None
        return found

    def _plain(self, _user: str, module: str, name: str) -> Reference:
        return Reference(f"from {dotted(module)} import {name}", name)

    def _alias(self, _user: str, module: str, name: str) -> Reference:
        alias = f"{name}_impl" if name.islower() else f"{name}Impl"
        return Reference(f"from {dotted(module)} import {name} as {alias}", alias)

    def _module(self, _user: str, module: str, name: str) -> Reference:
        bound = module.replace("/", "_") + "_module"
        return Reference(f"import {dotted(module)} as {bound}", f"{bound}.{name}")

    def _relative(self, user: str, module: str, name: str) -> Reference:
        dots = "." * (user.count("/") + 1)
        return Reference(f"from {dots}{module.replace('/', '.')} import {name}", name)

    def _reexport(self, user: str, module: str, name: str) -> Reference:
        folder = module.rpartition("/")[0]
        if not folder or user.startswith(f"{folder}/"):
            return self._plain(user, module, name)
        self.exported[folder][f"from .{module.rpartition('/')[2]} import {name} as {name}"] = None
        return Reference(f"from {PACKAGE}.{folder} import {name}", name)

    def _local(self, user: str, module: str, name: str) -> Reference:
        plain = self._plain(user, module, name)
        return Reference(plain.statement, plain.expression, local=True)

    def written(self) -> dict[str, str]:
        """Return the text of every file, by its path."""
        found = {f"{PACKAGE}/__init__.py": ""}
        for module, blocks in sorted(self.blocks.items()):
            head = sorted(self.imports[module], key=_from_future_first)
            parts = ["\n".join(head)] if head else []
            parts += ["\n".join(block) for block in blocks]
            found[f"{PACKAGE}/{module}.py"] = "\n\n\n".join(parts) + "\n"
            folder = module.rpartition("/")[0]
            if folder:
                exports = "\n".join(self.exported[folder])
                found[f"{PACKAGE}/{folder}/__init__.py"] = exports + "\n" if exports else ""
        return found


def dotted(module: str) -> str:
    """Return the dotted name of a module of the package."""
    return f"{PACKAGE}.{module.replace('/', '.')}"


def _from_future_first(statement: str) -> tuple[bool, str]:
    return (not statement.startswith("from __future__"), statement)
