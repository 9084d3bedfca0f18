"""Row scope of every table, in one place: what "own" and "branch" mean for it (the role table is ``app/roles.py``).

Sub-selects use Core tables, so that the scope of one table never depends on the scope of another.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select

from app.billing.models import (
    CashHandover,
    CollectionPermit,
    CreditNote,
    Instalment,
    Invoice,
    InvoicedJob,
    InvoiceLine,
    Payment,
    Waiver,
)
from app.complaints.models import (
    Approval,
    Complaint,
    ComplaintFile,
    ComplaintLateness,
    ComplaintLetter,
    ComplaintNotice,
    ComplaintReading,
    ComplaintStep,
    ComplaintSubject,
    CorrectiveAction,
    CrisisEntry,
    CrisisMember,
    ManagementAlert,
    SettlementAgreement,
)
from app.contracts.models import Contract, ContractItem, ContractNotice, PlannedVisit
from app.core.actors import Principal
from app.core.audit import AuditEntry
from app.core.inbox import InboxMessage
from app.core.listing import ColumnChoice, ListExport, SavedFilter
from app.core.permissions import verbs
from app.core.scope import models, scoped
from app.customers.models import (
    Address,
    Contact,
    Customer,
    SerialChange,
    Telephone,
    Voucher,
    VoucherCustody,
)
from app.feedback.models import ReturnVisit, VisitAnswer, VisitAttempt
from app.fieldservice.models import (
    Absence,
    AppointmentChange,
    CarryOver,
    Charge,
    Contractor,
    ContractorRequest,
    CrewMember,
    DayClose,
    DayCloseFinding,
    EscalationNotice,
    PartFitted,
    RepairCall,
    Signature,
    TimeEntry,
    WaitingChange,
    WorkOrder,
    WorkOrderEvent,
)
from app.parts.models import (
    PartLevel,
    PartReservation,
    PartUnit,
    PartUnitMove,
    PurchaseLine,
    PurchaseRequest,
    StockBalance,
    StockCount,
    StockCountLine,
    StockMove,
    StockPlace,
    VanSlip,
    VanSlipLine,
)
from app.reporting.models import (
    Delivery,
    MadeDocument,
    SupervisorReport,
    TechnicianReport,
)
from app.workshop.models import (
    GoodsPhoto,
    GoodsReceipt,
    Inspection,
    ItemMovement,
    Loan,
    LoanUnit,
    PartsWait,
    PromiseChange,
    PromiseNotice,
    RepairCard,
    RepairCardEvent,
)

# -- sub-selects ------------------------------------------------------------------------------------------------
# Under names of their own: a table of the statement around them would otherwise be taken for theirs (correlation).

_order: Any = WorkOrder.__table__.alias("scope_order")
_call: Any = RepairCall.__table__.alias("scope_call")
_crew: Any = CrewMember.__table__.alias("scope_crew")
_voucher: Any = Voucher.__table__.alias("scope_voucher")
_product: Any = Voucher.__table__.alias("scope_product")
_customer: Any = Customer.__table__.alias("scope_customer")
_contract: Any = Contract.__table__.alias("scope_contract")
_place: Any = StockPlace.__table__.alias("scope_place")
_unit: Any = PartUnit.__table__.alias("scope_unit")
_request: Any = PurchaseRequest.__table__.alias("scope_request")
_count: Any = StockCount.__table__.alias("scope_count")
_slip: Any = VanSlip.__table__.alias("scope_slip")
_complaint: Any = Complaint.__table__.alias("scope_complaint")
_subject: Any = ComplaintSubject.__table__.alias("scope_subject")
_member: Any = CrisisMember.__table__.alias("scope_member")
_close: Any = DayClose.__table__.alias("scope_close")
_visit: Any = ReturnVisit.__table__.alias("scope_visit")
_document: Any = MadeDocument.__table__.alias("scope_document")
_receipt: Any = GoodsReceipt.__table__.alias("scope_receipt")
_card: Any = RepairCard.__table__.alias("scope_card")
_movement: Any = ItemMovement.__table__.alias("scope_movement")


def _me(p: Principal) -> int:
    # Nobody's id, never NULL: a comparison with None would become IS NULL and match rows that belong to no one.
    return p.staff_id if p.staff_id is not None else -1


def _account(p: Principal) -> int:
    return p.user_id if p.user_id is not None else -1


def _here(p: Principal) -> int:
    return p.branch_id if p.branch_id is not None else -1


# A declined or cancelled job is no longer the technician's.
_LIVE = ("dispatched", "accepted", "arrived", "in_workshop", "finished", "closed")


def _mine(p: Principal) -> Any:
    # One's own jobs, those one goes along to as one of the crew, and those whose item is on one's bench.
    along = select(_crew.c.work_order_id).where(_crew.c.staff_id == _me(p))
    bench = select(_receipt.c.work_order_id).where(_on_my_bench(p))
    mine = or_(_order.c.technician_id == _me(p), _order.c.id.in_(along), _order.c.id.in_(bench))
    return and_(mine, _order.c.status.in_(_LIVE))


def _on_my_bench(p: Principal) -> Any:
    """Items one repairs or had in hand, and those of the branch that wait for somebody to take them up (SO-8)."""
    held = select(_movement.c.goods_receipt_id).where(_movement.c.to_staff_id == _me(p))
    given = select(_card.c.goods_receipt_id).where(_card.c.technician_id == _me(p))
    free = select(_card.c.goods_receipt_id).where(_card.c.technician_id.is_(None), _card.c.status != "returned")
    waiting = and_(_receipt.c.out_at.is_(None), _receipt.c.branch_id == _here(p), _receipt.c.id.in_(free))
    return or_(_receipt.c.id.in_(held), _receipt.c.id.in_(given), waiting)


def _my_orders(p: Principal) -> Any:
    return select(_order.c.id).where(_mine(p))


def _my_calls(p: Principal) -> Any:
    return select(_order.c.repair_call_id).where(_mine(p))


def _my_vouchers(p: Principal) -> Any:
    return select(_call.c.voucher_id).where(_call.c.id.in_(_my_calls(p)))


def _my_customers(p: Principal) -> Any:
    return select(_voucher.c.customer_id).where(_voucher.c.id.in_(_my_vouchers(p)))


# For a branch, which may have many thousand rows, the question is asked row by row (correlated EXISTS): a list of all of
# them would be made anew for every statement. No join inside: its left side cannot be told in a criterion.


def _of_branch(table: Any, key: Any, p: Principal) -> Any:
    """Whether the row of ``table`` that ``key`` points to is the branch's own."""
    return exists().where(table.c.id == key, table.c.branch_id == _here(p)).correlate_except(table)


