from fastapi import APIRouter, Depends

from shop.dependencies import StoreDep, audit, count_view
from shop.schemas import NewProduct, Product
from shop.services import schedule_reindex

router = APIRouter(prefix="/products", tags=["products"], dependencies=[Depends(audit)])


@router.post("", status_code=201)
async def create_product(new: NewProduct, store: StoreDep) -> Product:
    product = store.add_product(new)
    schedule_reindex(product)
    return product


@router.get("")
async def list_products(store: StoreDep) -> list[Product]:
    return list(store.products.values())


@router.get("/{product_id}")
async def read_product(product_id: int, store: StoreDep) -> Product:
    Depends(count_view)
    return store.products[product_id]
