"""What a module-level name means: followed through imports, re-exports and star imports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flake8_bgtasks.project.circles import Circles

if TYPE_CHECKING:
    from collections.abc import Callable

    from flake8_bgtasks.project.modules import Modules
    from flake8_bgtasks.project.outline import Import, Outline


@dataclass(frozen=True)
class Defined:
    """Bound to `name` by the top-level statement `statement` of the module `path`."""

    path: str
    statement: int
    name: str


@dataclass(frozen=True)
class ProjectModule:
    """A module of the project (see `Modules` for how it is named)."""

    path: str


@dataclass(frozen=True)
class Outside:
    """Something that isn't the project's: `dotted` is how it was imported."""

    dotted: str


Target = Defined | ProjectModule | Outside
Targets = frozenset[Target]
NOTHING: Targets = frozenset()


class Names:
    """Resolves names. The empty set means that it isn't known, or that there is no such name."""

    def __init__(self, modules: Modules, outline_of: Callable[[str], Outline | None]) -> None:
        self._modules = modules
        self._imported: dict[tuple[str, str, int], ProjectModule | Outside] = {}
        self.outline_of = outline_of
        self._circles: Circles[tuple[str, str], Targets] = Circles(NOTHING, NOTHING)

    def lookup(self, path: str, name: str) -> Targets:
        """Return what `name` means at the top level of the module `path`."""
        return self._circles.ask((path, name), lambda: self._lookup(path, name))

    def _lookup(self, path: str, name: str) -> Targets:
        outline = self.outline_of(path)
        if outline is None:
            return NOTHING
        found: set[Target] = set()
        for binding in outline.bindings.get(name, ()):
            if isinstance(binding, int):
                found.add(Defined(path, binding, name))
            else:
                found |= self.imported(path, binding)
        if found or name in outline.bindings:
            return frozenset(found)
        for star in outline.star_imports:
            found |= self._through_star(path, star, name)
        return frozenset(found)

    def _through_star(self, path: str, star: Import, name: str) -> Targets:
        source = self.module(path, star.module, star.level)
        if not isinstance(source, ProjectModule):
            return NOTHING
        outline = self.outline_of(source.path)
        exported = outline.exported if outline else None
        hidden = name.startswith("_") if exported is None else name not in exported
        return NOTHING if hidden else self.member(source.path, name)

    def imported(self, path: str, item: Import) -> Targets:
        """Return what an import in `path` binds."""
        if item.name is None:
            return frozenset([self.imported_module(path, item)])
        return self.from_module(path, item.module, item.level, item.name)

    def imported_module(self, path: str, item: Import) -> ProjectModule | Outside:
        """Return what `import a.b` (bound to `a`) or `import a.b as c` binds."""
        whole = item.bound != item.module.partition(".")[0]
        return self.module(path, item.module if whole else item.bound, 0)

    def submodule(self, path: str, item: Import) -> ProjectModule | None:
        """Return the module that `from package import name` binds, None where it is no module."""
        package = self.module(path, item.module, item.level)
        if not isinstance(package, ProjectModule) or item.name is None:
            return None
        return self.module_in(package, item.name)

    def module_in(self, package: ProjectModule, name: str) -> ProjectModule | None:
        """Return the module `name` of a package, None where there is none."""
        found = self._modules.submodule(package.path, name)
        return None if found is None else ProjectModule(found)

    def from_module(self, path: str, module: str, level: int, name: str) -> Targets:
        """Return what `from module import name` in `path` binds."""
        source = self.module(path, module, level)
        if isinstance(source, Outside):
            return frozenset([Outside(f"{source.dotted}.{name}")])
        return self.member(source.path, name)

    def module(self, path: str, dotted: str, level: int) -> ProjectModule | Outside:
        """Return the module that an import in `path` names."""
        key = (path, dotted, level)
        if key not in self._imported:
            found = (
                self._modules.relative(path, level, dotted)
                if level
                else self._modules.absolute(path, dotted)
            )
            outside = Outside("." * level + dotted)
            self._imported[key] = outside if found is None else ProjectModule(found)
        return self._imported[key]

    def member(self, module: str, name: str) -> Targets:
        """Return what the attribute `name` of the module `module` means."""
        found = self.lookup(module, name)
        if found:
            return found
        submodule = self._modules.submodule(module, name)
        return NOTHING if submodule is None else frozenset([ProjectModule(submodule)])
