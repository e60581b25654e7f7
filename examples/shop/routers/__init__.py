"""The HTTP side of the shop, one module per resource."""
