"""What goes over the wire."""

from pydantic import BaseModel


class NewUser(BaseModel):
    name: str
    email: str


class User(NewUser):
    id: int


class NewProduct(BaseModel):
    title: str
    stock: int = 0


class Product(NewProduct):
    id: int


class Cart(BaseModel):
    email: str
    product_id: int


class Order(BaseModel):
    id: int
    email: str
    product_id: int
    status: str = "placed"


class Review(BaseModel):
    product_id: int
    text: str
