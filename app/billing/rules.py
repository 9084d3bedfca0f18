"""Money: vocabulary, what is decided for a job, instalments and their age, handing cash in (SO-6, SO-9, SO-20)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from app.core.errors import N_, Refused
from app.core.lifecycle import Lifecycle, Transition, roles
from app.core.money import ZERO, equal_parts, split, tax_within

METHOD_LABELS = {
    "cash": N_("Cash"),
    "wechat": N_("WeChat"),
    "alipay": N_("Alipay"),
    "card": N_("Bank card"),
    "transfer": N_("Bank transfer"),
}
METHODS = tuple(METHOD_LABELS)
PAYMENT_KIND_LABELS = {"payment": N_("Payment"), "refund": N_("Refund")}
PAYMENT_KINDS = tuple(PAYMENT_KIND_LABELS)
FAPIAO_KIND_LABELS = {
    "electronic": N_("Electronic invoice"),
    "normal": N_("Ordinary invoice"),
    "special": N_("Special VAT invoice"),
}
FAPIAO_KINDS = tuple(FAPIAO_KIND_LABELS)
INVOICE_STATE_LABELS = {
    "issued": N_("Not paid"),
    "part_paid": N_("Partly paid"),
    "paid": N_("Paid in full"),
    "credited": N_("Credited in full"),
}
INVOICE_STATES = tuple(INVOICE_STATE_LABELS)
MONEY_LABELS = {
    "nothing": N_("Nothing to pay"),
    "open": N_("Undecided"),
    "paid": N_("Paid in full"),
    "invoiced": N_("Invoiced"),
    "waived": N_("Waived"),
}
PART_STATE_LABELS = {
    "settled": N_("Settled in full"),
    "part": N_("Partly settled"),
    "overdue": N_("Overdue for payment"),
    "waiting": N_("Not due yet"),
}
MOST_INSTALMENTS = 24


# -- a job's money (SO-6) -----------------------------------------------------------------------------------------


class JobMoney(NamedTuple):
    """CNY: what the charges come to, what was waived, what was paid for the job; and whether an invoice stands."""

    due: Decimal
    waived: Decimal = ZERO
    paid: Decimal = ZERO
    invoiced: bool = False

    @property
    def left(self) -> Decimal:
        """What is still to be collected on this job itself; of an invoiced one the invoice says."""
        return ZERO if self.invoiced else max(self.due - self.waived - self.paid, ZERO)

    @property
    def state(self) -> str:
        """A key of ``MONEY_LABELS``; only ``open`` keeps the job from being closed."""
        if self.due == 0:
            return "nothing"
        if self.invoiced:
            return "invoiced"
        if self.left > 0:
            return "open"
        return "waived" if self.paid == 0 and self.waived > 0 else "paid"

    @property
    def decided(self) -> bool:
        """Whether the job may be closed."""
        return self.state != "open"


def check_amount(amount: Decimal, left: Decimal, *, field: str = "amount") -> None:
    """An amount is more than nothing and not more than what is left. Raises ``Refused``."""
    if left <= 0:
        raise Refused(N_("Nothing is left to pay here."), field=field)
    if amount <= 0:
        raise Refused(N_("More than nothing."), field=field)
    if amount > left:
        raise Refused(N_("No more than %(left)s CNY is left to pay."), field=field, left=f"{left:,.2f}")


def check_on_the_spot(money: JobMoney, limit: Decimal, *, permitted: bool) -> None:
    """A technician collects only small sums on the spot; of a larger one an invoice is made the same day (SO-6).

    What counts is the whole charge, not the part taken now. Raises ``Refused`` unless a supervisor permitted it.
    """
    if not permitted and not money.invoiced and money.due - money.waived > limit:
        raise Refused(
            N_(
                "More than %(limit)s CNY is not collected on the spot but invoiced today; the supervisor may permit it."
            ),
            field="amount",
            limit=f"{limit:,.2f}",
        )


def lifts_limit(fapiao_no: str | None, issued_on: date, today: date) -> bool:
    """Whether any sum of an invoiced job is collected on the spot: the official invoice is made out, or it is a later visit.

    One drafted at the door (SO-9) is neither: else taking an item back to the customer would lift the limit (SO-6).
    """
    return bool(fapiao_no) or issued_on < today


def check_limit(amount: Decimal, limits: Sequence[Decimal | None]) -> None:
    """Whether somebody with these authority limits may approve the amount; None is without limit. Raises ``Refused``."""
    if not limits:
        raise Refused(N_("Your role has no authority for this: ask somebody above you."), field="amount")
    if None not in limits and amount > max(limit for limit in limits if limit is not None):
        highest = max(limit for limit in limits if limit is not None)
        raise Refused(
            N_("Your authority ends at %(limit)s CNY: ask somebody above you."), field="amount", limit=f"{highest:,.2f}"
        )


# -- invoices -----------------------------------------------------------------------------------------------------


class Billed(NamedTuple):
    """The lines of an invoice after what was waived: amounts with the tax in them, and the tax of each (CNY)."""

    amounts: list[Decimal]
    taxes: list[Decimal]

    @property
    def total(self) -> Decimal:
        return sum(self.amounts, ZERO)

    @property
    def tax(self) -> Decimal:
        return sum(self.taxes, ZERO)


class Share(NamedTuple):
    """A job on an invoice: the amounts of its lines, and what was waived of them (CNY)."""

    amounts: Sequence[Decimal]
    waived: Decimal = ZERO


def billed(jobs: Sequence[Share], percent: Decimal) -> Billed:
    """The lines of all jobs, one after the other; the sum of the lines is the invoice, to the fen.

    What was waived of a job lowers the lines of that job alone; the tax within is shared over all lines.
    """
    shares = [line for job in jobs for line in split(sum(job.amounts, ZERO) - job.waived, job.amounts)]
    return Billed(shares, split(tax_within(sum(shares, ZERO), percent), shares))


def state_of(total: Decimal, paid: Decimal, credited: Decimal) -> str:
    """The state of an invoice: a key of ``INVOICE_STATE_LABELS``."""
    if credited >= total:
        return "credited"
    if total - credited - paid <= 0:
        return "paid"
    return "part_paid" if paid > 0 or credited > 0 else "issued"


def check_fapiao(number: str) -> str:
    """The number of the official invoice (发票号码): 8 digits, or 20 of an electronic one. Raises ``Refused``."""
    typed = re.sub(r"\s", "", number or "")
    if typed and not re.fullmatch(r"\d{8}|\d{20}", typed, re.ASCII):
        raise Refused(N_("8 digits, or 20 of an electronic invoice."), field="fapiao_no")
    return typed


def check_sendable(fapiao_no: str | None) -> None:
    """An invoice is sent only with the number of the official one: what reaches the customer is the 发票 (SO-6)."""
    if not fapiao_no:
        raise Refused(N_("Enter the number of the official invoice before it is sent."), field="fapiao_no")


def check_tax_number(number: str, kind: str) -> str:
    """The customer's tax number (税号): 15 to 20 letters and digits; a special invoice needs it. Raises ``Refused``."""
    typed = re.sub(r"\s", "", number or "").upper()
    if kind == "special" and not typed:
        raise Refused(N_("A special VAT invoice needs the tax number."), field="tax_no")
    if typed and not re.fullmatch(r"[0-9A-Z]{15,20}", typed, re.ASCII):
        raise Refused(N_("15 to 20 letters and digits."), field="tax_no")
    return typed


