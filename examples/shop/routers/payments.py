from fastapi import APIRouter, BackgroundTasks

from shop.dependencies import StoreDep
from shop.notifications import queue_receipt
from shop.schemas import Order
from shop.services import payments

router = APIRouter(prefix="/orders", tags=["payments"])


@router.post("/{order_id}/payment")
def pay_order(order_id: int, store: StoreDep) -> Order:
    order = store.orders[order_id]
    payments.charge(order.id)
    queue_receipt(order)
    return order


@router.post("/{order_id}/refund")
async def refund_order(order_id: int, store: StoreDep, background_tasks: BackgroundTasks) -> Order:
    order = store.orders[order_id]
    background_tasks.add_task(payments.refund, order.id)
    await background_tasks()
    return order


@router.post("/{order_id}/receipt", status_code=202)
def resend_receipt(order_id: int, store: StoreDep, background_tasks: BackgroundTasks) -> None:
    queue_receipt(store.orders[order_id], background_tasks)
