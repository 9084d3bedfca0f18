"""Complaints in full on both databases: crisis group, letters, actions, readings, recordings, escalation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.complaints import commands, queries, rules
from app.complaints.models import (
    Approval,
    Complaint,
    ComplaintEscalationLevel,
    ComplaintFile,
    ComplaintLateness,
    ComplaintNotice,
    ComplaintReading,
    CorrectiveAction,
    CrisisMember,
    ManagementAlert,
)
from app.core import clock, files
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.errors import NotFound, Refused
from app.core.files import StoredFile
from app.core.outbox import OutboxEntry
from app.core.uow import unit_of_work
from app.customers.models import Voucher
from app.fieldservice.models import FaultCode, RepairCall, WorkOrder
from tests.cast import Cast
from tests.commands.complaint_days import FRIDAY, Sent, enter, inbox_of, moment, settled, verified


@pytest.fixture(autouse=True)
def _friday() -> Iterator[None]:
    """What a test looks at, it looks at as the system; commands act as whom they are given."""
    with acting_as(SYSTEM), clock.frozen(FRIDAY):
        yield


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


def test_cp16_what_was_done_in_time_and_written_down_later_is_kept_against_nobody(office: Cast) -> None:
    complaint_id = enter(office["clerk"]).id
    with clock.frozen(moment(11, 30, 9)):  # Saturday 10:00 and Wednesday 17:00 it was done; nobody wrote it down then
        commands.escalate()
        assert {row.stage for row in db.session.scalars(select(ComplaintLateness))} >= {"acknowledged", "verified"}
        boss = office["manager"]
        commands.acknowledge(boss, complaint_id, said="已致电", at=moment(11, 21, 10))
        complaint = commands.verify(boss, complaint_id, said="属实", finding="justified", at=moment(11, 25, 17))
        commands.escalate()
        states = {each.stage: each.state for each in queries.deadlines(complaint)}
        late = set(db.session.scalars(select(ComplaintLateness.stage)))
    assert (states["acknowledged"], states["verified"]) == ("met", "met")
    assert late == {stage for stage, state in states.items() if state in ("late", "overdue")}


def test_cp9_what_waits_for_a_decision_at_night_is_mailed_when_the_branch_opens(office: Cast) -> None:
    complaint_id = verified(office)

    def mails(since: int) -> set[datetime]:
        wanted = select(OutboxEntry).where(OutboxEntry.kind == "inbox_mail", OutboxEntry.id > since)
        return {row.next_try_at for row in db.session.scalars(wanted)}

    def newest() -> int:
        return max(db.session.scalars(select(OutboxEntry.id)), default=0)

    before = newest()
    with clock.frozen(moment(11, 20, 17, 45)):  # Friday, the branch is closed: the mail is for Monday morning
        commands.propose(
            office["supervisor"],
            complaint_id,
            solution="补偿",
            remedy="compensation",
            compensation=Decimal("900"),
            said="协商",
        )
    assert mails(before) == {moment(11, 23, 8, 30).astimezone(clock.UTC)}
    before = newest()
    with clock.frozen(moment(11, 23, 9)):
        commands.approve(office["manager"], complaint_id, said="同意")
    assert mails(before) == {moment(11, 23, 9).astimezone(clock.UTC)}


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
