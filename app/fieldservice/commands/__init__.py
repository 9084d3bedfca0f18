"""The verbs of field service: one public function, one transaction. ``at`` is for tests and seeds; screens leave it out.

``calls``: taking a call, dispatching it. ``orders``: the work order's way from accepted to closed. ``work``: minutes,
parts and charges.
"""

from app.fieldservice.commands.calls import cancel_call, correct_call, dispatch, enter_call
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
from app.fieldservice.commands.work import (
    DAY_GUARDS,
    agree_charges,
    fit_part,
    quote,
    record_internal,
    record_time,
    remove_part,
    remove_time,
)

__all__ = [
    "DAY_GUARDS",
    "accept",
    "agree_charges",
    "arrive",
    "cancel_call",
    "cancel_order",
    "close",
    "correct_call",
    "decline",
    "dispatch",
    "enter_call",
    "finish",
    "fit_part",
    "leave_unsigned",
    "on_the_way",
    "override_class",
    "quote",
    "reassign",
    "record_internal",
    "record_time",
    "remove_part",
    "remove_time",
    "sign",
]
