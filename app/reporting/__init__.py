"""Daily and periodic reports, distribution, deliveries (SO-11 … SO-13, CP-14, RV-3)."""
