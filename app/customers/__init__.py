"""Customers, contacts, addresses, products and service vouchers (CU, SO-3)."""