def _served(key: Any, p: Principal) -> Any:
    """Whether the branch has a call for the customer with this key, whosever customer it is."""
    # "+ 0": from the customer to the calls, never from all the branch's calls (an index) to the customer. SQLite without
    # statistics takes the second way, which costs a hundred times as much at 200,000 calls.
    theirs = (_product.c.customer_id == key, _call.c.voucher_id == _product.c.id, _call.c.branch_id + 0 == _here(p))
    return exists().where(*theirs).correlate_except(_product, _call)


def _of_branch_customer(key: Any, p: Principal) -> Any:
    """Whether the customer with this key is the branch's own, or another's for whom the branch has a call."""
    return or_(_of_branch(_customer, key, p), _served(key, p))


def _of_branch_product(key: Any, p: Principal) -> Any:
    """Whether the voucher with this key is the branch's own, or of one of its customers."""
    there = or_(_voucher.c.branch_id == _here(p), _of_branch_customer(_voucher.c.customer_id, p))
    return exists().where(_voucher.c.id == key, there).correlate_except(_voucher)


# -- customers --------------------------------------------------------------------------------------------------

scoped(
    Customer,
    branch=lambda p: or_(Customer.branch_id == _here(p), _served(Customer.id, p)),
    own=lambda p: Customer.id.in_(_my_customers(p)),
)
for _model in (Contact, Telephone, Address):
    scoped(
        _model,
        branch=lambda p, m=_model: _of_branch_customer(m.customer_id, p),  # type: ignore[misc]  # loop variable bound
        own=lambda p, m=_model: m.customer_id.in_(_my_customers(p)),  # type: ignore[misc]  # likewise
    )
