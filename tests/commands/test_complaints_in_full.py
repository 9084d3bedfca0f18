"""Complaints in full on both databases: approvals, crisis group, letters, actions, readings, recordings, escalation."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.complaints import commands, queries, rules
from app.complaints.models import (
    Approval,
    ApprovalDeputy,
    Complaint,
    ComplaintEscalationLevel,
    ComplaintFile,
    ComplaintLateness,
    ComplaintNotice,
    ComplaintReading,
    CorrectiveAction,
    CrisisMember,
    ManagementAlert,
    RefusalReason,
)
from app.core import clock, files
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.errors import NotFound, Refused
from app.core.files import StoredFile
from app.core.inbox import InboxMessage
from app.core.outbox import OutboxEntry
from app.core.uow import unit_of_work
from app.customers.models import Voucher
from app.fieldservice.models import FaultCode, RepairCall, WorkOrder
from app.organisation.models import Staff
from tests.cast import Cast


def moment(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """Office time in 2026."""
    return datetime(2026, month, day, hour, minute, tzinfo=clock.zone())


FRIDAY = moment(11, 20, 15, 20)


@pytest.fixture(autouse=True)
def _friday() -> Iterator[None]:
    """What a test looks at, it looks at as the system; commands act as whom they are given."""
    with acting_as(SYSTEM), clock.frozen(FRIDAY):
        yield


class Sent:
    """A file as a browser sends it."""

    def __init__(self, name: str, content: bytes) -> None:
        self.filename: str | None = name
        self.stream: Any = io.BytesIO(content)


def enter(actor: Principal, **given: Any) -> Complaint:
    return commands.enter(
        actor, **{"complainant": "张伟", "phone": "13800000001", "content": "修了三次还是不制冷", **given}
    )


def verified(office: Cast, **given: Any) -> int:
    """A complaint whose facts are verified."""
    complaint_id = enter(office["clerk"], **given).id
    boss = office["manager"]
    commands.acknowledge(boss, complaint_id, said="已告知")
    commands.verify(boss, complaint_id, said="属实", finding="justified")
    return complaint_id


def settled(office: Cast, **given: Any) -> int:
    complaint_id = verified(office, **given)
    boss = office["manager"]
    commands.propose(boss, complaint_id, said="协商", solution="返修")
    commands.approve(boss, complaint_id, said="同意")
    commands.tell(boss, complaint_id, said="客户接受")
    commands.settle(boss, complaint_id, said="办妥")
    return complaint_id


def inbox_of(office: Cast, who: str) -> list[str]:
    statement = select(InboxMessage).where(InboxMessage.staff_id == office.staff(who)).order_by(InboxMessage.id)
    return [row.message for row in db.session.scalars(statement)]


# -- approvals (CP-4, CP-9) ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "against", "proposer", "role", "asked"),
    [
        ("0", None, "clerk", "supervisor", ["supervisor"]),
        ("200", None, "clerk", "supervisor", ["supervisor"]),
        ("200.01", None, "supervisor", "branch_manager", ["manager"]),
        ("2000.01", None, "supervisor", "management", ["director"]),
        # the supervisor is complained about: one level up
        ("100", "supervisor", "clerk", "branch_manager", ["manager"]),
        ("100", "manager", "clerk", "management", ["director"]),
        # above 200 nobody decides on their own proposal, and there is no second manager
        ("900", None, "manager", "management", ["director"]),
        ("150", None, "manager", "supervisor", ["supervisor"]),
    ],
)
def test_cp9_who_is_asked(
    office: Cast, amount: str, against: str | None, proposer: str, role: str, asked: list[str]
) -> None:
    given = {"subject_id": office.staff(against)} if against else {}
    complaint_id = enter(office["clerk"], **given).id
    commands.acknowledge(office["clerk"], complaint_id, said="已告知")
    commands.verify(office["clerk"], complaint_id, said="属实", finding="justified")
    if proposer == "manager" and against == "manager":
        proposer = "clerk"
    commands.propose(office[proposer], complaint_id, said="协商", solution="补偿", compensation=Decimal(amount))
    row = db.session.scalars(select(Approval)).one()
    assert (row.role, row.status, row.amount) == (role, "pending", Decimal(amount))
    told = [who for who in ("supervisor", "manager", "director", "service") if _asked(office, who)]
    assert told == asked
    with acting_as(office[asked[0]]):
        commands.approve(office[asked[0]], complaint_id, said="同意")
    db.session.refresh(row)
    assert (row.status, row.decided_by_id) == ("approved", office.staff(asked[0]))


def _asked(office: Cast, who: str) -> bool:
    return any("waits for your decision" in message for message in inbox_of(office, who))


def test_cp9_the_mail_leads_to_the_decision(office: Cast) -> None:
    complaint_id = verified(office)
    commands.propose(office["clerk"], complaint_id, said="协商", solution="补偿", compensation=Decimal(100))
    row = db.session.scalars(select(Approval)).one()
    message = db.session.scalars(select(InboxMessage).where(InboxMessage.link == f"/approvalview/show/{row.id}")).one()
    assert (message.staff_id, message.mail_status) == (office.staff("supervisor"), "waiting")


def test_cp9_nobody_decides_on_their_own_proposal_above_the_limit(office: Cast) -> None:
    complaint_id = verified(office)
    commands.propose(office["manager"], complaint_id, said="协商", solution="补偿", compensation=Decimal("200.01"))
    with pytest.raises(Refused):
        commands.approve(office["manager"], complaint_id, said="同意")
    assert commands.approve(office["director"], complaint_id, said="同意").status == "approved"


def _deputy(office: Cast, away: str, deputy: str, first: int, last: int) -> None:
    with unit_of_work(SYSTEM, "test.deputy") as session:
        session.add(
            ApprovalDeputy(
                staff_id=office.staff(away),
                deputy_id=office.staff(deputy),
                starts_on=date(2026, 11, first),
                ends_on=date(2026, 11, last),
            )
        )


@pytest.mark.parametrize(("first", "last", "may"), [(20, 20, True), (18, 25, True), (21, 25, False), (10, 19, False)])
def test_cp9_a_deputy_decides_on_the_days_named(office: Cast, first: int, last: int, may: bool) -> None:
    _deputy(office, "manager", "supervisor", first, last)
    complaint_id = verified(office)
    commands.propose(office["clerk"], complaint_id, said="协商", solution="补偿", compensation=Decimal(1500))
    assert _asked(office, "supervisor") is may
    if not may:
        with pytest.raises(Refused):
            commands.approve(office["supervisor"], complaint_id, said="同意")
        return
    commands.approve(office["supervisor"], complaint_id, said="代批")
    row = db.session.scalars(select(Approval)).one()
    assert (row.decided_by_id, row.for_id) == (office.staff("supervisor"), office.staff("manager"))


@pytest.mark.parametrize(
    ("actor", "away", "deputy", "field"),
    [
        ("manager", "manager", "supervisor", None),
        ("manager", "supervisor", "service", None),
        ("director", "manager", "supervisor", None),
        ("admin", "director", "service", None),
        # nobody lifts themselves, or somebody of their own, above their level
        ("manager", "director", "manager", "staff"),
        ("service", "director", "service", "staff"),
        ("service", "manager", "supervisor", "staff"),
        ("director", "manager", "director", "deputy"),
        ("manager", "manager", "clerk", "deputy"),
        ("manager", "manager", "manager", "deputy"),
    ],
)
def test_cp9_who_names_a_deputy(office: Cast, actor: str, away: str, deputy: str, field: str | None) -> None:
    row = ApprovalDeputy(
        staff=db.session.get_one(Staff, office.staff(away)),
        deputy=db.session.get_one(Staff, office.staff(deputy)),
        starts_on=date(2026, 11, 23),
        ends_on=date(2026, 11, 24),
    )
    if field is None:
        commands.check_deputy(office[actor], row)
    else:
        with pytest.raises(Refused) as refusal:
            commands.check_deputy(office[actor], row)
        assert refusal.value.field == field
    db.session.expunge_all()


def test_cp4_a_deputy_of_somebody_complained_about_does_not_decide_for_them(office: Cast) -> None:
    _deputy(office, "manager", "supervisor", 18, 25)
    complaint_id = enter(office["clerk"], subject_id=office.staff("manager")).id
    commands.acknowledge(office["clerk"], complaint_id, said="已告知")
    commands.verify(office["clerk"], complaint_id, said="属实", finding="justified")
    commands.propose(office["clerk"], complaint_id, said="协商", solution="补偿", compensation=Decimal(1500))
    with pytest.raises(NotFound):  # below the one complained about: not even seen (CP-13)
        commands.approve(office["supervisor"], complaint_id, said="代批")


def _sees(office: Cast, who: str, complaint_id: int) -> bool:
    with acting_as(office[who]):
        return db.session.scalar(select(Complaint.id).where(Complaint.id == complaint_id)) is not None


def test_cp13_up_the_line_of_whoever_handles_it(office: Cast) -> None:
    complaint_id = enter(office["service"], branch_id=office.branches["NJ"]).id
    assert _sees(office, "supervisor", complaint_id) and _sees(office, "manager", complaint_id)
    assert not _sees(office, "clerk", complaint_id) and not _sees(office, "supervisor_sz", complaint_id)
    for handler, above in (("clerk", {"supervisor", "manager"}), ("manager", {"manager"}), ("service", set())):
        commands.assign(office["service"], complaint_id, handler_id=office.staff(handler), said="请处理")
        assert {who for who in ("supervisor", "manager") if _sees(office, who, complaint_id)} == above, handler
    # a deadline is told to nobody who may not read it: the handler's own level stands for it
    complaint = db.session.get_one(Complaint, complaint_id)
    assert [person.id for person in queries.told_of(complaint, "supervisor")] == [office.staff("service")]


def test_cp9_who_decides_sees_it_on_these_days_only(office: Cast) -> None:
    _deputy(office, "manager", "supervisor_sz", 20, 20)
    complaint_id = verified(office)
    commands.assign(office["manager"], complaint_id, handler_id=office.staff("service"), said="请服务部处理")
    assert not _sees(office, "manager", complaint_id)
    commands.propose(
        office["service"], complaint_id, said="同型号第二次故障", solution="补偿", compensation=Decimal(900)
    )
    row = db.session.scalars(select(Approval)).one()
    assert (row.role, row.reasons) == ("branch_manager", "同型号第二次故障")
    assert _sees(office, "manager", complaint_id) and _sees(office, "supervisor_sz", complaint_id)
    assert not _sees(office, "supervisor", complaint_id)
    with clock.frozen(FRIDAY + timedelta(days=3)):
        assert not _sees(office, "supervisor_sz", complaint_id) and _sees(office, "manager", complaint_id)
    complaint = db.session.get_one(Complaint, complaint_id)
    may = {
        who: queries.may_decide(office[who], complaint) for who in ("manager", "supervisor_sz", "director", "service")
    }
    assert may == {"manager": True, "supervisor_sz": True, "director": True, "service": False}
    found = queries.proposal_of(office["service"], row)
    assert [limit for _role, limit in found.limits] == [Decimal(200), Decimal(2000), None]
    assert {person.id for person in found.asked} == {office.staff("manager"), office.staff("supervisor_sz")}
    assert found.refusal is not None and not found.deciding
    commands.approve(office["manager"], complaint_id, said="同意")
    assert _sees(office, "manager", complaint_id) and not _sees(office, "supervisor_sz", complaint_id)


def test_cp9_proposed_again_leaves_one_line_to_decide(office: Cast) -> None:
    complaint_id = verified(office)
    with unit_of_work(SYSTEM, "test.reason") as session:
        why = RefusalReason(code="dear", name="金额过高")
        session.add(why)
    commands.propose(office["clerk"], complaint_id, said="协商", solution="补偿", compensation=Decimal(150))
    row = db.session.scalars(select(Approval)).one()
    commands.refuse_row(office["supervisor"], row.id, said="太多", reason_id=why.id)
    commands.propose(office["clerk"], complaint_id, said="再议", solution="少补", compensation=Decimal(50))
    rows = db.session.scalars(select(Approval).order_by(Approval.id)).all()
    assert [(each.status, each.amount) for each in rows] == [("refused", 150), ("pending", 50)]
    with pytest.raises(Refused):  # decided meanwhile
        commands.approve_row(office["supervisor"], rows[0].id, said="同意")
    commands.mediate(office["supervisor"], complaint_id, said="转调解")
    db.session.refresh(rows[1])
    assert rows[1].status == "withdrawn"


# -- more than one person complained about (CP-4) -----------------------------------------------------------------


def test_cp4_everybody_complained_about_sees_nothing_and_takes_no_part(office: Cast) -> None:
    complaint_id = enter(office["clerk"], subject_id=office.staff("technician")).id
    commands.add_subject(office["manager"], complaint_id, staff_id=office.staff("supervisor"), said="主任也在场")
    with pytest.raises(NotFound):
        commands.acknowledge(office["supervisor"], complaint_id, said="我来")
    with acting_as(office["supervisor"]):
        for model in (Complaint, CrisisMember, Approval, ComplaintFile):
            assert db.session.scalars(select(model)).all() == [], model
    with pytest.raises(Refused) as refusal:
        commands.assign(office["manager"], complaint_id, handler_id=office.staff("supervisor"), said="请处理")
    assert refusal.value.field == "handler_id"


def test_cp7_a_clerk_nobody_named_does_not_settle_alone(office: Cast) -> None:
    clerk = office["clerk"]
    complaint_id = enter(clerk).id
    commands.acknowledge(clerk, complaint_id, said="已告知")
    commands.verify(clerk, complaint_id, said="属实", finding="justified")
    commands.propose(clerk, complaint_id, said="协商", solution="返修")
    commands.approve(office["supervisor"], complaint_id, said="同意")
    commands.tell(clerk, complaint_id, said="客户接受")
    with pytest.raises(Refused, match="supervisor"):
        commands.settle(clerk, complaint_id, said="办妥")
    commands.assign(office["supervisor"], complaint_id, handler_id=clerk.staff_id or 0, said="请跟进")
    assert commands.settle(clerk, complaint_id, said="办妥").status == "settled"


# -- major complaints (CP-5, CP-6) --------------------------------------------------------------------------------


def test_cp6_a_major_one_calls_the_crisis_group_and_mails_the_management(office: Cast) -> None:
    complaint = enter(office["clerk"], wants="refund", subject_id=office.staff("technician"))
    assert (complaint.severity, complaint.severity_ground) == ("major", "return")
    assert complaint.management_by == FRIDAY + timedelta(hours=24)
    members = {row.staff_id for row in complaint.crisis_members}
    assert members == {office.staff(who) for who in ("supervisor", "manager", "service", "director")}
    alert = db.session.scalars(select(ManagementAlert)).one()
    assert (alert.email, alert.staff_id) == ("director@example.com", office.staff("director"))
    wanted = db.session.scalars(select(OutboxEntry).where(OutboxEntry.kind == "complaint_alert")).all()
    assert [entry.payload for entry in wanted] == [{"alert": alert.id}]


def test_cp6_the_group_of_one_against_the_supervisor_is_without_the_supervisor(office: Cast) -> None:
    complaint = enter(office["clerk"], severity_ground="press", subject_id=office.staff("supervisor"))
    assert office.staff("supervisor") not in {row.staff_id for row in complaint.crisis_members}


def test_cp13_who_sits_in_the_crisis_group_sees_the_complaint(office: Cast) -> None:
    complaint = enter(office["manager"], severity_ground="injury")
    clerk = office["clerk"]
    with pytest.raises(NotFound):
        commands.read(clerk, complaint.id)
    commands.add_member(office["manager"], complaint.id, staff_id=office.staff("clerk"), duty="记录")
    commands.read(clerk, complaint.id)
    with pytest.raises(Refused):
        commands.minute(clerk, complaint.id, kind="decision", words="全额退款")
    commands.minute(
        clerk,
        complaint.id,
        kind="decision",
        words="全额退款",
        owner_id=office.staff("supervisor"),
        due_on=date(2026, 11, 23),
    )
    assert any("left something to you" in message for message in inbox_of(office, "supervisor"))


def test_cp6_a_major_one_is_not_closed_without_the_written_answer(office: Cast) -> None:
    complaint_id = settled(office, severity_ground="press")
    boss = office["manager"]
    commands.rate(boss, complaint_id, said="满意", satisfaction="satisfied")
    with pytest.raises(Refused, match="in writing"):
        commands.close(boss, complaint_id, said="结案")
    commands.answer(boss, complaint_id, words="已全额退款并致歉")
    assert commands.close(boss, complaint_id, said="结案").status == "closed"


def test_cp5_the_same_customer_and_kind_without_a_product_is_the_same_matter(office: Cast) -> None:
    first = enter(office["clerk"], category="attitude")
    assert enter(office["clerk"], category="delay").severity == "ordinary"
    again = enter(office["clerk"], category="attitude")
    assert (again.severity_ground, again.severity_reason) == ("again", first.number)
    with clock.frozen(FRIDAY + timedelta(days=200)):  # too long ago to be the same matter
        assert enter(office["clerk"], category="attitude", phone="13800000001").severity_ground is None


# -- letters, agreement, consumer association (CP-3, CP-10, CP-12) ------------------------------------------------


def test_cp10_from_an_amount_on_both_sides_sign(office: Cast) -> None:
    complaint_id = verified(office)
    boss = office["manager"]
    commands.propose(boss, complaint_id, said="协商", solution="退款", compensation=Decimal(600), remedy="refund")
    commands.approve(office["director"], complaint_id, said="同意")
    commands.tell(boss, complaint_id, said="客户接受")
    with pytest.raises(Refused, match="both sides sign"):
        commands.settle(boss, complaint_id, said="办妥")
    commands.agree(boss, complaint_id, terms="退款 600 元，双方再无争议")
    with pytest.raises(Refused) as refusal:
        commands.sign(boss, complaint_id, signer="张伟", signer_as="self")
    assert refusal.value.field == "signature"
    png = b"\x89PNG\r\n\x1a\n"
    complaint = commands.sign(boss, complaint_id, signer="李敏", signer_as="family", signature=png)
    assert (complaint.agreements[-1].signed_how, complaint.files[-1].kind) == ("screen", "signed_paper")
    assert complaint.agreements[-1].signer_as == "family"
    assert commands.settle(boss, complaint_id, said="办妥").status == "settled"


def test_cp12_a_consumer_association_is_named_and_gets_its_report(office: Cast) -> None:
    with pytest.raises(Refused) as refusal:
        enter(office["clerk"], channel="association")
    assert refusal.value.field == "association"
    given = {"channel": "association", "association": "南京市消协", "association_ref": "2026-118"}
    complaint_id = settled(office, **given)
    boss = office["manager"]
    commands.rate(boss, complaint_id, said="满意", satisfaction="satisfied")
    with pytest.raises(Refused, match="association"):
        commands.close(boss, complaint_id, said="结案")
    commands.report_back(boss, complaint_id, words="已退款，消费者满意")
    marked = commands.mark_police(boss, complaint_id, said="涉嫌诈骗")
    assert marked.police_at == FRIDAY
    assert commands.close(boss, complaint_id, said="结案").status == "closed"


def test_cp3_the_timetable_told_to_the_customer_moves_no_deadline(office: Cast) -> None:
    complaint = enter(office["clerk"])
    due = complaint.settle_by
    told = commands.timetable(office["clerk"], complaint.id, promised_on=date(2026, 12, 1), said="等厂家配件")
    assert (told.promised_on, told.settle_by) == (date(2026, 12, 1), due)
    with pytest.raises(Refused):
        commands.timetable(office["clerk"], complaint.id, promised_on=date(2026, 11, 19), said="昨天")


# -- lateness and escalation (CP-3, CP-16) ------------------------------------------------------------------------


def _levels(*rows: tuple[str, int, str]) -> None:
    with unit_of_work(SYSTEM, "test.levels") as session:
        session.add_all([ComplaintEscalationLevel(stage=s, minutes=m, role=r) for s, m, r in rows])


def test_cp3_escalation_in_working_time_once_and_never_at_night(office: Cast) -> None:
    _levels(("acknowledged", 60, "handler"), ("acknowledged", 0, "branch_manager"))
    enter(office["clerk"])
    # 24 clock hours end on Saturday 15:20; of Friday 130 working minutes are left, then 60, then none
    with clock.frozen(moment(11, 20, 16, 29)):
        assert commands.escalate() == 0
    with clock.frozen(moment(11, 20, 16, 30)):
        assert commands.escalate() == 1
        assert commands.escalate() == 0
    with clock.frozen(moment(11, 21, 16, 0)):  # missed, but on a Saturday
        assert commands.escalate() == 0
        late = db.session.scalars(select(ComplaintLateness)).one()
        assert (late.stage, late.staff_id) == ("acknowledged", office.staff("supervisor"))
    with clock.frozen(moment(11, 23, 8, 30)):
        assert commands.escalate() == 1
    told = db.session.scalars(select(ComplaintNotice).order_by(ComplaintNotice.id)).all()
    assert [row.told for row in told] == ["陈国栋", "赵明华"]


def test_cp4_escalation_goes_past_the_person_complained_about(office: Cast) -> None:
    _levels(("acknowledged", 0, "supervisor"))
    enter(office["clerk"], subject_id=office.staff("supervisor"), received_at=FRIDAY - timedelta(days=2))
    commands.escalate()
    assert not any("acknowledged" in m.lower() for m in inbox_of(office, "supervisor"))
    assert db.session.scalars(select(ComplaintNotice.told)).one() == "赵明华"


def test_cp16_lateness_stands_against_the_handler_with_the_moment_it_was_done(office: Cast) -> None:
    complaint_id = enter(office["supervisor"]).id
    commands.assign(office["supervisor"], complaint_id, handler_id=office.staff("clerk"), said="请处理")
    with clock.frozen(moment(11, 23, 9)):
        commands.acknowledge(office["clerk"], complaint_id, said="周一才联系上")
    row = db.session.scalars(select(ComplaintLateness)).one()
    assert (row.stage, row.staff_id, row.done_at) == (
        "acknowledged",
        office.staff("clerk"),
        moment(11, 23, 9).astimezone(clock.UTC),
    )


def test_cp3_every_deadline_explains_itself(office: Cast) -> None:
    complaint = enter(office["clerk"], severity_ground="press")
    lines = {line.stage: line for line in queries.deadlines(complaint)}
    assert set(lines) == {"acknowledged", "verified", "proposed", "settled", "management"}
    assert "24" in lines["acknowledged"].why
    assert lines["verified"].why
    assert lines["verified"].answerable is not None
    assert lines["verified"].answerable.name == "陈国栋"
    assert lines["acknowledged"].left == 130


# -- corrective action (CP-11) ------------------------------------------------------------------------------------


def _job(office: Cast, voucher: str, reported_at: datetime, code: int) -> WorkOrder:
    with unit_of_work(SYSTEM, "test.job") as session:
        row = session.get_one(Voucher, office.vouchers[voucher])
        call = RepairCall(
            number=f"JX-{reported_at:%m%d%H%M}",
            branch_id=row.branch_id,
            voucher=row,
            address=row.address,
            reported_at=reported_at,
            symptom="不制冷",
            symptom_code_id=code,
            status="dispatched",
        )
        order = WorkOrder(
            number=f"PG-{reported_at:%m%d%H%M}",
            repair_call=call,
            branch_id=row.branch_id,
            technician_id=office.staff("technician"),
            derived_class="A",
            service_class="A",
            dispatched_at=reported_at,
            fault_code_id=code,
        )
        session.add_all([call, order])
        session.flush()
        return order


def _action(office: Cast, code: int) -> int:
    order = _job(office, "in_warranty", FRIDAY - timedelta(days=3), code)
    complaint_id = verified(office, work_order_id=order.id)
    row = commands.take_action(
        office["manager"],
        complaint_id,
        kind="corrective",
        cause="压缩机批次问题",
        action="全部更换该批次压缩机",
        owner_id=office.staff("supervisor"),
        due_on=date(2026, 12, 1),
    )
    commands.finish(office["supervisor"], row.id, said="已换 12 台")
    with pytest.raises(Refused):  # not by who did it
        commands.confirm(office["supervisor"], row.id, said="有效")
    commands.confirm(office["manager"], row.id, said="抽查十台均正常")
    return row.id


def _code(office: Cast) -> int:
    return db.session.scalars(select(FaultCode.id).where(FaultCode.code == "F01")).one()


@pytest.mark.parametrize(("days", "back"), [(1, True), (90, True), (91, False)])
def test_cp11_a_repair_of_the_same_fault_reopens_it_by_itself(office: Cast, days: int, back: bool) -> None:
    key = _action(office, _code(office))
    _job(office, "in_warranty", FRIDAY + timedelta(days=days), _code(office))
    with clock.frozen(FRIDAY + timedelta(days=days, hours=1)):
        assert commands.reopen_actions() == (1 if back else 0)
        assert commands.reopen_actions() == 0
    row = db.session.scalars(select(CorrectiveAction).where(CorrectiveAction.id == key)).one()
    assert (row.status, row.reopened) == (("open", 1) if back else ("effective", 0))
    if back:
        assert row.reopened_for.startswith("JX-")
        assert any("open again" in message for message in inbox_of(office, "supervisor"))


def test_cp11_another_complaint_of_the_same_fault_reopens_it_at_once(office: Cast) -> None:
    key = _action(office, _code(office))
    with clock.frozen(FRIDAY + timedelta(days=10)):
        order = db.session.scalars(select(WorkOrder)).one()
        again = enter(office["clerk"], work_order_id=order.id)
    row = db.session.scalars(select(CorrectiveAction).where(CorrectiveAction.id == key)).one()
    assert (row.status, row.reopened_for) == ("open", again.number)


def test_cp11_an_action_is_not_given_to_a_person_complained_about(office: Cast) -> None:
    complaint_id = verified(office, subject_id=office.staff("technician"))
    with pytest.raises(Refused) as refusal:
        commands.take_action(
            office["manager"],
            complaint_id,
            kind="preventive",
            cause="态度",
            action="培训",
            owner_id=office.staff("technician"),
            due_on=date(2026, 12, 1),
        )
    assert refusal.value.field == "owner_id"


# -- confidentiality, recordings (CP-13, CP-15) -------------------------------------------------------------------


def test_cp13_readings_are_for_the_service_department(office: Cast) -> None:
    complaint = enter(office["clerk"])
    commands.read(office["supervisor"], complaint.id)
    commands.read(office["supervisor"], complaint.id, what="number")
    for who, seen in (("service", 2), ("director", 2), ("supervisor", 0), ("clerk", 0)):
        with acting_as(office[who]):
            assert len(db.session.scalars(select(ComplaintReading)).all()) == seen, who
    first = db.session.scalars(select(ComplaintReading).order_by(ComplaintReading.id)).first()
    assert first is not None
    assert (first.reader, first.what) == ("陈国栋", "page")


def test_cp15_a_recording_goes_when_its_time_is_over_and_says_so(office: Cast) -> None:
    complaint_id = enter(office["clerk"]).id
    recording = Sent("来电.mp3", b"ID3" + b"\0" * 40)
    commands.attach(office["clerk"], complaint_id, attachment=recording)
    commands.attach(office["clerk"], complaint_id, attachment=Sent("照片.png", b"\x89PNG\r\n\x1a\n"))
    assert commands.erase_recordings(FRIDAY + timedelta(days=400)) == []  # open: never
    commands.withdraw(office["supervisor"], complaint_id, said="客户撤回")
    assert commands.erase_recordings(FRIDAY + timedelta(days=29)) == []
    row = db.session.scalars(select(ComplaintFile).where(ComplaintFile.kind == "recording")).one()
    stored = row.stored_file
    assert stored is not None
    assert files.read(stored)
    names = commands.erase_recordings(FRIDAY + timedelta(days=31))
    assert names == ["TS-NJ-20261120-0001 来电.mp3"]
    assert commands.erase_recordings(FRIDAY + timedelta(days=32)) == []
    db.session.expire_all()
    assert row.deleted_at is not None
    assert len(db.session.scalars(select(StoredFile)).all()) == 1  # the photo stays
    assert files.orphans(timedelta(0)) == []
    complaint = db.session.get_one(Complaint, complaint_id)
    assert (complaint.steps[-1].verb, complaint.steps[-1].said) == ("erase", "来电.mp3")
    assert any("Recordings deleted" in message for message in inbox_of(office, "service"))


def test_cp1_the_public_form_enters_for_the_system_and_tells_the_supervisor(office: Cast) -> None:
    complaint = commands.complain(
        complainant="李女士",
        phone="13912345678",
        content="约好没来",
        category="delay",
        branch_id=None,
        voucher_id=office.vouchers["in_warranty"],
        photos=[Sent("a.jpg", b"\xff\xd8\xff\xe0")],
    )
    assert (complaint.channel, complaint.branch_id) == ("online", office.branches["NJ"])
    assert complaint.customer_id == office.customers["in_warranty"]
    assert [row.kind for row in complaint.files] == ["photo"]
    assert any("name who handles it" in message for message in inbox_of(office, "supervisor"))


def test_cp8_labels_for_every_verb_that_leaves_a_step() -> None:
    assert set(rules.VERB_LABELS) == set(rules.VERBS)
    assert all(rules.moves(verb) for verb in rules.LIFECYCLE.verb_labels)
