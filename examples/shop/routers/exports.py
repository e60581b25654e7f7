import csv
import tempfile
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from shop.dependencies import StoreDep

router = APIRouter(prefix="/exports", tags=["exports"])


@router.get("/orders.csv")
def export_orders(store: StoreDep) -> FileResponse:
    with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="", delete=False) as file:
        csv.writer(file).writerows([order.id, order.email] for order in store.orders.values())
    return FileResponse(file.name, background=BackgroundTask(Path(file.name).unlink))
