"""What becomes of an instance: followed from node to node, through calls, returns and attributes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.things import (
    Class,
    External,
    Instance,
    Method,
    NodeRef,
    ScopeRef,
    Things,
    Unknown,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from flake8_bgtasks.tracking.binding import GivenArgument, Site
    from flake8_bgtasks.tracking.program import Program


class Form(Enum):
    """In which form a value holds the instance: it is it, a response carries it, a collection holds it."""

    ITSELF = "itself"
    RESPONSE = "response"
    COLLECTION = "collection"


@dataclass(frozen=True)
class Fate:
    """What happens to an instance.

    `adds`: the calls that add tasks to it, here or in a function that it is passed to. `executed`:
    awaited, run, or handed to code that isn't known. `attached`: a response that carries it is
    returned to the framework. `returned`: the forms in which the function at hand returns it.
    `leaked`: the `return`s of path operations that send the instance itself to the client.
    `awaited`: where it is surely this instance that is awaited; `dropped`: the calls `tasks()` that
    nobody awaits; `opened`: whether its list of tasks is used by hand.
    """

    adds: frozenset[NodeRef] = frozenset()
    executed: bool = False
    attached: bool = False
    returned: frozenset[Form] = frozenset()
    leaked: frozenset[tuple[str, int, facts.Returned]] = frozenset()
    awaited: frozenset[NodeRef] = frozenset()
    dropped: frozenset[NodeRef] = frozenset()
    opened: bool = False

    @property
    def is_run(self) -> bool:
        """Return whether the tasks may run."""
        return self.executed or self.attached

    @property
    def is_lost(self) -> bool:
        """Return whether tasks are added and can't run."""
        return bool(self.adds) and not self.is_run and not self.leaked


Key = tuple[ScopeRef, str, Form]
"""A parameter of a function that is handed an instance in some form."""


