"""The quote on the technician's telephone: the faults that have a flat price, the parts this product usually needs (SO-6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import g

from app.core import clock, i18n, settings
from app.core.views.display import plain
from app.fieldservice.models import WorkOrder
from app.fieldservice.queries import flat_faults, free_on, parts_used_on, prices_for
from app.parts.models import Part


@dataclass(frozen=True)
class Picks:
    """Parts at hand: ``likely`` those fitted to this model or its category before, ``others`` the rest."""

    likely: list[Any]
    others: list[Any]


@dataclass(frozen=True)
class NotAtHand:
    """A part the quote names that neither the van nor the store has any more: it stays on the next quote too."""

    part: Part
    quantity: int = 0
    place: None = None

    @property
    def part_id(self) -> int:
        """Of the part."""
        return self.part.id


def asked_before(order: WorkOrder) -> dict[str, Any]:
    """Minutes, flat price and inspection of the quote as it stands, so that quoting again loses none; {} without one.

    The minutes are kept with the job, as free labour may have no line. Of a quote older than that the units begun count.
    """
    if not order.charges and order.quoted_minutes is None:
        return {}
    asked: dict[str, Any] = {
        "minutes": order.quoted_minutes or 0,
        "inspection": any(charge.kind == "other" for charge in order.charges),
    }
    labour = next((charge for charge in order.charges if charge.kind == "labour"), None)
    if labour is None:
        return asked
    told = next((event.at for event in reversed(order.events) if event.kind == "quoted"), clock.now())
    day = clock.local(told).date()
    with i18n.in_language():  # the lines of a quote are in the language of its paper
        flat = {str(fault)[:100]: fault.id for fault, _price in flat_faults(order, day)}
    if labour.description in flat:
        known = order.quoted_minutes or order.expected_minutes or 30
        return asked | {"minutes": known, "fault_code_id": flat[labour.description]}
    if order.quoted_minutes is not None:
        return asked
    return asked | {"minutes": labour.quantity * prices_for(order, day).unit_minutes}


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
    """Leave the form only the faults that have a flat price for this product; without any, no such question.

    The inspection is asked for in the workshop, and wherever it is quoted already.
    """
    if order.status != "in_workshop" and not any(charge.kind == "other" for charge in order.charges):
        del form.inspection
    found = once_a_request(f"flat_faults:{order.id}", lambda: flat_faults(order, clock.today()))
    if not found:
        del form.fault_code_id
    else:
        named = [(str(fault.id), f"{fault.code} {fault} · {plain(price)}") for fault, price in found]
        form.fault_code_id.choices = [("", "—"), *named]
    return form


def picks(order: WorkOrder, stock: list[Any]) -> Picks:
    """The parts at hand, those for this model first. Where nothing is known of the product all of them are likely.

    What the quote names already is never folded away, nor left out when there is none at hand any more.
    """
    known = parts_used_on(order.repair_call.voucher.product_model)
    quoted = {charge.part_id: charge.part for charge in order.charges if charge.part is not None}
    held = {row.part_id for row in stock}
    stock = [NotAtHand(part) for part_id, part in quoted.items() if part_id not in held] + stock
    likely = [row for row in stock if row.part_id in known or row.part_id in quoted]
    if not any(row.part_id in known for row in stock):
        return Picks(stock, [])
    likely.sort(key=lambda row: -known.get(row.part_id, 0))
    return Picks(likely, [row for row in stock if row not in likely])


def price_list(order: WorkOrder, picks: Picks | None) -> dict[str, Any]:
    """What a telephone without a network works a quote out with (SO-6): the prices of today, CNY as text.

    ``phone_quote.js`` does with it what ``rules.quote_lines`` does; the portal works it out again and its price counts.
    """
    day, free = clock.today(), free_on(order)
    prices = prices_for(order, day)
    faults = once_a_request(f"flat_faults:{order.id}", lambda: flat_faults(order, day))
    flat = {str(fault.id): [str(fault), _text(price)] for fault, price in faults}
    if prices.flat is not None:  # whatever the fault is
        flat[""] = [prices.flat_name, _text(prices.flat)]
    rows = [*picks.likely, *picks.others] if picks is not None else []
    return {
        "free": free._asdict(),
        "callout": _text(prices.callout),
        "labour": _text(prices.labour),
        "unit": prices.unit_minutes,
        "inspection": _text(prices.inspection),
        "flat": flat,
        "parts": {str(row.part_id): [row.part.name, _text(row.part.price)] for row in rows},
        "names": {
            "callout": prices.callout_name,
            "labour": prices.labour_name,
            "other": prices.inspection_name,
        },
        "spot": _text(settings.amount("collect_on_site_up_to")),
    }


def _text(price: Decimal | None) -> str | None:
    return None if price is None else f"{price:.2f}"
