"""What field service prints: 002 叫修登记本 (SO-4, SO-5, SO-14), and 001 服务凭证 of the customers area, because the
history on a voucher is that of its jobs (SO-3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.contracts.queries import covering_contract
from app.core import clock, files
from app.core.db import db
from app.core.documents import Document, Params, register
from app.core.errors import N_
from app.customers.links import complain_url
from app.customers.models import Address, Customer, Voucher, VoucherCustody
from app.customers.papers import CustodyLine, ServiceLine, ServiceVoucher, SwapLine
from app.customers.rules import SERIAL_KIND_LABELS
from app.fieldservice.models import PartFitted, RepairCall, Signature, WorkOrder
from app.fieldservice.papers import CallLine, RepairCallRegister
from app.fieldservice.queries import live_of, visit_figures
from app.organisation.models import Branch
from app.organisation.queries import branches_of
from app.organisation.rules import ZONE_LABELS
from app.parts.models import StockMove

_DONE = ("finished", "closed")


# ------------------------------------------------------------------------------------------------ 002 叫修登记本


def repair_call_registers(params: Params) -> list[RepairCallRegister]:
    """The day's book of one branch, or of every branch that has something in it."""
    papers = [_register(branch, params.date) for branch in branches_of(params.branch)]
    return papers if params.branch else [paper for paper in papers if paper.all_lines]


def _register(branch: Branch, day: dt.date) -> RepairCallRegister:
    begin, end = clock.day_bounds(day)
    # Carried over: reported before this day and neither struck off nor given up when it began (SO-14).
    waiting = and_(
        RepairCall.reported_at < begin,
        or_(
            RepairCall.closed_at >= begin,
            and_(RepairCall.closed_at.is_(None), RepairCall.status.not_in(("closed", "cancelled"))),
        ),
    )
    today = and_(RepairCall.reported_at >= begin, RepairCall.reported_at < end)
    calls = db.session.scalars(
        select(RepairCall)
        .where(RepairCall.branch_id == branch.id, or_(today, waiting))
        .options(
            joinedload(RepairCall.voucher).options(
                joinedload(Voucher.customer).selectinload(Customer.telephones), joinedload(Voucher.product_model)
            ),
            joinedload(RepairCall.address).joinedload(Address.district),
            selectinload(RepairCall.work_orders).joinedload(WorkOrder.technician),
        )
        .order_by(RepairCall.reported_at, RepairCall.id)
    ).all()
    now = clock.now()
    carried = [call for call in calls if call.reported_at < begin]
    ours = [call for call in calls if call.reported_at >= begin]
    lines = tuple(_call_line(row, call, now) for row, call in enumerate(ours, 1))
    return RepairCallRegister(
        number=f"JX-{branch.code}-{day:%Y%m%d}",
        on=day,
        branch_code=branch.code,
        branch_name=str(branch),
        carried=tuple(_call_line(row, call, now) for row, call in enumerate(carried, 1)),
        lines=lines,
        struck_off=sum(call.status == "closed" for call in calls),
        not_dispatched=sum(call.status == "open" for call in calls),
        under_way=sum(call.status in ("dispatched", "finished") for call in calls),
        late=sum(_is_late(call, live_of(call), now) for call in calls),
    )


def _is_late(call: RepairCall, job: WorkOrder | None, now: datetime) -> bool:
    if call.arrive_by is None or call.status == "cancelled":
        return False
    return ((job.arrived_at if job else None) or now) > call.arrive_by


def _call_line(row: int, call: RepairCall, now: datetime) -> CallLine:
    job = live_of(call)
    customer = call.voucher.customer
    remarks = [_("urgent") if call.priority == "urgent" else "", call.cancel_reason]
    return CallLine(
        row=row,
        call_number=call.number,
        reported_at=call.reported_at,
        customer=customer.name,
        address=str(call.address),
        phone=call.caller_phone or _first_phone(customer),
        model=call.voucher.product_model.code,
        symptom=call.symptom,
        work_class=job.service_class if job else "",
        dispatched_to=str(job.contractor or job.technician) if job else "",
        arrive_by=call.arrive_by,
        arrived_at=job.arrived_at if job else None,
        finished_at=job.finished_at if job else None,
        struck_off_at=call.closed_at if call.status == "closed" else None,
        cancelled=call.status == "cancelled",
        late=_is_late(call, job, now),
        carried_over=call.carried_over,
        remark="; ".join(remark for remark in remarks if remark),
    )


def _first_phone(customer: Customer) -> str:
    return customer.telephones[0].number if customer.telephones else ""


# ------------------------------------------------------------------------------------------------- 001 服务凭证


def service_vouchers(params: Params) -> list[ServiceVoucher]:
    """One voucher, or all that a call or a technician needed on the day."""
    return [_voucher(voucher, params.date) for voucher in _vouchers(params)]


