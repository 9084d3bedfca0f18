"""Repair calls and work orders: vocabulary and lifecycles (SO)."""

from __future__ import annotations

from typing import Any

from app.core.errors import N_, Refused, Way
from app.core.lifecycle import Lifecycle, Transition, roles
from app.fieldservice.rules.dispatching import CONTRACTOR_REQUEST
from app.fieldservice.rules.phone import PHONE_ENTRY

# A planned visit is entered by the portal itself (SO-23); the others are how a caller reaches us.
CALLER_CHANNELS = ("telephone", "letter", "email", "online", "counter")
CHANNELS = (*CALLER_CHANNELS, "planned")
CHANNEL_LABELS = {
    "telephone": N_("Telephone"),
    "letter": N_("Letter"),
    "email": N_("E-mail"),
    "online": N_("Online form"),
    "counter": N_("At the counter"),
    "planned": N_("Planned visit"),
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
    "in_workshop",
    "finished",
    "closed",
    "declined",
    "cancelled",
)
ORDER_STATE_LABELS = {
    "dispatched": N_("Dispatched"),
    "accepted": N_("Accepted"),
    "arrived": N_("On site"),
    "in_workshop": N_("In the workshop"),
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
    "urged": N_("Reminded"),
    "crew": N_("Crew changed"),
    "on_the_way": N_("On the way"),
    "arrived": N_("Arrived"),
    "quoted": N_("Charges worked out"),
    "charges_agreed": N_("Charges agreed"),
    "misuse": N_("Marked as misuse"),
    "class": N_("Class of service changed"),
    "unsigned": N_("No signature"),
    "reserved": N_("Part reserved"),
    "repeat_cause": N_("Cause of the repeat repair"),
    "signed": N_("Signed"),
    "finished": N_("Finished"),
    "closed": N_("Closed"),
    "cancelled": N_("Cancelled"),
    "note": N_("Note"),
    "paused": N_("Deadline paused"),
    "resumed": N_("Deadline runs again"),
    "moved": N_("Appointment moved"),
    "help": N_("Help wanted"),
    "taken_back": N_("Taken back to the workshop"),
    "handed_back": N_("Handed back to the customer"),
    "serial": N_("Number swapped"),
}
EVENT_KINDS = tuple(EVENT_KIND_LABELS)


# -- who may move what to where ---------------------------------------------------------------------------------

_DESK = roles("clerk", "supervisor", "service_department")


def _a_contractors(order: Any, **_given: Any) -> None:
    if order.contractor_id is None:
        raise Refused(N_("This job is not an outside contractor's: the technician reports it."))


def _signed_or_explained(order: Any, *, signed: bool = False, **_given: Any) -> None:
    if not signed and not order.unsigned_reason:
        raise Refused(
            N_("A job is closed only with the customer's signature or the reason why there is none."),
            field="unsigned_reason",
        ).leading(
            Way(
                N_("Why there is no signature"),
                f"/workorderview/do/leave_unsigned/{order.id}",
                "work_order.leave_unsigned",
            )
        )


def _not_waiting(record: Any, **_given: Any) -> None:
    if getattr(record, "repair_call", record).waiting_for:
        raise Refused(N_("The deadline is paused already."))


def _waiting(record: Any, **_given: Any) -> None:
    if not getattr(record, "repair_call", record).waiting_for:
        raise Refused(N_("The deadline is not paused."))


_PAUSES = roles("clerk", "supervisor", "technician")

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
        "attribute_repeat": N_("Cause of the repeat repair"),
        "pause": N_("Pause the deadline"),
        "resume": N_("Let the deadline run again"),
        "promise": N_("Promise a finish"),
        "change_address": N_("Change the address"),
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
        # The clerk: at the counter, where a customer fetches what was in the workshop.
        Transition("dispatched", "finish", "finished", roles("technician", "supervisor", "clerk")),
        Transition("finished", "close", "closed", roles("clerk", "supervisor")),
        # KP-2: the status stays; only a call that repeats another has a cause to be named.
        *(
            Transition(state, "attribute_repeat", state, roles("supervisor"), required=("cause",))
            for state in ("open", "dispatched", "finished", "closed")
        ),
        # CAL-6: the status stays, the clock stops; the history of it is the call's own (``waiting_change``).
        *(
            Transition(state, "pause", state, _PAUSES, guard=_not_waiting, required=("waiting_for", "reason"))
            for state in ("open", "dispatched")
        ),
        *(Transition(state, "resume", state, _PAUSES, guard=_waiting) for state in ("open", "dispatched")),
        *(
            Transition(state, verb, state, roles("clerk", "supervisor"))
            for state in ("open", "dispatched")
            for verb in ("promise", "change_address")
        ),
    ),
)

