"""The verbs of money: one public function, one transaction. ``at`` is for tests and seeds; screens leave it out.

``collecting``: a job's money on the spot, permits, waivers. ``handing_in``: the cash on its way to the accountant.
``invoicing``: invoices, payments on them, credit notes. ``guards``: what money forbids elsewhere.
"""

from app.billing.commands import guards as _guards
from app.billing.commands.collecting import collect, give_permit, void_payment, waive
from app.billing.commands.handing_in import agree, dispute, hand_in, receive_cash, recount, settle, withdraw
from app.billing.commands.invoicing import (
    correct_heading,
    credit,
    enter_fapiao,
    issue_each,
    issue_for_contract,
    issue_for_jobs,
    post_invoice,
    receive,
    refund,
    replan,
)
from app.billing.commands.late import tell_late_cash

_guards.install()

__all__ = [
    "agree",
    "collect",
    "correct_heading",
    "credit",
    "dispute",
    "enter_fapiao",
    "give_permit",
    "hand_in",
    "issue_each",
    "issue_for_contract",
    "issue_for_jobs",
    "post_invoice",
    "receive",
    "receive_cash",
    "recount",
    "refund",
    "replan",
    "settle",
    "tell_late_cash",
    "void_payment",
    "waive",
    "withdraw",
]
