"""Where instances are born, and which parameters take them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from flake8_bgtasks.project.exports import TASKS_NAME
from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.fate import Fate
from flake8_bgtasks.tracking.things import Class, Instance, NodeRef, Nothing, ScopeRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.tracking.binding import Site
    from flake8_bgtasks.tracking.program import Program

@dataclass(frozen=True)
class TasksParameter:
    """A parameter that takes a `BackgroundTasks`."""

    scope: ScopeRef
    declared: facts.SignatureParameter

    @property
    def name(self) -> str:
        return self.declared.name


class Instances:
    """Finds births and parameters."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._units = program.units

    # Births

    @cached_property
    def tasks(self) -> tuple[NodeRef, ...]:
        """The calls that make a `BackgroundTasks`."""
        return tuple(
            ref
            for ref, call in self._program.calls
            if self._makes(ref, call, self._program.is_tasks_class)
        )

    @cached_property
    def single(self) -> tuple[NodeRef, ...]:
        """The calls that make a Starlette `BackgroundTask`."""
        return tuple(
            ref
            for ref, call in self._program.calls
            if self._makes(ref, call, self._program.is_task_class)
        )

    def _makes(self, ref: NodeRef, call: facts.Call, is_class: object) -> bool:
        called = self._program.value(ref._replace(node=call.function))
        return bool(called) and all(is_class(thing) for thing in called)  # type: ignore[operator]

    @cached_property
    def on_the_spot(self) -> dict[NodeRef, tuple[Site, ...]]:
        """The births that are arguments of calls of project functions, with those calls."""
        births = frozenset(self.tasks)
        found: dict[NodeRef, list[Site]] = {}
        for site in self._program.sites:
            for argument in site.arguments:
                for birth in self.made_in(argument.value, site.call) & births:
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

    # Instances that stand in for a parameter

    def stands_in_for(self, ref: NodeRef) -> TasksParameter | None:
        """Return the parameter that an instance replaces where it is None: `tasks or BackgroundTasks()`."""
        users = self._units.users(ref.path, ref.unit).nodes.get(ref.node, ())
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

    # Instances that outlive a request

    def is_default(self, ref: NodeRef) -> bool:
        """Return whether an instance is the default of a parameter."""
        return ref.node in self._units.users(ref.path, ref.unit).defaults

    def default_is_used(self, ref: NodeRef) -> bool:
        """Return whether a direct call leaves the parameter to its default."""
        for number, name in self._units.users(ref.path, ref.unit).defaults[ref.node]:
            scope = ScopeRef(ref.path, ref.unit, number)
            for site in self._program.sites_of.get(scope, ()):
                if site.is_exact and not self._program.is_test(site.call.path):
                    if site.how != "partial" and self.leaves_out(site, name):
                        return True
        return False

    def is_kept_globally(self, ref: NodeRef) -> bool:
        """Return whether an instance is stored in `app.state` or a global variable."""
        events = self._units.users(ref.path, ref.unit).events.get(ref.node, ())
        return any(
            isinstance(event, facts.StoredOutside)
            or (isinstance(event, facts.StoredAttribute) and self._is_app_state(ref, event))
            for _, event in events
        )

    def _is_app_state(self, ref: NodeRef, event: facts.StoredAttribute) -> bool:
        base = self._units.node(ref._replace(node=event.base))
        if not isinstance(base, facts.Attribute) or base.name != "state":
            return False
        owner = self._program.value(ref._replace(node=base.base))
        return any(
            self._program.evaluator.classes.is_instance(thing, known.APPS) for thing in owner
        ) or self._is_called_app(ref._replace(node=base.base))

    def _is_called_app(self, ref: NodeRef) -> bool:
        return getattr(self._units.node(ref), "name", "") in ("app", "application")

    def is_prebound(self, ref: NodeRef) -> bool:
        """Return whether an instance is bound by `partial` in what a route or dependency is made of."""
        sites = self.on_the_spot.get(ref, ())
        return any(self._is_registered(site.call) for site in sites if site.how == "partial")

    def _is_registered(self, ref: NodeRef) -> bool:
        users = self._units.users(ref.path, ref.unit).nodes.get(ref.node, ())
        return any(ref._replace(node=n) in self._program.registrations for n in users)

    def shared_fate(self, ref: NodeRef) -> Fate:
        """Return the fate of a shared instance, `app.state` looked through."""
        stored = [
            event.name
            for _, event in self._units.users(ref.path, ref.unit).events.get(ref.node, ())
            if isinstance(event, facts.StoredAttribute) and self._is_app_state(ref, event)
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

    # Parameters

    def parameters(self, ref: ScopeRef) -> Iterator[TasksParameter]:
        """Yield the parameters of a function that take a `BackgroundTasks`: so declared, or so used."""
        for declared in self._program.evaluator.classes.signature(ref):
            if declared.kind.startswith("var_"):
                continue
            if self.is_declared(ref, declared) or self.is_used_as_tasks(ref, declared):
                yield TasksParameter(ref, declared)

    def is_declared(self, ref: ScopeRef, declared: facts.SignatureParameter) -> bool:
        """Return whether the annotation says `BackgroundTasks` (optional ones too)."""
        if declared.annotation is None:
            return False
        annotation = NodeRef(ref.path, ref.unit, declared.annotation)
        return self._program.is_tasks(self._program.evaluator.type_of(annotation))

    def is_used_as_tasks(self, ref: ScopeRef, declared: facts.SignatureParameter) -> bool:
        """Return whether a parameter without annotation has the usual name and gets `.add_task`."""
        if declared.annotation is not None or not TASKS_NAME.fullmatch(declared.name):
            return False
        node = self._program.links.parameters.get((ref, declared.name))
        return node is not None and any(
            isinstance(used, facts.Attribute) and used.name == "add_task"
            for used in self._uses(node)
        )

    def _uses(self, ref: NodeRef) -> Iterator[facts.Node]:
        """Yield the nodes that use a value, its narrowed and joined forms included."""
        pending, seen = [ref], {ref}
        while pending:
            current = pending.pop()
            users = self._units.users(current.path, current.unit).nodes.get(current.node, ())
            for user in [current._replace(node=n) for n in users]:
                node = self._units.node(user)
                yield node
                if isinstance(node, (facts.Choice, facts.Narrowed)) and user not in seen:
                    seen.add(user)
                    pending.append(user)

    def attributes(self, cls: ScopeRef) -> Iterator[str]:
        """Yield the attributes in which the objects of a class keep a `BackgroundTasks`."""
        unit = self._units.get(cls.path, cls.unit)
        for number, scope in enumerate(unit.scopes):
            if scope.parent == cls.scope:
                for event in scope.events:
                    if isinstance(event, facts.StoredAttribute) and self._is_own(cls, event):
                        value = NodeRef(cls.path, cls.unit, event.value)
                        if self._program.is_tasks(self._program.value(value)):
                            yield event.name

    def _is_own(self, cls: ScopeRef, event: facts.StoredAttribute) -> bool:
        base = NodeRef(cls.path, cls.unit, event.base)
        owners = [t.cls for t in self._program.value(base) if isinstance(t, Instance)]
        return Class(cls) in owners

    def parameter_node(self, parameter: TasksParameter) -> NodeRef | None:
        return self._program.links.parameters.get((parameter.scope, parameter.name))

    # None

    def is_required(self, parameter: TasksParameter) -> bool:
        """Return whether a function fails when the parameter is left out."""
        default = parameter.declared.default
        if default is None:
            return True
        ref = NodeRef(parameter.scope.path, parameter.scope.unit, default)
        if self.is_none(ref):
            return self.needs(parameter.scope, parameter.name)
        if self._program.is_depends(ref):
            return self.needs(parameter.scope, parameter.name, even_guarded=True)
        return False

    def needs(self, scope: ScopeRef, name: str, *, even_guarded: bool = False) -> bool:
        """Return whether a function uses what a parameter holds without asking whether it is None.

        `even_guarded`: whether it uses it at all (the guard does not help against a `Depends` object).
        """
        pending = list(self._program.links.held_by(scope, name))
        seen = set(pending)
        while pending:
            current = pending.pop()
            for following in self._needed_by(current, even_guarded=even_guarded):
                if following is None:
                    return True
                if following not in seen:
                    seen.add(following)
                    pending.append(following)
        return False

    def _needed_by(self, ref: NodeRef, *, even_guarded: bool) -> Iterator[NodeRef | None]:
        """Yield the nodes that hold the same value; None where the value is used."""
        users = self._units.users(ref.path, ref.unit).nodes.get(ref.node, ())
        for user in [ref._replace(node=n) for n in users]:
            node = self._units.node(user)
            match node:
                case facts.Attribute(name="add_task" | "tasks"):
                    if not self._is_caught(user):
                        yield None
                case facts.Narrowed(is_none=False) if even_guarded:
                    yield user
                case facts.Choice(kind="join") if even_guarded:
                    yield user
                case facts.Call(function=function) if function != ref.node:
                    yield from self._passed_on(ref, user)
        for read in self._program.links.reads.get(ref, ()):
            if not self._is_rebound(ref):
                yield read

    def _is_caught(self, ref: NodeRef) -> bool:
        """Return whether the code handles that a value has no such attribute."""
        ranges = self._units.get(ref.path, ref.unit).caught
        return any(first <= ref.node < end for first, end in ranges)

    def _is_rebound(self, ref: NodeRef) -> bool:
        """Return whether the parameter gets other values as well (an inner function may see those)."""
        scope = self._units.scope(self._units.owner(ref))
        return any(ref.node in nodes and len(nodes) > 1 for nodes in scope.bindings.values())

    def _passed_on(self, ref: NodeRef, call: NodeRef) -> Iterator[NodeRef]:
        sites, complete = self._program.binder.sites(call)
        for site in sites if complete and len(sites) == 1 else ():
            for argument in site.arguments:
                parameter = self._program.binder.parameter_of(site, argument)
                if argument.value == ref and parameter is not None:
                    yield from self._program.links.held_by(site.function, parameter.name)

    def is_helper(self, ref: ScopeRef) -> bool:
        """Return whether a function takes a `BackgroundTasks`, or makes one and loses it."""
        if any(True for _ in self.parameters(ref)):
            return True
        return any(
            self._program.function_around(birth) == ref and not self._program.fates.of(birth).is_run
            for birth in self.tasks
        )

    # Values

    def is_none(self, ref: NodeRef) -> bool:
        return self._program.value(ref) == frozenset([Nothing()])

    def is_literal_none(self, ref: NodeRef) -> bool:
        node = self._units.node(ref)
        return isinstance(node, facts.Constant) and node.kind == "none"

    def is_the_class(self, ref: NodeRef) -> bool:
        things = self._program.value(ref)
        return bool(things) and all(self._program.is_tasks_class(thing) for thing in things)

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

    def touches_list(self, ref: NodeRef) -> bool:
        """Return whether the list of tasks of a value is used by hand (cleared, merged)."""
        return any(isinstance(u, facts.Attribute) and u.name == "tasks" for u in self._uses(ref))

    def class_name(self, ref: NodeRef) -> str:
        """Return the name of the class that a call makes an object of."""
        for thing in self._program.value(ref):
            if isinstance(thing, Instance):
                name = getattr(thing.cls, "name", "") or self._units.scope(thing.cls.ref).name  # type: ignore[union-attr]
                return str(name).rpartition(".")[2]
        return "BackgroundTasks"


def is_cached(program: Program, ref: ScopeRef) -> bool:
    """Return whether a function keeps what it returned (`lru_cache`)."""
    return bool(program.evaluator.classes.decorator_names(ref) & known.CACHES)
