"""BGT102: take the request's instance where one is read from a class or from `app.state`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flake8_bgtasks.fixes.edits import Place, RemoveStatement, ReplaceExpression
from flake8_bgtasks.fixes.supply import Refused
from flake8_bgtasks.fixes.supply.making import is_plainly_made
from flake8_bgtasks.fixes.supply.mentions import Mentions
from flake8_bgtasks.fixes.supply.places import check_file
from flake8_bgtasks.fixes.supply.thread import Grown
from flake8_bgtasks.tracking import facts
from flake8_bgtasks.tracking.things import Class, Instance, NodeRef, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_bgtasks.fixes.edits import Edit
    from flake8_bgtasks.fixes.supply.syntax import Tree
    from flake8_bgtasks.fixes.supply.thread import Thread
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import ScopeRef, Thing


def attribute_of(tree: Tree, birth: ast.Call) -> str | None:
    """Return the attribute that a new instance is kept in, None where it is kept elsewhere."""
    statement = tree.parents[birth]
    targets = getattr(statement, "targets", [getattr(statement, "target", None)])
    if getattr(statement, "value", None) is not birth or len(targets) != 1:
        return None
    if isinstance(tree.parents[statement], ast.ClassDef) and isinstance(targets[0], ast.Name):
        return targets[0].id
    return targets[0].attr if isinstance(targets[0], ast.Attribute) else None


def replaced_everywhere(thread: Thread, birth: NodeRef, name: str) -> frozenset[Edit]:
    """Return the edits that do without an attribute. Raises Refused, and Grown."""
    workspace, program = thread.workspace, thread.program
    if workspace.know({name}):
        raise Grown
    if not is_plainly_made(program, birth) or program.instances.shared_fate(birth).opened:
        raise Refused("the list of tasks is used by hand")
    thread.gone.add(name)
    owner = program.units.owner(birth)
    of_class = program.units.scope(owner).kind == "class"
    if of_class:
        _check_class(program, owner, name)
    else:
        _check_state(thread, birth, name)
    names = frozenset({name})
    Mentions(workspace, program).check(names, repr(name), member=True, may_be_set=not of_class)
    tree = workspace.syntax.known(birth.path)
    statement = tree.statement(tree.call(program.span(birth)))
    edits: set[Edit] = {RemoveStatement(Place(birth.path, tree.span(statement)))}
    for read in program.links.attributes.get(name, ()):
        if _is_it(thread, read, owner if of_class else None):
            edits.update(_read_instead(thread, read))
    return frozenset({*thread.edits, *edits})


def _check_class(program: Program, cls: ScopeRef, name: str) -> None:
    """Refuse an attribute that is a field, or is defined again in a class below."""
    classes = program.evaluator.classes
    if classes.is_open(cls) or classes.decorator_names(cls):
        raise Refused("its class gets attributes from elsewhere")
    below = classes.subclasses.get(cls, ())
    if any(name in program.units.scope(other).bindings for other in below):
        raise Refused(f"a class below has another {name!r}")
    if any(True for other in (cls, *below) for _ in classes.stored(other, name)):
        raise Refused(f"a method gives {name!r} another value")


def _check_state(thread: Thread, birth: NodeRef, name: str) -> None:
    """Refuse where something else than lost instances is kept in `app.state.name`."""
    program = thread.program
    for ref, scope in program.scopes:
        for event in scope.events:
            if not isinstance(event, facts.StoredAttribute) or event.name != name:
                continue
            value = NodeRef(ref.path, ref.unit, event.value)
            base = value._replace(node=event.base)
            if program.instances.is_state_of_app(base) and value not in program.instances.births:
                raise Refused(f"{ref.path}:{event.span.line} keeps something else in {name!r}")
            if value == birth and not program.instances.is_state_of_app(base):
                raise Refused("it is for you to say what the object is to hold instead")


def _is_it(thread: Thread, read: NodeRef, cls: ScopeRef | None) -> bool:
    """Return whether an attribute is the shared one. Raises Refused where it may be."""
    program = thread.program
    node = program.units.node(read)
    assert isinstance(node, facts.Attribute)
    base = read._replace(node=node.base)
    if cls is None:
        return program.instances.is_state_of_app(base)
    things = program.value(base)
    if Unknown() in things:
        raise Refused(f"it is not known what {thread.workspace.where(read)} reads")
    known = {cls, *program.evaluator.classes.subclasses.get(cls, ())}
    return any(_class_of(thing) in known for thing in things)


def _class_of(thing: Thing) -> ScopeRef | None:
    cls = thing.cls if isinstance(thing, Instance) else thing
    return cls.ref if isinstance(cls, Class) else None


def _read_instead(thread: Thread, read: NodeRef) -> Iterator[Edit]:
    if not thread.program.instances.is_in_function(read):
        raise Refused(f"{thread.workspace.where(read)} uses it when the module is imported")
    check_file(thread.workspace, read.path)
    name = thread.at(read)
    yield ReplaceExpression(Place(read.path, thread.program.span(read)), (name,))
