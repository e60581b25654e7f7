from fastapi import APIRouter, BackgroundTasks

from shop.dependencies import OrderServiceDep
from shop.notifications import send_mail
from shop.schemas import Cart, Order
from shop.services import notify_warehouse

router = APIRouter(prefix="/orders", tags=["orders"])


@router.post("", status_code=201)
async def place_order(cart: Cart, service: OrderServiceDep) -> Order:
    return service.place(cart)


@router.post("/{order_id}/shipment")
async def ship_order(
    order_id: int, service: OrderServiceDep, background_tasks: BackgroundTasks
) -> Order:
    order = service.ship(order_id)
    background_tasks.add_task(notify_warehouse, order)
    return order


@router.delete("/{order_id}")
async def cancel_order(order_id: int, service: OrderServiceDep, background_tasks=None) -> Order:
    order = service.cancel(order_id)
    if background_tasks is not None:
        background_tasks.add_task(send_mail, order.email, f"Order {order.id} is cancelled")
    return order
