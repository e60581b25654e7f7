"""The forms in which a path operation of a generated project is registered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.generated.callables import Signature, Written, indented

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.generated.files import Files

    Registration = Callable[[Files, int, Signature, list[str]], str]


def on_app(files: Files, number: int, made: Signature, body: list[str]) -> str:
    files.add("main", [f'@app.post("/{number}")', made.head(), *indented(body)])
    return f"/{number}"


def on_router(files: Files, number: int, made: Signature, body: list[str]) -> str:
    router = f"router_{number}"
    decorated = [f'@{router}.post("/{number}")', made.head(), *indented(body)]
    files.add("main", [f'{router} = APIRouter(prefix="/v1")'], "from fastapi import APIRouter")
    files.add("main", [*decorated, "", "", f"app.include_router({router})"])
    return f"/v1/{number}"


def decorated_by_hand(files: Files, number: int, made: Signature, body: list[str]) -> str:
    files.add("main", [f'app.api_route("/{number}", methods=["POST", "PUT"])({made.name})'])
    files.blocks["main"].insert(-1, [made.head(), *indented(body)])
    return f"/{number}"


def by_call(files: Files, number: int, made: Signature, body: list[str]) -> str:
    call = f'app.add_api_route("/{number}", {made.name}, methods=["POST"])'
    files.add("main", [made.head(), *indented(body), "", "", call])
    return f"/{number}"


def bound_method(files: Files, number: int, made: Signature, body: list[str]) -> str:
    view = f"View{number}"
    call = f'app.add_api_route("/{number}", {view}().{made.name}, methods=["POST"])'
    lines = indented([made.head("self"), *indented(body)])
    files.add("main", [f"class {view}:", *lines, "", "", call])
    return f"/{number}"


def as_websocket(files: Files, number: int, made: Signature, body: list[str]) -> str:
    session = ["await websocket.accept()", *body, 'await websocket.send_text("done")']
    files.add("main", [f'@app.websocket("/{number}")', made.head(), *indented(session)])
    return f"/{number}"


REGISTRATIONS: tuple[Registration, ...] = (
    on_app,
    on_app,
    on_router,
    decorated_by_hand,
    by_call,
    bound_method,
)


def dependent(files: Files, number: int, name: str, below: Written, style: int) -> str:
    """Write a path operation that does no more than to depend on a function."""
    reference = files.refer("main", below.module, below.name)
    if reference.local:
        files.imports["main"][reference.statement] = None
    depends = f"Depends({reference.expression}{below.access})"
    files.imports["main"]["from fastapi import Depends"] = None
    path = f'"/{number}"'
    head = [f"@app.post({path})", f"def {name}(done: None = {depends}) -> None:"]
    if style == 1:
        files.imports["main"]["from typing import Annotated"] = None
        head[1] = f"def {name}(done: Annotated[None, {depends}]) -> None:"
    elif style == 2:
        head = [f"@app.post({path}, dependencies=[{depends}])", f"def {name}() -> None:"]
    files.add("main", [*head, '    print("done")'])
    return f"/{number}"
