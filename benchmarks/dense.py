"""The worst case: generated projects in which every file is about background tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

ROUTER = '''"""Orders of shop {n}."""

from fastapi import APIRouter, BackgroundTasks, Depends

from shop.helpers.helper_{other} import notify_{other}, record_{other}

router = APIRouter(prefix="/shops/{n}")


def audit(background_tasks: BackgroundTasks) -> None:
    background_tasks.add_task(print, "audit", {n})


@router.post("/orders", dependencies=[Depends(audit)])
async def create_order(name: str, background_tasks: BackgroundTasks) -> dict[str, str]:
    order = {{"name": name, "shop": "{n}"}}
    notify_{other}(order, background_tasks)
    background_tasks.add_task(print, "created", order["name"])
    return order


@router.delete("/orders/{{order_id}}")
def cancel_order(order_id: int) -> dict[str, int]:
    record_{other}(order_id)
    return {{"cancelled": order_id}}


@router.get("/orders/{{order_id}}")
def show_order(order_id: int, detailed: bool = False) -> dict[str, object]:
    order: dict[str, object] = {{"id": order_id}}
    if detailed:
        order["lines"] = [{{"number": number, "price": number * 2}} for number in range(3)]
    return order
'''
HELPER = '''"""Messages of shop {n}."""

from fastapi import BackgroundTasks


def send(text: str) -> None:
    print(text)


def notify_{n}(order: dict[str, str], tasks: BackgroundTasks) -> None:
    for address in ("sales", "warehouse"):
        tasks.add_task(send, address + order["name"])


def record_{n}(order_id: int) -> None:
    tasks = BackgroundTasks()
    tasks.add_task(send, str(order_id))
'''


def make(folder: Path, files: int) -> Path:
    """Write a project of so many files, half of them routers; return its folder."""
    root = folder / f"dense-{files}"
    if root.is_dir():
        return root
    for name in ("routers", "helpers"):
        (root / "shop" / name).mkdir(parents=True)
    number = files // 2
    for n in range(number):
        other = (n * 7 + 3) % number
        router, helper = ROUTER.format(n=n, other=other), HELPER.format(n=n)
        (root / "shop" / "routers" / f"router_{n}.py").write_text(router, encoding="utf-8")
        (root / "shop" / "helpers" / f"helper_{n}.py").write_text(helper, encoding="utf-8")
    (root / "pyproject.toml").write_text("[project]\nname = 'shop'\n", encoding="utf-8")
    return root


def make_long(folder: Path, files: int, lines: int = 20_000) -> Path:
    """Write so many lines of helpers, spread over `files`; return the project's folder."""
    root = folder / f"long-{files}-{lines}"
    if root.is_dir():
        return root
    root.mkdir(parents=True)
    (root / "pyproject.toml").write_text("[project]\nname = 'long'\n", encoding="utf-8")
    length = HELPER.count("\n") + 1
    each = lines // length // files
    for index in range(files):
        numbers = range(index * each, (index + 1) * each)
        text = "\n".join(HELPER.format(n=n).replace("send", f"send_{n}") for n in numbers)
        (root / f"part_{index}.py").write_text(text, encoding="utf-8")
    return root
