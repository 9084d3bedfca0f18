"""The quote on the technician's telephone: the faults that have a flat price, the parts this product usually needs (SO-6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import g

from app.core import clock
from app.core.views.display import plain
from app.fieldservice.models import WorkOrder
from app.fieldservice.queries import flat_faults, parts_used_on


@dataclass(frozen=True)
class Picks:
    """Parts at hand: ``likely`` those fitted to this model or its category before, ``others`` the rest."""

    likely: list[Any]
    others: list[Any]


def once_a_request(name: str, ask: Callable[[], Any]) -> Any:
    """What the forms of several states of a job ask alike is read once for the page."""
    known: dict[str, Any] = g.setdefault("job_page", {})
    if name not in known:
        known[name] = ask()
    return known[name]


def ask_again() -> None:
    """What was read before a refusal went with its transaction."""
    g.pop("job_page", None)


def prepare(form: Any, order: WorkOrder) -> Any:
    """Leave the form only the faults that have a flat price for this product; without any, no such question."""
    found = once_a_request(f"flat_faults:{order.id}", lambda: flat_faults(order, clock.today()))
    if not found:
        del form.fault_code_id
    else:
        named = [(str(fault.id), f"{fault.code} {fault} · {plain(price)}") for fault, price in found]
        form.fault_code_id.choices = [("", "—"), *named]
    return form


def picks(order: WorkOrder, stock: list[Any]) -> Picks:
    """The parts at hand, those for this model first. Where nothing is known of the product all of them are likely.

    What the quote names already is never folded away.
    """
    known = parts_used_on(order.repair_call.voucher.product_model)
    quoted = {charge.part_id for charge in order.charges}
    likely = [row for row in stock if row.part_id in known or row.part_id in quoted]
    if not any(row.part_id in known for row in stock):
        return Picks(stock, [])
    likely.sort(key=lambda row: -known.get(row.part_id, 0))
    return Picks(likely, [row for row in stock if row not in likely])
