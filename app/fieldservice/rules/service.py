"""What is derived for a job: its class, whether it was on time, what it costs, its minutes (SO-1, SO-6, SO-11, SO-15)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from app.core.errors import N_, Refused

# -- what is derived --------------------------------------------------------------------------------------------


def derive_class(*, covered_by_contract: bool, in_warranty: bool) -> str:
    """Class of a customer job: contract in force → B, else warranty → C, else A (SO-1)."""
    if covered_by_contract:
        return "B"
    return "C" if in_warranty else "A"


def missed(arrive_by: datetime | None, arrived_at: datetime | None, now: datetime) -> bool:
    """Whether arrival was, or by ``now`` is, later than it had to be (SO-15)."""
    return arrive_by is not None and (arrived_at or now) > arrive_by


def check_reported(reported_at: datetime, now: datetime) -> None:
    """A call may be entered later than it came in, never before (CAL-4). Raises ``Refused``."""
    if reported_at > now:
        raise Refused(N_("The call cannot have come in later than now."), field="reported_at")


# -- charges (SO-6) ---------------------------------------------------------------------------------------------


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


class Prices(NamedTuple):
    """The branch's price list, CNY: a call-out, and each half hour of work begun."""

    callout: Decimal
    half_hour: Decimal


class QuoteLine(NamedTuple):
    """One line of what is told to the customer; ``part_id`` for parts only. CNY a unit."""

    kind: str
    description: str
    quantity: int
    unit_price: Decimal
    part_id: int | None = None


class QuotedPart(NamedTuple):
    """A part that will be needed, at its list price (CNY a unit)."""

    part_id: int
    name: str
    quantity: int
    price: Decimal


def half_hours(minutes: int) -> int:
    """Half hours begun: 1 … 30 minutes are one, 31 are two."""
    return -(-minutes // 30)


def quote_lines(free: Free, prices: Prices, minutes: int, parts: Iterable[QuotedPart]) -> list[QuoteLine]:
    """What the customer will be asked to pay, line by line; what is free is not a line (SO-6)."""
    lines: list[QuoteLine] = []
    if not free.callout and prices.callout > 0:
        lines.append(QuoteLine("callout", "", 1, prices.callout))
    if not free.labour and minutes > 0 and prices.half_hour > 0:
        lines.append(QuoteLine("labour", "", half_hours(minutes), prices.half_hour))
    if not free.parts:
        lines += [QuoteLine("part", p.name, p.quantity, p.price, p.part_id) for p in parts if p.price > 0]
    return lines


def total(lines: Iterable[QuoteLine]) -> Decimal:
    """CNY."""
    return sum((line.unit_price * line.quantity for line in lines), Decimal("0.00"))


# -- the technician's minutes (SO-11) ---------------------------------------------------------------------------

LONGEST_ENTRY = 1440


def overlap(start: datetime, minutes: int, other_start: datetime, other_minutes: int) -> bool:
    """Whether two spans of work share a minute; one may begin when the other ends."""
    return start < other_start + timedelta(minutes=other_minutes) and other_start < start + timedelta(minutes=minutes)


def check_minutes(start: datetime, minutes: int, now: datetime) -> None:
    """Work is recorded after it was done and for one day at most (SO-11). Raises ``Refused``."""
    if not 1 <= minutes <= LONGEST_ENTRY:
        raise Refused(N_("Between 1 and 1440 minutes."), field="minutes")
    if start + timedelta(minutes=minutes) > now + timedelta(minutes=1):
        raise Refused(N_("These minutes are not over yet."), field="minutes")


def drafted_minutes(arrived_at: datetime, finished_at: datetime) -> int:
    """Minutes on site for the draft of the day's sheet; at least one, cut to whole minutes (SO-11)."""
    return max(1, int((finished_at - arrived_at).total_seconds() // 60))
