"""Customers, their products and the service vouchers: vocabulary and pure rules (CU-1, SO-1, SO-3)."""

from __future__ import annotations

import calendar
from datetime import date

from app.core.errors import N_

CUSTOMER_KINDS = ("person", "organisation")
CUSTOMER_KIND_LABELS = {"person": N_("Person"), "organisation": N_("Organisation")}
TELEPHONE_KINDS = ("mobile", "landline", "other")
TELEPHONE_KIND_LABELS = {
    "mobile": N_("Mobile"),
    "landline": N_("Landline"),
    "other": N_("Other"),
}
CATEGORIES = (
    "refrigerator",
    "washing_machine",
    "air_conditioner",
    "television",
    "water_heater",
    "kitchen",
    "other",
)
CATEGORY_LABELS = {
    "refrigerator": N_("Refrigerator"),
    "washing_machine": N_("Washing machine"),
    "air_conditioner": N_("Air conditioner"),
    "television": N_("Television"),
    "water_heater": N_("Water heater"),
    "kitchen": N_("Kitchen appliance"),
    "other": N_("Other"),
}


def warranty_end(sold_on: date, months: int) -> date:
    """Last day of a warranty of so many months: 2024-01-31 + 1 month ends on 2024-02-29 (SO-3)."""
    month = sold_on.month - 1 + months
    year, month = sold_on.year + month // 12, month % 12 + 1
    return date(year, month, min(sold_on.day, calendar.monthrange(year, month)[1]))


def in_warranty(warranty_until: date | None, on: date) -> bool:
    """Whether the product is within warranty on this day; the last day counts (SO-1)."""
    return warranty_until is not None and on <= warranty_until
