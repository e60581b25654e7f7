"""Declarations of a `BackgroundTasks` that FastAPI refuses or takes for something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_bgtasks.tracking.declarations import declaration
from flake8_bgtasks.tracking.things import Class
from flake8_bgtasks.tracking.versions import (
    IGNORES_FIELDS_BESIDE,
    REFUSES_DEPENDS_BESIDE,
    REFUSES_TYPE_ALIAS_TYPE,
)

if TYPE_CHECKING:
    from flake8_bgtasks.tracking.declarations import Declaration
    from flake8_bgtasks.tracking.program import Program
    from flake8_bgtasks.tracking.things import Thing, Things

_NO_START = "and the app does not start"
_FORMS = {
    "union": f"is a union, which FastAPI does not inject into, {_NO_START}",
    "container": "is a container of BackgroundTasks, which FastAPI does not inject into",
    "newtype": f"is annotated with a NewType, which FastAPI does not inject into, {_NO_START}",
    "instance": f"is annotated with an instance instead of the class, {_NO_START}",
    "quoted": "is quoted inside the annotation, which makes it a query parameter",
}


class Uninjectable:
    """Judges declarations."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._version = program.settings.fastapi_version

    def reason(self, declared: Declaration) -> str | None:
        """Return why FastAPI does not inject and what to do; None where it may."""
        first = self._is_second(declared)
        if first is not None:
            return f"is a second BackgroundTasks, only one is filled: TypeError; use {first!r}"
        reason = self._refused(declared)
        plain = f"declare it as '{declared.parameter.name}: BackgroundTasks'"
        return None if reason is None else f"{reason}; {plain}"

    def _is_second(self, declared: Declaration) -> str | None:
        """Return the parameter before this one that FastAPI takes for the tasks, too."""
        first = self._first(declared) if declared.is_injectable else None
        return None if first == declared.parameter.name else first

    def _refused(self, declared: Declaration) -> str | None:
        kind = declared.marker.kind
        if kind == "depends":
            return self._depends(declared)
        if declared.shape.what != "tasks" or kind == "unknown":
            return None
        if declared.parameter.kind in ("var_positional", "var_keyword"):
            stars = "*" if declared.parameter.kind == "var_positional" else "**"
            return f"is declared with {stars}, which FastAPI does not inject into"
        if kind == "field":
            reason = f"is declared as a parameter of the request (Body, Query, …), {_NO_START}"
            return None if self._version in IGNORES_FIELDS_BESIDE else reason
        return self._form(declared)

    def _depends(self, declared: Declaration) -> str | None:
        if declared.marker.on_type and not self._is_own(declared.shape.classes):
            tasks = declared.shape.what == "tasks"
            return f"is declared with Depends(), {_NO_START}" if tasks else None
        provider = declared.marker.provider
        provided: Things = self._program.value(provider) if provider is not None else frozenset()
        made = bool(provided) and all(map(self._program.is_tasks_class, provided))
        if made and not self._is_own(provided):
            return f"is declared with Depends on the class itself, {_NO_START}"
        if declared.is_plain and self._version in REFUSES_DEPENDS_BESIDE:
            return f"has Depends beside it, refused before FastAPI 0.128.2, {_NO_START}"
        return None

    def _is_own(self, classes: Things) -> bool:
        """Return whether a class has its own constructor, which FastAPI may be able to call."""
        return any(self._has_constructor(thing) for thing in classes)

    def _has_constructor(self, thing: Thing) -> bool:
        line = self._program.evaluator.classes.order(thing.ref) if isinstance(thing, Class) else ()
        bindings = [self._program.units.scope(b.ref).bindings for b in line if isinstance(b, Class)]
        return any("__init__" in bound for bound in bindings)

    def _form(self, declared: Declaration) -> str | None:
        form = declared.shape.form
        if form == "type_alias":
            refused = self._version in REFUSES_TYPE_ALIAS_TYPE
            return f"is annotated with a TypeAliasType, {_NO_START}" if refused else None
        if form != "plain":
            return _FORMS.get(form)
        if declared.parameter.kind == "positional_only":
            return "is positional-only, but FastAPI passes it by keyword: TypeError"
        return None

    def _first(self, declared: Declaration) -> str | None:
        """Return the first parameter of the function that FastAPI takes for the tasks."""
        for parameter in self._program.evaluator.classes.signature(declared.scope):
            if declaration(self._program, declared.scope, parameter).is_injectable:
                return parameter.name
        return None
