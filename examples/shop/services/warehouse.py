"""Messages to the people who pack the parcels."""

from fastapi import BackgroundTasks

from shop.notifications import queue_mail
from shop.schemas import Order


def notify_warehouse(order: Order, background_tasks: BackgroundTasks) -> None:
    queue_mail(background_tasks, "warehouse@shop.example", f"Pack order {order.id}")
