"""Charges, cash handed in, invoices, payments (SO-6, SO-9)."""
