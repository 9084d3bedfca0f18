"""What the scopes of several areas ask: whose job, whose item, whose customer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, exists, or_, select

from app.complaints.models import Approval, ApprovalDeputy, Complaint, ComplaintSubject, CrisisMember
from app.contracts.models import Contract
from app.core.actors import Principal
from app.customers.models import Customer, Voucher
from app.feedback.models import ReturnVisit
from app.fieldservice.models import CrewMember, DayClose, RepairCall, WorkOrder
from app.organisation.models import Staff
from app.parts.models import PartUnit, PurchaseRequest, StockCount, StockMove, StockPlace, VanSlip
from app.reporting.models import MadeDocument
from app.workshop.models import GoodsReceipt, ItemMovement, RepairCard

# Under names of their own: a table of the statement around them would otherwise be taken for theirs (correlation).

orders: Any = WorkOrder.__table__.alias("scope_order")
calls: Any = RepairCall.__table__.alias("scope_call")
crews: Any = CrewMember.__table__.alias("scope_crew")
vouchers: Any = Voucher.__table__.alias("scope_voucher")
products: Any = Voucher.__table__.alias("scope_product")
owners: Any = Customer.__table__.alias("scope_customer")
contracts: Any = Contract.__table__.alias("scope_contract")
places: Any = StockPlace.__table__.alias("scope_place")
moves: Any = StockMove.__table__.alias("scope_move")
units: Any = PartUnit.__table__.alias("scope_unit")
requests: Any = PurchaseRequest.__table__.alias("scope_request")
counts: Any = StockCount.__table__.alias("scope_count")
slips: Any = VanSlip.__table__.alias("scope_slip")
complaints: Any = Complaint.__table__.alias("scope_complaint")
subjects: Any = ComplaintSubject.__table__.alias("scope_subject")
members: Any = CrisisMember.__table__.alias("scope_member")
approvals: Any = Approval.__table__.alias("scope_approval")
deputies: Any = ApprovalDeputy.__table__.alias("scope_deputy")
people: Any = Staff.__table__.alias("scope_staff")
closings: Any = DayClose.__table__.alias("scope_close")
visits: Any = ReturnVisit.__table__.alias("scope_visit")
documents: Any = MadeDocument.__table__.alias("scope_document")
receipts: Any = GoodsReceipt.__table__.alias("scope_receipt")
cards: Any = RepairCard.__table__.alias("scope_card")
movements: Any = ItemMovement.__table__.alias("scope_movement")


def me(p: Principal) -> int:
    # Nobody's id, never NULL: a comparison with None would become IS NULL and match rows that belong to no one.
    return p.staff_id if p.staff_id is not None else -1


def account(p: Principal) -> int:
    return p.user_id if p.user_id is not None else -1


def here(p: Principal) -> int:
    return p.branch_id if p.branch_id is not None else -1


# A declined or cancelled job is no longer the technician's.
_LIVE = ("dispatched", "accepted", "arrived", "in_workshop", "finished", "closed")


def is_mine(p: Principal) -> Any:
    # One's own jobs, those one goes along to as one of the crew, and those whose item is on one's bench.
    along = select(crews.c.work_order_id).where(crews.c.staff_id == me(p))
    bench = select(receipts.c.work_order_id).where(on_my_bench(p))
    mine = or_(orders.c.technician_id == me(p), orders.c.id.in_(along), orders.c.id.in_(bench))
    return and_(mine, orders.c.status.in_(_LIVE))


def on_my_bench(p: Principal) -> Any:
    """Items one repairs or had in hand, and those of the branch that wait for somebody to take them up (SO-8)."""
    held = select(movements.c.goods_receipt_id).where(movements.c.to_staff_id == me(p))
    given = select(cards.c.goods_receipt_id).where(cards.c.technician_id == me(p))
    free = select(cards.c.goods_receipt_id).where(cards.c.technician_id.is_(None), cards.c.status != "returned")
    waiting = and_(receipts.c.out_at.is_(None), receipts.c.branch_id == here(p), receipts.c.id.in_(free))
    return or_(receipts.c.id.in_(held), receipts.c.id.in_(given), waiting)


def my_orders(p: Principal) -> Any:
    return select(orders.c.id).where(is_mine(p))


def my_numbers(p: Principal) -> Any:
    """The numbers of one's jobs: what moved for them stands under it, whoever fitted it."""
    return select(orders.c.number).where(is_mine(p))


def my_calls(p: Principal) -> Any:
    return select(orders.c.repair_call_id).where(is_mine(p))


def my_vouchers(p: Principal) -> Any:
    return select(calls.c.voucher_id).where(calls.c.id.in_(my_calls(p)))


def my_customers(p: Principal) -> Any:
    return select(vouchers.c.customer_id).where(vouchers.c.id.in_(my_vouchers(p)))


# For a branch, which may have many thousand rows, the question is asked row by row (correlated EXISTS): a list of all of
# them would be made anew for every statement. No join inside: its left side cannot be told in a criterion.


def of_branch(table: Any, key: Any, p: Principal) -> Any:
    """Whether the row of ``table`` that ``key`` points to is the branch's own."""
    return exists().where(table.c.id == key, table.c.branch_id == here(p)).correlate_except(table)


def served(key: Any, p: Principal) -> Any:
    """Whether the branch has a call for the customer with this key, whosever customer it is."""
    # "+ 0": from the customer to the calls, never from all the branch's calls (an index) to the customer. SQLite without
    # statistics takes the second way, which costs a hundred times as much at 200,000 calls.
    theirs = (products.c.customer_id == key, calls.c.voucher_id == products.c.id, calls.c.branch_id + 0 == here(p))
    return exists().where(*theirs).correlate_except(products, calls)


def of_branch_customer(key: Any, p: Principal) -> Any:
    """Whether the customer with this key is the branch's own, or another's for whom the branch has a call."""
    return or_(of_branch(owners, key, p), served(key, p))


def of_branch_product(key: Any, p: Principal) -> Any:
    """Whether the voucher with this key is the branch's own, or of one of its customers."""
    there = or_(vouchers.c.branch_id == here(p), of_branch_customer(vouchers.c.customer_id, p))
    return exists().where(vouchers.c.id == key, there).correlate_except(vouchers)
