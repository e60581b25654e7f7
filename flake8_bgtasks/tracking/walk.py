"""One traversal: an instance followed from node to node, through expressions and statements."""

from __future__ import annotations

from flake8_bgtasks.tracking import facts, known
from flake8_bgtasks.tracking.fate import Form
from flake8_bgtasks.tracking.things import Class, Instance, NodeRef, ScopeRef
from flake8_bgtasks.tracking.uses import Uses


class Walk(Uses):
    """Follows an instance through what statements do with it: return, store, attach."""

    def visit(self, ref: NodeRef, form: Form) -> None:
        users = self.program.units.users(ref)
        for index in users.nodes.get(ref.node, ()):
            user = ref._replace(node=index)
            self.used(ref, user, self.program.units.node(user), form)
        for number, event in users.events.get(ref.node, ()):
            self._event(ref, ScopeRef(ref.path, ref.unit, number), event, form)
        for number, name in users.defaults.get(ref.node, ()):
            self.push_parameter(ScopeRef(ref.path, ref.unit, number), name, form)
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

    def _event(self, ref: NodeRef, scope: ScopeRef, event: facts.Event, form: Form) -> None:
        match event:
            case facts.Evaluated() | facts.Condition():
                pass
            case facts.Returned():
                self._return(scope, event, form)
            case facts.Yielded() if "dependency" in self.program.roles.kinds(scope):
                self._provide(scope, form)
            case facts.Yielded() if self._is_manager(scope):
                self._enter(scope, form)
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
            elif self.certain:
                self.leaked.add((scope.path, scope.unit, event))
            else:
                self.executed = True
        if kinds - {"route", "websocket", "dependency"}:
            self.executed = True
        if "dependency" in kinds:
            self._provide(scope, form)
        self._return_to_callers(scope, form, called_by_framework=bool(kinds))

    def _return_to_callers(self, scope: ScopeRef, form: Form, *, called_by_framework: bool) -> None:
        classes = self.program.evaluator.classes
        cls = classes.class_of(scope)
        if cls is not None and classes.is_property(scope):
            self.push_reads(Class(cls), self.program.units.scope(scope).name, form)
            return
        sites = self.program.sites_of.get(scope, ())
        for site in sites:
            self.push_result(site, form)
        if scope in self.program.links.handed_out or self.program.is_override(scope):
            self.executed = True
        if not sites and not called_by_framework:
            self.executed = True

    def _provide(self, scope: ScopeRef, form: Form) -> None:
        """Go on where `Depends(scope)` injects what the function returns."""
        for call in self.program.roles.dependants.get(scope, ()):
            for function, name in self.program.injections.get(call, ()):
                self.push_parameter(function, name, form)

    def _is_manager(self, scope: ScopeRef) -> bool:
        decorators = self.program.evaluator.classes.decorator_names(scope)
        return not decorators.isdisjoint(known.CONTEXT_MANAGERS)

    def _enter(self, scope: ScopeRef, form: Form) -> None:
        """Go on where `with scope() as …` binds what the function yields."""
        sites = self.program.sites_of.get(scope, ())
        for site in sites:
            entered = self.program.units.using(site.call)
            for user in entered:
                if isinstance(self.program.units.node(user), facts.Entered):
                    self.push(user, form)
                else:
                    self.executed = True
            self.executed = self.executed or site.how != "call" or not entered
        self.executed = self.executed or not sites or scope in self.program.links.handed_out

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
            self.push_reads(cls, name, form)  # type: ignore[arg-type]

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
                    self.push_reads(Class(owner), name, form)

    def _store_global(self, ref: NodeRef, name: str, form: Form) -> None:
        reads = self.program.global_reads(ref.path, name)
        if reads is None:
            self.executed = True
            return
        for read in reads:
            self.push(read, form)
