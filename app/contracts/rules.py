"""Maintenance contracts: vocabulary and pure rules (CO-1, SO-16)."""

from __future__ import annotations

from datetime import date, timedelta

from app.core.errors import N_

CONTRACT_STATES = ("draft", "in_force", "ended", "cancelled")
CONTRACT_STATE_LABELS = {
    "draft": N_("Draft"),
    "in_force": N_("In force"),
    "ended": N_("Ended"),
    "cancelled": N_("Cancelled"),
}
NOTICE_KINDS = ("expiry",)


def covers(status: str, starts_on: date, ends_on: date, on: date) -> bool:
    """Whether a contract is in force on this day; first and last day count (SO-1)."""
    return status == "in_force" and starts_on <= on <= ends_on


def notice_due_on(ends_on: date, days_before: int) -> date:
    """The day the 保养到期通知书 is due, so many calendar days before the end (SO-16)."""
    return ends_on - timedelta(days=days_before)
