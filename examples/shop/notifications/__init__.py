"""Everything that reaches a customer's inbox."""

from shop.notifications.customers import queue_mail, queue_receipt, queue_welcome
from shop.notifications.mail import send_mail

__all__ = ["queue_mail", "queue_receipt", "queue_welcome", "send_mail"]
