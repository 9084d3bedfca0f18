"""What money forbids in the areas above: closing, new charges, leaving (SO-6)."""

from __future__ import annotations

from datetime import datetime

from app.billing import queries
from app.billing.commands.invoicing import draft_for_job
from app.core import i18n, inbox
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.errors import N_, Refused, Way
from app.core.money import total
from app.fieldservice.commands import CLOSE_GUARDS, QUOTE_GUARDS, people_of
from app.fieldservice.models import WorkOrder
from app.organisation.commands import LEAVING_GUARDS
from app.organisation.models import Staff
from app.parts import queries as parts
from app.workshop.commands import RETURNED
from app.workshop.models import GoodsReceipt


def settled(order: WorkOrder) -> None:
    """Before closing: the money is decided and the parts balance. Raises ``Refused`` with all that is missing."""
    missing = []
    for guard in (money_is_decided, parts_balance):
        try:
            guard(order)
        except Refused as error:
            missing.append(error)
    if missing:
        first, *others = missing
        raise first.besides(others)


def money_is_decided(order: WorkOrder) -> None:
    """A job is closed when there is nothing to pay, or it is paid, invoiced or waived. Raises ``Refused``."""
    money = queries.money_of(order)
    if not money.decided:
        raise Refused(
            N_("%(left)s CNY of %(number)s are neither collected nor invoiced nor waived."),
            left=f"{money.left:,.2f}",
            number=order.number,
        ).leading(
            Way(N_("Take the money"), f"/workorderview/do/collect/{order.id}", "payment.collect"),
            Way(N_("Make out the invoice"), f"/money/to-invoice/issue?order={order.id}", "invoice.issue"),
            Way(N_("Waive charges"), f"/workorderview/do/waive/{order.id}", "waiver.waive"),
        )


def parts_balance(order: WorkOrder) -> None:
    """What was taken for the job is fitted on it or came back (SO-22). Raises ``Refused`` with what is missing."""
    open_rows = [row for row in parts.parts_balance(order.number) if not row.balanced]
    if open_rows:
        raise Refused(
            N_("The parts of %(number)s do not balance: %(parts)s."),
            number=order.number,
            parts="、".join(row.name for row in open_rows),
        ).leading(Way(N_("The moves of its parts"), f"/stockmoveview/list/?_flt_0_reference={order.number}"))


def invoice_today(actor: Principal, receipt: GoodsReceipt, at: datetime) -> None:
    """A paid workshop repair is invoiced on the day of return: the invoice is drafted as the item goes back (SO-9).

    What was collected for it counts on the invoice. It waits for its official number with the accountants of the
    branch (the supervisor where there is none), who are told; also when it cannot be drafted, and why. The item goes back all the same.
    """
    order = receipt.work_order
    money = queries.money_of(order)
    if money.invoiced or money.due - money.waived <= 0:
        return
    try:
        invoice = draft_for_job(order, at)
    except Refused as error:
        with i18n.in_language():
            params = {"number": order.number, "left": f"{money.left:,.2f}", "reason": i18n.say(error)}
        message = N_(
            "%(number)s is back with the customer, its invoice of %(left)s CNY could not be drafted: %(reason)s"
        )
        link = "/money/to-invoice/"
    else:
        params = {"number": order.number, "invoice": invoice.number, "left": f"{invoice.total:,.2f}"}
        message = N_(
            "%(number)s is back with the customer: %(invoice)s of %(left)s CNY wants its official number today."
        )
        link = f"/invoiceview/show/{invoice.id}"
    with acting_as(SYSTEM):
        # Without an accountant of its own the supervisor of the branch hears it, who may enter the number too.
        for person in people_of(order.branch_id, "accountant") or people_of(order.branch_id, "supervisor"):
            row = inbox.post(person.id, message, params, link=link, tone="warning", email=person.email or "")
            inbox.mail_to([row])


def charges_are_free_to_change(order: WorkOrder) -> None:
    """Charges stay as they are once money was taken for them, waived or invoiced. Raises ``Refused``."""
    money = queries.money_of(order)
    if money.invoiced or money.paid or money.waived:
        raise Refused(N_("Money was taken, waived or invoiced for these charges: they stay as they are."))


def no_cash_in_hand(person: Staff) -> None:
    """Who leaves has handed in the cash, or the supervisor has settled it with the reason. Raises ``Refused``."""
    held = queries.in_hand_of(person.id, handed_in_too=True)
    if held:
        raise Refused(
            N_("%(name)s has not handed in %(amount)s CNY: it is counted, or settled by the supervisor, first."),
            field="active",
            name=person.name,
            amount=f"{total([payment.amount for payment in held]):,.2f}",
        ).leading(
            # Handed in and not counted yet: that is for the accountant; who settles is told so there.
            Way(N_("Cash not handed in"), "/money/cash/", "cash_handover.settle"),
        )


def install() -> None:
    """Register them; doing it twice is once."""
    if settled not in CLOSE_GUARDS:
        CLOSE_GUARDS.append(settled)
    if charges_are_free_to_change not in QUOTE_GUARDS:
        QUOTE_GUARDS.append(charges_are_free_to_change)
    if no_cash_in_hand not in LEAVING_GUARDS:
        LEAVING_GUARDS.append(no_cash_in_hand)
    if invoice_today not in RETURNED:
        RETURNED.append(invoice_today)