def _vouchers(params: Params) -> Sequence[Voucher]:
    wanted = select(Voucher).options(
        joinedload(Voucher.customer).selectinload(Customer.telephones),
        joinedload(Voucher.address).joinedload(Address.district),
        joinedload(Voucher.product_model),
        joinedload(Voucher.branch),
        selectinload(Voucher.custodies).joinedload(VoucherCustody.staff),
        selectinload(Voucher.serial_changes),
    )
    if params.record_id is not None:
        return db.session.scalars(wanted.where(Voucher.id == params.record_id)).all()
    begin, end = clock.day_bounds(params.date)
    called = select(RepairCall.voucher_id).where(RepairCall.reported_at >= begin, RepairCall.reported_at < end)
    taken = select(VoucherCustody.voucher_id).where(VoucherCustody.out_at >= begin, VoucherCustody.out_at < end)
    branches = [branch.id for branch in branches_of(params.branch)]
    wanted = wanted.where(or_(Voucher.id.in_(called), Voucher.id.in_(taken)), Voucher.branch_id.in_(branches))
    return db.session.scalars(wanted.order_by(Voucher.number)).all()


def _voucher(voucher: Voucher, day: dt.date) -> ServiceVoucher:
    end = clock.day_bounds(day)[1]
    jobs = db.session.scalars(
        select(WorkOrder)
        .join(WorkOrder.repair_call)
        .where(RepairCall.voucher_id == voucher.id, WorkOrder.status.in_(_DONE), WorkOrder.finished_at < end)
        .options(
            joinedload(WorkOrder.repair_call),
            joinedload(WorkOrder.technician),
            selectinload(WorkOrder.charges),
            selectinload(WorkOrder.parts_fitted).options(
                joinedload(PartFitted.part), joinedload(PartFitted.stock_move).selectinload(StockMove.units)
            ),
            selectinload(WorkOrder.signatures).joinedload(Signature.stored_file),
        )
        .order_by(WorkOrder.finished_at)
    ).all()
    lines = tuple(_service_line(job) for job in jobs)
    out = next((custody for custody in voucher.custodies if custody.back_at is None), None)
    contract = covering_contract(voucher.id, day)
    visits_done, next_visit = visit_figures(contract.id, voucher.id) if contract else (0, None)
    return ServiceVoucher(
        number=voucher.number,
        on=day,
        branch_code=voucher.branch.code,
        branch_name=str(voucher.branch),
        customer=voucher.customer.name,
        phone=" / ".join(telephone.number for telephone in voucher.customer.telephones),
        address=str(voucher.address),
        zone=ZONE_LABELS[voucher.address.district.zone],
        product=voucher.product_model.name or voucher.product_model.code,
        model=voucher.product_model.code,
        serial_no=voucher.serial_no or "",
        sold_on=voucher.sold_on,
        warranty_until=voucher.warranty_until,
        complain_url=complain_url(voucher.id),
        contract=contract.number if contract else "",
        contract_until=contract.ends_on if contract else None,
        in_file=out is None,
        holder=out.staff.name if out else "",
        lines=lines,
        charged=sum((line.charge for line in lines if line.charge is not None), Decimal("0.00")),
        custody=tuple(
            CustodyLine(
                out_at=custody.out_at, holder=custody.staff.name, purpose=custody.reason, back_at=custody.back_at
            )
            for custody in reversed(voucher.custodies)
            if custody.out_at < end
        ),
        swaps=tuple(
            SwapLine(
                at=row.at,
                kind=SERIAL_KIND_LABELS[row.kind],
                old_no=row.old_no or "",
                new_no=row.new_no,
                reference=row.reference or "",
            )
            for row in voucher.serial_changes
            if row.at < end
        ),
        visits_promised=contract.visits if contract else 0,
        visits_done=visits_done,
        next_visit=next_visit,
    )


def _part_text(fitted: PartFitted) -> str:
    """The part and how many; of one with serial numbers the old and the new ones (SO-17)."""
    numbers = " → ".join(each for each in (fitted.old_serials, fitted.serials) if each)
    return f"{fitted.part.name} ×{fitted.quantity}" + (f" ({numbers})" if numbers else "")


def _service_line(job: WorkOrder) -> ServiceLine:
    signature = job.settling_signature
    assert job.finished_at is not None  # nosec B101 - the query asks for finished jobs only
    return ServiceLine(
        on=clock.local(job.finished_at).date(),
        call_number=job.repair_call.number,
        symptom=job.repair_call.symptom,
        work_class=job.service_class,
        work_done=job.result,
        parts="; ".join(_part_text(fitted) for fitted in job.parts_fitted),
        charge=sum((charge.amount for charge in job.charges), Decimal("0.00")),
        technician=job.technician.name,
        signature=files.read(signature.stored_file) if signature else None,
        signed_by=signature.signer if signature else "",
        unsigned_reason=job.unsigned_reason,
    )


register(
    Document(
        name="repair_call_register",
        title=N_("Repair call register"),
        area="fieldservice",
        template="repair_call_register.html",
        query=repair_call_registers,
        form_number="002",
        paper="A4 landscape",
        scheduled_at=dt.time(18, 0),
    )
)
register(
    Document(
        name="voucher",
        title=N_("Service voucher"),
        area="customers",
        template="voucher.html",
        query=service_vouchers,
        form_number="001",
        params=("date", "branch", "record_id"),
    )
)
