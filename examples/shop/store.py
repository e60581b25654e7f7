"""The shop's data. Kept in memory here; a real shop would have a database."""

from dataclasses import dataclass, field

from shop.schemas import Cart, NewProduct, NewUser, Order, Product, User


class OutOfStockError(Exception):
    def __init__(self, product: Product) -> None:
        super().__init__(f"{product.title} is sold out")
        self.product = product


@dataclass
class Store:
    users: dict[int, User] = field(default_factory=dict)
    products: dict[int, Product] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)

    def add_user(self, new: NewUser) -> User:
        user = User(id=len(self.users) + 1, **new.model_dump())
        self.users[user.id] = user
        return user

    def add_product(self, new: NewProduct) -> Product:
        product = Product(id=len(self.products) + 1, **new.model_dump())
        self.products[product.id] = product
        return product

    def add_order(self, cart: Cart) -> Order:
        product = self.products[cart.product_id]
        if product.stock == 0:
            raise OutOfStockError(product)
        product.stock -= 1
        order = Order(id=len(self.orders) + 1, **cart.model_dump())
        self.orders[order.id] = order
        return order


store = Store()
