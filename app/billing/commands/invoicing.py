"""Invoices for jobs and contracts, payments on them, credit notes and refunds (SO-6, SO-9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import and_, exists, or_, select

from app.billing import queries, rules
from app.billing.commands.collecting import branch_code, new_payment, pay_invoice, refresh
from app.billing.models import CreditNote, Instalment, Invoice, InvoicedJob, InvoiceLine, Payment
from app.contracts.models import Contract
from app.core import clock, i18n, permissions, settings
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.fetch import fetch
from app.core.money import ZERO, tax_within, to_fen, total
from app.core.numbering import next_number
from app.core.uow import command, unit_of_work
from app.customers.models import Customer
from app.fieldservice.commands import steps
from app.fieldservice.models import WorkOrder
from app.fieldservice.rules import CHARGE_KIND_LABELS


@dataclass(frozen=True)
class _Line:
    kind: str
    description: str
    quantity: int
    unit_price: Decimal
    order_id: int | None = None

    @property
    def amount(self) -> Decimal:
        return self.unit_price * self.quantity


@dataclass(frozen=True)
class _Heading:
    """What an invoice is made out with."""

    title: str
    tax_no: str
    title_details: str
    fapiao_kind: str
    fapiao_no: str
    count: int
    first_due: date
    note: str
    plan: tuple[rules.Part, ...] = ()

    def parts(self, whole: Decimal, today: date) -> list[rules.Part]:
        """The instalments: as they were given, else equal ones."""
        if self.plan:
            return rules.planned(whole, self.plan, today)
        return rules.instalments(whole, self.count, self.first_due, settings.number("instalment_days"))


def _heading(
    title: str, tax_no: str, title_details: str, kind: str, number: str, count: int, first_due: date | None,
    note: str, today: date, plan: Sequence[tuple[date, Decimal]] = (),
) -> _Heading:  # fmt: skip
    if not title.strip():
        raise Refused(N_("This is required."), field="title")
    if kind not in rules.FAPIAO_KINDS:
        raise Refused(N_("This is required."), field="fapiao_kind")
    if first_due is not None and first_due < today:
        raise Refused(N_("Not before today."), field="first_due")
    return _Heading(
        title.strip()[:100],
        rules.check_tax_number(tax_no, kind),
        (title_details or "").strip()[:200],
        kind,
        rules.check_fapiao(number),
        count,
        first_due or today + timedelta(days=settings.number("invoice_due_days")),
        (note or "").strip()[:200],
        tuple(rules.Part(*each) for each in plan),
    )


@command("invoice.issue")
def issue_for_jobs(
    actor: Principal,
    order_ids: int | Sequence[int],
    *,
    title: str,
    tax_no: str = "",
    title_details: str = "",
    fapiao_kind: str = "electronic",
    fapiao_no: str = "",
    instalments: int = 1,
    first_due: date | None = None,
    plan: Sequence[tuple[date, Decimal]] = (),
    note: str = "",
    at: datetime | None = None,
) -> Invoice:
    """Make out the invoice of one or several finished jobs of one customer: what was charged less what was waived.

    What was collected for the jobs already counts on the invoice. ``plan`` is instalments (day, CNY) of one's own; without
    it there are ``instalments`` equal ones. Refused for a job that costs nothing or stands on another invoice.
    """
    moment = at or clock.now()
    today = clock.local(moment).date()
    heading = _heading(title, tax_no, title_details, fapiao_kind, fapiao_no, instalments, first_due, note, today, plan)
    wanted = {order_ids} if isinstance(order_ids, int) else set(order_ids)
    return _for_jobs(actor, wanted, heading, moment)


def draft_for_job(order: WorkOrder, moment: datetime) -> Invoice:
    """The invoice of one finished job, made out by nobody yet, with the title of the customer's last one (SO-9).

    It waits for its official number; who enters it has made it out. For hooks: asks nobody's permission, and writes
    nothing at all when it raises ``Refused``.
    """
    with acting_as(SYSTEM):
        heading = _own_heading(order, clock.local(moment).date())
        return _for_jobs(SYSTEM, {order.id}, heading, moment)


def why_not_drafted(order: WorkOrder) -> Refused | None:
    """What would keep ``draft_for_job`` from it: the title, the tax number, the job itself. None when nothing does."""
    try:
        with acting_as(SYSTEM):
            _own_heading(order, clock.today())
            _check_job(order)
    except Refused as error:
        return error
    return None


def _own_heading(order: WorkOrder, today: date) -> _Heading:
    given = {"title": "", "tax_no": "", "title_details": "", "fapiao_kind": "electronic"}
    given |= title_for(order.repair_call.voucher.customer)
    return _heading(
        given["title"], given["tax_no"], given["title_details"], given["fapiao_kind"], "", 1, None, "", today
    )


def _for_jobs(actor: Principal, order_ids: set[int], heading: _Heading, moment: datetime) -> Invoice:
    """Everything is checked before anything is written."""
    wanted = sorted(order_ids)
    orders = [steps.locked_order(order_id) for order_id in wanted]
    if not orders:
        raise Refused(N_("No row is ticked."))
    customers = {order.repair_call.voucher.customer_id for order in orders}
    if len(customers) > 1 or len({order.branch_id for order in orders}) > 1:
        raise Refused(N_("One invoice is for one customer of one branch."))
    for order in orders:
        _check_job(order)
    money = queries.money_of_jobs(wanted)
    lines = [
        _Line(each.kind, _described(each.kind, each.description), each.quantity, each.unit_price, order.id)
        for order in orders
        for each in order.charges
        if each.unit_price > 0
    ]
    waived: dict[int | None, Decimal] = {order_id: each.waived for order_id, each in money.items()}
    before, payments = _paid_before(wanted)
    invoice = _write(actor, orders[0].branch_id, customers.pop(), lines, waived, heading, moment)
    for order in orders:
        db.session.add(InvoicedJob(invoice_id=invoice.id, work_order_id=order.id))
    _take_over(invoice, before, payments)
    refresh(invoice)
    db.session.flush()
    return invoice


def issue_each(actor: Principal, order_ids: Sequence[int]) -> list[Invoice]:
    """One invoice for every customer of these jobs, with title and tax number as on the customer's last one.

    For what was collected on the spot during the day (SO-6): all of them are made out, or none. Raises ``Refused``.
    """
    with unit_of_work(actor, "invoice.issue"):
        jobs: dict[tuple[int, int], list[WorkOrder]] = {}
        for order_id in sorted(set(order_ids)):
            order = fetch(WorkOrder, order_id)
            jobs.setdefault((order.repair_call.voucher.customer_id, order.branch_id), []).append(order)
        if not jobs:
            raise Refused(N_("No row is ticked."))
        return [
            issue_for_jobs(actor, [each.id for each in theirs], **title_for(theirs[0].repair_call.voucher.customer))
            for theirs in jobs.values()
        ]


def _described(kind: str, description: str) -> str:
    with i18n.in_language():  # it goes on paper
        label = i18n.say(CHARGE_KIND_LABELS[kind])
    return f"{label} {description}".strip()[:100]


def _check_job(order: WorkOrder) -> None:
    if order.status not in ("finished", "closed"):
        raise Refused(N_("%(number)s is not finished yet."), number=order.number)
    money = queries.money_of(order)
    if money.invoiced:
        raise Refused(N_("%(number)s stands on an invoice already."), number=order.number)
    if money.due - money.waived <= 0:
        raise Refused(N_("%(number)s costs the customer nothing."), number=order.number)


def _paid_before(order_ids: Sequence[int]) -> tuple[list[Invoice], list[Payment]]:
    """What was paid for the jobs and counts on their invoice, also what was paid on one that was credited in full.

    Payments and refunds of such an invoice leave it together, those for no job in particular as well: between them
    its amounts would make no sense. One that was for further jobs keeps its money, to be given back.
    """
    theirs = select(InvoicedJob.invoice_id).where(InvoicedJob.work_order_id.in_(order_ids))
    further = exists(
        select(InvoicedJob.id).where(InvoicedJob.invoice_id == Invoice.id, InvoicedJob.work_order_id.not_in(order_ids))
    )
    credited = select(Invoice.id).where(Invoice.status == "credited", Invoice.id.in_(theirs), ~further)
    with acting_as(SYSTEM):
        # Kept from others before it is read what came in on them.
        before = [steps.locked(Invoice, key) for key in db.session.scalars(credited.order_by(Invoice.id)).all()]
        loose = and_(Payment.invoice_id.is_(None), Payment.work_order_id.in_(order_ids))
        wanted = select(Payment).where(
            or_(loose, Payment.invoice_id.in_([old.id for old in before])), Payment.voided_at.is_(None)
        )
        rows = list(db.session.scalars(wanted.execution_options(populate_existing=True)))
    for old in before:
        if _moved(old, rows) > old.paid:
            raise Refused(N_("The receipts of %(number)s come to more than was paid on it."), number=old.number)
    return before, rows


def _moved(old: Invoice, rows: Sequence[Payment]) -> Decimal:
    return total([row.signed for row in rows if row.invoice_id == old.id])


def _take_over(invoice: Invoice, before: Sequence[Invoice], rows: Sequence[Payment]) -> None:
    for old in before:
        old.paid -= _moved(old, rows)
    invoice.paid += total([row.signed for row in rows])
    for row in rows:
        row.invoice_id = invoice.id


@command("invoice.issue_for_contract")
def issue_for_contract(
    actor: Principal,
    contract_id: int,
    *,
    title: str,
    tax_no: str = "",
    title_details: str = "",
    fapiao_kind: str = "electronic",
    fapiao_no: str = "",
    instalments: int = 1,
    first_due: date | None = None,
    plan: Sequence[tuple[date, Decimal]] = (),
    note: str = "",
    at: datetime | None = None,
) -> Invoice:
    """Make out the invoice of a maintenance contract in force, for its price (CO-1)."""
    moment = at or clock.now()
    contract = steps.locked(Contract, contract_id)
    if contract.status != "in_force":
        raise Refused(N_("This contract is not in force."))
    if contract.price <= 0:
        raise Refused(N_("%(number)s costs the customer nothing."), number=contract.number)
    standing = select(Invoice.id).where(Invoice.contract_id == contract.id, Invoice.status != "credited")
    if db.session.execute(standing.execution_options(unscoped=True)).first() is not None:
        raise Refused(N_("%(number)s stands on an invoice already."), number=contract.number)
    today = clock.local(moment).date()
    heading = _heading(title, tax_no, title_details, fapiao_kind, fapiao_no, instalments, first_due, note, today, plan)
    with i18n.in_language():
        words = i18n.say(N_("Maintenance contract %(number)s"), number=contract.number)
    line = _Line("contract", words[:100], 1, contract.price)
    return _write(actor, contract.branch_id, contract.customer_id, [line], {}, heading, moment, contract_id=contract.id)


def _write(
    actor: Principal,
    branch_id: int,
    customer_id: int,
    lines: Sequence[_Line],
    waived: Mapping[int | None, Decimal],
    heading: _Heading,
    moment: datetime,
    *,
    contract_id: int | None = None,
) -> Invoice:
    rate, today = settings.amount("tax_rate"), clock.local(moment).date()
    # The lines come job by job.
    shares = [
        rules.Share([line.amount for line in theirs], waived.get(order_id, ZERO))
        for order_id, theirs in groupby(lines, lambda line: line.order_id)
    ]
    sums = rules.billed(shares, rate)
    parts = heading.parts(sums.total, today)
    _check_unused(heading.fapiao_no)
    invoice = Invoice(
        number=next_number("FP", branch_code(branch_id), today),
        branch_id=branch_id,
        customer_id=customer_id,
        contract_id=contract_id,
        fapiao_kind=heading.fapiao_kind,
        fapiao_no=heading.fapiao_no or None,
        title=heading.title,
        tax_no=heading.tax_no,
        title_details=heading.title_details,
        tax_rate=rate,
        total=sums.total,
        tax=sums.tax,
        paid=ZERO,
        credited=ZERO,
        issued_on=today,
        due_on=parts[-1].due_on,
        note=heading.note,
        issued_by_id=actor.staff_id,
    )
    for position, (line, amount, tax) in enumerate(zip(lines, sums.amounts, sums.taxes, strict=True), start=1):
        invoice.lines.append(
            InvoiceLine(
                position=position,
                work_order_id=line.order_id,
                kind=line.kind,
                description=line.description,
                quantity=line.quantity,
                unit_price=line.unit_price,
                amount=amount,
                tax=tax,
            )
        )
    invoice.instalments = [Instalment(due_on=part.due_on, amount=part.amount) for part in parts]
    db.session.add(invoice)
    db.session.flush()
    return invoice


def _check_unused(fapiao_no: str) -> None:
    known = select(Invoice.number).where(Invoice.fapiao_no == fapiao_no).execution_options(unscoped=True)
    if fapiao_no and (number := db.session.execute(known).scalar()) is not None:
        raise Refused(N_("This number stands on %(number)s already."), field="fapiao_no", number=number)


# -- what becomes of it -------------------------------------------------------------------------------------------


@command("invoice.enter_fapiao")
def enter_fapiao(actor: Principal, invoice_id: int, *, fapiao_no: str) -> Invoice:
    """The number of the official invoice (发票号码), when it comes later than ours; once entered it stays."""
    invoice = steps.locked(Invoice, invoice_id)
    if invoice.fapiao_no:
        raise Refused(N_("The number is entered already."), field="fapiao_no")
    _number(actor, invoice, fapiao_no)
    db.session.flush()
    return invoice


def _number(actor: Principal, invoice: Invoice, fapiao_no: str) -> None:
    typed = rules.check_fapiao(fapiao_no)
    if not typed:
        raise Refused(N_("This is required."), field="fapiao_no")
    _check_unused(typed)
    invoice.fapiao_no = typed
    # One that was drafted when the item went back is made out by whoever completes it.
    invoice.issued_by_id = invoice.issued_by_id or actor.staff_id


def _check_standing(invoice: Invoice) -> None:
    if invoice.status == "credited":
        raise Refused(N_("%(number)s was credited in full."), number=invoice.number)


@command("invoice.correct")
def correct_heading(
    actor: Principal,
    invoice_id: int,
    *,
    title: str,
    fapiao_kind: str,
    tax_no: str = "",
    title_details: str = "",
) -> Invoice:
    """Title, tax number and kind as the customer wants them, as long as no official invoice is made out with them.

    Refused once its number is entered: then a credit note takes it back; and once it is credited in full.
    """
    invoice = steps.locked(Invoice, invoice_id)
    _check_standing(invoice)
    if invoice.fapiao_no:
        raise Refused(N_("The official invoice is made out: a credit note takes it back."), field="title")
    today = clock.today()
    given = _heading(title, tax_no, title_details, fapiao_kind, "", 1, None, invoice.note, today)
    invoice.title, invoice.tax_no = given.title, given.tax_no
    invoice.title_details, invoice.fapiao_kind = given.title_details, given.fapiao_kind
    db.session.flush()
    return invoice


@command("invoice.replan")
def replan(actor: Principal, invoice_id: int, *, plan: Sequence[tuple[date, Decimal]]) -> Invoice:
    """Other instalments of an invoice that is not paid in full, as agreed with the customer (day, CNY).

    They come to the whole invoice again; what was paid settles the oldest first. A part that is due already keeps its
    day, but no new one begins before the invoice was issued.
    """
    invoice = steps.locked(Invoice, invoice_id)
    if invoice.outstanding <= 0:
        raise Refused(N_("Nothing of this invoice is outstanding."), field="plan")
    too_early = N_("Not before the invoice was issued.")
    parts = rules.planned(invoice.total, [rules.Part(*each) for each in plan], invoice.issued_on, too_early)
    for old in list(invoice.instalments):
        db.session.delete(old)
    # The old ones go first: the day of a new one may be that of an old one.
    db.session.flush()
    for part in parts:
        db.session.add(Instalment(invoice_id=invoice.id, due_on=part.due_on, amount=part.amount))
    invoice.due_on = parts[-1].due_on
    db.session.flush()
    db.session.refresh(invoice, ["instalments"])
    return invoice


@command("invoice.post")
def post_invoice(
    actor: Principal, invoice_id: int, *, posted_on: date, posted_note: str = "", fapiao_no: str = ""
) -> Invoice:
    """The invoice was sent to the customer: by post after money was collected on the spot (SO-6), or by mail.

    Refused as long as the official invoice has no number; who may enter it may do so with the same step. Refused also
    when it was credited in full or sent before.
    """
    invoice = steps.locked(Invoice, invoice_id)
    _check_standing(invoice)
    if invoice.posted_on is not None:
        raise Refused(N_("It was sent on %(day)s already."), field="posted_on", day=invoice.posted_on.isoformat())
    if invoice.fapiao_no and fapiao_no.strip() and rules.check_fapiao(fapiao_no) != invoice.fapiao_no:
        raise Refused(N_("The number is entered already."), field="fapiao_no")
    if not invoice.fapiao_no and fapiao_no.strip() and permissions.may(actor, "invoice.enter_fapiao"):
        _number(actor, invoice, fapiao_no)
    rules.check_sendable(invoice.fapiao_no)
    if not invoice.issued_on <= posted_on <= clock.today():
        raise Refused(N_("Not before it was issued, and not later than today."), field="posted_on")
    invoice.posted_on, invoice.posted_note = posted_on, (posted_note or "").strip()[:100]
    db.session.flush()
    return invoice


@command("payment.receive")
def receive(
    actor: Principal,
    invoice_id: int,
    *,
    amount: Decimal,
    method: str,
    reference: str = "",
    note: str = "",
    at: datetime | None = None,
) -> Payment:
    """Money on an invoice, in part or all of it. Raises ``Refused`` for more than is outstanding."""
    invoice = steps.locked(Invoice, invoice_id)
    jobs = [job.work_order for job in invoice.jobs]
    order = jobs[0] if len(jobs) == 1 else None
    return pay_invoice(actor, invoice, amount, method, reference, note, at or clock.now(), order=order)


@command("invoice.credit")
def credit(
    actor: Principal,
    invoice_id: int,
    *,
    amount: Decimal,
    reason: str,
    fapiao_no: str = "",
    at: datetime | None = None,
) -> CreditNote:
    """Take away a part of an invoice, or all that is left of it, with the reason (红字发票).

    Never more than the invoice. Credited in full, its jobs may be invoiced anew.
    """
    moment = at or clock.now()
    invoice = steps.locked(Invoice, invoice_id)
    if not reason.strip():
        raise Refused(N_("This is required."), field="reason")
    left = invoice.total - invoice.credited
    if amount > left:
        raise Refused(N_("The invoice has only %(left)s CNY left."), field="amount", left=f"{left:,.2f}")
    rules.check_amount(amount, left)
    credited_tax = total([note.tax for note in invoice.credit_notes])
    # The last one takes the tax that is left: all credit notes together hold exactly the tax of the invoice.
    tax = invoice.tax - credited_tax if amount == left else tax_within(amount, invoice.tax_rate)
    note = CreditNote(
        number=next_number("HZ", branch_code(invoice.branch_id), clock.local(moment).date()),
        invoice=invoice,
        amount=to_fen(amount),
        tax=min(tax, invoice.tax - credited_tax),
        reason=reason.strip()[:200],
        fapiao_no=rules.check_fapiao(fapiao_no),
        at=moment,
        by_id=actor.staff_id,
    )
    db.session.add(note)
    invoice.credited += note.amount
    refresh(invoice)
    if invoice.status == "credited":
        for job in invoice.jobs:
            job.live = False
    db.session.flush()
    return note


@command("payment.refund")
def refund(
    actor: Principal,
    invoice_id: int,
    *,
    amount: Decimal,
    method: str,
    reason: str,
    reference: str = "",
    at: datetime | None = None,
) -> Payment:
    """Give back what was paid too much after a credit note, within one's authority (kind ``refund`` of the matrix)."""
    invoice = steps.locked(Invoice, invoice_id)
    if not reason.strip():
        raise Refused(N_("This is required."), field="reason")
    if method not in rules.METHODS:
        raise Refused(N_("This is required."), field="method")
    rules.check_amount(amount, max(-invoice.outstanding, ZERO))
    rules.check_limit(amount, queries.limits_of(actor.roles, "refund"))
    moment = at or clock.now()
    row = new_payment(
        actor, invoice.branch_id, invoice.customer_id, amount, method, reference, reason, moment, kind="refund"
    )
    row.invoice_id = invoice.id
    jobs = [job.work_order_id for job in invoice.jobs]
    row.work_order_id = jobs[0] if len(jobs) == 1 else None
    db.session.add(row)
    invoice.paid -= row.amount
    refresh(invoice)
    db.session.flush()
    return row


def title_for(customer: Customer) -> dict[str, Any]:
    """Title and tax number as they stood on the customer's last invoice, else the name."""
    last = queries.last_title(customer.id)
    if last is None:
        return {"title": customer.name}
    return {
        "title": last.title,
        "tax_no": last.tax_no,
        "title_details": last.title_details,
        "fapiao_kind": last.fapiao_kind,
    }
