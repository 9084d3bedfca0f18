"""What billing prints: receipts, invoices, cash handed in and not handed in, what is outstanding (SO-6, SO-20, SO-21)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.billing import queries, rules
from app.billing.models import CashHandover, CreditNote, Invoice, InvoicedJob, InvoiceLine, Payment
from app.billing.papers import (
    CashLine,
    CashNotHandedIn,
    CashPerson,
    CreditNotePaper,
    HandoverSlip,
    InvoiceSlip,
    Outstanding,
    OwedLine,
    PaidServiceLine,
    PaidServices,
    PaymentReceipt,
    SlipLine,
    SlipPart,
    SlipPayment,
)
from app.core import clock, settings
from app.core.db import db
from app.core.documents import Document, Params, register
from app.core.errors import N_
from app.core.money import ZERO
from app.core.periods import DAY, MONTH, QUARTER
from app.core.sheets import Sheet
from app.customers.models import Customer, Voucher
from app.fieldservice.models import Charge, RepairCall, WorkOrder
from app.fieldservice.rules import SERVICE_CLASS_LABELS
from app.organisation.models import Branch
from app.organisation.queries import branches_of

COPIES = (N_("Customer copy"), N_("File copy"), N_("Accounts copy"))


def _days_branches(params: Params) -> list[int]:
    return [branch.id for branch in branches_of(params.branch)]


# -- receipts -----------------------------------------------------------------------------------------------------


def receipts(params: Params) -> list[PaymentReceipt]:
    """The receipt of one payment, or of every payment of the day."""
    wanted = (
        select(Payment)
        .options(
            joinedload(Payment.branch),
            joinedload(Payment.customer),
            joinedload(Payment.received_by),
            joinedload(Payment.invoice),
            joinedload(Payment.work_order)
            .joinedload(WorkOrder.repair_call)
            .joinedload(RepairCall.voucher)
            .joinedload(Voucher.product_model),
        )
        .order_by(Payment.number)
    )
    if params.record_id is not None:
        wanted = wanted.where(Payment.id == params.record_id)
    else:
        begin, end = clock.day_bounds(params.date)
        wanted = wanted.where(
            Payment.paid_at >= begin, Payment.paid_at < end, Payment.branch_id.in_(_days_branches(params))
        )
    return [_receipt(row) for row in db.session.scalars(wanted)]


def _receipt(row: Payment) -> PaymentReceipt:
    order, invoice = row.work_order, row.invoice
    left = max(invoice.outstanding, ZERO) if invoice else queries.money_of(order).left if order else ZERO
    return PaymentReceipt(
        number=row.number,
        on=clock.local(row.paid_at).date(),
        branch_code=row.branch.code,
        branch_name=str(row.branch),
        title_word=rules.PAYMENT_KIND_LABELS[row.kind],
        customer=row.customer.name,
        reference=" · ".join(str(each) for each in (invoice, order) if each is not None),
        what_for=order.result if order is not None else "",
        product=str(order.repair_call.voucher.product_model) if order is not None else "",
        method=rules.METHOD_LABELS[row.method],
        transaction=row.reference,
        amount=row.amount,
        paid_at=row.paid_at,
        received_by=row.received_by.name if row.received_by else "",
        left=left,
        voided=row.void_reason,
        note=row.note,
    )


# -- invoices -----------------------------------------------------------------------------------------------------


def invoice_slips(params: Params) -> list[InvoiceSlip]:
    """One invoice, or every invoice of the day."""
    if params.record_id is not None:
        found = queries.with_everything(params.record_id)
        return [_slip(found)] if found is not None else []
    wanted = select(Invoice.id).where(Invoice.issued_on == params.date, Invoice.branch_id.in_(_days_branches(params)))
    every = (queries.with_everything(key) for key in db.session.scalars(wanted.order_by(Invoice.number)))
    return [_slip(invoice) for invoice in every if invoice is not None]


def _slip(invoice: Invoice) -> InvoiceSlip:
    parts = [rules.Part(each.due_on, each.amount) for each in invoice.instalments]
    left = {part.due_on: part.amount for part in rules.still_open(parts, invoice.paid + invoice.credited)}
    came = [
        SlipPayment(
            on=clock.local(row.paid_at).date(),
            number=row.number,
            what=rules.METHOD_LABELS[row.method] if row.kind == "payment" else rules.PAYMENT_KIND_LABELS["refund"],
            amount=row.signed,
        )
        for row in invoice.payments
        if row.voided_at is None
    ]
    credited = [
        SlipPayment(on=clock.local(note.at).date(), number=note.number, what=N_("Credit note"), amount=note.amount)
        for note in invoice.credit_notes
    ]
    return InvoiceSlip(
        number=invoice.number,
        on=invoice.issued_on,
        branch_code=invoice.branch.code,
        branch_name=str(invoice.branch),
        customer=invoice.customer.name,
        title_line=invoice.title,
        tax_no=invoice.tax_no,
        title_details=invoice.title_details,
        fapiao_kind=rules.FAPIAO_KIND_LABELS[invoice.fapiao_kind],
        fapiao_no=invoice.fapiao_no or "",
        tax_rate=invoice.tax_rate,
        due_on=invoice.due_on,
        lines=tuple(
            SlipLine(
                description=line.description,
                **_job_of(line),
                quantity=line.quantity,
                unit_price=line.unit_price,
                amount=line.amount,
                tax=line.tax,
            )
            for line in invoice.lines
        ),
        parts=tuple(
            SlipPart(due_on=part.due_on, amount=part.amount, left=left.get(part.due_on, ZERO)) for part in parts
        ),
        payments=tuple(sorted([*came, *credited], key=lambda each: (each.on, each.number))),
        paid=invoice.paid,
        credited=invoice.credited,
        issued_by=invoice.issued_by.name if invoice.issued_by else "",
        note=invoice.note,
        seller_tax_no=settings.value("seller_tax_no"),
        seller_details=settings.value("seller_details"),
        seller_account=settings.value("seller_account"),
    )


def credit_notes(params: Params) -> list[CreditNotePaper]:
    """One credit note, or every one of the day."""
    of_invoice = (joinedload(Invoice.branch), joinedload(Invoice.customer), selectinload(Invoice.credit_notes))
    wanted = (
        select(CreditNote)
        .options(joinedload(CreditNote.invoice).options(*of_invoice), joinedload(CreditNote.by))
        .order_by(CreditNote.number)
    )
    if params.record_id is not None:
        wanted = wanted.where(CreditNote.id == params.record_id)
    else:
        begin, end = clock.day_bounds(params.date)
        here = Invoice.branch_id.in_(_days_branches(params))
        wanted = wanted.where(CreditNote.at >= begin, CreditNote.at < end, CreditNote.invoice.has(here))
    return [_credit_note(note) for note in db.session.scalars(wanted).unique()]


def _credit_note(note: CreditNote) -> CreditNotePaper:
    invoice = note.invoice
    return CreditNotePaper(
        number=note.number,
        on=clock.local(note.at).date(),
        branch_code=invoice.branch.code,
        branch_name=str(invoice.branch),
        invoice_number=invoice.number,
        invoice_fapiao=invoice.fapiao_no or "",
        customer=invoice.customer.name,
        title_line=invoice.title,
        tax_no=invoice.tax_no,
        amount=note.amount,
        tax=note.tax,
        reason=note.reason,
        fapiao_no=note.fapiao_no,
        total=invoice.total,
        credited=sum((each.amount for each in invoice.credit_notes if each.id <= note.id), ZERO),
        by=note.by.name if note.by else "",
    )


def _job_of(line: InvoiceLine) -> dict[str, Any]:
    order = line.work_order
    if order is None:
        return {"order_number": ""}
    return {
        "order_number": order.number,
        "product": str(order.repair_call.voucher.product_model),
        "finished_on": clock.local(order.finished_at).date() if order.finished_at else None,
    }


# -- cash ---------------------------------------------------------------------------------------------------------


def _cash_line(row: int, payment: Payment, today: dt.date) -> CashLine:
    return CashLine(
        row=row,
        number=payment.number,
        order_number=str(payment.work_order or payment.invoice),
        customer=payment.customer.name,
        paid_at=payment.paid_at,
        amount=payment.amount,
        late=rules.is_overdue(clock.local(payment.paid_at).date(), today),
        handover=payment.handover.number if payment.handover else "",
    )


def handover_slips(params: Params) -> list[HandoverSlip]:
    """One handing-in of cash, or every one of the day."""
    wanted = (
        select(CashHandover)
        .options(
            joinedload(CashHandover.branch),
            joinedload(CashHandover.staff),
            joinedload(CashHandover.received_by),
            selectinload(CashHandover.payments).options(
                joinedload(Payment.customer), joinedload(Payment.work_order), joinedload(Payment.invoice)
            ),
        )
        .order_by(CashHandover.number)
    )
    if params.record_id is not None:
        wanted = wanted.where(CashHandover.id == params.record_id)
    else:
        begin, end = clock.day_bounds(params.date)
        wanted = wanted.where(
            CashHandover.handed_at >= begin,
            CashHandover.handed_at < end,
            CashHandover.branch_id.in_(_days_branches(params)),
        )
    return [
        HandoverSlip(
            number=row.number,
            on=clock.local(row.handed_at).date(),
            branch_code=row.branch.code,
            branch_name=str(row.branch),
            who=row.staff.name,
            handed_at=row.handed_at,
            state=rules.HANDOVER_STATE_LABELS[row.status],
            lines=tuple(
                _cash_line(place, payment, clock.local(row.handed_at).date())
                for place, payment in enumerate(row.payments, 1)
            ),
            counted=row.counted,
            reason=row.reason,
            received_by=row.received_by.name if row.received_by else "",
            received_at=row.received_at,
        )
        for row in db.session.scalars(wanted)
    ]


def cash_lists(params: Params) -> list[CashNotHandedIn]:
    """What is in people's hands at the end of the day, a sheet a branch; a branch without any only when asked for."""
    papers = [_cash_list(branch, params.date) for branch in branches_of(params.branch)]
    return papers if params.branch else [paper for paper in papers if paper.people]