scoped(
    Voucher,
    branch=lambda p: or_(Voucher.branch_id == _here(p), _of_branch_customer(Voucher.customer_id, p)),
    own=lambda p: Voucher.id.in_(_my_vouchers(p)),
)
scoped(
    VoucherCustody,
    branch=lambda p: _of_branch_product(VoucherCustody.voucher_id, p),
    own=lambda p: VoucherCustody.voucher_id.in_(_my_vouchers(p)),
)

# -- contracts --------------------------------------------------------------------------------------------------

scoped(
    Contract,
    branch=lambda p: Contract.branch_id == _here(p),
    own=lambda p: Contract.customer_id.in_(_my_customers(p)),
)
for _part in (ContractItem, ContractNotice, PlannedVisit):
    scoped(
        _part,
        branch=lambda p, m=_part: _of_branch(_contract, m.contract_id, p),  # type: ignore[misc]  # likewise
        own=lambda p, m=_part: m.contract_id.in_(  # type: ignore[misc]  # likewise
            select(_contract.c.id).where(_contract.c.customer_id.in_(_my_customers(p)))
        ),
    )

# -- parts ------------------------------------------------------------------------------------------------------


def _my_places(p: Principal) -> Any:
    return select(_place.c.id).where(_place.c.staff_id == _me(p))


scoped(
    StockPlace,
    branch=lambda p: StockPlace.branch_id == _here(p),
    own=lambda p: StockPlace.staff_id == _me(p),
)
scoped(
    StockBalance,
    branch=lambda p: _of_branch(_place, StockBalance.place_id, p),
    own=lambda p: StockBalance.place_id.in_(_my_places(p)),
)
scoped(
    StockMove,
    branch=lambda p: or_(
        _of_branch(_place, StockMove.from_place_id, p),
        _of_branch(_place, StockMove.to_place_id, p),
    ),
    own=lambda p: or_(
        StockMove.from_place_id.in_(_my_places(p)),
        StockMove.to_place_id.in_(_my_places(p)),
    ),
)

scoped(
    PartUnit,
    branch=lambda p: PartUnit.branch_id == _here(p),
    own=lambda p: PartUnit.place_id.in_(_my_places(p)),
)
scoped(
    PartUnitMove,
    branch=lambda p: _of_branch(_unit, PartUnitMove.part_unit_id, p),
    own=lambda p: PartUnitMove.part_unit_id.in_(select(_unit.c.id).where(_unit.c.place_id.in_(_my_places(p)))),
)
scoped(
    PartReservation,
    branch=lambda p: _of_branch(_place, PartReservation.place_id, p),
    own=lambda p: or_(PartReservation.staff_id == _me(p), PartReservation.place_id.in_(_my_places(p))),
)
scoped(PartLevel, branch=lambda p: PartLevel.branch_id == _here(p))
scoped(PurchaseRequest, branch=lambda p: PurchaseRequest.branch_id == _here(p))
scoped(PurchaseLine, branch=lambda p: _of_branch(_request, PurchaseLine.request_id, p))


def _counts_here(p: Principal) -> Any:
    return select(_count.c.id).where(_of_branch(_place, _count.c.place_id, p))


scoped(StockCount, branch=lambda p: _of_branch(_place, StockCount.place_id, p))
scoped(StockCountLine, branch=lambda p: StockCountLine.count_id.in_(_counts_here(p)))
scoped(
    VanSlip,
    branch=lambda p: _of_branch(_place, VanSlip.van_id, p),
    own=lambda p: VanSlip.van_id.in_(_my_places(p)),
)
scoped(
    VanSlipLine,
    branch=lambda p: VanSlipLine.slip_id.in_(select(_slip.c.id).where(_of_branch(_place, _slip.c.van_id, p))),
    own=lambda p: VanSlipLine.slip_id.in_(select(_slip.c.id).where(_slip.c.van_id.in_(_my_places(p)))),
)

