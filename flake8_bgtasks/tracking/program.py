"""The linked program: everything that the rules may ask about a project."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from flake8_bgtasks.project.interest import Interest
from flake8_bgtasks.project.testfiles import is_test
from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.added import AddedTasks
from flake8_bgtasks.tracking.additions import Additions
from flake8_bgtasks.tracking.backgrounds import Backgrounds
from flake8_bgtasks.tracking.binding import Binder, Site
from flake8_bgtasks.tracking.chains import Chains
from flake8_bgtasks.tracking.changes import replaced, subclasses
from flake8_bgtasks.tracking.evaluate import Evaluator
from flake8_bgtasks.tracking.fates import Fates
from flake8_bgtasks.tracking.instances import Instances
from flake8_bgtasks.tracking.links import Links
from flake8_bgtasks.tracking.misuse import Misuses
from flake8_bgtasks.tracking.overrides import Overrides
from flake8_bgtasks.tracking.requests import Requests
from flake8_bgtasks.tracking.results import Results
from flake8_bgtasks.tracking.roles import Roles
from flake8_bgtasks.tracking.running import Running
from flake8_bgtasks.tracking.things import NONE, Class, Instance, NodeRef, ScopeRef, Thing, Things
from flake8_bgtasks.tracking.ways import Ways
from flake8_bgtasks.tracking.wrapping import Wrapping

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from flake8_bgtasks.findings import Span
    from flake8_bgtasks.project.files import Files
    from flake8_bgtasks.project.names import Names
    from flake8_bgtasks.project.outline import Outline
    from flake8_bgtasks.settings import Settings
    from flake8_bgtasks.tracking.unit import Scope
    from flake8_bgtasks.tracking.units import Units

Analysis = TypeVar("Analysis")

_FASTAPI = re.compile(rb"\b(?:from|import)\s[^#\n]{0,300}\bfastapi\b")


class Program:
    """A project, linked."""

    def __init__(
        self,
        files: Files,
        names: Names,
        interest: Interest,
        settings: Settings,
        paths: Collection[str],
        units: Units,
    ) -> None:
        self.files = files
        self.names = names
        self.settings = settings
        self.all_paths = paths
        self._made: dict[object, Any] = {}
        self.paths = tuple(sorted(interest.relevant))
        self.units = units
        self.tracked = tuple(
            (path, index)
            for path in self.paths
            if files.outline(path) is not None
            for index in sorted(interest.relevant[path])
        )
        self._tracked = frozenset(self.tracked)
        self.evaluator = Evaluator(self.units, names, self.paths)
        self.binder = Binder(self.evaluator)
        overriding, changed = subclasses(self), replaced(self)
        self.evaluator.classes.subclasses, self.evaluator.replaced = overriding, changed
        # Answers given so far did not know of these.
        self.evaluator.forget()

    def widened(self, statements: Mapping[str, Collection[int]]) -> Program:
        """Return the program with more statements tracked: indices by path."""
        relevant = {path: set(indices) for path, indices in statements.items()}
        for path, index in self.tracked:
            relevant.setdefault(path, set()).add(index)
        wide = Interest(relevant)
        return Program(self.files, self.names, wide, self.settings, self.all_paths, self.units)

    @cached_property
    def links(self) -> Links:
        return Links(self)

    @cached_property
    def roles(self) -> Roles:
        return Roles(self)

    @cached_property
    def fates(self) -> Fates:
        return Fates(self)

    @cached_property
    def chains(self) -> Chains:
        return Chains(self)

    @cached_property
    def ways(self) -> Ways:
        return Ways(self)

    @cached_property
    def additions(self) -> Additions:
        return Additions(self)

    @cached_property
    def backgrounds(self) -> Backgrounds:
        return Backgrounds(self)

    @cached_property
    def requests(self) -> Requests:
        return Requests(self)

    @cached_property
    def instances(self) -> Instances:
        return Instances(self)

    @cached_property
    def added(self) -> AddedTasks:
        return AddedTasks(self)

    @cached_property
    def results(self) -> Results:
        return Results(self)

    @cached_property
    def wrapping(self) -> Wrapping:
        return Wrapping(self)

    @cached_property
    def misuses(self) -> Misuses:
        return Misuses(self)

    @cached_property
    def running(self) -> Running:
        return Running(self)

    @cached_property
    def overrides(self) -> Overrides:
        return Overrides(self)

    @cached_property
    def uses_fastapi(self) -> bool:
        """Whether any file of the project imports FastAPI."""
        if any(_imports_fastapi(outline) for outline in self.outlines):
            return True
        named = (path for path in self.all_paths if self.files.has(path, _FASTAPI))
        return any(_imports_fastapi(self.files.outline(path)) for path in named)

    def once(self, make: Callable[[Program], Analysis]) -> Analysis:
        """Return what `make` makes of the program, the same whenever it is asked for."""
        if make not in self._made:
            self._made[make] = make(self)
        return self._made[make]  # type: ignore[no-any-return]

    # Plain access

    @property
    def outlines(self) -> Iterator[Outline]:
        """Yield the outlines of the files that matter."""
        for path in self.paths:
            outline = self.files.outline(path)
            if outline is not None:
                yield outline

    @cached_property
    def nodes(self) -> tuple[tuple[NodeRef, facts.Node], ...]:
        """Every tracked node, in the order of files and source."""
        return tuple(
            (NodeRef(path, index, number), node)
            for path, index in self.tracked
            for number, node in self.units.get(path, index).nodes.items()
        )

    @cached_property
    def scopes(self) -> tuple[tuple[ScopeRef, Scope], ...]:
        """Every tracked scope."""
        return tuple(
            (ScopeRef(path, index, number), scope)
            for path, index in self.tracked
            for number, scope in self.units.get(path, index).scopes.items()
        )

    @cached_property
    def calls(self) -> tuple[tuple[NodeRef, facts.Call], ...]:
        return tuple((ref, node) for ref, node in self.nodes if isinstance(node, facts.Call))

    def matters(self, ref: ScopeRef) -> bool:
        """Return whether a function stands in a statement that matters."""
        return (ref.path, ref.unit) in self._tracked

    def value(self, ref: NodeRef) -> Things:
        return self.evaluator.value(ref)

    def span(self, ref: NodeRef) -> Span:
        return self.units.span(ref)

    def is_test(self, path: str) -> bool:
        """Return whether a file is a test by the settings' patterns."""
        return is_test(path, self.settings.test_patterns)

    # Classes of interest

    def is_tasks_class(self, thing: Thing) -> bool:
        """Return whether `thing` is the class `BackgroundTasks` or a subclass of it."""
        return self.evaluator.classes.is_subclass(thing, known.TASKS_CLASSES)

    def is_task_class(self, thing: Thing) -> bool:
        """Return whether `thing` is Starlette's `BackgroundTask` (not `BackgroundTasks`)."""
        if self.is_tasks_class(thing):
            return False
        return self.evaluator.classes.is_subclass(thing, known.TASK_CLASSES)

    def is_tasks(self, things: Things) -> bool:
        """Return whether something is a `BackgroundTasks` object (or None)."""
        objects = things - NONE
        return bool(objects) and all(
            isinstance(thing, Instance) and self.is_tasks_class(thing.cls) for thing in objects
        )

    def is_task_object(self, things: Things) -> bool:
        """Return whether something is a `BackgroundTasks` or a `BackgroundTask` object."""
        objects = things - NONE
        return bool(objects) and all(
            isinstance(thing, Instance)
            and (self.is_tasks_class(thing.cls) or self.is_task_class(thing.cls))
            for thing in objects
        )

    def is_response_class(self, thing: Thing) -> bool:
        """Return whether `thing` is a response class that takes `background=`."""
        if isinstance(thing, Class):
            line = self.evaluator.classes.order(thing.ref)
            return any(self.is_response_class(base) for base in line if not isinstance(base, Class))
        name = getattr(thing, "name", "")
        return isinstance(name, str) and known.is_response_class(name)

    # Calls

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        """Every call of a project function, however it is reached."""
        return tuple(site for ref, _ in self.calls for site in self.binder.sites(ref)[0])

    @cached_property
    def sites_of(self) -> dict[ScopeRef, tuple[Site, ...]]:
        found: dict[ScopeRef, list[Site]] = {}
        for site in self.sites:
            found.setdefault(site.function, []).append(site)
        return {ref: tuple(sites) for ref, sites in found.items()}

    @cached_property
    def super_calls(self) -> dict[ScopeRef, tuple[NodeRef, ...]]:
        """The calls of `super()` in each method."""
        found: dict[ScopeRef, list[NodeRef]] = {}
        for ref, call in self.calls:
            called = self.value(ref._replace(node=call.function))
            if any(known.is_external(thing, frozenset({"builtins.super"})) for thing in called):
                found.setdefault(self.units.owner(ref), []).append(ref)
        return {ref: tuple(calls) for ref, calls in found.items()}

    def function_around(self, ref: NodeRef) -> ScopeRef:
        """Return the function (not lambda) that a node belongs to, else its module or class."""
        owner = self.units.owner(ref)
        for scope in (owner, *self.units.above(owner)):
            if self.units.scope(scope).kind == "function":
                return scope
        return owner

    # The framework's view

    @cached_property
    def registrations(self) -> frozenset[NodeRef]:
        """The calls that hand a function to the framework: routes, dependencies, handlers.

        Both calls of `app.get("/users")(read_users)` are.
        """
        roles = [role for ref, _ in self.scopes for role in self.roles.of(ref)]
        places = frozenset(role.where for role in roles if role.where is not None)
        applied = (ref for ref, call in self.calls if ref._replace(node=call.function) in places)
        return places.union(applied)

    @cached_property
    def injections(self) -> dict[NodeRef, tuple[tuple[ScopeRef, str], ...]]:
        """The parameters that each call of `Depends` fills."""
        found: dict[NodeRef, list[tuple[ScopeRef, str]]] = {}
        for ref, scope in self.scopes:
            for parameter in scope.parameters:
                for call in self._markers(ref, parameter):
                    found.setdefault(call, []).append((ref, parameter.name))
        return {call: tuple(parameters) for call, parameters in found.items()}

    def _markers(self, ref: ScopeRef, parameter: facts.SignatureParameter) -> Iterator[NodeRef]:
        if parameter.default is not None:
            yield from self.evaluator.sources(NodeRef(ref.path, ref.unit, parameter.default))
        if parameter.annotation is not None:
            annotation = NodeRef(ref.path, ref.unit, parameter.annotation)
            yield from self.evaluator.metadata(annotation)

    def is_override(self, ref: ScopeRef) -> bool:
        """Return whether foreign code may call a method, since its class has foreign bases."""
        cls = self.evaluator.classes.class_of(ref)
        return cls is not None and self.evaluator.classes.is_open(cls)

    def global_reads(self, path: str, name: str) -> tuple[NodeRef, ...] | None:
        """Return the reads of a module-level variable, None where its module does not bind it."""
        bound = self.evaluator.module_bindings(path, name)
        return tuple(r for b in bound for r in self.links.reads.get(b, ())) if bound else None

    def is_depends_call(self, ref: NodeRef, call: facts.Call) -> bool:
        """Return whether a call is `Depends(…)` or `Security(…)`."""
        called = self.value(ref._replace(node=call.function))
        return bool(called) and all(known.is_external(thing, known.DEPENDS) for thing in called)

    def is_given_to_depends(self, ref: NodeRef) -> bool:
        """Return whether a value is what `Depends(…)` is called with."""
        users = self.units.users(ref).nodes.get(ref.node, ())
        for user in [ref._replace(node=number) for number in users]:
            node = self.units.node(user)
            if isinstance(node, facts.Call) and self.is_depends_call(user, node):
                return True
        return False

    def is_depends(self, ref: NodeRef) -> bool:
        """Return whether a node is `Depends(…)`, or a name for one."""
        sources = [(source, self.units.node(source)) for source in self.evaluator.sources(ref)]
        return bool(sources) and all(
            isinstance(node, facts.Call) and self.is_depends_call(source, node)
            for source, node in sources
        )

    def is_in_signature(self, ref: NodeRef) -> bool:
        """Return whether a node is a parameter's default, or part of an annotation."""
        if ref.node in self.units.users(ref).defaults:
            return True
        return any(isinstance(self.units.node(u), facts.Subscript) for u in self.units.using(ref))


def _imports_fastapi(outline: Outline | None) -> bool:
    """Return whether a file does import FastAPI, not only in the example of a docstring."""
    imports = outline.imports if outline is not None else ()
    return any(item.module.partition(".")[0] == "fastapi" for item in imports)