def _cash_list(branch: Branch, day: dt.date) -> CashNotHandedIn:
    held = queries.cash_in_hand(branch.id, before=clock.day_bounds(day)[1])
    return CashNotHandedIn(
        number=f"WJ-{branch.code}-{day:%Y%m%d}",
        on=day,
        branch_code=branch.code,
        branch_name=str(branch),
        people=tuple(
            CashPerson(
                name=each.staff.name,
                staff_no=each.staff.staff_no,
                lines=tuple(_cash_line(row, payment, day) for row, payment in enumerate(each.payments, 1)),
            )
            for each in held
        ),
    )


# -- what is outstanding ------------------------------------------------------------------------------------------


def outstanding(params: Params) -> list[Outstanding]:
    """Outstanding money by customer and age, as of the day."""
    papers = []
    for branch in branches_of(params.branch):
        limits, rows = queries.outstanding_by_customer(params.date, branch.id)
        lines = tuple(
            OwedLine(
                row=place,
                customer=row.customer.name,
                phone=row.customer.telephones[0].number if row.customer.telephones else "",
                invoices=row.invoices,
                oldest_due=row.oldest_due,
                columns=tuple(row.columns),
            )
            for place, row in enumerate(rows, 1)
        )
        if lines or params.branch:
            papers.append(
                Outstanding(
                    number=f"QK-{branch.code}-{params.date:%Y%m%d}",
                    on=params.date,
                    branch_code=branch.code,
                    branch_name=str(branch),
                    limits=limits,
                    lines=lines,
                )
            )
    return papers


