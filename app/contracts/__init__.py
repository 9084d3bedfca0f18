"""Maintenance contracts and what they cover (CO, SO-16)."""