class Part(NamedTuple):
    """An instalment: CNY due on a day."""

    due_on: date
    amount: Decimal


def instalments(total: Decimal, count: int, first_due: date, days_between: int) -> list[Part]:
    """``total`` in ``count`` parts as equal as the fen allows, due every so many days. Raises ``Refused``."""
    if not 1 <= count <= MOST_INSTALMENTS:
        raise Refused(N_("Between 1 and 24 instalments."), field="instalments")
    if total < Decimal(count).scaleb(-2):
        raise Refused(N_("Too little for so many instalments."), field="instalments")
    parts = equal_parts(total, count)
    return [Part(first_due + timedelta(days=number * days_between), part) for number, part in enumerate(parts)]


def planned(total: Decimal, parts: Sequence[Part], first: date, too_early: str = N_("Not before today.")) -> list[Part]:
    """The instalments as the accountant agreed them with the customer, by day: together they are the invoice.

    Raises ``Refused`` for a part of nothing, a day before ``first`` (said as ``too_early``) or one that stands twice,
    too many parts, or another sum.
    """
    if len(parts) > MOST_INSTALMENTS:
        raise Refused(N_("Between 1 and 24 instalments."), field="plan")
    if any(part.amount <= 0 for part in parts):
        raise Refused(N_("Every instalment is more than nothing."), field="plan")
    if any(part.due_on < first for part in parts):
        raise Refused(too_early, field="plan")
    if len({part.due_on for part in parts}) < len(parts):
        raise Refused(N_("Every instalment has a day of its own."), field="plan")
    asked = sum((part.amount for part in parts), ZERO)
    if asked != total:
        raise Refused(
            N_("The instalments come to %(asked)s CNY, the invoice to %(total)s: %(difference)s."),
            field="plan",
            asked=f"{asked:,.2f}",
            total=f"{total:,.2f}",
            difference=f"{asked - total:+,.2f}",
        )
    return sorted(parts, key=lambda part: part.due_on)