# -- field service ----------------------------------------------------------------------------------------------

scoped(
    RepairCall,
    branch=lambda p: RepairCall.branch_id == _here(p),
    own=lambda p: RepairCall.id.in_(_my_calls(p)),
)
scoped(
    WorkOrder,
    branch=lambda p: WorkOrder.branch_id == _here(p),
    own=lambda p: WorkOrder.id.in_(_my_orders(p)),
)
for _child in (WorkOrderEvent, PartFitted, Charge, Signature, CrewMember, AppointmentChange):
    scoped(
        _child,
        branch=lambda p, m=_child: _of_branch(_order, m.work_order_id, p),  # type: ignore[misc]  # likewise
        own=lambda p, m=_child: m.work_order_id.in_(_my_orders(p)),  # type: ignore[misc]  # likewise
    )


scoped(
    WaitingChange,
    branch=lambda p: _of_branch(_call, WaitingChange.repair_call_id, p),
    own=lambda p: WaitingChange.repair_call_id.in_(_my_calls(p)),
)
scoped(EscalationNotice, branch=lambda p: _of_branch(_call, EscalationNotice.repair_call_id, p))
scoped(InboxMessage, own=lambda p: InboxMessage.staff_id == _me(p))
scoped(SavedFilter, own=lambda p: SavedFilter.user_id == _account(p))
scoped(ColumnChoice, own=lambda p: ColumnChoice.user_id == _account(p))
scoped(ListExport, own=lambda p: ListExport.user_id == _account(p))


def _staff_of_branch(p: Principal) -> Any:
    from app.organisation.models import Staff

    table: Any = Staff.__table__.alias("scope_staff")
    return select(table.c.id).where(table.c.branch_id == _here(p))


scoped(
    TimeEntry,
    branch=lambda p: TimeEntry.staff_id.in_(_staff_of_branch(p)),
    own=lambda p: TimeEntry.staff_id == _me(p),
)

scoped(
    Absence,
    branch=lambda p: Absence.staff_id.in_(_staff_of_branch(p)),
    own=lambda p: Absence.staff_id == _me(p),
)
scoped(Contractor, branch=lambda p: Contractor.branch_id == _here(p))
scoped(ContractorRequest, branch=lambda p: ContractorRequest.branch_id == _here(p))

scoped(DayClose, branch=lambda p: DayClose.branch_id == _here(p))
for _found in (CarryOver, DayCloseFinding):
    scoped(
        _found,
        branch=lambda p, m=_found: _of_branch(_close, m.day_close_id, p),  # type: ignore[misc]  # likewise
    )

# -- workshop ---------------------------------------------------------------------------------------------------


def _my_receipts(p: Principal) -> Any:
    return select(_receipt.c.id).where(_receipt.c.work_order_id.in_(_my_orders(p)))


scoped(
    SerialChange,
    branch=lambda p: _of_branch_product(SerialChange.voucher_id, p),
    own=lambda p: SerialChange.voucher_id.in_(_my_vouchers(p)),
)
scoped(
    GoodsReceipt,
    branch=lambda p: GoodsReceipt.branch_id == _here(p),
    own=lambda p: GoodsReceipt.work_order_id.in_(_my_orders(p)),
)
for _of_receipt in (RepairCard, ItemMovement, GoodsPhoto, Loan):
    scoped(
        _of_receipt,
        branch=lambda p, m=_of_receipt: _of_branch(_receipt, m.goods_receipt_id, p),  # type: ignore[misc]  # likewise
        own=lambda p, m=_of_receipt: m.goods_receipt_id.in_(_my_receipts(p)),  # type: ignore[misc]  # likewise
    )


def _cards(receipts: Any) -> Any:
    return select(_card.c.id).where(_card.c.goods_receipt_id.in_(receipts))


