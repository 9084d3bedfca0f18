"""What field service prints of money: 报价单, the quote a customer agrees to (SO-6)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.core import clock, files
from app.core.db import db
from app.core.documents import Document, Params, register
from app.core.errors import N_
from app.customers.models import Customer, Voucher
from app.fieldservice import rules
from app.fieldservice.models import RepairCall, WorkOrder
from app.fieldservice.papers_quote import Quotation, QuotedLine
from app.organisation.queries import branches_of


def quotations(params: Params) -> list[Quotation]:
    """The quote of one job, or of every job of the day that has one."""
    wanted = (
        select(WorkOrder)
        .where(WorkOrder.charges.any())
        .options(
            joinedload(WorkOrder.repair_call).options(
                joinedload(RepairCall.voucher).options(
                    joinedload(Voucher.customer).selectinload(Customer.telephones), joinedload(Voucher.product_model)
                ),
                joinedload(RepairCall.address),
            ),
            joinedload(WorkOrder.technician),
            joinedload(WorkOrder.branch),
            joinedload(WorkOrder.consent_file),
            selectinload(WorkOrder.charges),
        )
        .order_by(WorkOrder.number)
    )
    if params.record_id is not None:
        wanted = wanted.where(WorkOrder.id == params.record_id)
    else:
        begin, end = clock.day_bounds(params.date)
        branches = [branch.id for branch in branches_of(params.branch)]
        wanted = wanted.where(
            WorkOrder.charges_agreed_at >= begin, WorkOrder.charges_agreed_at < end, WorkOrder.branch_id.in_(branches)
        )
    return [_quotation(order, params) for order in db.session.scalars(wanted).unique()]


def _quotation(order: WorkOrder, params: Params) -> Quotation:
    call = order.repair_call
    phones = call.voucher.customer.telephones
    return Quotation(
        number=f"BJ-{order.number}",
        on=clock.local(order.charges_agreed_at).date() if order.charges_agreed_at else params.date,
        branch_code=order.branch.code,
        branch_name=str(order.branch),
        order_number=order.number,
        customer=call.voucher.customer.name,
        phone=call.caller_phone or (phones[0].number if phones else ""),
        address=str(call.address),
        product=str(call.voucher.product_model),
        serial_no=call.voucher.serial_no or "",
        symptom=call.symptom,
        work_class=rules.SERVICE_CLASS_LABELS[order.service_class],
        technician=str(order.contractor or order.technician),
        lines=tuple(
            QuotedLine(
                what=rules.CHARGE_KIND_LABELS[charge.kind],
                description=charge.description,
                quantity=charge.quantity,
                unit_price=charge.list_price if charge.list_price is not None else charge.unit_price,
                amount=charge.amount,
                free_reason=charge.free_reason,
            )
            for charge in order.charges
        ),
        agreed_by=order.charges_agreed_by,
        agreed_at=order.charges_agreed_at,
        how=rules.CONSENT_LABELS.get(order.consent_how, ""),
        signature=files.read(order.consent_file) if order.consent_file is not None else None,
    )


register(
    Document(
        name="quotation",
        title=N_("Quotation"),
        area="fieldservice",
        template="quotation.html",
        query=quotations,
        params=("date", "branch", "record_id"),
        copies=(N_("Customer copy"), N_("File copy")),
    )
)