def part_state(amount: Decimal, left: Decimal, due_on: date, today: date) -> str:
    """Where an instalment stands: a key of ``PART_STATE_LABELS``."""
    if left == 0:
        return "settled"
    if due_on < today:
        return "overdue"
    return "part" if left < amount else "waiting"


def still_open(parts: Sequence[Part], settled: Decimal) -> list[Part]:
    """What is left of each instalment after ``settled`` was paid or credited, the oldest first settled first."""
    left = []
    for part in sorted(parts, key=lambda each: each.due_on):
        covered = min(part.amount, max(settled, ZERO))
        settled -= covered
        if part.amount > covered:
            left.append(Part(part.due_on, part.amount - covered))
    return left


# -- what is outstanding, by age ------------------------------------------------------------------------------------


def age_limits(text: str) -> tuple[int, ...]:
    """``30,60,90`` as days; every limit larger than the one before. Raises ``Refused``."""
    if not re.fullmatch(r"\d{1,4}(,\d{1,4}){0,5}", text.replace(" ", ""), re.ASCII):
        raise Refused(N_("Days, separated by commas: 30,60,90."), field="value")
    limits = tuple(int(each) for each in text.replace(" ", "").split(","))
    if list(limits) != sorted(set(limits)) or limits[0] < 1:
        raise Refused(N_("Days, separated by commas: 30,60,90."), field="value")
    return limits


def age_bucket(due_on: date, today: date, limits: Sequence[int]) -> int:
    """In which column of the ageing list an amount stands: 0 not due yet, 1 up to the first limit, … the last beyond."""
    late = (today - due_on).days
    if late <= 0:
        return 0
    return 1 + sum(late > limit for limit in limits)


def aged(parts: Sequence[Part], today: date, limits: Sequence[int]) -> list[Decimal]:
    """The amounts by age, as many columns as limits and two more."""
    columns = [ZERO] * (len(limits) + 2)
    for part in parts:
        columns[age_bucket(part.due_on, today, limits)] += part.amount
    return columns


# -- handing cash in ------------------------------------------------------------------------------------------------


def check_count(handed: Decimal, counted: Decimal, reason: str) -> bool:
    """Whether the count agrees with what is handed in. Raises ``Refused`` for a difference without a reason."""
    if counted < 0:
        raise Refused(N_("There cannot be less than nothing."), field="counted")
    if counted != handed and not reason.strip():
        raise Refused(
            N_("The count differs by %(difference)s CNY: give the reason."),
            field="reason",
            difference=f"{counted - handed:+,.2f}",
        )
    return counted == handed


def is_overdue(collected_on: date, today: date) -> bool:
    """Cash is handed in on the day it is collected; from the next day on it is late (SO-6)."""
    return collected_on < today


HANDOVER_STATE_LABELS = {
    "submitted": N_("To be counted"),
    "differs": N_("Count differs"),
    "received": N_("Counted and received"),
    "settled": N_("Settled by the supervisor"),
    "withdrawn": N_("Withdrawn"),
}


def _own(handover: Any, *, me: int | None = None, **_given: Any) -> None:
    if me is not None and handover.staff_id != me:
        raise Refused(N_("Only who hands the cash in can say so."))


def _not_own(handover: Any, *, me: int | None = None, **_given: Any) -> None:
    if me is not None and handover.staff_id == me:
        raise Refused(N_("Nobody counts what he handed in himself."))


_HANDS_IN = roles("technician", "clerk", "supervisor")

CASH_HANDOVER = Lifecycle(
    name="cash_handover",
    initial="submitted",
    state_labels=HANDOVER_STATE_LABELS,
    verb_labels={
        "receive": N_("Count and receive"),
        "dispute": N_("Count differs"),
        "agree": N_("I agree to the count"),
        "recount": N_("Count again"),
        "withdraw": N_("Withdraw"),
    },
    transitions=(
        Transition("submitted", "receive", "received", roles("accountant"), guard=_not_own),
        Transition("submitted", "dispute", "differs", roles("accountant"), guard=_not_own, required=("reason",)),
        Transition("differs", "agree", "received", _HANDS_IN, guard=_own),
        Transition("differs", "recount", "submitted", roles("accountant"), guard=_not_own),
        Transition("submitted", "withdraw", "withdrawn", _HANDS_IN, guard=_own),
    ),
)

LIFECYCLES = (CASH_HANDOVER,)
