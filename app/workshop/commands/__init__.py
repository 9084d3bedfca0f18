"""The verbs of the workshop: one public function, one transaction. ``at`` is for tests and seeds; screens leave it out.

``taking``: the item comes. ``repair``: its way through the house. ``returning``: it goes. ``loans``: what is lent
meanwhile. ``promises``: who hears of it before it is late.
"""

from app.workshop.commands.leaving import no_items_in_hand
from app.workshop.commands.loans import extend_loan, lend, take_loan_back
from app.workshop.commands.promises import watch
from app.workshop.commands.repair import (
    ask_for_help,
    assign,
    change_promise,
    fail_inspection,
    give_up,
    hand_to,
    pass_inspection,
    report_done,
    resume,
    start,
    take_up,
    wait_for_parts,
)
from app.workshop.commands.returning import (
    RETURNED,
    hand_back,
    hand_back_item,
    not_delivered,
    send_out,
)
from app.workshop.commands.taking import add_photo, take_back

__all__ = [
    "RETURNED",
    "add_photo",
    "ask_for_help",
    "assign",
    "change_promise",
    "extend_loan",
    "fail_inspection",
    "give_up",
    "hand_back",
    "hand_back_item",
    "hand_to",
    "lend",
    "no_items_in_hand",
    "not_delivered",
    "pass_inspection",
    "report_done",
    "resume",
    "send_out",
    "start",
    "take_back",
    "take_loan_back",
    "take_up",
    "wait_for_parts",
    "watch",
]
