"""Repair calls and work orders: vocabulary, lifecycles and pure rules (SO)."""

from __future__ import annotations

from app.core.errors import N_

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
EVENT_KINDS = (
    "dispatched",
    "accepted",
    "declined",
    "reassigned",
    "on_the_way",
    "arrived",
    "charges_agreed",
    "signed",
    "finished",
    "closed",
    "cancelled",
    "note",
)


def derive_class(*, covered_by_contract: bool, in_warranty: bool) -> str:
    """Class of a customer job: contract in force → B, else warranty → C, else A (SO-1)."""
    if covered_by_contract:
        return "B"
    return "C" if in_warranty else "A"
