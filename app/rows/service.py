"""Parts, jobs in the field, the workshop."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, or_, select

from app.core.actors import Principal
from app.core.inbox import InboxMessage
from app.core.listing import ColumnChoice, ListExport, SavedFilter
from app.core.received import ReceivedRequest
from app.core.scope import scoped
from app.customers.models import SerialChange
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
    PhoneEntry,
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
from app.rows.selects import (
    account,
    calls,
    cards,
    closings,
    counts,
    here,
    me,
    moves,
    my_calls,
    my_numbers,
    my_orders,
    my_vouchers,
    of_branch,
    of_branch_product,
    orders,
    places,
    receipts,
    requests,
    slips,
    units,
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

# -- parts -------------------------------------------------------------------------------------------------


def _my_places(p: Principal) -> Any:
    return select(places.c.id).where(places.c.staff_id == me(p))


scoped(
    StockPlace,
    branch=lambda p: StockPlace.branch_id == here(p),
    # The store's name stands with what was fitted from it; what lies there is the office's to see.
    own=lambda p: or_(
        StockPlace.staff_id == me(p), and_(StockPlace.branch_id == here(p), StockPlace.kind == "warehouse")
    ),
)
scoped(
    StockBalance,
    branch=lambda p: of_branch(places, StockBalance.place_id, p),
    own=lambda p: StockBalance.place_id.in_(_my_places(p)),
)
scoped(
    StockMove,
    branch=lambda p: or_(
        of_branch(places, StockMove.from_place_id, p),
        of_branch(places, StockMove.to_place_id, p),
    ),
    own=lambda p: or_(
        StockMove.from_place_id.in_(_my_places(p)),
        StockMove.to_place_id.in_(_my_places(p)),
        StockMove.reference.in_(my_numbers(p)),
    ),
)

scoped(
    PartUnit,
    branch=lambda p: PartUnit.branch_id == here(p),
    own=lambda p: or_(PartUnit.place_id.in_(_my_places(p)), PartUnit.reference.in_(my_numbers(p))),
)
scoped(
    PartUnitMove,
    branch=lambda p: of_branch(units, PartUnitMove.part_unit_id, p),
    own=lambda p: or_(
        PartUnitMove.part_unit_id.in_(select(units.c.id).where(units.c.place_id.in_(_my_places(p)))),
        PartUnitMove.stock_move_id.in_(select(moves.c.id).where(moves.c.reference.in_(my_numbers(p)))),
    ),
)
scoped(
    PartReservation,
    branch=lambda p: of_branch(places, PartReservation.place_id, p),
    own=lambda p: or_(PartReservation.staff_id == me(p), PartReservation.place_id.in_(_my_places(p))),
)
scoped(PartLevel, branch=lambda p: PartLevel.branch_id == here(p))
scoped(PurchaseRequest, branch=lambda p: PurchaseRequest.branch_id == here(p))
scoped(PurchaseLine, branch=lambda p: of_branch(requests, PurchaseLine.request_id, p))


def _counts_here(p: Principal) -> Any:
    return select(counts.c.id).where(of_branch(places, counts.c.place_id, p))


scoped(StockCount, branch=lambda p: of_branch(places, StockCount.place_id, p))
scoped(StockCountLine, branch=lambda p: StockCountLine.count_id.in_(_counts_here(p)))
scoped(
    VanSlip,
    branch=lambda p: of_branch(places, VanSlip.van_id, p),
    own=lambda p: VanSlip.van_id.in_(_my_places(p)),
)
scoped(
    VanSlipLine,
    branch=lambda p: VanSlipLine.slip_id.in_(select(slips.c.id).where(of_branch(places, slips.c.van_id, p))),
    own=lambda p: VanSlipLine.slip_id.in_(select(slips.c.id).where(slips.c.van_id.in_(_my_places(p)))),
)

# -- field service -----------------------------------------------------------------------------------------

scoped(
    RepairCall,
    branch=lambda p: RepairCall.branch_id == here(p),
    own=lambda p: RepairCall.id.in_(my_calls(p)),
)
scoped(
    WorkOrder,
    branch=lambda p: WorkOrder.branch_id == here(p),
    own=lambda p: WorkOrder.id.in_(my_orders(p)),
)
for _child in (WorkOrderEvent, PartFitted, Charge, Signature, CrewMember, AppointmentChange):
    scoped(
        _child,
        branch=lambda p, m=_child: of_branch(orders, m.work_order_id, p),  # type: ignore[misc]  # likewise
        own=lambda p, m=_child: m.work_order_id.in_(my_orders(p)),  # type: ignore[misc]  # likewise
    )


scoped(
    WaitingChange,
    branch=lambda p: of_branch(calls, WaitingChange.repair_call_id, p),
    own=lambda p: WaitingChange.repair_call_id.in_(my_calls(p)),
)
scoped(EscalationNotice, branch=lambda p: of_branch(calls, EscalationNotice.repair_call_id, p))
scoped(InboxMessage, own=lambda p: InboxMessage.staff_id == me(p))
scoped(
    PhoneEntry,
    branch=lambda p: PhoneEntry.branch_id == here(p),
    own=lambda p: PhoneEntry.staff_id == me(p),
)
scoped(ReceivedRequest, own=lambda p: ReceivedRequest.user_id == account(p))
scoped(SavedFilter, own=lambda p: SavedFilter.user_id == account(p))
scoped(ColumnChoice, own=lambda p: ColumnChoice.user_id == account(p))
scoped(ListExport, own=lambda p: ListExport.user_id == account(p))


def _staff_of_branch(p: Principal) -> Any:
    from app.organisation.models import Staff

    table: Any = Staff.__table__.alias("scope_staff")
    return select(table.c.id).where(table.c.branch_id == here(p))


scoped(
    TimeEntry,
    branch=lambda p: TimeEntry.staff_id.in_(_staff_of_branch(p)),
    own=lambda p: TimeEntry.staff_id == me(p),
)

scoped(
    Absence,
    branch=lambda p: Absence.staff_id.in_(_staff_of_branch(p)),
    own=lambda p: Absence.staff_id == me(p),
)
scoped(Contractor, branch=lambda p: Contractor.branch_id == here(p))
scoped(ContractorRequest, branch=lambda p: ContractorRequest.branch_id == here(p))

scoped(DayClose, branch=lambda p: DayClose.branch_id == here(p))
for _found in (CarryOver, DayCloseFinding):
    scoped(
        _found,
        branch=lambda p, m=_found: of_branch(closings, m.day_close_id, p),  # type: ignore[misc]  # likewise
    )

# -- workshop ----------------------------------------------------------------------------------------------


def _my_receipts(p: Principal) -> Any:
    return select(receipts.c.id).where(receipts.c.work_order_id.in_(my_orders(p)))


scoped(
    SerialChange,
    branch=lambda p: of_branch_product(SerialChange.voucher_id, p),
    own=lambda p: SerialChange.voucher_id.in_(my_vouchers(p)),
)
scoped(
    GoodsReceipt,
    branch=lambda p: GoodsReceipt.branch_id == here(p),
    own=lambda p: GoodsReceipt.work_order_id.in_(my_orders(p)),
)
for _of_receipt in (RepairCard, ItemMovement, GoodsPhoto, Loan):
    scoped(
        _of_receipt,
        branch=lambda p, m=_of_receipt: of_branch(receipts, m.goods_receipt_id, p),  # type: ignore[misc]  # likewise
        own=lambda p, m=_of_receipt: m.goods_receipt_id.in_(_my_receipts(p)),  # type: ignore[misc]  # likewise
    )


def _cards(receipts: Any) -> Any:
    return select(cards.c.id).where(cards.c.goods_receipt_id.in_(receipts))


for _of_card in (RepairCardEvent, Inspection, PartsWait, PromiseChange, PromiseNotice):
    scoped(
        _of_card,
        branch=lambda p, m=_of_card: m.repair_card_id.in_(
            _cards(select(receipts.c.id).where(receipts.c.branch_id == here(p)))
        ),  # type: ignore[misc]  # likewise
        own=lambda p, m=_of_card: m.repair_card_id.in_(_cards(_my_receipts(p))),  # type: ignore[misc]  # likewise
    )
scoped(LoanUnit, branch=lambda p: LoanUnit.branch_id == here(p))
