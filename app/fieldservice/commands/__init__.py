"""The verbs of field service: one public function, one transaction. ``at`` is for tests and seeds; screens leave it out.

``calls``: taking a call, dispatching it. ``orders``: the work order's way from accepted to closed. ``work``: minutes,
parts and charges.
"""

from app.fieldservice.commands.calls import cancel_call, change_address, correct_call, dispatch, enter_call
from app.fieldservice.commands.charges import CLOSE_GUARDS, QUOTE_GUARDS, agree_charges, charged, mark_misuse, quote
from app.fieldservice.commands.deadlines import (
    ask_for_help,
    move_appointment,
    pause_call,
    pause_order,
    people_of,
    promise,
    recompute_open,
    resume_call,
    resume_order,
    tell,
)
from app.fieldservice.commands.dispatching import (
    add_crew,
    approve_contractor,
    ask_contractor,
    enter_absence,
    record_contractor,
    refuse_contractor,
    remove_absence,
    remove_crew,
    send_contractor,
    urge,
    withdraw_contractor,
)
from app.fieldservice.commands.escalation import escalate
from app.fieldservice.commands.feed import renew_feed, revoke_feed
from app.fieldservice.commands.leaving import no_open_jobs
from app.fieldservice.commands.orders import (
    accept,
    arrive,
    cancel_order,
    close,
    decline,
    finish,
    leave_unsigned,
    on_the_way,
    override_class,
    reassign,
    sign,
)
from app.fieldservice.commands.overnight import DAY_CLOSED, close_day, close_due_days, explain_carry_over
from app.fieldservice.commands.phone import Attached, hand_over, settle_entry
from app.fieldservice.commands.repeats import attribute_repeat
from app.fieldservice.commands.reserving import release_parts, reserve_part
from app.fieldservice.commands.serials import swap_serial
from app.fieldservice.commands.visits import make_call, make_due_calls
from app.fieldservice.commands.work import (
    DAY_GUARDS,
    fit_part,
    record_internal,
    record_time,
    remove_part,
    remove_time,
    why_settled,
)

__all__ = [
    "CLOSE_GUARDS",
    "DAY_CLOSED",
    "DAY_GUARDS",
    "QUOTE_GUARDS",
    "Attached",
    "accept",
    "add_crew",
    "agree_charges",
    "approve_contractor",
    "arrive",
    "ask_contractor",
    "ask_for_help",
    "attribute_repeat",
    "cancel_call",
    "cancel_order",
    "change_address",
    "charged",
    "close",
    "close_day",
    "close_due_days",
    "correct_call",
    "decline",
    "dispatch",
    "enter_absence",
    "enter_call",
    "escalate",
    "explain_carry_over",
    "finish",
    "fit_part",
    "hand_over",
    "leave_unsigned",
    "make_call",
    "make_due_calls",
    "mark_misuse",
    "move_appointment",
    "no_open_jobs",
    "on_the_way",
    "override_class",
    "pause_call",
    "pause_order",
    "people_of",
    "promise",
    "quote",
    "reassign",
    "recompute_open",
    "record_contractor",
    "record_internal",
    "record_time",
    "refuse_contractor",
    "release_parts",
    "remove_absence",
    "remove_crew",
    "remove_part",
    "remove_time",
    "renew_feed",
    "reserve_part",
    "resume_call",
    "resume_order",
    "revoke_feed",
    "send_contractor",
    "settle_entry",
    "sign",
    "swap_serial",
    "tell",
    "urge",
    "why_settled",
    "withdraw_contractor",
]
