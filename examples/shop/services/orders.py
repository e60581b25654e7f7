"""The life of an order."""

from fastapi import BackgroundTasks

from shop.notifications import queue_mail
from shop.schemas import Cart, Order
from shop.store import Store


class OrderService:
    def __init__(self, store: Store) -> None:
        self.store = store

    def place(self, cart: Cart) -> Order:
        order = self.store.add_order(cart)
        self.confirm(order)
        return order

    def confirm(self, order: Order) -> None:
        tasks = BackgroundTasks()
        queue_mail(tasks, order.email, f"Order {order.id} is confirmed")

    def ship(self, order_id: int) -> Order:
        order = self.store.orders[order_id]
        order.status = "shipped"
        return order

    def cancel(self, order_id: int) -> Order:
        order = self.store.orders[order_id]
        order.status = "cancelled"
        return order
