"""storefront: products, carts and orders of the shop."""

__version__ = "2.3.1"
