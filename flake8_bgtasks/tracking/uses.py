"""What expressions do with an instance: attributes, calls, arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.fate import Form
from flake8_bgtasks.tracking.things import Method, NodeRef, Things
from flake8_bgtasks.tracking.traversal import Traversal

if TYPE_CHECKING:
    from flake8_bgtasks.tracking.binding import GivenArgument, Site


class Uses(Traversal):
    """Follows an instance through the expressions that use it."""

    def used(self, ref: NodeRef, user: NodeRef, node: facts.Node, form: Form) -> None:
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
        users = self.program.units.users(attribute)
        for number in users.nodes.get(attribute.node, ()):
            self._called(attribute._replace(node=number), form)

    def _own_method(self, attribute: NodeRef) -> None:
        """Follow the instance into a method of its own class; any other attribute is not known."""
        things = self.program.value(attribute)
        methods = [thing for thing in things if isinstance(thing, Method)]
        users = self.program.units.users(attribute)
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
                self.take_over(fate, attribute._replace(node=number))

    def _add_task(self, attribute: NodeRef) -> None:
        """Note the calls of `tasks.add_task`; as a value it can do no more than add either."""
        users = self.program.units.users(attribute)
        calls = [attribute._replace(node=n) for n in users.nodes.get(attribute.node, ())]
        self.adds.update(call for call in calls)

    def _list_of_tasks(self, attribute: NodeRef) -> None:
        """`.tasks` may be counted and appended to; anything else can run or merge what is in it."""
        users = self.program.units.users(attribute)
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
        users = self.program.units.users(call)
        dropped = all(
            isinstance(event, facts.Evaluated) for _, event in users.events.get(call.node, ())
        )
        if self.certain:
            following = [call._replace(node=n) for n in users.nodes.get(call.node, ())]
            self.awaited.update(user for user in following if self._waits(user))
        if form is not Form.ITSELF or users.nodes.get(call.node) or not dropped:
            self.executed = True
        else:
            self.dropped.add(call)

    def _waits(self, user: NodeRef) -> bool:
        """Return whether what is done with a coroutine runs it."""
        node = self.program.units.node(user)
        if not isinstance(node, facts.Call):
            return isinstance(node, facts.Awaited)
        called = self.program.value(user._replace(node=node.function))
        return all(known.is_external(thing, known.RUNNERS) for thing in called)

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
            attaches = argument.keyword == "background" or (
                argument.keyword is None and position == 4
            )
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
        self.take_over(fate, site.call)
        for returned in sorted(fate.returned, key=lambda f: f.value):
            self.push_result(site, returned)
