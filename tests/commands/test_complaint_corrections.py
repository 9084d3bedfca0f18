"""What changes under a complaint's way, on both databases: agreements, people named later, deadlines, repeats.

CP-3, CP-4, CP-5, CP-9, CP-10.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.complaints import commands, queries, rules
from app.complaints.models import Approval, Complaint, CorrectiveAction, RefusalReason
from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.errors import Refused
from app.core.uow import unit_of_work
from app.customers.models import Voucher
from app.fieldservice.models import FaultCode, RepairCall, WorkOrder
from tests.cast import Cast
from tests.commands.complaint_days import FRIDAY, enter, inbox_of, moment, verified

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(autouse=True)
def _friday() -> Iterator[None]:
    """What a test looks at, it looks at as the system; commands act as whom they are given."""
    with acting_as(SYSTEM), clock.frozen(FRIDAY):
        yield


def _told(office: Cast, complaint_id: int, amount: int) -> None:
    """Proposed, approved and told, this amount."""
    boss = office["manager"]
    remedy = "refund" if amount else "none"
    commands.propose(boss, complaint_id, said="协商", solution="退款", compensation=Decimal(amount), remedy=remedy)
    commands.approve(office["director"], complaint_id, said="同意")
    commands.tell(boss, complaint_id, said="已告知")


def _agreed(office: Cast, complaint_id: int) -> None:
    commands.agree(office["manager"], complaint_id, terms="退款，双方再无争议")
    commands.sign(office["manager"], complaint_id, signer="张伟", signer_as="self", signature=PNG)


def correct(office: Cast, complaint: Complaint, **given: Any) -> Complaint:
    """The supervisor corrects it; what is not given stays."""
    kept = ("complainant", "phone", "channel", "category", "received_at", "content", "customer_id", "voucher_id")
    values = {key: getattr(complaint, key) for key in (*kept, "work_order_id", "subject_id", "wants")} | given
    return commands.correct(office[values.pop("by", "supervisor")], complaint.id, **values)


# -- the agreement is about what was told last (CP-10) ------------------------------------------------------------


def test_cp10_it_is_not_settled_before_it_was_signed_nor_signed_before_it_was_agreed(office: Cast) -> None:
    boss, complaint_id = office["manager"], verified(office)
    _told(office, complaint_id, 0)
    with clock.frozen(FRIDAY + timedelta(hours=3)):
        agreed, signed = FRIDAY + timedelta(hours=1), FRIDAY + timedelta(hours=2)
        commands.agree(boss, complaint_id, terms="双方再无争议", at=agreed)
        given = {"signer": "张伟", "signer_as": "self", "signature": PNG}
        for step, values, early in (
            (commands.sign, given, agreed),
            (commands.settle, {"said": "办妥"}, signed),
        ):
            with pytest.raises(Refused) as refusal:
                step(boss, complaint_id, **values, at=early - timedelta(minutes=1))
            assert refusal.value.field == "at"
            step(boss, complaint_id, **values, at=signed)


@pytest.mark.parametrize("later", [timedelta(0), timedelta(hours=1)])
def test_cp10_what_was_signed_for_less_does_not_settle_more(office: Cast, later: timedelta) -> None:
    boss, complaint_id = office["manager"], verified(office)
    _told(office, complaint_id, 600)
    _agreed(office, complaint_id)
    with clock.frozen(FRIDAY + later):  # also when all of it is entered within the same minute
        _told(office, complaint_id, 5000)
        with pytest.raises(Refused, match="earlier solution"):
            commands.settle(boss, complaint_id, said="办妥")
        commands.agree(boss, complaint_id, terms="退款 5000 元")
        with pytest.raises(Refused, match="earlier solution"):  # the new one lies there unsigned
            commands.settle(boss, complaint_id, said="办妥")
        commands.sign(boss, complaint_id, signer="张伟", signer_as="self", signature=PNG)
        with pytest.raises(Refused, match="no agreement"):
            commands.sign(boss, complaint_id, signer="张伟", signer_as="self", signature=PNG)
        assert commands.settle(boss, complaint_id, said="办妥").status == "settled"


@pytest.mark.parametrize("way", ["reopened", "mediation"])
def test_cp10_a_new_round_needs_a_new_agreement(office: Cast, way: str) -> None:
    boss, complaint_id = office["manager"], verified(office)
    _told(office, complaint_id, 600)
    _agreed(office, complaint_id)
    with clock.frozen(FRIDAY + timedelta(hours=1)):
        if way == "reopened":
            commands.settle(boss, complaint_id, said="办妥")
            commands.reopen(boss, complaint_id, said="又坏了")
            commands.verify(boss, complaint_id, said="属实", finding="justified")
            _told(office, complaint_id, 600)
        else:
            commands.mediate(boss, complaint_id, said="客户反悔")
        with pytest.raises(Refused, match="earlier solution"):
            commands.settle(boss, complaint_id, said="办妥")
        _agreed(office, complaint_id)
        assert commands.settle(boss, complaint_id, said="办妥").status == "settled"


# -- a person named while a proposal waits (CP-4, CP-6, CP-9) -----------------------------------------------------


@pytest.mark.parametrize(
    ("by", "named", "role", "asked"),
    [("correct", "manager", "management", "director"), ("add_subject", "supervisor", "branch_manager", "manager")],
)
def test_cp9_who_is_named_later_moves_the_proposal_up(office: Cast, by: str, named: str, role: str, asked: str) -> None:
    complaint = enter(office["clerk"], severity_ground="press")
    clerk = office["clerk"]
    commands.acknowledge(clerk, complaint.id, said="已告知")
    commands.verify(clerk, complaint.id, said="属实", finding="justified")
    commands.propose(clerk, complaint.id, said="道歉", solution="补偿", compensation=Decimal(100))
    assert office.staff(named) in {row.staff_id for row in complaint.crisis_members}
    if by == "correct":
        correct(office, complaint, by="service", subject_id=office.staff(named))
    else:
        commands.add_subject(office["service"], complaint.id, staff_id=office.staff(named), said="也在场")
    db.session.expire_all()
    rows = db.session.scalars(select(Approval).order_by(Approval.id)).all()
    assert [(row.role, row.status) for row in rows] == [("supervisor", "withdrawn"), (role, "pending")]
    assert (rows[1].requested_by_id, rows[1].reasons) == (clerk.staff_id, "道歉")
    assert any("waits for your decision" in message for message in inbox_of(office, asked))
    assert office.staff(named) not in {row.staff_id for row in complaint.crisis_members}
    if named == "manager":  # the supervisor does not decide against the manager
        with pytest.raises(Refused, match="conflict"):
            commands.approve(office["supervisor"], complaint.id, said="同意")
    assert commands.approve(office[asked], complaint.id, said="同意").status == "approved"


def test_cp9_a_correction_that_names_nobody_leaves_the_proposal_where_it_is(office: Cast) -> None:
    complaint_id = verified(office)
    commands.propose(office["clerk"], complaint_id, said="道歉", solution="补偿", compensation=Decimal(100))
    correct(office, db.session.get_one(Complaint, complaint_id), content="改一个字")
    assert db.session.scalars(select(Approval.status)).all() == ["pending"]


# -- past the deadline is the same everywhere (CP-3) --------------------------------------------------------------


def _listed(criterion: Any) -> bool:
    return bool(db.session.scalars(select(Complaint.id).where(criterion)).all())


def _agree_that(complaint_id: int, at: datetime, late: bool) -> None:
    """List, card and page say the same at that moment."""
    with clock.frozen(at):
        db.session.expire_all()
        complaint = db.session.get_one(Complaint, complaint_id)
        states = {each.state for each in queries.standings(complaint)}
        assert (rules.OVERDUE in states, complaint.overdue, _listed(queries.overdue(at))) == (late, late, late)


def test_cp3_a_proposal_refused_after_its_day_is_not_past_the_deadline(office: Cast) -> None:
    complaint_id = verified(office)
    monday, tuesday = moment(11, 23, 17, 30), moment(11, 24, 10)
    _agree_that(complaint_id, tuesday, True)  # due on Monday 17:30, nothing proposed yet
    commands.propose(office["manager"], complaint_id, said="协商", solution="返修")
    with unit_of_work(SYSTEM, "test.reason") as session:
        session.add(RefusalReason(code="dear", name="金额过高"))
    why = db.session.scalars(select(RefusalReason.id)).one()
    commands.send_back(office["director"], complaint_id, said="再谈", reason_id=why)
    _agree_that(complaint_id, tuesday, False)
    complaint = db.session.get_one(Complaint, complaint_id)
    assert complaint.next_due == complaint.settle_by
    assert not _listed(queries.due_on(monday.date()))
    _agree_that(complaint_id, moment(11, 27, 17, 31), True)  # settled it is not
    # reopened everything is to be proposed anew
    with clock.frozen(tuesday):
        commands.withdraw(office["manager"], complaint_id, said="客户撤回")
        commands.reopen(office["manager"], complaint_id, said="又坏了")
        commands.verify(office["manager"], complaint_id, said="属实", finding="justified")
    _agree_that(complaint_id, moment(11, 25, 17, 31), True)


def test_cp3_in_mediation_nothing_is_to_be_proposed(office: Cast) -> None:
    complaint_id = verified(office)
    commands.mediate(office["manager"], complaint_id, said="谈不拢")
    _agree_that(complaint_id, moment(11, 25, 10), False)
    _agree_that(complaint_id, moment(11, 27, 17, 31), True)


def test_cp3_the_minute_it_is_due_is_in_time_everywhere(office: Cast) -> None:
    complaint_id = enter(office["clerk"], received_at=FRIDAY + timedelta(seconds=-40)).id
    due = FRIDAY + timedelta(hours=24)
    _agree_that(complaint_id, due.replace(minute=19, second=59), False)  # due 15:19:20
    _agree_that(complaint_id, due, True)


# -- the repeat that shows later (CP-5) --------------------------------------------------------------------------


def test_cp5_the_product_added_later_shows_the_repeat(office: Cast) -> None:
    voucher = office.vouchers["in_warranty"]
    first = enter(office["clerk"], voucher_id=voucher)
    again = enter(office["clerk"], phone="13900000009", category="delay")
    assert again.severity == "ordinary"
    fixed = correct(office, again, voucher_id=voucher, customer_id=None)
    assert (fixed.severity, fixed.severity_ground, fixed.severity_reason) == ("major", "again", first.number)
    assert fixed.crisis_at == FRIDAY
    # a correction of something else is no repeat, nor is a complaint its own
    assert correct(office, first, content="改一个字").severity == "ordinary"


def test_cp5_the_number_counts_not_how_it_was_typed(office: Cast) -> None:
    first = enter(office["clerk"], phone="+86 139-1234-5678", category="attitude")
    again = enter(office["clerk"], phone="139-12345678", category="attitude")
    assert (again.severity_ground, again.severity_reason) == ("again", first.number)
    assert [row.id for row in queries.evidence_of(again).earlier] == [first.id]
    for typed in ("+86 139-1234-5678", "13912345678"):
        assert queries.public_status(first.number, typed) is not None
    assert queries.public_status(first.number, "13912345679") is None


@pytest.mark.parametrize("typed", ["+86 139-1234-5678", "139 1234 5678", "０１３９12345678", "0086-13912345678"])
def test_cu1_a_number_is_kept_in_digits(typed: str) -> None:
    assert queries.plain_phone(typed) == "13912345678"


def test_cp5_kept_as_typed_before_it_is_still_the_same_number(office: Cast) -> None:
    first = enter(office["clerk"], phone="13912345678", category="attitude")
    with unit_of_work(SYSTEM, "test.old") as session:
        session.get_one(Complaint, first.id).phone = "+86 139-1234-5678"
    assert enter(office["clerk"], phone="13912345678", category="attitude").severity_reason == first.number


@pytest.mark.parametrize("typed", ["025-84001234转801", "13900000001/13900000002", "110", "13900000001 李敏"])
def test_cu1_what_is_more_than_one_number_stays_as_typed(typed: str) -> None:
    assert queries.plain_phone(f" {typed} ") == typed


def _job(office: Cast, which: str = "in_warranty") -> int:
    """A job for that product, with a fault found."""
    code = db.session.scalars(select(FaultCode.id).where(FaultCode.code == "F01")).one()
    with unit_of_work(SYSTEM, "test.job") as session:
        voucher = session.get_one(Voucher, office.vouchers[which])
        call = RepairCall(
            number=f"JX-{which}",
            branch_id=voucher.branch_id,
            voucher=voucher,
            address=voucher.address,
            reported_at=FRIDAY - timedelta(days=3),
            symptom="不制冷",
            symptom_code_id=code,
            status="dispatched",
        )
        order = WorkOrder(
            number=f"PG-{which}",
            repair_call=call,
            branch_id=voucher.branch_id,
            technician_id=office.staff("technician"),
            derived_class="A",
            service_class="A",
            dispatched_at=FRIDAY - timedelta(days=3),
            fault_code_id=code,
        )
        session.add_all([call, order])
        session.flush()
        return order.id


def test_cp5_a_job_of_another_product_is_refused_at_its_field(office: Cast) -> None:
    order_id, other = _job(office), _job(office, "out_of_warranty")
    complaint = enter(office["clerk"], work_order_id=order_id)
    same = correct(office, complaint, content="改一个字")
    assert (same.work_order_id, same.voucher_id) == (order_id, office.vouchers["in_warranty"])
    for given in (
        {"work_order_id": other},
        {"voucher_id": office.vouchers["out_of_warranty"], "customer_id": None},
    ):
        with pytest.raises(Refused) as refusal:
            correct(office, complaint, **given)
        assert refusal.value.field == "work_order_id"
    moved = correct(
        office, complaint, voucher_id=office.vouchers["out_of_warranty"], customer_id=None, work_order_id=other
    )
    assert moved.work_order_id == other
    left = correct(office, complaint, voucher_id=None, customer_id=None, work_order_id=None)
    assert (left.work_order_id, left.voucher_id) == (None, None)


def test_cp11_the_job_named_later_finds_the_action_that_did_not_help(office: Cast) -> None:
    order_id = _job(office)
    first = verified(office, work_order_id=order_id)
    given = {"kind": "corrective", "cause": "漏氟", "action": "更换管路", "due_on": FRIDAY.date()}
    action = commands.take_action(office["manager"], first, owner_id=office.staff("supervisor"), **given)
    with clock.frozen(FRIDAY + timedelta(hours=1)):
        commands.finish(office["supervisor"], action.id, said="已更换")
    with clock.frozen(FRIDAY + timedelta(days=3)):
        # on the telephone nobody knew which job it was about
        again = enter(office["clerk"], voucher_id=office.vouchers["in_warranty"])
        assert db.session.get_one(CorrectiveAction, action.id).status == "done"
        correct(office, again, work_order_id=order_id)
        found = db.session.get_one(CorrectiveAction, action.id)
        assert (found.status, found.reopened, found.reopened_for) == ("open", 1, again.number)
        correct(office, again, content="改一个字")
        assert found.reopened == 1
