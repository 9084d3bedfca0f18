"""Reads of money that screens, papers and commands share. Row scope applies unless said otherwise."""

from app.billing.queries.cash import CashInHand, cash_in_hand, in_hand_of, late_cash
from app.billing.queries.invoices import (
    Aged,
    ToInvoice,
    is_overdue,
    is_to_be_given_back,
    is_to_be_sent,
    is_without_number,
    last_title,
    live_invoice,
    outstanding_by_customer,
    outstanding_of,
    to_follow,
    to_invoice,
    with_everything,
)
from app.billing.queries.jobs import (
    brings_back,
    is_collected,
    is_invoiced,
    limits_of,
    money_of,
    money_of_jobs,
    permitted,
)

__all__ = [
    "Aged",
    "CashInHand",
    "ToInvoice",
    "brings_back",
    "cash_in_hand",
    "in_hand_of",
    "is_collected",
    "is_invoiced",
    "is_overdue",
    "is_to_be_given_back",
    "is_to_be_sent",
    "is_without_number",
    "last_title",
    "late_cash",
    "limits_of",
    "live_invoice",
    "money_of",
    "money_of_jobs",
    "outstanding_by_customer",
    "outstanding_of",
    "permitted",
    "to_follow",
    "to_invoice",
    "with_everything",
]
