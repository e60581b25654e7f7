"""Mails that are sent after the response."""

from fastapi import BackgroundTasks

from shop.notifications.mail import send_mail
from shop.schemas import Order, User


def queue_mail(background_tasks: BackgroundTasks, to: str, subject: str) -> None:
    background_tasks.add_task(send_mail, to, subject)


def queue_welcome(user: User, background_tasks: BackgroundTasks) -> None:
    queue_mail(background_tasks, user.email, f"Welcome, {user.name}!")


def queue_receipt(order: Order, background_tasks: BackgroundTasks) -> None:
    queue_mail(background_tasks, order.email, f"Receipt for order {order.id}")
