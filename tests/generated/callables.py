"""The forms in which a function of a generated project is written and called."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.generated.files import Files, Reference

    Form = Callable[[Files, str, "Signature", list[str]], "Written"]


@dataclass(frozen=True)
class Signature:
    """A function to write: `parameters` without `self`; a `comment` may end its first line."""

    name: str
    parameters: tuple[str, ...]
    is_async: bool = False
    returns: str = "None"
    comment: str = ""

    def head(self, *first: str) -> str:
        """Return the `def` line."""
        keyword = "async def" if self.is_async else "def"
        parameters = ", ".join([*first, *self.parameters])
        returns = f" -> {self.returns}" if self.returns else ""
        return f"{keyword} {self.name}({parameters}){returns}:{self.comment}"


@dataclass(frozen=True)
class Written:
    """A function that stands in `module`: others import `name`, and call `name` + `access`.

    `made_with_tasks`: the instance goes to the constructor, not to the function.
    """

    module: str
    name: str
    access: str = ""
    is_async: bool = False
    made_with_tasks: bool = False

    def call(self, reference: Reference, address: str, tasks: str) -> str:
        """Return the call; `tasks` is empty where no instance is passed."""
        if self.made_with_tasks:
            return f"{reference.expression}({tasks}){self.access}({address})"
        given = ", ".join(filter(None, (address, tasks)))
        return f"{reference.expression}{self.access}({given})"

    def handed_on(self, reference: Reference, runner: str, address: str, tasks: str) -> str:
        """Return a call of `runner` that calls the function."""
        given = ", ".join(filter(None, (address, tasks)))
        return f"{runner}({reference.expression}{self.access}, {given})"


def function(files: Files, module: str, made: Signature, body: list[str]) -> Written:
    files.add(module, [made.head(), *indented(body)])
    return Written(module, made.name, is_async=made.is_async)


def method(files: Files, module: str, made: Signature, body: list[str]) -> Written:
    files.add(module, [f"class {owner(made)}:", *indented([made.head("self"), *indented(body)])])
    return Written(module, owner(made), f"().{made.name}", made.is_async)


def static_method(files: Files, module: str, made: Signature, body: list[str]) -> Written:
    lines = ["@staticmethod", made.head(), *indented(body)]
    files.add(module, [f"class {owner(made)}:", *indented(lines)])
    return Written(module, owner(made), f".{made.name}", made.is_async)


def class_method(files: Files, module: str, made: Signature, body: list[str]) -> Written:
    lines = ["@classmethod", made.head("cls"), *indented(body)]
    files.add(module, [f"class {owner(made)}:", *indented(lines)])
    return Written(module, owner(made), f".{made.name}", made.is_async)


def singleton(files: Files, module: str, made: Signature, body: list[str]) -> Written:
    method(files, module, made, body)
    files.add(module, [f"{made.name}_service = {owner(made)}()"])
    return Written(module, f"{made.name}_service", f".{made.name}", made.is_async)


def callable_object(files: Files, module: str, made: Signature, body: list[str]) -> Written:
    call = replace(made, name="__call__")
    files.add(module, [f"class {owner(made)}:", *indented([call.head("self"), *indented(body)])])
    files.add(module, [f"{made.name} = {owner(made)}()"])
    return Written(module, made.name, is_async=made.is_async)


def inherited(files: Files, module: str, made: Signature, body: list[str]) -> Written:
    base = f"{owner(made)}Base"
    files.add(module, [f"class {base}:", *indented([made.head("self"), *indented(body)])])
    own = f"{module}_ext"
    reference = files.refer(own, module, base)
    if reference.local:
        files.imports[own][reference.statement] = None
    files.add(own, [f"class {owner(made)}({reference.expression}):", "    pass"])
    return Written(own, owner(made), f"().{made.name}", made.is_async)


def bound_in_advance(files: Files, module: str, made: Signature, body: list[str]) -> Written:
    function(files, module, made, body)
    bound = f"{made.name}_now"
    files.add(module, [f"{bound} = partial({made.name})"], "from functools import partial")
    return Written(module, bound, is_async=made.is_async)


def aliased(files: Files, module: str, made: Signature, body: list[str]) -> Written:
    function(files, module, made, body)
    files.add(module, [f"do_{made.name} = {made.name}"])
    return Written(module, f"do_{made.name}", is_async=made.is_async)


def decorated(files: Files, module: str, made: Signature, body: list[str]) -> Written:
    name = "logged_async" if made.is_async else "logged"
    reference = files.refer(module, "decorators", name)
    if reference.local:
        files.imports[module][reference.statement] = None
    files.add(module, [f"@{reference.expression}", made.head(), *indented(body)])
    return Written(module, made.name, is_async=made.is_async)


def kept_on_self(files: Files, module: str, made: Signature, body: list[str]) -> Written:
    """Write a service that is made with the instance, where there is one to be handed down."""
    if len(made.parameters) < 2:
        return method(files, module, made, body)
    tasks, name = made.parameters[1], made.parameters[1].partition(":")[0]
    constructor = [f"def __init__(self, {tasks}) -> None:", f"    self._{name} = {name}", ""]
    inner = replace(made, parameters=made.parameters[:1])
    lines = [f"{name} = self._{name}", *body]
    members = [*constructor, inner.head("self"), *indented(lines)]
    files.add(module, [f"class {owner(made)}:", *indented(members)])
    return Written(module, owner(made), f".{made.name}", made.is_async, made_with_tasks=True)


DECORATORS = """\
def logged(function):
    @wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


def logged_async(function):
    @wraps(function)
    async def wrapper(*args, **kwargs):
        return await function(*args, **kwargs)

    return wrapper"""

FORMS: tuple[Form, ...] = (
    function,
    function,
    function,
    method,
    static_method,
    class_method,
    singleton,
    callable_object,
    inherited,
    bound_in_advance,
    aliased,
    decorated,
    kept_on_self,
)


def owner(made: Signature) -> str:
    """Return the name of the class that a function is written into."""
    return "".join(word.title() for word in made.name.split("_")) + "Service"


def indented(lines: list[str]) -> list[str]:
    """Return the lines one level further in."""
    return [f"    {line}" if line else line for line in lines]
