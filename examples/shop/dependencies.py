"""What the routers share."""

import logging
from typing import Annotated

from fastapi import BackgroundTasks, Depends, Request

from shop.services import OrderService
from shop.store import Store, store

logger = logging.getLogger("shop.audit")


def get_store() -> Store:
    return store


StoreDep = Annotated[Store, Depends(get_store)]


def get_order_service(store: StoreDep) -> OrderService:
    return OrderService(store)


OrderServiceDep = Annotated[OrderService, Depends(get_order_service)]


def audit(request: Request, background_tasks: BackgroundTasks) -> None:
    background_tasks.add_task(write_audit_line, request.method, request.url.path)


def write_audit_line(method: str, path: str) -> None:
    logger.info("%s %s", method, path)


def count_view(product_id: int, background_tasks: BackgroundTasks) -> None:
    background_tasks.add_task(write_view, product_id)


def write_view(product_id: int) -> None:
    logger.info("product %s viewed", product_id)
