"""Outgoing mail. Kept in memory here; a real shop would speak SMTP."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mail:
    to: str
    subject: str


OUTBOX: list[Mail] = []


def send_mail(to: str, subject: str) -> None:
    OUTBOX.append(Mail(to, subject))
