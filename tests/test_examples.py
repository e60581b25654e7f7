"""The bundled shop: each mistake that its README names is real, and is found where it says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = Path(__file__).parent.parent / "examples"

FINDINGS = {
    ("routers/exports.py", "BGT301", "from starlette.background import BackgroundTask"),
    ("routers/orders.py", "BGT204", "background_tasks.add_task(notify_warehouse, order)"),
    (
        "routers/orders.py",
        "BGT305",
        "async def cancel_order("
        "order_id: int, service: OrderServiceDep, background_tasks=None) -> Order:",
    ),
    ("routers/payments.py", "BGT105", "await background_tasks()"),
    ("routers/payments.py", "BGT201", "queue_receipt(order)"),
    ("routers/products.py", "BGT203", "Depends(count_view)"),
    (
        "routers/reviews.py",
        "BGT306",
        "async def create_review(review: Review, background_tasks: BackgroundTasks) -> Review:",
    ),
    ("services/accounts.py", "BGT202", "queue_welcome(user, BackgroundTasks())"),
    ("services/orders.py", "BGT101", "tasks = BackgroundTasks()"),
    ("services/search.py", "BGT102", "reindex_queue = BackgroundTasks()"),
}
NEW_USER = {"name": "Ada", "email": "ada@shop.example"}
CART = {"email": "ada@shop.example", "product_id": 1}


class Shop:
    """The shop, freshly imported and opened: one product in stock, one order placed."""

    def __init__(self) -> None:
        self.outbox = import_module("shop.notifications.mail").OUTBOX
        self.ledger = import_module("shop.services.payments").LEDGER
        self.index = import_module("shop.services.search").INDEX
        self.client = TestClient(import_module("shop.main").app, raise_server_exceptions=False)
        self.post("/products", {"title": "Lamp", "stock": 2})
        self.placed = self.post("/orders", CART)

    def post(self, path: str, json: Any = None) -> Any:
        return self.client.post(path, json=json)

    @property
    def subjects(self) -> list[str]:
        return [mail.subject for mail in self.outbox]


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    forget_shop()
    yield Shop()
    forget_shop()


def forget_shop() -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "shop"]:
        del sys.modules[name]


def test_order_is_never_confirmed(shop: Shop) -> None:
    assert shop.placed.status_code == 201
    assert shop.subjects == []


def test_product_is_never_indexed(shop: Shop) -> None:
    assert shop.client.get("/products").json()[0]["title"] == "Lamp"
    assert shop.index == {}


def test_money_is_refunded_twice(shop: Shop) -> None:
    assert shop.post("/orders/1/refund").status_code == 200
    assert shop.ledger == ["refund 1", "refund 1"]


def test_payment_is_charged_and_then_fails(shop: Shop) -> None:
    assert shop.post("/orders/1/payment").status_code == 500
    assert shop.ledger == ["charge 1"]
    assert shop.subjects == []


def test_user_is_never_welcomed(shop: Shop) -> None:
    assert shop.post("/users", NEW_USER).status_code == 201
    assert shop.subjects == []


def test_view_is_never_counted(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="shop.audit"):
        assert shop.client.get("/products/1").status_code == 200
    assert [record.getMessage() for record in caplog.records] == ["GET /products/1"]


def test_warehouse_is_never_told(shop: Shop) -> None:
    assert shop.post("/orders/1/shipment").json()["status"] == "shipped"
    assert shop.subjects == []


def test_cancellation_is_never_mailed(shop: Shop) -> None:
    assert shop.client.delete("/orders/1").json()["status"] == "cancelled"
    assert shop.subjects == []


def test_every_review_is_refused(shop: Shop) -> None:
    assert shop.post("/reviews", {"product_id": 1, "text": "Bright."}).status_code == 422


def test_correct_tasks_run(shop: Shop) -> None:
    shop.post("/users", NEW_USER)
    assert shop.post("/users/1/password-reset").status_code == 202
    assert shop.post("/orders/1/receipt").status_code == 202
    assert shop.post("/orders", CART).status_code == 201
    assert shop.post("/orders", CART).status_code == 409
    assert shop.subjects == ["Choose a new password", "Receipt for order 1", "Reorder Lamp"]


def test_reminder_runs_its_own_tasks(shop: Shop) -> None:
    import_module("shop.jobs.remind").main()
    assert shop.subjects == ["Order 1 waits for your payment"]


def test_export_removes_its_file(shop: Shop, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert shop.client.get("/exports/orders.csv").text == "1,ada@shop.example\r\n"
    assert list(tmp_path.iterdir()) == []


def test_tool_finds_each_mistake_and_nothing_else() -> None:
    command = [sys.executable, "-m", "flake8_bgtasks", "--format", "json", "shop"]
    run = subprocess.run(command, cwd=EXAMPLES, capture_output=True, text=True, check=False)
    assert run.returncode == 1, run.stderr
    found = {marked(finding) for finding in json.loads(run.stdout)["findings"]}
    assert found == FINDINGS


def marked(finding: dict[str, Any]) -> tuple[str, str, str]:
    """Path below the package, code and source line of a finding."""
    path = Path(finding["path"])
    line = (EXAMPLES / path).read_text(encoding="utf-8").splitlines()[finding["line"] - 1]
    return path.relative_to("shop").as_posix(), finding["code"], line.strip()


def test_readme_names_each_mistake() -> None:
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(.+?\.py)`.*\| (BGT\d+) \|$", readme, re.MULTILINE)
    assert set(rows) == {(path, code) for path, code, _ in FINDINGS}