def _outstanding_sheet(papers: Sequence[Any], say: Callable[..., str]) -> list[Sheet]:
    """The list as a spreadsheet, a sheet a branch."""
    found = []
    for paper in papers:
        below = [1, *(limit + 1 for limit in paper.limits)]
        ages = [
            *(say(N_("%(first)s–%(last)s days"), first=first, last=last) for first, last in zip(below, paper.limits, strict=False)),
            say(N_("over %(days)s days"), days=paper.limits[-1]),
        ]  # fmt: skip
        names = (N_("Customer name"), N_("Telephone"), N_("Invoices"), N_("Oldest due"), N_("Not due yet"))
        found.append(
            Sheet(
                title=paper.branch_name,
                headings=[*(say(each) for each in names), *ages, say(N_("Total"))],
                rows=[
                    [line.customer, line.phone, line.invoices, line.oldest_due, *line.columns, line.total]
                    for line in paper.lines
                ],
                sums=[say(N_("Total")), "", sum(line.invoices for line in paper.lines), "", *paper.sums, paper.total],
            )
        )
    return found


# -- paid services (SO-21) ------------------------------------------------------------------------------------------


def paid_services(params: Params) -> list[PaidServices]:
    """The paid jobs finished in the period, a register a branch."""
    papers = [_paid_services(branch, params) for branch in branches_of(params.branch)]
    return papers if params.branch else [paper for paper in papers if paper.lines]


