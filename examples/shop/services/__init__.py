"""What the shop does, without HTTP."""

from .accounts import register, start_password_reset
from .orders import OrderService
from .search import schedule_reindex
from .warehouse import notify_warehouse

__all__ = [
    "OrderService",
    "notify_warehouse",
    "register",
    "schedule_reindex",
    "start_password_reset",
]