_TECHNICIAN = roles("technician")
UNDER_WAY = ("dispatched", "accepted", "arrived")
# Taken back (SO-7): the customer is not met any more today, the work goes on in the house.
_AT_WORK = ("arrived", "in_workshop")
_ON_SITE = (*_AT_WORK, "finished")

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
        "mark_misuse": N_("Damaged by misuse"),
        "record_time": N_("Record minutes"),
        "fit_part": N_("Fit a part"),
        "remove_part": N_("Take a part out again"),
        "reserve_part": N_("Reserve a part"),
        "release_parts": N_("Release reserved parts"),
        "sign": N_("Customer's signature"),
        "leave_unsigned": N_("No signature: give the reason"),
        "override_class": N_("Change the class of service"),
        "reassign": N_("Reassign"),
        "cancel": N_("Withdraw the job"),
        "urge": N_("Remind the technician"),
        "add_crew": N_("Send one more technician along"),
        "remove_crew": N_("Take a technician off the crew"),
        "record_contractor": N_("Report the contractor's work"),
        "finish": N_("Finish"),
        "close": N_("Close and file the voucher"),
        "pause": N_("Pause the deadline"),
        "resume": N_("Let the deadline run again"),
        "move_appointment": N_("Move the appointment"),
        "ask_for_help": N_("Ask the supervisor for help"),
        "take_back": N_("Take it back to the workshop"),
        "hand_back": N_("Hand it back to the customer"),
        "swap_serial": N_("Record a swapped number"),
    },
    transitions=(
        Transition("dispatched", "accept", "accepted", _TECHNICIAN),
        Transition("dispatched", "decline", "declined", _TECHNICIAN, required=("reason",)),
        Transition("accepted", "decline", "declined", _TECHNICIAN, required=("reason",)),
        Transition("accepted", "on_the_way", "accepted", _TECHNICIAN),
        Transition("accepted", "arrive", "arrived", _TECHNICIAN),
        # SO-6: on the telephone the office tells the charges before anybody goes; a contractor's job only it can quote.
        *(
            Transition(state, verb, state, roles("clerk", "supervisor"), required=needed)
            for state in ("dispatched", "accepted")
            for verb, needed in (("quote", ()), ("agree_charges", ("name",)))
        ),
        *(
            Transition("arrived", verb, "arrived", roles("technician", "clerk", "supervisor"), required=needed)
            for verb, needed in (("quote", ()), ("agree_charges", ("name",)))
        ),
        *(
            Transition(state, "mark_misuse", state, roles("technician", "supervisor"))
            for state in ("accepted", "arrived", "in_workshop")
        ),
        # The office tells the customer of a workshop's quote as well: he is no longer beside the technician.
        *(
            Transition("in_workshop", verb, "in_workshop", roles("technician", "clerk", "supervisor"), required=needed)
            for verb, needed in (("quote", ()), ("agree_charges", ("name",)))
        ),
        *(
            Transition(state, verb, state, _TECHNICIAN, required=needed)
            for state in _AT_WORK
            for verb, needed in (("fit_part", ()), ("remove_part", ()), ("swap_serial", ("kind", "new")))
        ),
        # SO-22: a part is kept for the job, by the desk or by the technician, until it is fitted or not needed.
        *(
            Transition(state, verb, state, roles("clerk", "supervisor", "technician"))
            for state in (*UNDER_WAY, "in_workshop")
            for verb in ("reserve_part", "release_parts")
        ),
        Transition("arrived", "take_back", "in_workshop", _TECHNICIAN, required=("condition", "promised_at")),
        Transition("in_workshop", "hand_back", "finished", roles("technician", "clerk", "supervisor")),
        *(Transition(state, "record_time", state, _TECHNICIAN) for state in _ON_SITE),
        # SO-5: the customer signs for what was done, so it has to stand there first. What is taken along or given back is
        # signed for within that verb (SO-7, SO-8).
        Transition("finished", "sign", "finished", _TECHNICIAN, required=("signer",)),
        Transition(
            "finished",
            "leave_unsigned",
            "finished",
            roles("technician", "clerk", "supervisor"),
            required=("reason",),
        ),
        *(
            Transition(state, "override_class", state, roles("supervisor"), required=("service_class", "reason"))
            for state in UNDER_WAY
        ),
        *(
            Transition(state, "reassign", "cancelled", roles("supervisor"), required=("technician_id", "reason"))
            for state in UNDER_WAY
        ),
        *(Transition(state, "cancel", "cancelled", roles("supervisor"), required=("reason",)) for state in UNDER_WAY),
        *(Transition(state, "urge", state, roles("clerk", "supervisor")) for state in ("dispatched", "accepted")),
        *(
            Transition(state, verb, state, roles("supervisor"), required=("staff_id",))
            for state in UNDER_WAY
            for verb in ("add_crew", "remove_crew")
        ),
        Transition("arrived", "finish", "finished", _TECHNICIAN, required=("fault_code_id", "result")),
        # Nobody of an outside contractor has an account: the office reports when he came and what he did.
        Transition(
            "dispatched",
            "record_contractor",
            "finished",
            roles("supervisor"),
            guard=_a_contractors,
            required=("arrived_at", "finished_at", "fault_code_id", "result"),
        ),
        Transition("finished", "close", "closed", roles("clerk", "supervisor"), guard=_signed_or_explained),
        *(
            Transition(state, "pause", state, _PAUSES, guard=_not_waiting, required=("waiting_for", "reason"))
            for state in (*UNDER_WAY, "in_workshop")
        ),
        *(Transition(state, "resume", state, _PAUSES, guard=_waiting) for state in (*UNDER_WAY, "in_workshop")),
        *(
            Transition(state, "move_appointment", state, _PAUSES, required=("appointment_at", "agreed_by"))
            for state in ("dispatched", "accepted")
        ),
        *(
            Transition(state, "ask_for_help", state, _TECHNICIAN, required=("reason",))
            for state in (*UNDER_WAY, "in_workshop")
        ),
    ),
)

# What a signature is for: the work done, the item taken along, the item given back (SO-5, SO-7, SO-8).
SIGNED_FOR = ("work", "take_back", "return")
SIGNED_FOR_LABELS = {
    "work": N_("work done"),
    "take_back": N_("item taken along"),
    "return": N_("item received back"),
}

LIFECYCLES = (REPAIR_CALL, WORK_ORDER, CONTRACTOR_REQUEST, PHONE_ENTRY)
