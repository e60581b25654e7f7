from fastapi import BackgroundTasks, FastAPI, Request
from fastapi.responses import JSONResponse

from shop.notifications import queue_mail
from shop.routers import exports, orders, payments, products, reviews, users
from shop.store import OutOfStockError

app = FastAPI(title="Shop")
app.include_router(users.router)
app.include_router(products.router)
app.include_router(orders.router)
app.include_router(payments.router)
app.include_router(reviews.router)
app.include_router(exports.router)


@app.exception_handler(OutOfStockError)
async def sold_out(request: Request, error: OutOfStockError) -> JSONResponse:
    tasks = BackgroundTasks()
    queue_mail(tasks, "purchasing@shop.example", f"Reorder {error.product.title}")
    return JSONResponse({"detail": str(error)}, status_code=409, background=tasks)
