"""BGT201, BGT202, BGT205: pass the request's instance in a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import Plan, ReplaceArgument, place_of
from flake8_bgtasks.fixes.plans.common import call_at, plan_of
from flake8_bgtasks.fixes.plans.own_kind import handed_as_task
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.making import is_plainly_made
from flake8_bgtasks.fixes.supply.passing import passed, slot_of
from flake8_bgtasks.fixes.supply.timing import check_timing
from flake8_bgtasks.tracking import facts

if TYPE_CHECKING:
    from flake8_bgtasks.findings import Finding
    from flake8_bgtasks.fixes.edits import Edit
    from flake8_bgtasks.fixes.supply.passing import Slot
    from flake8_bgtasks.fixes.supply.search import Supply
    from flake8_bgtasks.fixes.supply.thread import Thread
    from flake8_bgtasks.tracking.binding import Site
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import NodeRef

_PASS = "pass the injected BackgroundTasks"


def plan_left_out(supply: Supply, finding: Finding) -> Plan:
    """Pass what a call leaves out."""
    call = call_at(supply.program, finding)
    return plan_of(supply, _PASS, lambda thread: _added(thread, call))


def _added(thread: Thread, call: NodeRef) -> frozenset[Edit]:
    sites = thread.program.binder.sites(call)[0]
    for site in sites:
        check_timing(thread.workspace, site)
    slots = {_missing_slot(thread.program, site) for site in sites}
    if len(slots) != 1:
        raise Refused("the functions that the call may reach take the instance differently")
    slot = slots.pop()
    if len(sites) == 1 and thread.becomes_dependency(sites[0], slot):
        return frozenset(thread.edits)
    value = (thread.at(call),)
    return frozenset({*thread.edits, passed(thread.workspace, sites[0], slot, value)})


def _missing_slot(program: Program, site: Site) -> Slot:
    """Return the parameter that a call leaves out."""
    for parameter in program.instances.parameters(site.function):
        if program.binder.argument_for(site, parameter.name) is None:
            return slot_of(parameter.name, program.evaluator.classes.signature(site.function))
    raise Refused("the call passes it already")


def plan_fresh(supply: Supply, finding: Finding) -> Plan:
    """Pass the request's instance in place of a new one, None or the class."""
    call = call_at(supply.program, finding)
    return plan_of(supply, _PASS, lambda thread: _replaced(thread, call))


def _replaced(thread: Thread, call: NodeRef) -> frozenset[Edit]:
    program = thread.program
    sites = program.binder.sites(call)[0]
    for site in sites:
        check_timing(thread.workspace, site)
    index = _wrong_argument(program, call, sites[0])
    node = program.units.node(call)
    assert isinstance(node, facts.Call)
    argument = call._replace(node=node.arguments[index].value)
    other = _of_own_kind(program, call, argument)
    if other is not None:
        if other != argument:
            raise Refused("an instance of its own kind is passed, which FastAPI does not inject")
        name = _replaced_slot(program, sites[0], argument).name
        return handed_as_task(thread, other, call, index, name)
    spare = _spare(thread, call, argument)
    if spare is not None:
        return spare
    slot = _replaced_slot(program, sites[0], argument)
    if len(sites) == 1 and thread.becomes_dependency(sites[0], slot):
        return frozenset(thread.edits)
    value = (thread.at(call),)
    return frozenset({*thread.edits, ReplaceArgument(place_of(program, call), index, value)})


def _wrong_argument(program: Program, call: NodeRef, site: Site) -> int:
    """Return the number of the argument that is a new instance, None or the class."""
    node = program.units.node(call)
    assert isinstance(node, facts.Call)
    names = {p.name for p in program.instances.parameters(site.function)}
    for index, argument in enumerate(node.arguments):
        given = [a for a in site.arguments if a.value == call._replace(node=argument.value)]
        for one in given:
            parameter = program.binder.parameter_of(site, one)
            if parameter is not None and parameter.name in names:
                return index
    raise Refused("it is not known which argument is the instance")


def _replaced_slot(program: Program, site: Site, argument: NodeRef) -> Slot:
    """Return the parameter that an argument fills."""
    for given in site.arguments:
        parameter = program.binder.parameter_of(site, given)
        if given.value == argument and parameter is not None:
            signature = program.evaluator.classes.signature(site.function)
            return slot_of(parameter.name, signature)
    raise Refused("it is not known which argument is the instance")


def _of_own_kind(program: Program, call: NodeRef, argument: NodeRef) -> NodeRef | None:
    """Return where the argument is made, if it is none that FastAPI could inject."""
    for birth in program.instances.made_in(argument, call) & program.instances.births:
        if not is_plainly_made(program, birth):
            return birth
    return None


def _spare(thread: Thread, call: NodeRef, argument: NodeRef) -> frozenset[Edit] | None:
    """Return the edits for `parameter or BackgroundTasks()`: the callers pass the parameter."""
    from flake8_bgtasks.fixes.plans.own_instance import passed_everywhere

    births = thread.program.instances.births
    for birth in sorted(thread.program.instances.made_in(argument, call) & births):
        parameter = thread.program.instances.stands_in_for(birth)
        if parameter is not None:
            return passed_everywhere(thread, parameter)
    return None


def plan_optional(supply: Supply, finding: Finding) -> Plan:
    """Pass the instance that is at hand to a function that does nothing without it."""
    call = call_at(supply.program, finding)
    return plan_of(supply, "pass the BackgroundTasks at hand", lambda thread: _added(thread, call))
