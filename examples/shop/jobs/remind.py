"""Remind everyone whose order is not paid: `python -m shop.jobs.remind`, once a day."""

import asyncio

from fastapi import BackgroundTasks

from shop.notifications import queue_mail
from shop.store import store


def main() -> None:
    tasks = BackgroundTasks()
    for order in store.orders.values():
        if order.status == "placed":
            queue_mail(tasks, order.email, f"Order {order.id} waits for your payment")
    asyncio.run(tasks())


if __name__ == "__main__":
    main()
