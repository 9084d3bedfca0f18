"""Brings an office's own list of customers and products into the portal (`docs/import.md`)."""
