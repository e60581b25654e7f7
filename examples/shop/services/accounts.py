"""Accounts of customers."""

from fastapi import BackgroundTasks

from shop.notifications import queue_mail, queue_welcome
from shop.schemas import NewUser, User
from shop.store import Store


def register(store: Store, new: NewUser) -> User:
    user = store.add_user(new)
    queue_welcome(user, BackgroundTasks())
    return user


def start_password_reset(user: User, background_tasks: BackgroundTasks) -> None:
    queue_mail(background_tasks, user.email, "Choose a new password")
