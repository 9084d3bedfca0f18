"""Goods receipts, in/out register, repair cards (SO-7 … SO-10)."""
