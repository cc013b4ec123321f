"""storefront: products, carts and orders of the shop."""

__version__ = "2.4.0"