for _of_card in (RepairCardEvent, Inspection, PartsWait, PromiseChange, PromiseNotice):
    scoped(
        _of_card,
        branch=lambda p, m=_of_card: m.repair_card_id.in_(
            _cards(select(_receipt.c.id).where(_receipt.c.branch_id == _here(p)))
        ),  # type: ignore[misc]  # likewise
        own=lambda p, m=_of_card: m.repair_card_id.in_(_cards(_my_receipts(p))),  # type: ignore[misc]  # likewise
    )
scoped(LoanUnit, branch=lambda p: LoanUnit.branch_id == _here(p))

# -- money ------------------------------------------------------------------------------------------------------

_invoice: Any = Invoice.__table__.alias("scope_invoice")
_job: Any = InvoicedJob.__table__.alias("scope_invoiced_job")


def _my_invoices(p: Principal) -> Any:
    return select(_job.c.invoice_id).where(_job.c.work_order_id.in_(_my_orders(p)))


scoped(
    Payment,
    branch=lambda p: Payment.branch_id == _here(p),
    own=lambda p: or_(Payment.received_by_id == _me(p), Payment.work_order_id.in_(_my_orders(p))),
)
scoped(
    CashHandover,
    branch=lambda p: CashHandover.branch_id == _here(p),
    own=lambda p: CashHandover.staff_id == _me(p),
)
scoped(
    Invoice,
    branch=lambda p: Invoice.branch_id == _here(p),
    own=lambda p: Invoice.id.in_(_my_invoices(p)),
)
_under_invoice: tuple[Any, ...] = (InvoiceLine, InvoicedJob, Instalment, CreditNote)
for _of_invoice in _under_invoice:
    scoped(
        _of_invoice,
        branch=lambda p, m=_of_invoice: _of_branch(_invoice, m.invoice_id, p),  # type: ignore[misc]  # likewise
        own=lambda p, m=_of_invoice: m.invoice_id.in_(_my_invoices(p)),  # type: ignore[misc]  # likewise
    )
_under_job: tuple[Any, ...] = (Waiver, CollectionPermit)
for _of_job in _under_job:
    scoped(
        _of_job,
        branch=lambda p, m=_of_job: _of_branch(_order, m.work_order_id, p),  # type: ignore[misc]  # likewise
        own=lambda p, m=_of_job: m.work_order_id.in_(_my_orders(p)),  # type: ignore[misc]  # likewise
    )

# -- complaints: confidential (CP-13), and never for the person complained about (CP-4) --------------------------


def _against(p: Principal) -> Any:
    further = select(_subject.c.complaint_id).where(_subject.c.staff_id == _me(p))
    return select(_complaint.c.id).where(or_(_complaint.c.subject_id == _me(p), _complaint.c.id.in_(further)))


def _not_against_me(column: Any, p: Principal) -> ColumnElement[bool]:
    result: ColumnElement[bool] = column.not_in(_against(p))
    return result


def _taking_part(p: Principal) -> Any:
    """Complaints this person entered, handles, or sits in the crisis group of."""
    group = select(_member.c.complaint_id).where(_member.c.staff_id == _me(p))
    mine = or_(_complaint.c.entered_by_id == _me(p), _complaint.c.handler_id == _me(p), _complaint.c.id.in_(group))
    return select(_complaint.c.id).where(mine)


def _involved(column: Any, p: Principal) -> ColumnElement[bool]:
    result: ColumnElement[bool] = column.in_(_taking_part(p))
    return result


