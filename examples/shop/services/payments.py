"""Money, in and out. The payment provider is a list here."""

LEDGER: list[str] = []


def charge(order_id: int) -> None:
    LEDGER.append(f"charge {order_id}")


def refund(order_id: int) -> None:
    LEDGER.append(f"refund {order_id}")
