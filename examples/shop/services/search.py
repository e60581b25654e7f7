"""The search index over the products."""

from fastapi import BackgroundTasks

from shop.schemas import Product

INDEX: dict[str, int] = {}
reindex_queue = BackgroundTasks()


def schedule_reindex(product: Product) -> None:
    reindex_queue.add_task(reindex, product)


def reindex(product: Product) -> None:
    INDEX[product.title.lower()] = product.id
