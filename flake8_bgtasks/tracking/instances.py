"""Where instances are born, and which of them are somebody else's or everybody's."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.fate import Fate
from flake8_bgtasks.tracking.needs import Needs
from flake8_bgtasks.tracking.parameters import TasksParameter
from flake8_bgtasks.tracking.queues import queues_tasks
from flake8_bgtasks.tracking.things import Instance, NodeRef, ScopeRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.tracking.binding import Site
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import Thing


class Instances(Needs):
    """Finds births."""

    @cached_property
    def tasks(self) -> tuple[NodeRef, ...]:
        """The calls that make a `BackgroundTasks`, or a subclass that queues tasks alike."""
        return tuple(
            ref for ref, call in self._program.calls if self._makes(ref, call, self._is_queue)
        )

    @cached_property
    def births(self) -> frozenset[NodeRef]:
        return frozenset(self.tasks)

    @cached_property
    def single(self) -> tuple[NodeRef, ...]:
        """The calls that make a Starlette `BackgroundTask`."""
        return tuple(
            ref
            for ref, call in self._program.calls
            if self._makes(ref, call, self._program.is_task_class)
        )

    def _is_queue(self, thing: Thing) -> bool:
        return self._program.is_tasks_class(thing) and queues_tasks(self._program, thing)

    def _makes(self, ref: NodeRef, call: facts.Call, is_class: object) -> bool:
        called = self._program.value(ref._replace(node=call.function))
        return bool(called) and all(is_class(thing) for thing in called)  # type: ignore[operator]

    @cached_property
    def on_the_spot(self) -> dict[NodeRef, tuple[Site, ...]]:
        """The births that are arguments of calls of project functions, with those calls."""
        found: dict[NodeRef, list[Site]] = {}
        for site in self._program.sites:
            for argument in site.arguments:
                for birth in self.made_in(argument.value, site.call) & self.births:
                    found.setdefault(birth, []).append(site)
        return {ref: tuple(sites) for ref, sites in found.items()}

    def made_in(self, argument: NodeRef, call: NodeRef) -> frozenset[NodeRef]:
        """Return the values that an argument may be and that are made within its call."""
        found, pending = {argument}, [argument]
        while pending:
            current = pending.pop()
            node = self._units.node(current)
            for option in node.options if isinstance(node, facts.Choice) else ():
                inner = current._replace(node=option)
                if inner not in found:
                    found.add(inner)
                    pending.append(inner)
        around = self._program.span(call)
        return frozenset(
            ref
            for ref in found
            if (ref.path, ref.unit) == (call.path, call.unit)
            and around.contains(self._program.span(ref))
        )

    def is_in_function(self, ref: NodeRef) -> bool:
        """Return whether a node belongs to a function or lambda (not to a module or class body)."""
        return self._units.scope(self._units.owner(ref)).kind in ("function", "lambda")

    def class_name(self, ref: NodeRef) -> str:
        """Return the name of the class that a call makes an object of."""
        for thing in self._program.value(ref):
            if isinstance(thing, Instance):
                name = getattr(thing.cls, "name", "") or self._units.scope(thing.cls.ref).name  # type: ignore[union-attr]
                return str(name).rpartition(".")[2]
        return "BackgroundTasks"

    def stands_in_for(self, ref: NodeRef) -> TasksParameter | None:
        """Return the parameter that an instance replaces: `tasks or BackgroundTasks()`."""
        users = self._units.users(ref).nodes.get(ref.node, ())
        for index in users:
            node = self._units.node(ref._replace(node=index))
            if isinstance(node, facts.Choice) and node.kind != "union":
                for option in node.options:
                    found = self._replaced(ref._replace(node=option), node.kind)
                    if found is not None:
                        return found
        return None

    def is_spare(self, ref: NodeRef) -> bool:
        """Return whether an instance only stands in for a parameter that every caller passes.

        `tasks = tasks or BackgroundTasks()`: FastAPI always passes it to what it calls itself.
        """
        spared = self.stands_in_for(ref)
        if spared is None:
            return False
        return not any(
            site.is_exact
            and site.how in ("call", "forward")
            and not self._program.is_test(site.call.path)
            and self.leaves_out(site, spared.name)
            for site in self._program.sites_of.get(spared.scope, ())
        )

    def _replaced(self, ref: NodeRef, kind: str) -> TasksParameter | None:
        node = self._units.node(ref)
        if isinstance(node, facts.Narrowed) and not node.is_none:
            ref = ref._replace(node=node.base)
        elif kind != "or":
            return None
        node = self._units.node(ref)
        if not isinstance(node, facts.Parameter):
            return None
        scope = self._units.owner(ref)
        named = [p for p in self._units.scope(scope).parameters if p.name == node.name]
        return TasksParameter(scope, named[0]) if named else None

    def leaves_out(self, site: Site, name: str) -> bool:
        """Return whether a call leaves a parameter out, or passes None."""
        argument = self._program.binder.argument_for(site, name)
        return argument is None or self.is_none(argument.value)

    def is_default(self, ref: NodeRef) -> bool:
        """Return whether an instance is the default of a parameter."""
        return ref.node in self._units.users(ref).defaults

    def default_is_used(self, ref: NodeRef) -> bool:
        """Return whether a direct call leaves the parameter to its default."""
        for number, name in self._units.users(ref).defaults[ref.node]:
            scope = ScopeRef(ref.path, ref.unit, number)
            for site in self._program.sites_of.get(scope, ()):
                direct = site.is_exact and site.how != "partial"
                in_test = self._program.is_test(site.call.path)
                if direct and not in_test and self.leaves_out(site, name):
                    return True
        return False

    def is_kept_globally(self, ref: NodeRef) -> bool:
        """Return whether an instance is stored in `app.state` or a global variable."""
        events = self._units.users(ref).events.get(ref.node, ())
        return any(
            isinstance(event, facts.StoredOutside)
            or (
                isinstance(event, facts.StoredAttribute)
                and self.is_state_of_app(ref._replace(node=event.base))
            )
            for _, event in events
        )

    def is_state_of_app(self, ref: NodeRef) -> bool:
        """Return whether a value is `app.state`."""
        base = self._units.node(ref)
        if not isinstance(base, facts.Attribute) or base.name != "state":
            return False
        owner = self._program.value(ref._replace(node=base.base))
        return any(
            self._program.evaluator.classes.is_instance(thing, known.APPS) for thing in owner
        ) or self._is_called_app(ref._replace(node=base.base))

    def _is_called_app(self, ref: NodeRef) -> bool:
        return getattr(self._units.node(ref), "name", "") in ("app", "application")

    def is_prebound(self, ref: NodeRef) -> bool:
        """Return whether `partial` binds an instance in what a route or dependency is made of."""
        sites = self.on_the_spot.get(ref, ())
        return any(self._is_registered(site.call) for site in sites if site.how == "partial")

    def _is_registered(self, ref: NodeRef) -> bool:
        return any(user in self._program.registrations for user in self._units.using(ref))

    def shared_fate(self, ref: NodeRef) -> Fate:
        """Return the fate of a shared instance, `app.state` looked through."""
        stored = [
            event.name
            for _, event in self._units.users(ref).events.get(ref.node, ())
            if isinstance(event, facts.StoredAttribute)
            and self.is_state_of_app(ref._replace(node=event.base))
        ]
        if not stored:
            return self._program.fates.of(ref)
        reads = [r for name in stored for r in self._reads_of_state(name)]
        fates = [self._program.fates.of(read) for read in reads]
        return Fate(
            adds=frozenset(add for fate in fates for add in fate.adds),
            executed=any(fate.executed for fate in fates),
            attached=any(fate.attached for fate in fates),
        )

    def _reads_of_state(self, name: str) -> Iterator[NodeRef]:
        for read in self._program.links.attributes.get(name, ()):
            node = self._units.node(read)
            assert isinstance(node, facts.Attribute)
            base = self._units.node(read._replace(node=node.base))
            if isinstance(base, facts.Attribute) and base.name == "state":
                yield read

    def is_helper(self, ref: ScopeRef) -> bool:
        """Return whether a function takes a `BackgroundTasks`, or makes one and loses it."""
        if self.parameters(ref):
            return True
        return any(
            self._program.function_around(birth) == ref and not self._program.fates.of(birth).is_run
            for birth in self.tasks
        )

    def injected_parameters(self, ref: NodeRef) -> tuple[TasksParameter, ...] | None:
        """Return the injected parameters that a value is; None where it may be something else."""
        found: list[TasksParameter] = []
        pending, seen = [ref], {ref}
        while pending:
            current = pending.pop()
            node = self._units.node(current)
            following = self._behind(current, node)
            if isinstance(node, facts.Parameter):
                parameter = self._as_injected(current, node.name)
                if parameter is None:
                    return None
                found.append(parameter)
            elif not following:
                return None
            for other in following:
                if other not in seen:
                    seen.add(other)
                    pending.append(other)
        return tuple(found)

    def _behind(self, ref: NodeRef, node: facts.Node) -> tuple[NodeRef, ...]:
        match node:
            case facts.Choice(options=options):
                return tuple(ref._replace(node=option) for option in options)
            case facts.Narrowed(base=base) | facts.Declared(base=base):
                return (ref._replace(node=base),)
            case facts.Free(name=name):
                return self._program.evaluator.bindings_of(ref, name)
        return ()

    def _as_injected(self, ref: NodeRef, name: str) -> TasksParameter | None:
        scope = self._units.owner(ref)
        if not self._program.roles.is_injected(scope):
            return None
        declared = [p for p in self._units.scope(scope).parameters if p.name == name]
        if not declared or not self.is_declared(scope, declared[0]):
            return None
        return TasksParameter(scope, declared[0])


def is_cached(program: Program, ref: ScopeRef) -> bool:
    """Return whether a function keeps what it returned (`lru_cache`)."""
    return bool(program.evaluator.classes.decorator_names(ref) & known.CACHES)
