"""What lies where, what is on order, what was used (SO-22). Row scope applies unless a function says otherwise."""

from __future__ import annotations

from app.parts.queries.counting import Finding, counts_open, findings
from app.parts.queries.ordering import ToOrder, below_reorder_point, drafts_waiting, free_in_stores, reorder_list
from app.parts.queries.stock import (
    Elsewhere,
    held_in,
    kept_in_store,
    pieces_in,
    quantity_in,
    stock_of,
    stores_of,
    van_of,
    where_else,
    without_serials,
)
from app.parts.queries.used import (
    CLASSES,
    FITTED,
    PRICES,
    UsedPart,
    parts_balance,
    used_between,
    used_owed,
)
from app.parts.queries.vans import Low, Owed, Van, VanDay, low_in, today_start, van_day, vans_of

__all__ = [
    "CLASSES",
    "FITTED",
    "PRICES",
    "Elsewhere",
    "Finding",
    "Low",
    "Owed",
    "ToOrder",
    "UsedPart",
    "Van",
    "VanDay",
    "below_reorder_point",
    "counts_open",
    "drafts_waiting",
    "findings",
    "free_in_stores",
    "held_in",
    "kept_in_store",
    "low_in",
    "parts_balance",
    "pieces_in",
    "quantity_in",
    "reorder_list",
    "stock_of",
    "stores_of",
    "today_start",
    "used_between",
    "used_owed",
    "van_day",
    "van_of",
    "vans_of",
    "where_else",
    "without_serials",
]
