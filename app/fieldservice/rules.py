"""Repair calls and work orders: vocabulary, lifecycles and pure rules (SO)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from app.core.errors import N_, Refused
from app.core.lifecycle import Lifecycle, Transition, roles

CHANNELS = ("telephone", "letter", "email", "online", "counter")
CHANNEL_LABELS = {
    "telephone": N_("Telephone"),
    "letter": N_("Letter"),
    "email": N_("E-mail"),
    "online": N_("Online form"),
    "counter": N_("In person"),
}
PRIORITIES = ("normal", "urgent")
PRIORITY_LABELS = {"normal": N_("Normal"), "urgent": N_("Urgent")}
SERVICE_CLASSES = ("A", "B", "C", "D")
SERVICE_CLASS_LABELS = {
    "A": N_("A paid"),
    "B": N_("B contract"),
    "C": N_("C free within warranty"),
    "D": N_("D internal work"),
}
CALL_STATES = ("open", "dispatched", "finished", "closed", "cancelled")
CALL_STATE_LABELS = {
    "open": N_("Not dispatched"),
    "dispatched": N_("Dispatched"),
    "finished": N_("Finished"),
    "closed": N_("Closed"),
    "cancelled": N_("Cancelled"),
}
ORDER_STATES = (
    "dispatched",
    "accepted",
    "arrived",
    "finished",
    "closed",
    "declined",
    "cancelled",
)
ORDER_STATE_LABELS = {
    "dispatched": N_("Dispatched"),
    "accepted": N_("Accepted"),
    "arrived": N_("On site"),
    "finished": N_("Finished"),
    "closed": N_("Closed"),
    "declined": N_("Declined"),
    "cancelled": N_("Cancelled"),
}
CHARGE_KINDS = ("labour", "callout", "part", "other")
CHARGE_KIND_LABELS = {
    "labour": N_("Labour"),
    "callout": N_("Call-out"),
    "part": N_("Part"),
    "other": N_("Other"),
}
EVENT_KIND_LABELS = {
    "dispatched": N_("Dispatched"),
    "accepted": N_("Accepted"),
    "declined": N_("Declined"),
    "reassigned": N_("Reassigned"),
    "on_the_way": N_("On the way"),
    "arrived": N_("Arrived"),
    "charges_agreed": N_("Charges agreed"),
    "signed": N_("Signed"),
    "finished": N_("Finished"),
    "closed": N_("Closed"),
    "cancelled": N_("Cancelled"),
    "note": N_("Note"),
}
EVENT_KINDS = tuple(EVENT_KIND_LABELS)


# -- who may move what to where ---------------------------------------------------------------------------------

_DESK = roles("clerk", "supervisor", "service_department")


def _signed_or_explained(order: Any, *, signed: bool = False, **_given: Any) -> None:
    if not signed and not order.unsigned_reason:
        raise Refused(
            N_("A job is closed only with the customer's signature or the reason why there is none."),
            field="unsigned_reason",
        )


REPAIR_CALL = Lifecycle(
    name="repair_call",
    initial="open",
    state_labels=CALL_STATE_LABELS,
    verb_labels={
        "correct": N_("Correct"),
        "dispatch": N_("Dispatch"),
        "put_back": N_("Put back"),
        "finish": N_("Finish"),
        "close": N_("Close"),
        "cancel": N_("Cancel call"),
    },
    transitions=(
        Transition("open", "correct", "open", roles("clerk", "supervisor", "branch_manager", "service_department")),
        Transition("open", "dispatch", "dispatched", roles("supervisor"), required=("technician_id",)),
        Transition("open", "cancel", "cancelled", _DESK, required=("reason",)),
        Transition(
            "dispatched", "correct", "dispatched", roles("clerk", "supervisor", "branch_manager", "service_department")
        ),
        Transition("dispatched", "cancel", "cancelled", _DESK, required=("reason",)),
        # The next three follow from what happens to the work order; nobody does them by themselves.
        Transition("dispatched", "put_back", "open", roles("technician", "supervisor")),
        Transition("dispatched", "finish", "finished", roles("technician")),
        Transition("finished", "close", "closed", roles("clerk", "supervisor")),
    ),
)

_TECHNICIAN = roles("technician")
_UNDER_WAY = ("dispatched", "accepted", "arrived")
_ON_SITE = ("arrived", "finished")

WORK_ORDER = Lifecycle(
    name="work_order",
    initial="dispatched",
    state_labels=ORDER_STATE_LABELS,
    verb_labels={
        "accept": N_("Accept"),
        "decline": N_("Decline"),
        "on_the_way": N_("On my way"),
        "arrive": N_("Arrived"),
        "quote": N_("Work out the charges"),
        "agree_charges": N_("Customer agrees to the charges"),
        "record_time": N_("Record minutes"),
        "fit_part": N_("Fit a part"),
        "remove_part": N_("Take a part out again"),
        "sign": N_("Customer's signature"),
        "leave_unsigned": N_("No signature: give the reason"),
        "override_class": N_("Change the class of service"),
        "reassign": N_("Reassign"),
        "cancel": N_("Withdraw the job"),
        "finish": N_("Finish"),
        "close": N_("Close and file the voucher"),
    },
    transitions=(
        Transition("dispatched", "accept", "accepted", _TECHNICIAN),
        Transition("dispatched", "decline", "declined", _TECHNICIAN, required=("reason",)),
        Transition("accepted", "decline", "declined", _TECHNICIAN, required=("reason",)),
        Transition("accepted", "on_the_way", "accepted", _TECHNICIAN),
        Transition("accepted", "arrive", "arrived", _TECHNICIAN),
        Transition("arrived", "quote", "arrived", _TECHNICIAN),
        Transition("arrived", "agree_charges", "arrived", _TECHNICIAN, required=("name",)),
        Transition("arrived", "fit_part", "arrived", _TECHNICIAN),
        Transition("arrived", "remove_part", "arrived", _TECHNICIAN),
        *(Transition(state, "record_time", state, _TECHNICIAN) for state in _ON_SITE),
        *(Transition(state, "sign", state, _TECHNICIAN, required=("signer",)) for state in _ON_SITE),
        *(
            Transition(state, "leave_unsigned", state, roles("technician", "clerk", "supervisor"), required=("reason",))
            for state in _ON_SITE
        ),
        *(
            Transition(state, "override_class", state, roles("supervisor"), required=("service_class", "reason"))
            for state in _UNDER_WAY
        ),
        *(
            Transition(state, "reassign", "cancelled", roles("supervisor"), required=("technician_id", "reason"))
            for state in _UNDER_WAY
        ),
        *(Transition(state, "cancel", "cancelled", roles("supervisor"), required=("reason",)) for state in _UNDER_WAY),
        Transition("arrived", "finish", "finished", _TECHNICIAN, required=("fault_code_id", "result")),
        Transition("finished", "close", "closed", roles("clerk", "supervisor"), guard=_signed_or_explained),
    ),
)

LIFECYCLES = (REPAIR_CALL, WORK_ORDER)

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