_COMPLAINT_RECORDS: tuple[tuple[Any, Any], ...] = (
    (Complaint, Complaint.id),
    *(
        (model, model.complaint_id)
        for model in (
            ComplaintStep,
            ComplaintSubject,
            ComplaintFile,
            Approval,
            CrisisMember,
            CrisisEntry,
            ManagementAlert,
            ComplaintLateness,
            ComplaintNotice,
            SettlementAgreement,
            ComplaintLetter,
        )
    ),
)
for _record, _key in _COMPLAINT_RECORDS:
    scoped(
        _record,
        branch=lambda p, c=_key: and_(  # type: ignore[misc]  # likewise
            or_(_of_branch(_complaint, c, p), _involved(c, p)), _not_against_me(c, p)
        ),
        involved=lambda p, c=_key: and_(_involved(c, p), _not_against_me(c, p)),  # type: ignore[misc]  # likewise
        not_against_me=lambda p, c=_key: _not_against_me(c, p),  # type: ignore[misc]  # likewise
    )
# Who was given an action sees it, though not the complaint it came from.
_action_of: Any = CorrectiveAction.complaint_id
scoped(
    CorrectiveAction,
    branch=lambda p: and_(
        or_(_of_branch(_complaint, _action_of, p), _involved(_action_of, p), CorrectiveAction.owner_id == _me(p)),
        _not_against_me(_action_of, p),
    ),
    involved=lambda p: and_(
        or_(_involved(_action_of, p), CorrectiveAction.owner_id == _me(p)), _not_against_me(_action_of, p)
    ),
    not_against_me=lambda p: _not_against_me(_action_of, p),
)
# Who read what is for the service department and the management to see (CP-13).
scoped(ComplaintReading, not_against_me=lambda p: _not_against_me(ComplaintReading.complaint_id, p))

# -- return visits ----------------------------------------------------------------------------------------------

scoped(ReturnVisit, branch=lambda p: ReturnVisit.branch_id == _here(p))
for _told in (VisitAttempt, VisitAnswer):
    scoped(
        _told,
        branch=lambda p, m=_told: _of_branch(_visit, m.return_visit_id, p),  # type: ignore[misc]  # likewise
    )

# -- reports and documents --------------------------------------------------------------------------------------

scoped(
    TechnicianReport,
    branch=lambda p: TechnicianReport.branch_id == _here(p),
    own=lambda p: TechnicianReport.staff_id == _me(p),
)
scoped(SupervisorReport, branch=lambda p: SupervisorReport.branch_id == _here(p))


def _printable(p: Principal) -> list[str]:
    """Names of the documents this person may print: who may not print it may not read it in the archive either."""
    return [
        verb.removeprefix("print.") for verb, roles in verbs().items() if verb.startswith("print.") and roles & p.roles
    ]


scoped(
    MadeDocument,
    branch=lambda p: and_(MadeDocument.branch_id == _here(p), MadeDocument.name.in_(_printable(p))),
    permitted=lambda p: MadeDocument.name.in_(_printable(p)),
)
scoped(
    Delivery,
    branch=lambda p: Delivery.document_id.in_(
        select(_document.c.id).where(_document.c.branch_id == _here(p), _document.c.name.in_(_printable(p)))
    ),
    permitted=lambda p: Delivery.document_id.in_(select(_document.c.id).where(_document.c.name.in_(_printable(p)))),
)

# -- the audit trail: it repeats what the rows said, so it is as confidential as they are -------------------------


def _of_the_house() -> list[str]:
    """Tables of business rows; an administrator looks after accounts, settings and reference data only."""
    return sorted({model.__tablename__ for model in models()} | {"stored_file"})


def _parts_against(p: Principal) -> list[ColumnElement[bool]]:
    """What belongs to a complaint against this person is not told by its trail either (CP-4)."""
    found = []
    for model in (*(each for each, _key in _COMPLAINT_RECORDS[1:]), CorrectiveAction, ComplaintReading):
        table: Any = model.__table__
        mine = select(table.c.id).where(table.c.complaint_id.in_(_against(p)))
        found.append(or_(AuditEntry.record != table.name, AuditEntry.record_id.not_in(mine)))
    return found


scoped(
    AuditEntry,
    house=lambda p: AuditEntry.record.not_in(_of_the_house()),
    business=lambda p: and_(
        or_(AuditEntry.record != "complaint", AuditEntry.record_id.not_in(_against(p))), *_parts_against(p)
    ),
)
