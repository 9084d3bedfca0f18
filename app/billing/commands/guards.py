"""What money forbids in the areas above: closing, new charges, leaving (SO-6)."""

from __future__ import annotations

from app.billing import queries
from app.core.errors import N_, Refused
from app.core.money import total
from app.fieldservice.commands import CLOSE_GUARDS, QUOTE_GUARDS
from app.fieldservice.models import WorkOrder
from app.organisation.commands import LEAVING_GUARDS
from app.organisation.models import Staff


def money_is_decided(order: WorkOrder) -> None:
    """A job is closed when there is nothing to pay, or it is paid, invoiced or waived. Raises ``Refused``."""
    money = queries.money_of(order)
    if not money.decided:
        raise Refused(
            N_("%(left)s CNY of %(number)s are neither collected nor invoiced nor waived."),
            left=f"{money.left:,.2f}",
            number=order.number,
        )


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
        )


def install() -> None:
    """Register them; doing it twice is once."""
    for hooks, guard in (
        (CLOSE_GUARDS, money_is_decided),
        (QUOTE_GUARDS, charges_are_free_to_change),
        (LEAVING_GUARDS, no_cash_in_hand),
    ):
        if guard not in hooks:
            hooks.append(guard)
