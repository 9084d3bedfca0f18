"""Brings an office's own list of customers and products into the portal (`docs/import.md`)."""

RECORD = "customer_import"  # whose the uploaded lists are: of the person who uploaded them