def _paid_services(branch: Branch, params: Params) -> PaidServices:
    period = params.period
    begin, end = clock.day_bounds(period.first)[0], clock.day_bounds(period.last)[1]
    orders = db.session.scalars(
        select(WorkOrder)
        .where(
            WorkOrder.branch_id == branch.id,
            WorkOrder.finished_at >= begin,
            WorkOrder.finished_at < end,
            WorkOrder.charges.any(Charge.unit_price > 0),
        )
        .options(
            joinedload(WorkOrder.repair_call)
            .joinedload(RepairCall.voucher)
            .options(joinedload(Voucher.customer).load_only(Customer.name), joinedload(Voucher.product_model)),
            joinedload(WorkOrder.technician),
            joinedload(WorkOrder.contractor),
        )
        .order_by(WorkOrder.finished_at, WorkOrder.id)
    ).all()
    ids = [order.id for order in orders]
    money = queries.money_of_jobs(ids)
    rows = db.session.execute(
        select(InvoicedJob.work_order_id, Invoice.number)
        .join(Invoice, Invoice.id == InvoicedJob.invoice_id)
        .where(InvoicedJob.work_order_id.in_(ids), InvoicedJob.live.is_(True))
    )
    invoices = {row[0]: row[1] for row in rows}
    return PaidServices(
        number=f"SF-{branch.code}-{period.code}",
        on=params.date,
        branch_code=branch.code,
        branch_name=str(branch),
        first=period.first,
        last=period.last,
        lines=tuple(
            PaidServiceLine(
                row=row,
                finished_on=clock.local(order.finished_at or order.dispatched_at).date(),
                order_number=order.number,
                customer=order.repair_call.voucher.customer.name,
                product=order.repair_call.voucher.product_model.code,
                technician=str(order.contractor or order.technician),
                work_class=order.service_class,
                charged=money[order.id].due,
                waived=money[order.id].waived,
                paid=money[order.id].paid,
                invoice=invoices.get(order.id, ""),
                state=rules.MONEY_LABELS[money[order.id].state],
            )
            for row, order in enumerate(orders, 1)
        ),
    )


def _paid_sheet(papers: Sequence[Any], say: Callable[..., str]) -> list[Sheet]:
    """The register as a spreadsheet, a sheet a branch."""
    headings = [
        say(each)
        for each in (
            N_("Finished on"), N_("Work order no."), N_("Customer name"), N_("Product model"), N_("Technician"),
            N_("Class"), N_("Charged"), N_("Waived"), N_("Paid"), N_("Invoice"), N_("State"),
        )
    ]  # fmt: skip
    return [
        Sheet(
            title=paper.branch_name,
            headings=headings,
            rows=[
                [
                    line.finished_on, line.order_number, line.customer, line.product, line.technician,
                    say(SERVICE_CLASS_LABELS[line.work_class]), line.charged, line.waived, line.paid, line.invoice,
                    say(line.state),
                ]
                for line in paper.lines
            ],
            sums=["", "", "", "", "", say(N_("Total")), paper.charged, paper.waived, paper.paid, "", ""],
        )
        for paper in papers
    ]  # fmt: skip


_BY_RECORD = ("date", "branch", "record_id")
register(
    Document(
        name="payment_receipt",
        title=N_("Receipt"),
        area="billing",
        template="payment_receipt.html",
        query=receipts,
        params=_BY_RECORD,
        paper="A5 landscape",
        copies=COPIES,
    )
)
register(
    Document(
        name="invoice_slip",
        title=N_("Invoice slip"),
        area="billing",
        template="invoice_slip.html",
        query=invoice_slips,
        params=_BY_RECORD,
        copies=COPIES,
    )
)
register(
    Document(
        name="credit_note",
        title=N_("Credit note slip"),
        area="billing",
        template="credit_note.html",
        query=credit_notes,
        params=_BY_RECORD,
        paper="A5 landscape",
        copies=COPIES,
    )
)
register(
    Document(
        name="cash_handover",
        title=N_("Cash handed in"),
        area="billing",
        template="cash_handover.html",
        query=handover_slips,
        params=_BY_RECORD,
        copies=(N_("File copy"), N_("Accounts copy")),
    )
)
register(
    Document(
        name="cash_not_handed_in",
        title=N_("Cash not handed in"),
        area="billing",
        template="cash_not_handed_in.html",
        query=cash_lists,
        scheduled_at=dt.time(18, 0),
    )
)
register(
    Document(
        name="outstanding",
        title=N_("Outstanding money by age"),
        area="billing",
        template="outstanding.html",
        query=outstanding,
        paper="A4 landscape",
        sheets=_outstanding_sheet,
    )
)
register(
    Document(
        name="paid_services",
        title=N_("Register of paid services"),
        area="billing",
        template="paid_services.html",
        query=paid_services,
        paper="A4 landscape",
        periods=(MONTH, QUARTER, DAY),
        sheets=_paid_sheet,
    )
)
