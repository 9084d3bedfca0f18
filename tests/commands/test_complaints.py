"""Complaint handling on both databases (CP-1, CP-3, CP-4, CP-5, CP-8, CP-9, CP-13, CAL-4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.complaints import commands, queries, rules
from app.complaints.models import SETTLE_DAYS, Approval, Complaint, ComplaintStep, RefusalReason
from app.core import clock
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.audit import AuditEntry
from app.core.db import db
from app.core.errors import NotFound, NotPermitted, Refused
from app.core.outbox import OutboxEntry
from app.core.settings import Setting
from app.core.uow import unit_of_work
from tests.cast import Cast


def moment(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """Office time in 2026."""
    return datetime(2026, month, day, hour, minute, tzinfo=clock.zone())


@pytest.fixture(autouse=True)
def _reading() -> Iterator[None]:
    """What a test looks at, it looks at as the system; commands act as whom they are given."""
    with acting_as(SYSTEM):
        yield


FRIDAY = moment(11, 20, 15, 20)


def enter(actor: Principal, **given: Any) -> Complaint:
    return commands.enter(
        actor, **{"complainant": "张伟", "phone": "13800000001", "content": "修了三次还是不制冷", **given}
    )


def office_time(at: datetime | None) -> str:
    assert at is not None
    return clock.local(at).strftime("%m-%d %H:%M")


def walk(office: Cast, complaint_id: int, *verbs: str) -> Complaint:
    """Take a complaint along the road, the supervisor doing everything."""
    boss = office["supervisor"]
    found = None
    for verb in verbs:
        more: dict[str, Any] = {
            "verify": {"finding": "justified"},
            "propose": {"solution": "免费更换压缩机"},
            "rate": {"satisfaction": "satisfied"},
        }.get(verb, {})
        found = getattr(commands, verb)(boss, complaint_id, said=f"已{verb}", **more)
    assert found is not None
    return found


WHOLE_ROAD = ("acknowledge", "verify", "propose", "approve", "tell", "settle", "rate", "close")


def reason() -> int:
    """A reason for refusing a solution."""
    with unit_of_work(SYSTEM, "test.reason") as session:
        row = RefusalReason(code="dear", name="金额过高")
        session.add(row)
        session.flush()
        return row.id


# -- entry ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("received", "acknowledge", "verify", "settle"),
    [
        # Friday afternoon: 24 clock hours end on Saturday, working days begin on Monday
        (moment(11, 20, 15, 20), "11-21 15:20", "11-25 17:30", "11-27 17:30"),
        (moment(11, 16, 8), "11-17 08:00", "11-19 17:30", "11-23 17:30"),
        # Saturday night: the day it came is not counted anyway
        (moment(11, 14, 23, 59), "11-15 23:59", "11-18 17:30", "11-20 17:30"),
        # before the National Day holiday, with a make-up Saturday after it
        (moment(9, 30, 16), "10-01 16:00", "10-10 17:30", "10-13 17:30"),
        # month end
        (moment(10, 30, 9), "10-31 09:00", "11-04 17:30", "11-06 17:30"),
    ],
)
def test_cp3_deadlines_at_entry(office: Cast, received: datetime, acknowledge: str, verify: str, settle: str) -> None:
    with clock.frozen(received):
        complaint = enter(office["clerk"])
        assert office_time(complaint.acknowledge_by) == acknowledge
        assert office_time(complaint.verify_by) == verify
        assert office_time(complaint.settle_by) == settle
        assert complaint.propose_by is None


def test_cp3_the_numbers_are_settings(office: Cast) -> None:
    with unit_of_work(SYSTEM, "test.setting") as session:
        session.add(Setting(key=SETTLE_DAYS, value="7"))
    with clock.frozen(FRIDAY):
        assert office_time(enter(office["clerk"]).settle_by) == "12-01 17:30"


def test_cp1_numbers_without_gaps_and_cp8_the_first_step(office: Cast) -> None:
    with clock.frozen(FRIDAY):
        first = enter(office["clerk"]).number
        with pytest.raises(Refused):
            enter(office["clerk"], subject_id=office["clerk"].staff_id)
        with pytest.raises(NotFound):
            enter(office["clerk"], voucher_id=office.vouchers["suzhou"])
        second = enter(office["supervisor"])
        assert (first, second.number) == ("TS-NJ-20261120-0001", "TS-NJ-20261120-0002")
        assert [(step.verb, step.stage, step.staff_id) for step in second.steps] == [
            ("enter", "received", office.staff("supervisor"))
        ]


def test_cal4_when_it_happened_and_when_it_was_entered(office: Cast) -> None:
    with clock.frozen(FRIDAY):
        earlier = clock.now() - timedelta(hours=30)
        complaint = enter(office["clerk"], received_at=earlier)
        assert (complaint.received_at, complaint.created_at) == (earlier, clock.now())
        assert complaint.acknowledge_by == earlier + timedelta(hours=24)
        assert complaint.overdue
        with pytest.raises(Refused) as refusal:
            enter(office["clerk"], received_at=clock.now() + timedelta(minutes=1))
        assert refusal.value.field == "received_at"


def test_cp1_the_service_department_enters_for_any_branch_others_for_their_own(office: Cast) -> None:
    suzhou = office.branches["SZ"]
    assert enter(office["service"], branch_id=suzhou).branch_id == suzhou
    assert enter(office["service"], voucher_id=office.vouchers["suzhou"]).branch_id == suzhou
    assert enter(office["clerk"]).branch_id == office.branches["NJ"]
    with pytest.raises(Refused) as refusal:
        enter(office["clerk"], branch_id=suzhou)
    assert refusal.value.field == "branch_id"


def test_cp1_the_voucher_says_who_the_customer_is(office: Cast) -> None:
    complaint = enter(office["clerk"], voucher_id=office.vouchers["in_warranty"])
    assert complaint.customer_id == office.customers["in_warranty"]
    with pytest.raises(Refused) as refusal:
        enter(
            office["clerk"],
            voucher_id=office.vouchers["in_warranty"],
            customer_id=office.customers["out_of_warranty"],
        )
    assert refusal.value.field == "voucher_id"


def test_cp5_the_same_matter_again_is_major(office: Cast) -> None:
    voucher = office.vouchers["in_warranty"]
    first = enter(office["clerk"], voucher_id=voucher)
    assert first.severity == "ordinary"
    other = enter(office["clerk"], voucher_id=office.vouchers["out_of_warranty"])
    assert other.severity == "ordinary"
    # the second clerk need not be allowed to read the first complaint
    again = enter(office["supervisor"], voucher_id=voucher)
    assert (again.severity, again.severity_ground, again.severity_reason) == ("major", "again", first.number)


def test_cp5_a_withdrawn_complaint_does_not_count(office: Cast) -> None:
    voucher = office.vouchers["in_warranty"]
    first = enter(office["clerk"], voucher_id=voucher)
    commands.withdraw(office["supervisor"], first.id, said="客户撤回")
    assert enter(office["clerk"], voucher_id=voucher).severity == "ordinary"


def test_cp5_a_manager_judges_with_a_reason(office: Cast) -> None:
    complaint = enter(office["clerk"])
    with pytest.raises(NotPermitted):
        commands.judge(office["clerk"], complaint.id, severity="major", said="媒体")
    with pytest.raises(Refused) as refusal:
        commands.judge(office["manager"], complaint.id, severity="major", said="")
    assert refusal.value.field == "said"
    judged = commands.judge(office["manager"], complaint.id, severity="major", said="客户带记者来", ground="press")
    assert (judged.severity, judged.severity_ground) == ("major", "press")
    assert [step.verb for step in judged.steps] == ["enter", "judge", "open_crisis"]
    assert judged.status == "received"


# -- handling ---------------------------------------------------------------------------------------------------


def test_cp8_the_whole_road_leaves_who_when_and_what_was_said(office: Cast) -> None:
    with clock.frozen(FRIDAY):
        complaint_id = enter(office["clerk"]).id
    with clock.frozen(FRIDAY + timedelta(days=3)):
        complaint = walk(office, complaint_id, *WHOLE_ROAD)
        assert complaint.status == "closed"
        with acting_as(SYSTEM):
            steps = list(db.session.scalars(select(ComplaintStep).order_by(ComplaintStep.id)))
        assert [step.verb for step in steps] == ["enter", *WHOLE_ROAD]
        assert all(step.said for step in steps[1:])
        assert {step.staff_id for step in steps[1:]} == {office.staff("supervisor")}
        assert all(step.at == clock.now() for step in steps[1:])
    with acting_as(SYSTEM):
        verbs = set(db.session.scalars(select(AuditEntry.verb).where(AuditEntry.record == "complaint")))
    assert verbs == {"complaint.enter", *(f"complaint.{verb}" for verb in WHOLE_ROAD)}


@pytest.mark.parametrize("verb", ["acknowledge", "withdraw"])
def test_cp8_nothing_is_done_in_silence(office: Cast, verb: str) -> None:
    complaint = enter(office["clerk"])
    with pytest.raises(Refused) as refusal:
        getattr(commands, verb)(office["supervisor"], complaint.id, said="")
    assert refusal.value.field == "said"
    with acting_as(SYSTEM):
        assert db.session.scalars(select(Complaint.status)).one() == "received"


def test_cp8_a_stage_cannot_be_jumped_over(office: Cast) -> None:
    complaint = enter(office["clerk"])
    with pytest.raises(Refused):
        commands.settle(office["supervisor"], complaint.id, said="好了")


def test_cp3_the_solution_is_due_one_working_day_after_the_verification(office: Cast) -> None:
    with clock.frozen(FRIDAY):
        complaint_id = enter(office["clerk"]).id
        commands.acknowledge(office["clerk"], complaint_id, said="已电话告知")
        verified = commands.verify(office["supervisor"], complaint_id, finding="not_justified", said="人为损坏")
        assert (verified.finding, office_time(verified.propose_by)) == ("not_justified", "11-23 17:30")


def test_cp3_met_and_late_come_from_the_steps(office: Cast) -> None:
    with clock.frozen(FRIDAY):
        complaint_id = enter(office["clerk"]).id
        commands.acknowledge(office["clerk"], complaint_id, said="已电话告知")
    with clock.frozen(moment(11, 26, 9)):
        complaint = walk(office, complaint_id, "verify")
        assert [each.state for each in queries.standings(complaint)] == [rules.MET, rules.LATE, rules.OPEN, rules.OPEN]
    with clock.frozen(moment(11, 28, 9)), acting_as(office["supervisor"]):
        states = [each.state for each in queries.standings(complaint)]
        assert states == [rules.MET, rules.LATE, rules.OVERDUE, rules.OVERDUE]


def test_cal4_a_step_may_be_entered_later_but_not_out_of_order(office: Cast) -> None:
    with clock.frozen(FRIDAY):
        complaint_id = enter(office["clerk"]).id
    with clock.frozen(FRIDAY + timedelta(days=2)):
        called = FRIDAY + timedelta(hours=1)
        complaint = commands.acknowledge(office["clerk"], complaint_id, said="周五已回电", at=called)
        assert complaint.steps[-1].at == called
        assert complaint.steps[-1].created_at == clock.now()
        for wrong in (called - timedelta(minutes=1), clock.now() + timedelta(hours=1)):
            with pytest.raises(Refused) as refusal:
                commands.verify(office["supervisor"], complaint_id, finding="justified", said="属实", at=wrong)
            assert refusal.value.field == "at"


def test_cal4_another_time_of_receipt_moves_the_deadlines_and_is_audited(office: Cast) -> None:
    with clock.frozen(FRIDAY):
        complaint = enter(office["clerk"])
        wednesday = moment(11, 18, 10)
        corrected = commands.correct(
            office["supervisor"],
            complaint.id,
            complainant="张伟",
            phone="13800000001",
            channel="letter",
            category="repair_quality",
            received_at=wednesday,
            content="修了三次还是不制冷",
        )
        assert office_time(corrected.acknowledge_by) == "11-19 10:00"
        assert office_time(corrected.verify_by) == "11-23 17:30"
        assert office_time(corrected.settle_by) == "11-25 17:30"
    with acting_as(SYSTEM):
        entries = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "complaint.correct")).all()
    before = {key: value for entry in entries for key, value in entry.before.items()}
    after = {key: value for entry in entries for key, value in entry.after.items()}
    assert before["received_at"] != after["received_at"]
    assert {"acknowledge_by", "verify_by", "settle_by"} <= set(after)


def test_cp8_reopened_everything_is_due_anew(office: Cast) -> None:
    with clock.frozen(FRIDAY):
        complaint_id = enter(office["clerk"]).id
        walk(office, complaint_id, *WHOLE_ROAD)
    with clock.frozen(moment(12, 7, 9)):
        complaint = commands.reopen(office["supervisor"], complaint_id, said="同一问题又出现")
        assert complaint.status == "acknowledged"
        assert (office_time(complaint.verify_by), office_time(complaint.settle_by)) == ("12-10 17:30", "12-14 17:30")
        assert complaint.propose_by is None
        assert not complaint.overdue


def test_cp8_mediation_and_withdrawal(office: Cast) -> None:
    complaint_id = enter(office["clerk"]).id
    walk(office, complaint_id, "acknowledge", "verify", "mediate")
    assert walk(office, complaint_id, "settle").status == "settled"
    other = enter(office["clerk"]).id
    assert walk(office, other, "withdraw").status == "withdrawn"


# -- who --------------------------------------------------------------------------------------------------------


def test_cp4_the_subject_neither_handles_nor_sees_it(office: Cast) -> None:
    supervisor = office["supervisor"]
    complaint = enter(office["clerk"], subject_id=supervisor.staff_id)
    with pytest.raises(Refused) as refusal:
        commands.assign(office["manager"], complaint.id, handler_id=office.staff("supervisor"), said="请处理")
    assert refusal.value.field == "handler_id"
    with pytest.raises(NotFound):
        commands.acknowledge(supervisor, complaint.id, said="我来处理")
    with acting_as(supervisor):
        assert db.session.scalars(select(Complaint)).all() == []
        assert db.session.scalars(select(ComplaintStep)).all() == []
    with acting_as(office["manager"]):
        assert len(db.session.scalars(select(Complaint)).all()) == 1


def test_cp4_the_handler_cannot_become_the_subject(office: Cast) -> None:
    complaint = enter(office["clerk"])
    commands.assign(office["supervisor"], complaint.id, handler_id=office.staff("clerk"), said="请先回电")
    with pytest.raises(Refused) as refusal:
        commands.correct(
            office["supervisor"],
            complaint.id,
            complainant="张伟",
            phone="1",
            channel="telephone",
            category="other",
            received_at=complaint.received_at,
            content="态度差",
            subject_id=office.staff("clerk"),
        )
    assert refusal.value.field == "subject_id"


def test_cp8_assigning_is_a_step_too(office: Cast) -> None:
    complaint = enter(office["supervisor"])
    with acting_as(office["clerk"]):
        assert db.session.scalars(select(Complaint)).all() == []
    assigned = commands.assign(office["supervisor"], complaint.id, handler_id=office.staff("clerk"), said="请先回电")
    assert (assigned.steps[-1].verb, assigned.status) == ("assign", "received")
    # CP-13: whoever handles it sees it
    assert commands.acknowledge(office["clerk"], complaint.id, said="已回电").status == "acknowledged"


@pytest.mark.parametrize(
    ("who", "amount", "allowed"),
    [
        ("supervisor", "200.00", True),
        ("supervisor", "200.01", False),
        ("manager", "2000.00", True),
        ("manager", "2000.01", False),
        ("director", "50000", True),
        ("service", "0", True),
        ("service", "0.01", False),
    ],
)
def test_cp9_compensation_needs_the_authority(office: Cast, who: str, amount: str, allowed: bool) -> None:
    complaint_id = enter(office["clerk"]).id
    walk(office, complaint_id, "acknowledge", "verify")
    commands.propose(office["supervisor"], complaint_id, solution="补偿", said="协商", compensation=Decimal(amount))
    if allowed:
        assert commands.approve(office[who], complaint_id, said="同意").status == "approved"
        return
    with pytest.raises(Refused, match=re.escape(f"{Decimal(amount):,.2f}")):
        commands.approve(office[who], complaint_id, said="同意")
    with acting_as(SYSTEM):
        assert db.session.scalars(select(Complaint.status)).one() == "proposed"


def test_cp9_not_approved_goes_back_for_another_solution(office: Cast) -> None:
    complaint_id = enter(office["clerk"]).id
    walk(office, complaint_id, "acknowledge", "verify", "propose")
    with pytest.raises(Refused) as refusal:
        commands.send_back(office["director"], complaint_id, said="金额过高")
    assert refusal.value.field == "reason_id"
    why = reason()
    assert commands.send_back(office["director"], complaint_id, said="金额过高", reason_id=why).status == "verified"
    with acting_as(SYSTEM):
        row = db.session.scalars(select(Approval)).one()
    assert (row.status, row.refusal_reason_id, row.decided_by_id) == ("refused", why, office.staff("director"))


def test_cp13_every_reading_is_noted(office: Cast) -> None:
    complaint = enter(office["clerk"])
    commands.read(office["director"], complaint.id)
    with acting_as(SYSTEM):
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "complaint.read")).one()
    assert (entry.record_id, entry.actor, entry.branch_id) == (complaint.id, "郑海涛", office.branches["NJ"])
    with pytest.raises(NotFound):
        commands.read(office["supervisor_sz"], complaint.id)
    with pytest.raises(NotPermitted):
        commands.read(office["technician"], complaint.id)


# -- lists and what follows ---------------------------------------------------------------------------------------


def test_cp3_overdue_and_due_today_in_lists(office: Cast) -> None:
    with clock.frozen(FRIDAY):
        early = enter(office["clerk"]).id
        commands.acknowledge(office["supervisor"], early, said="已回电")
        late = enter(office["clerk"]).id
        done = enter(office["clerk"]).id
        walk(office, done, "withdraw")
    saturday_evening = moment(11, 21, 20)
    with acting_as(office["supervisor"]):

        def ids(criterion: Any) -> list[int]:
            return list(db.session.scalars(select(Complaint.id).where(criterion).order_by(Complaint.id)))

        assert ids(queries.still_open()) == [early, late]
        assert ids(queries.overdue(saturday_evening)) == [late]
        assert ids(queries.due_on(date(2026, 11, 21))) == [late]
        assert ids(queries.due_on(date(2026, 11, 25))) == [early]
        assert ids(queries.of_handler(office.staff("clerk"))) == []


def test_rv1_settling_wants_a_return_visit_in_the_same_transaction(office: Cast) -> None:
    complaint_id = enter(office["clerk"]).id
    walk(office, complaint_id, "acknowledge", "verify", "propose", "approve", "tell", "settle")
    with acting_as(SYSTEM):
        wanted = db.session.scalars(select(OutboxEntry).where(OutboxEntry.kind == "plan_return_visits")).all()
    assert [(entry.kind, entry.payload) for entry in wanted] == [("plan_return_visits", {"complaint": complaint_id})]