class Fates:
    """Answers what becomes of instances; what functions do with their parameters is kept."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._kept: dict[Key, Fate] = {}

    def of(self, ref: NodeRef) -> Fate:
        """Return the fate of the instance that is born at a node."""
        return _Walk(self._program, self.of_parameter, None).run(ref, Form.ITSELF)

    def of_parameter_itself(self, scope: ScopeRef, name: str) -> Fate:
        """Return what a function does with an instance that is passed to a parameter."""
        return self.of_parameter((scope, name, Form.ITSELF))

    def of_parameter(self, key: Key) -> Fate:
        """Return what a function does with what is passed to a parameter.

        Functions that call each other are recomputed until nothing changes, without recursion.
        """
        if key in self._kept:
            return self._kept[key]
        known_so_far: dict[Key, Fate] = {key: Fate()}
        readers: dict[Key, set[Key]] = {}
        pending = [key]

        def read(reader: Key, other: Key) -> Fate:
            if other in self._kept:
                return self._kept[other]
            readers.setdefault(other, set()).add(reader)
            if other not in known_so_far:
                known_so_far[other] = Fate()
                pending.append(other)
            return known_so_far[other]

        while pending:
            current = pending.pop()
            found = self._compute(current, read)
            if found != known_so_far[current]:
                known_so_far[current] = found
                pending.extend(sorted(readers.get(current, ()), key=repr))
        self._kept.update(known_so_far)
        return self._kept[key]

    def _compute(self, key: Key, read: Callable[[Key, Key], Fate]) -> Fate:
        scope, name, form = key
        walk = _Walk(self._program, lambda other: read(key, other), scope)
        if self._program.units.scope(scope).kind == "class":
            return walk.run_field(Class(scope), name, form)
        ref = self._program.links.parameters.get((scope, name))
        return Fate(executed=True) if ref is None else walk.run(ref, form)


@dataclass
class _Walk:
    """One traversal. `home` is the function whose parameter is followed: its returns are its caller's affair."""

    program: Program
    parameter_fate: Callable[[Key], Fate]
    home: ScopeRef | None
    adds: set[NodeRef] = field(default_factory=set)
    returned: set[Form] = field(default_factory=set)
    leaked: set[tuple[str, int, facts.Returned]] = field(default_factory=set)
    awaited: set[NodeRef] = field(default_factory=set)
    dropped: set[NodeRef] = field(default_factory=set)
    executed: bool = False
    attached: bool = False
    opened: bool = False
    certain: bool = True
    seen: set[tuple[NodeRef, Form, bool]] = field(default_factory=set)
    pending: list[tuple[NodeRef, Form, bool]] = field(default_factory=list)

    def run(self, ref: NodeRef, form: Form) -> Fate:
        """Follow an instance from the node that is it."""
        self.push(ref, form)
        return self._result_of_walk()

    def run_field(self, cls: Class, name: str, form: Form) -> Fate:
        """Follow an instance that a dataclass keeps in a field."""
        self._read_from(cls, name, form)
        return self._result_of_walk()

    def _result_of_walk(self) -> Fate:
        while self.pending:
            ref, form, self.certain = self.pending.pop()
            self._visit(ref, form)
        return Fate(
            frozenset(self.adds),
            self.executed,
            self.attached,
            frozenset(self.returned),
            frozenset(self.leaked),
            frozenset(self.awaited),
            frozenset(self.dropped),
            self.opened,
        )

    def push(self, ref: NodeRef, form: Form, *, certain: bool = True) -> None:
        """Follow a value; it is certainly the instance only if what led to it was."""
        item = (ref, form, certain and self.certain)
        if item not in self.seen:
            self.seen.add(item)
            self.pending.append(item)

    def _visit(self, ref: NodeRef, form: Form) -> None:
        users = self.program.units.users(ref.path, ref.unit)
        for index in users.nodes.get(ref.node, ()):
            user = ref._replace(node=index)
            self._used(ref, user, self.program.units.node(user), form)
        for number, event in users.events.get(ref.node, ()):
            self._event(ref, ScopeRef(ref.path, ref.unit, number), event, form)
        for number, name in users.defaults.get(ref.node, ()):
            self._push_parameter(ScopeRef(ref.path, ref.unit, number), name, form)
        for _, store in users.stores.get(ref.node, ()):
            self._stored_on(store, form)
        for read in self.program.links.reads.get(ref, ()):
            self.push(read, form)
        self._class_attribute(ref, form)
        self._super(ref, form)

    def _stored_on(self, event: facts.StoredAttribute, form: Form) -> None:
        """`tasks.tasks = other.tasks`: the instance shares a list that somebody else runs."""
        if form is Form.ITSELF and event.name == "tasks":
            self.executed = self.opened = True

    def _super(self, ref: NodeRef, form: Form) -> None:
        """Go on at `super()` where the instance is `self`."""
        node = self.program.units.node(ref)
        if not isinstance(node, facts.Parameter) or form is not Form.ITSELF:
            return
        owner = self.program.units.owner(ref)
        first = self.program.units.scope(owner).parameters[:1]
        is_self = bool(first) and first[0].name == node.name
        if is_self and self.program.evaluator.classes.class_of(owner) is not None:
            for call in self.program.super_calls.get(owner, ()):
                self.push(call, form)

    def _push_parameter(self, scope: ScopeRef, name: str, form: Form) -> None:
        parameter = self.program.links.parameters.get((scope, name))
        if parameter is not None:
            self.push(parameter, form)

    # Uses in expressions

    def _used(self, ref: NodeRef, user: NodeRef, node: facts.Node, form: Form) -> None:
        match node:
            case facts.Choice() | facts.Narrowed(is_none=False) | facts.Declared():
                self.push(user, form)
            case facts.Narrowed() | facts.Tested():
                pass
            case facts.Awaited():
                self.push(user, form)
            case facts.Collection() | facts.Starred():
                self.push(user, Form.COLLECTION)
            case facts.Attribute(name=name):
                self._attribute(user, name, form)
            case facts.Call(function=function) if function == ref.node:
                self._called(user, form)
            case facts.Call():
                self._passed(ref, user, node, form)
            case _:
                self.executed = True

    def _attribute(self, user: NodeRef, name: str, form: Form) -> None:
        if form is Form.RESPONSE:
            self.executed = self.executed or name in ("background", "__dict__", "__call__")
        elif form is Form.COLLECTION:
            self.executed = True
        elif name == "add_task":
            self._add_task(user)
        elif name == "tasks":
            self._list_of_tasks(user)
        elif name == "__call__":
            self._each_call(user, form)
        elif name not in ("func", "args", "kwargs", "is_async", "__class__", "__dict__"):
            self._own_method(user)

    def _each_call(self, attribute: NodeRef, form: Form) -> None:
        users = self.program.units.users(attribute.path, attribute.unit)
        for number in users.nodes.get(attribute.node, ()):
            self._called(attribute._replace(node=number), form)

    def _own_method(self, attribute: NodeRef) -> None:
        """Follow the instance into a method of its own class; any other attribute is not known."""
        things = self.program.value(attribute)
        methods = [thing for thing in things if isinstance(thing, Method)]
        users = self.program.units.users(attribute.path, attribute.unit)
        if len(methods) != len(things) or users.events.get(attribute.node):
            self.executed = True
            return
        for method in methods:
            parameters = self.program.units.scope(method.function).parameters
            if not parameters:
                self.executed = True
                continue
            fate = self.parameter_fate((method.function, parameters[0].name, Form.ITSELF))
            for number in users.nodes.get(attribute.node, ()):
                self._take_over(fate, attribute._replace(node=number))

    def _add_task(self, attribute: NodeRef) -> None:
        """Note the calls of `tasks.add_task`; as a value it can do no more than add either."""
        users = self.program.units.users(attribute.path, attribute.unit)
        calls = [attribute._replace(node=n) for n in users.nodes.get(attribute.node, ())]
        self.adds.update(call for call in calls)

    def _list_of_tasks(self, attribute: NodeRef) -> None:
        """`.tasks` may be counted and appended to; anything else can run or merge what is in it."""
        users = self.program.units.users(attribute.path, attribute.unit)
        for number in users.nodes.get(attribute.node, ()):
            user = attribute._replace(node=number)
            node = self.program.units.node(user)
            if isinstance(node, facts.Attribute) and node.name in ("append", "extend", "insert"):
                self.adds.add(user)
            elif not isinstance(node, facts.Tested) and not self._only_looks(user, node):
                self.executed = self.opened = True
        events = [event for _, event in users.events.get(attribute.node, ())]
        if any(not isinstance(event, (facts.Condition, facts.Evaluated)) for event in events):
            self.executed = self.opened = True

    def _only_looks(self, user: NodeRef, node: facts.Node) -> bool:
        return isinstance(node, facts.Call) and self._is_harmless(
            self.program.value(user._replace(node=node.function))
        )

    def _called(self, call: NodeRef, form: Form) -> None:
        """`tasks()` makes a coroutine: it runs unless that is dropped."""
        users = self.program.units.users(call.path, call.unit)
        dropped = all(
            isinstance(event, facts.Evaluated) for _, event in users.events.get(call.node, ())
        )
        waits = [
            call._replace(node=n)
            for n in users.nodes.get(call.node, ())
            if isinstance(self.program.units.node(call._replace(node=n)), facts.Awaited)
        ]
        if self.certain:
            self.awaited.update(waits)
        if form is not Form.ITSELF or users.nodes.get(call.node) or not dropped:
            self.executed = True
        else:
            self.dropped.add(call)

    # Uses as an argument

    def _passed(self, ref: NodeRef, call: NodeRef, node: facts.Call, form: Form) -> None:
        called = self.program.value(call._replace(node=node.function))
        if self._is_harmless(called):
            return
        if self._makes_response(called):
            self._response(ref, call, node, form)
            return
        sites, complete = self.program.binder.sites(call)
        if not complete or not sites:
            self.executed = True
            return
        for site in sites:
            for argument in site.arguments:
                if argument.value == ref:
                    self._into(site, argument, form)

    def _is_harmless(self, called: Things) -> bool:
        return all(known.is_external(thing, known.HARMLESS) for thing in called)

    def _makes_response(self, called: Things) -> bool:
        return bool(called) and all(self.program.is_response_class(thing) for thing in called)

    def _response(self, ref: NodeRef, call: NodeRef, node: facts.Call, form: Form) -> None:
        """Follow a response that is made with `background=`."""
        for position, argument in enumerate(node.arguments):
            if argument.value != ref.node:
                continue
            attaches = argument.keyword == "background" or (argument.keyword is None and position == 4)
            if attaches and form is Form.ITSELF and not argument.star:
                self.push(call, Form.RESPONSE)
            else:
                self.executed = True

    def _into(self, site: Site, argument: GivenArgument, form: Form) -> None:
        parameter = self.program.binder.parameter_of(site, argument)
        if parameter is None or parameter.kind.startswith("var_"):
            self.executed = True
            return
        fate = self.parameter_fate((site.function, parameter.name, form))
        self._take_over(fate, site.call)
        for returned in sorted(fate.returned, key=lambda f: f.value):
            self._result(site, returned)

    def _take_over(self, fate: Fate, call: NodeRef) -> None:
        """Take over what a called function does with the instance."""
        if fate.adds:
            self.adds.add(call)
        self.executed = self.executed or fate.executed
        self.attached = self.attached or fate.attached
        self.opened = self.opened or fate.opened
        self.leaked |= fate.leaked
        self.dropped |= fate.dropped
        if self.certain:
            self.awaited |= fate.awaited

    def _result(self, site: Site, form: Form) -> None:
        if site.how in ("call", "forward"):
            self.push(site.call, form)
        elif site.how == "partial":
            self.executed = True

    # Statements

    def _event(self, ref: NodeRef, scope: ScopeRef, event: facts.Event, form: Form) -> None:
        match event:
            case facts.Evaluated() | facts.Condition():
                pass
            case facts.Returned():
                self._return(scope, event, form)
            case facts.Yielded() if "dependency" in self.program.roles.kinds(scope):
                self._provide(scope, form)
            case facts.StoredAttribute(base=base, name=name):
                self._store(ref._replace(node=base), name, form)
            case facts.StoredOutside(name=name):
                self._store_global(ref, name, form)
            case _:
                self.executed = True

    def _return(self, scope: ScopeRef, event: facts.Returned, form: Form) -> None:
        if scope == self.home:
            self.returned.add(form)
            return
        kinds = self.program.roles.kinds(scope)
        if "route" in kinds:
            if form is Form.RESPONSE:
                self.attached = True
            else:
                self.leaked.add((scope.path, scope.unit, event))
        if kinds - {"route", "websocket", "dependency"}:
            self.executed = True
        if "dependency" in kinds:
            self._provide(scope, form)
        self._return_to_callers(scope, form, called_by_framework=bool(kinds))

    def _return_to_callers(self, scope: ScopeRef, form: Form, *, called_by_framework: bool) -> None:
        sites = self.program.sites_of.get(scope, ())
        for site in sites:
            self._result(site, form)
        if scope in self.program.links.handed_out or self.program.is_override(scope):
            self.executed = True
        if not sites and not called_by_framework:
            self.executed = True

    def _provide(self, scope: ScopeRef, form: Form) -> None:
        """Go on where `Depends(scope)` injects what the function returns."""
        for call in self.program.roles.dependants.get(scope, ()):
            for function, name in self.program.injections.get(call, ()):
                self._push_parameter(function, name, form)

    def _store(self, base: NodeRef, name: str, form: Form) -> None:
        """`base.name = …`: attached to a response, kept on an object, or out of sight."""
        if name == "background" and form is Form.ITSELF:
            self._attach(base)
            return
        owners = self.program.value(base)
        classes = [t.cls if isinstance(t, Instance) else t for t in owners]
        if not all(isinstance(cls, Class) for cls in classes):
            self.executed = True
            return
        for cls in classes:
            self._read_from(cls, name, form)  # type: ignore[arg-type]

    def _attach(self, base: NodeRef) -> None:
        things = self.program.value(base)
        responses = all(
            isinstance(t, Instance) and self.program.is_response_class(t.cls) for t in things
        )
        made_here = isinstance(self.program.units.node(base), facts.Call)
        if responses and made_here:
            self.push(base, Form.RESPONSE)
        else:
            self.executed = True

    def _class_attribute(self, ref: NodeRef, form: Form) -> None:
        """Go on where an attribute that a class body binds is read."""
        owner = self.program.units.owner(ref)
        scope = self.program.units.scope(owner)
        if scope.kind == "class":
            for name, nodes in scope.bindings.items():
                if ref.node in nodes:
                    self._read_from(Class(owner), name, form)

    def _read_from(self, cls: Class, name: str, form: Form) -> None:
        """Go on at every read of `.name` on something that is, or may be, an object of the class."""
        for read in self.program.links.attributes.get(name, ()):
            node = self.program.units.node(read)
            assert isinstance(node, facts.Attribute)
            bases = self.program.value(read._replace(node=node.base))
            if any(self._may_be(cls, thing) for thing in bases):
                self.push(read, form, certain=all(isinstance(t, (Instance, Class)) for t in bases))

    def _may_be(self, cls: Class, thing: object) -> bool:
        if isinstance(thing, (Unknown, External)):
            return True
        owner = thing.cls if isinstance(thing, Instance) else thing
        if not isinstance(owner, Class):
            return False
        order = self.program.evaluator.classes.order
        return cls in order(owner.ref) or owner in order(cls.ref)

    def _store_global(self, ref: NodeRef, name: str, form: Form) -> None:
        reads = self.program.global_reads(ref.path, name)
        if reads is None:
            self.executed = True
            return
        for read in reads:
            self.push(read, form)
