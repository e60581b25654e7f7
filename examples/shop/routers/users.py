from fastapi import APIRouter, BackgroundTasks

from shop.dependencies import StoreDep
from shop.schemas import NewUser, User
from shop.services import register, start_password_reset

router = APIRouter(prefix="/users", tags=["users"])


@router.post("", status_code=201)
async def create_user(new: NewUser, store: StoreDep) -> User:
    return register(store, new)


@router.post("/{user_id}/password-reset", status_code=202)
async def reset_password(user_id: int, store: StoreDep, background_tasks: BackgroundTasks) -> None:
    start_password_reset(store.users[user_id], background_tasks)
