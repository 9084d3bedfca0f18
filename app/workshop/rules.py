"""The workshop: vocabulary, the repair card's lifecycle, the promise, who holds an item (SO-7 … SO-10, SO-17)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from app.core.errors import N_, Refused
from app.core.lifecycle import Lifecycle, Transition, roles

# -- vocabulary -------------------------------------------------------------------------------------------------

WAITING, IN_REPAIR, WAITING_PARTS, TO_INSPECT, READY, ON_RETURN, RETURNED = CARD_STATES = (
    "waiting",
    "in_repair",
    "waiting_parts",
    "to_inspect",
    "ready",
    "on_return",
    "returned",
)
CARD_STATE_LABELS = {
    WAITING: N_("Waiting for repair"),
    IN_REPAIR: N_("In repair"),
    WAITING_PARTS: N_("Waiting for parts"),
    TO_INSPECT: N_("To be inspected"),
    READY: N_("Ready to return"),
    ON_RETURN: N_("On the way back"),
    RETURNED: N_("Returned"),
}
IN_HOUSE = CARD_STATES[:-1]

# What a customer is shown of it: what fails, waits or is repaired once more inside the house is still the same step.
PUBLIC_STEP_LABELS = (N_("Received by us"), N_("In repair"), N_("Being inspected"), N_("Ready for you"))
_PUBLIC_STEPS = {WAITING: 0, IN_REPAIR: 1, WAITING_PARTS: 1, TO_INSPECT: 2, READY: 3, ON_RETURN: 3, RETURNED: 4}


def public_step(status: str) -> int:
    """Index of the step of ``PUBLIC_STEP_LABELS`` a card has reached; beyond the last once it is returned."""
    return _PUBLIC_STEPS[status]


# Why an item leaves: repaired, or unrepaired with a reason.
REPAIRED = "repaired"
UNREPAIRED = ("irreparable", "declined")
OUTCOMES = ("", REPAIRED, *UNREPAIRED)
OUTCOME_LABELS = {
    "": N_("not decided yet"),
    REPAIRED: N_("Repaired"),
    "irreparable": N_("Cannot be repaired"),
    "declined": N_("Customer declined the repair"),
}

CUSTOMER, TECHNICIAN, SHELF, SUPERVISOR = HOLDERS = ("customer", "technician", "shelf", "supervisor")
PERSONS = (TECHNICIAN, SUPERVISOR)
HOLDER_LABELS = {
    CUSTOMER: N_("the customer"),
    TECHNICIAN: N_("a technician"),
    SHELF: N_("workshop shelf"),
    SUPERVISOR: N_("the supervisor"),
}

VOID_KINDS = ("", "taken_back", "lost")
VOID_KIND_LABELS = {
    "": N_("customer has it"),
    "taken_back": N_("taken back, void"),
    "lost": N_("lost by the customer, statement on record"),
}
PHOTO_KINDS = ("in", "repair", "out")
PHOTO_KIND_LABELS = {"in": N_("when taken back"), "repair": N_("during the repair"), "out": N_("when returned")}

CARD_EVENT_LABELS = {
    "opened": N_("Taken back"),
    "assigned": N_("Given to a technician"),
    "started": N_("Repair begun"),
    "waiting_parts": N_("Waiting for parts"),
    "resumed": N_("Parts have come"),
    "done": N_("Repair reported done"),
    "passed": N_("Inspection passed"),
    "failed": N_("Inspection failed"),
    "given_up": N_("To be returned unrepaired"),
    "taken_up": N_("Taken up again"),
    "sent_out": N_("Gone out for return"),
    "not_delivered": N_("Not delivered"),
    "returned": N_("Returned to the customer"),
    "promise": N_("Promise changed"),
    "help": N_("Help wanted"),
    "late": N_("Will be late"),
    "lent": N_("Loan unit given"),
    "loan_back": N_("Loan unit back"),
}
CARD_EVENTS = tuple(CARD_EVENT_LABELS)

# -- who may move what to where ---------------------------------------------------------------------------------

_TECH = roles("technician")
_LEAD = roles("technician", "supervisor")
_DESK = roles("clerk", "supervisor")
_ALL = roles("technician", "clerk", "supervisor")


def _not_own_work(card: Any, *, by: int | None = None, **_given: Any) -> None:
    if by is not None and by == card.technician_id:
        raise Refused(N_("Nobody inspects their own repair."))


def _known_outcome(card: Any, *, outcome: str = "", **_given: Any) -> None:
    if outcome not in UNREPAIRED:
        raise Refused(N_("This is required."), field="outcome")


REPAIR_CARD = Lifecycle(
    name="repair_card",
    initial=WAITING,
    state_labels=CARD_STATE_LABELS,
    verb_labels={
        "assign": N_("Give to a technician"),
        "start": N_("Begin the repair"),
        "wait_for_parts": N_("Wait for parts"),
        "resume": N_("Parts have come: go on"),
        "report_done": N_("Repair done: to inspection"),
        "pass_inspection": N_("Inspection passed"),
        "fail_inspection": N_("Inspection failed: back to repair"),
        "give_up": N_("Return it unrepaired"),
        "take_up": N_("Take the repair up again"),
        "send_out": N_("Take it out for return"),
        "not_delivered": N_("Not delivered: back in the house"),
        "hand_back": N_("Hand it back to the customer"),
        "hand_to": N_("Pass the item on"),
        "change_promise": N_("Change the promise"),
        "ask_for_help": N_("Cannot make it: ask for help"),
    },
    transitions=(
        *(
            Transition(state, "assign", state, roles("supervisor"), required=("technician_id",))
            for state in (WAITING, IN_REPAIR, WAITING_PARTS)
        ),
        Transition(WAITING, "start", IN_REPAIR, _TECH),
        *(Transition(state, "wait_for_parts", WAITING_PARTS, _LEAD, required=("what",)) for state in (IN_REPAIR,)),
        Transition(WAITING_PARTS, "resume", IN_REPAIR, _ALL),
        Transition(IN_REPAIR, "report_done", TO_INSPECT, _TECH, required=("fault_code_id", "result")),
        Transition(TO_INSPECT, "pass_inspection", READY, roles("supervisor"), guard=_not_own_work),
        Transition(
            TO_INSPECT, "fail_inspection", IN_REPAIR, roles("supervisor"), guard=_not_own_work, required=("reason",)
        ),
        *(
            Transition(state, "give_up", READY, _LEAD, guard=_known_outcome, required=("outcome", "reason"))
            for state in (WAITING, IN_REPAIR, WAITING_PARTS)
        ),
        # The customer agrees after all, or the fault came back on the shelf.
        Transition(READY, "take_up", IN_REPAIR, roles("supervisor"), required=("reason",)),
        Transition(READY, "send_out", ON_RETURN, _ALL, required=("technician_id",)),
        Transition(ON_RETURN, "not_delivered", READY, _ALL, required=("reason",)),
        Transition(ON_RETURN, "hand_back", RETURNED, _ALL),
        Transition(READY, "hand_back", RETURNED, _DESK),
        *(Transition(state, "hand_to", state, _ALL, required=("to",)) for state in IN_HOUSE if state != ON_RETURN),
        *(
            Transition(state, "change_promise", state, _DESK, required=("promised_at", "told_to", "reason"))
            for state in IN_HOUSE
        ),
        *(
            Transition(state, "ask_for_help", state, _TECH, required=("reason",))
            for state in IN_HOUSE
            if state != TO_INSPECT
        ),
    ),
)

LIFECYCLES = (REPAIR_CARD,)


# -- the promise (SO-10) ----------------------------------------------------------------------------------------

LATE, WILL_BE_LATE, PRESSING, IN_TIME, KEPT, BROKEN = PROMISES = (
    "late",
    "will_be_late",
    "pressing",
    "in_time",
    "kept",
    "broken",
)
PROMISE_LABELS = {
    LATE: N_("late"),
    WILL_BE_LATE: N_("will be late"),
    PRESSING: N_("pressing"),
    IN_TIME: N_("in time"),
    KEPT: N_("kept"),
    BROKEN: N_("not kept"),
}
PROMISE_TONES = {
    LATE: "danger",
    WILL_BE_LATE: "warning",
    PRESSING: "warning",
    IN_TIME: "neutral",
    KEPT: "success",
    BROKEN: "danger",
}
_WORK_LEFT = (WAITING, IN_REPAIR, WAITING_PARTS)


class Expected(NamedTuple):
    """Working minutes a repair takes: the repair itself, the inspection, the way back to the customer."""

    repair: int
    inspection: int
    way_back: int


def still_to_do(status: str, expected: Expected, spent: int) -> Expected:
    """Working minutes of each part still needed until the customer has the item (SO-10).

    A repair that took longer than expected still needs its inspection and the way back; what fails inspection, too.
    """
    if status == RETURNED:
        return Expected(0, 0, 0)
    return Expected(
        max(0, expected.repair - spent) if status in _WORK_LEFT else 0,
        expected.inspection if status in (*_WORK_LEFT, TO_INSPECT) else 0,
        expected.way_back,
    )


def remaining(status: str, expected: Expected, spent: int) -> int:
    """The sum of them."""
    return sum(still_to_do(status, expected, spent))


def slack(left: int, needed: int) -> int:
    """Working minutes to spare: those left to the promise less those still needed; negative: it will be late."""
    return left - needed


def promise_state(left: int, needed: int, warning: int, *, missed: bool, returned: bool) -> str:
    """How the promise stands (SO-10): it is reported before it is late, ``warning`` working minutes ahead of that.

    ``left``: working minutes to the promised time. ``missed``: that time is over (at the return, if ``returned``).
    An item that waits for parts has its whole work before it: it will be late as soon as that no longer fits.
    """
    if returned:
        return BROKEN if missed else KEPT
    if missed:
        return LATE
    spare = slack(left, needed)
    if spare < 0:
        return WILL_BE_LATE
    return PRESSING if spare <= warning else IN_TIME


# -- who has it (SO-8) ------------------------------------------------------------------------------------------


class Holder(NamedTuple):
    """The customer, a person of ours, or a shelf in the workshop (with its place)."""

    kind: str
    staff_id: int | None = None
    place: str = ""


AT_CUSTOMER = Holder(CUSTOMER)


def check_holder(holder: Holder, *, field: str = "to") -> None:
    """Raises ``Refused`` for nobody in particular."""
    if holder.kind not in HOLDERS:
        raise Refused(N_("This is required."), field=field)
    if holder.kind in PERSONS and holder.staff_id is None:
        raise Refused(N_("Who takes it?"), field="staff_id")
    if holder.kind not in PERSONS and holder.staff_id is not None:
        raise Refused(N_("A shelf is nobody: leave the person out."), field="staff_id")


def contiguous(trail: Iterable[tuple[Holder, Holder]]) -> bool:
    """Whether a trail of (from, to) begins with the customer and each move starts where the last one ended."""
    now = AT_CUSTOMER
    for source, target in trail:
        if source != now or target == source:
            return False
        now = target
    return True


# -- the receipt (SO-7, SO-8) -----------------------------------------------------------------------------------


def check_void(kind: str, statement: str) -> None:
    """The 003 is taken back and voided, or the customer states that it was lost (SO-8). Raises ``Refused``."""
    if kind not in VOID_KINDS[1:]:
        raise Refused(N_("Say what became of the goods receipt."), field="receipt")
    if kind == "lost" and not statement.strip():
        raise Refused(N_("A lost receipt needs the customer's statement."), field="statement")


def check_photos(given: int, least: int, why_none: str) -> None:
    """How the product looked is on at least so many photographs, or it is said why not (SO-7). Raises ``Refused``."""
    if given < least and not why_none.strip():
        raise Refused(
            N_("Photographs of the product are needed (at least %(least)s), or the reason why there are none."),
            field="photos",
            least=least,
        )


# -- how long it has been here ----------------------------------------------------------------------------------

AGE_BUCKETS = (3, 7, 14, 30)
"""Upper bounds in days of the columns of the ageing list; what is older stands in the last one. A layout, no limit."""


def bucket(days: int) -> int:
    """Index of the column in which an item of this age stands."""
    return next((place for place, most in enumerate(AGE_BUCKETS) if days <= most), len(AGE_BUCKETS))
