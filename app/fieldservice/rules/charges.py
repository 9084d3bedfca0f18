"""What a job costs the customer: the price list, what is free and why, the lines of a quote (SO-6, CO-1, KP-2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Protocol, TypeVar

from app.core.errors import N_, Refused

PRICE_KIND_LABELS = {
    "labour": N_("Labour by time"),
    "labour_flat": N_("Labour, flat"),
    "callout": N_("Call-out"),
    "inspection": N_("Inspection in the workshop"),
}
PRICE_KINDS = tuple(PRICE_KIND_LABELS)
ANY = "any"
CONSENT_LABELS = {
    "signature": N_("Signed on screen"),
    "on_site": N_("Said so on site"),
    "telephone": N_("By telephone"),
    "writing": N_("In writing"),
}
CONSENTS = tuple(CONSENT_LABELS)


# -- the price list ----------------------------------------------------------------------------------------------


class Priced(Protocol):
    """A row of the price list. ``zone`` and ``category`` may be ``any``; no branch means every branch."""

    @property
    def kind(self) -> str: ...
    @property
    def price(self) -> Decimal: ...
    @property
    def branch_id(self) -> int | None: ...
    @property
    def zone(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def fault_code_id(self) -> int | None: ...
    @property
    def unit_minutes(self) -> int | None: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_until(self) -> date | None: ...


P = TypeVar("P", bound=Priced)


class Wanted(NamedTuple):
    """The job a price is looked up for."""

    on: date
    branch_id: int
    zone: str
    category: str
    fault_code_id: int | None = None


def find_price(rows: Iterable[P], kind: str, job: Wanted) -> P | None:
    """The price that holds for the job: the branch's own before that of all branches, then the one for this fault,
    this category, this zone before a general one; of equals the one valid since last. None when there is none.
    """
    fitting = [row for row in rows if row.kind == kind and _fits(row, job)]
    return max(fitting, key=_nearness, default=None)


def _fits(row: Priced, job: Wanted) -> bool:
    return (
        row.valid_from <= job.on
        and (row.valid_until is None or job.on <= row.valid_until)
        and row.branch_id in (None, job.branch_id)
        and row.zone in (ANY, job.zone)
        and row.category in (ANY, job.category)
        and row.fault_code_id in (None, job.fault_code_id)
    )


def _nearness(row: Priced) -> tuple[bool, bool, bool, bool, date]:
    return (
        row.branch_id is not None,
        row.fault_code_id is not None,
        row.category != ANY,
        row.zone != ANY,
        row.valid_from,
    )


def check_price(
    kind: str, *, unit_minutes: int | None, fault_code_id: int | None, zone: str, first: date, last: date | None
) -> None:
    """Whether such a row of the price list makes sense. Raises ``Refused`` at the field that does not."""
    if (kind == "labour") != bool(unit_minutes):
        raise Refused(N_("Labour by time is priced by so many minutes; nothing else is."), field="unit_minutes")
    if fault_code_id is not None and kind != "labour_flat":
        raise Refused(N_("Only flat labour is priced by the fault."), field="fault_code")
    if zone != ANY and kind != "callout":
        raise Refused(N_("Only a call-out is priced by the zone."), field="zone")
    if last is not None and last < first:
        raise Refused(N_("Valid until a day before it begins."), field="valid_until")


class Prices(NamedTuple):
    """What the price list says for one job, CNY: a call-out, each ``unit_minutes`` of work begun; with ``flat`` the
    labour costs that, however long it takes.
    """

    callout: Decimal | None
    labour: Decimal | None
    unit_minutes: int = 30
    flat: Decimal | None = None
    flat_name: str = ""
    inspection: Decimal | None = None
    callout_name: str = ""
    labour_name: str = ""
    inspection_name: str = ""


# -- what is free ------------------------------------------------------------------------------------------------


class Free(NamedTuple):
    """What the customer does not pay for on this job."""

    labour: bool
    callout: bool
    parts: bool

    @property
    def everything(self) -> bool:
        return self.labour and self.callout and self.parts


def free_of(service_class: str, *, labour: bool = False, callout: bool = False, parts: bool = False) -> Free:
    """What is free on a job of this class; the flags are those of its maintenance contract (class B only)."""
    if service_class == "B":
        return Free(labour, callout, parts)
    return Free(*([service_class == "C"] * 3))


class Cover(Protocol):
    """What the warranty gives for a product category (or ``any``), in ordinary use or after misuse."""

    @property
    def category(self) -> str: ...
    @property
    def misuse(self) -> bool: ...
    @property
    def labour_free(self) -> bool: ...
    @property
    def callout_free(self) -> bool: ...
    @property
    def parts_free(self) -> bool: ...


def warranty_free(rows: Iterable[Cover], category: str, misuse: bool) -> Free:
    """What is free within warranty: the row of the category before that of any; without one, everything in ordinary
    use and nothing after misuse.
    """
    fitting = [row for row in rows if row.misuse == misuse and row.category in (category, ANY)]
    row = max(fitting, key=lambda each: each.category != ANY, default=None)
    return Free(row.labour_free, row.callout_free, row.parts_free) if row is not None else Free(*([not misuse] * 3))


# -- the quote ---------------------------------------------------------------------------------------------------


class QuoteLine(NamedTuple):
    """One line of what is told to the customer; ``part_id`` for parts only. CNY a unit.

    A free line costs nothing: ``list_price`` is what it would cost, ``free_reason`` why it does not.
    """

    kind: str
    description: str
    quantity: int
    unit_price: Decimal
    part_id: int | None = None
    list_price: Decimal | None = None
    free_reason: str = ""


class QuotedPart(NamedTuple):
    """A part that will be needed, at its list price (CNY a unit)."""

    part_id: int
    name: str
    quantity: int
    price: Decimal


def units(minutes: int, unit_minutes: int = 30) -> int:
    """Units of working time begun: with 30, 1 … 30 minutes are one, 31 are two."""
    return -(-minutes // unit_minutes)


def quote_lines(
    free: Free, prices: Prices, minutes: int, parts: Iterable[QuotedPart], *, why: str = "", inspection: bool = False
) -> list[QuoteLine]:
    """What the customer is told, line by line: what is to pay, and what is free with the reason ``why`` (SO-6).

    Raises ``Refused`` when work is to be paid and the price list has no price for it.
    """
    lines: list[QuoteLine] = []

    def line(
        kind: str, description: str, quantity: int, price: Decimal, gratis: bool, part_id: int | None = None
    ) -> None:
        if price > 0:
            to_pay, reason = (Decimal("0.00"), why or "-") if gratis else (price, "")
            lines.append(QuoteLine(kind, description, quantity, to_pay, part_id, price, reason))

    line("callout", prices.callout_name, 1, prices.callout or Decimal(0), free.callout)
    if inspection:
        if prices.inspection is None:
            raise Refused(N_("The price list has no price for the inspection."), field="inspection")
        line("other", prices.inspection_name, 1, prices.inspection, free.labour)
    if minutes > 0 and prices.flat is not None:
        line("labour", prices.flat_name, 1, prices.flat, free.labour)
    elif minutes > 0:
        if prices.labour is None and not free.labour:
            raise Refused(N_("The price list has no price for the labour."), field="minutes")
        line(
            "labour", prices.labour_name, units(minutes, prices.unit_minutes), prices.labour or Decimal(0), free.labour
        )
    for part in parts:
        line("part", part.name, part.quantity, part.price, free.parts, part.part_id)
    return lines


def total(lines: Iterable[QuoteLine]) -> Decimal:
    """CNY."""
    return sum((line.unit_price * line.quantity for line in lines), Decimal("0.00"))


def check_told(told: Decimal | None, charged: Decimal) -> bool:
    """Whether the customer agreed to more than he is charged: the telephone told another sum than the office's price.

    The office's price counts (SO-6). None when nothing was told beside it. Raises ``Refused`` when he was told less.
    """
    if told is not None and told < charged:
        raise Refused(
            N_(
                "The customer agreed to %(told)s CNY, the office's price is %(charged)s CNY and counts: "
                "tell the customer and let the customer agree to it."
            ),
            field="name",
            told=f"{told:,.2f}",
            charged=f"{charged:,.2f}",
        )
    return told is not None and told > charged


def check_consent(how: str, *, drawn: bool) -> str:
    """How the customer agreed. Raises ``Refused`` for an unknown way, or a signature that was not drawn (SO-6)."""
    if drawn:
        return "signature"
    if how not in CONSENTS:
        raise Refused(N_("How did the customer agree?"), field="how")
    if how == "signature":
        raise Refused(N_("Please sign in the box."), field="drawing")
    return how
