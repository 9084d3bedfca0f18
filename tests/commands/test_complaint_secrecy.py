"""Who is complained about neither reads nor steers what is asked afterwards, on both databases (CP-4, CP-13, RV-4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.complaints import commands as complaints
from app.complaints import queries as complaint_queries
from app.complaints.models import (
    Approval,
    ApprovalDeputy,
    Complaint,
    ComplaintLateness,
    ComplaintReading,
    ComplaintSubject,
)
from app.core import clock, documents
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.documents import Params
from app.core.errors import NotFound, Refused
from app.core.uow import unit_of_work
from app.feedback import commands, queries
from app.feedback.commands import outcomes
from app.feedback.models import ReturnVisit
from app.feedback.papers import ReturnVisitPlan, ReturnVisitRecord, VisitLine
from tests.cast import Cast
from tests.commands.complaint_days import FRIDAY, inbox_of, settled, verified

DAY = FRIDAY.date()


@pytest.fixture(autouse=True)
def _friday() -> Iterator[None]:
    with acting_as(SYSTEM), clock.frozen(FRIDAY):
        yield


def visit_of(office: Cast, *, subject: str | None = None, further: str | None = None) -> int:
    """The visit for a complaint settled now, made by the clerk, who took no part in handling it."""
    given = {"subject_id": office.staff(subject)} if subject else {}
    complaint_id = settled(office, **given)
    commands.plan_due_visits(SYSTEM)
    with unit_of_work(SYSTEM, "test.visit") as session:
        visit = session.scalars(select(ReturnVisit)).one()
        visit.visitor_id, visit.companion_id = office.staff("clerk"), None
        if further:
            session.add(ComplaintSubject(complaint_id=complaint_id, staff_id=office.staff(further)))
        return visit.id


# -- the visit about oneself (CP-4) ------------------------------------------------------------------------------


@pytest.mark.parametrize("named", ["subject", "further"])
def test_cp4_the_person_complained_about_has_no_part_in_the_visit(office: Cast, named: str) -> None:
    visit_id = visit_of(office, **{named: "supervisor"})
    boss = office["supervisor"]
    with acting_as(boss):
        assert db.session.scalars(select(ReturnVisit.id)).all() == []
        assert not any(group.visits for group in queries.plan_rows(None, date(2026, 11, 23)))
    for steered in (
        lambda: commands.cancel(boss, visit_id, reason="不需要"),
        lambda: commands.reassign(boss, visit_id, visitor_id=office.staff("manager")),
        lambda: commands.try_again(boss, visit_id, reason="再打"),
        lambda: commands.attempt(boss, visit_id, outcome="busy"),
    ):
        with pytest.raises(NotFound):
            steered()
    # who handled it may still say who makes the visit
    assert commands.reassign(office["manager"], visit_id, visitor_id=office.staff("clerk")).status == "planned"


def test_cp4_whoever_sees_the_visit_the_verbs_refuse_its_subject(office: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    visit_id = visit_of(office, subject="supervisor")
    visit = db.session.get_one(ReturnVisit, visit_id)
    monkeypatch.setattr(outcomes, "fetch", lambda model, key: visit)
    boss = office["supervisor"]
    for steered in (
        lambda: commands.cancel(boss, visit_id, reason="不需要"),
        lambda: commands.reassign(boss, visit_id, visitor_id=office.staff("clerk")),
        lambda: commands.try_again(boss, visit_id, reason="再打"),
        lambda: commands.attempt(boss, visit_id, outcome="busy"),
    ):
        with pytest.raises(Refused) as refusal:
            steered()
        assert "complained about" in str(refusal.value.message)


@pytest.mark.parametrize(("subject", "told"), [("supervisor", "manager"), ("technician", "supervisor")])
def test_cp4_a_visit_given_up_is_told_above_the_person_complained_about(office: Cast, subject: str, told: str) -> None:
    visit_id = visit_of(office, subject=subject)
    before = {who: len(inbox_of(office, who)) for who in ("supervisor", "manager")}
    for _ in range(3):
        visit = commands.attempt(office["clerk"], visit_id, outcome="no_answer")
    assert visit.status == "given_up"
    now = {who: len(inbox_of(office, who)) - before[who] for who in before}
    assert now == {"supervisor": 0, "manager": 0, told: 1}


@pytest.mark.parametrize(("subject", "told"), [("supervisor", "manager"), ("technician", "supervisor")])
def test_cp4_an_overdue_visit_is_told_above_the_person_complained_about(office: Cast, subject: str, told: str) -> None:
    visit_of(office, subject=subject)
    with clock.frozen(FRIDAY + timedelta(days=11)):
        before = {who: len(inbox_of(office, who)) for who in ("supervisor", "manager")}
        assert commands.escalate_overdue() == 1
        now = {who: len(inbox_of(office, who)) - before[who] for who in before}
    assert now == {"supervisor": 0, "manager": 0, told: 1}


# -- the plan on paper (CP-13) -----------------------------------------------------------------------------------


def _line_of_plan() -> VisitLine:
    (paper,) = documents.get("return_visit_plan").query(Params(DAY, "NJ"))  # type: ignore[misc]  # one branch, one plan
    assert isinstance(paper, ReturnVisitPlan)
    (line,) = (line for group in paper.groups for line in group.lines)
    return line


def test_cp13_the_plan_the_system_makes_says_nothing_of_a_complaint(office: Cast) -> None:
    visit_of(office, subject="supervisor")
    line = _line_of_plan()
    assert line.number == "HF-NJ-20261120-0001" and line.visitor == "周晓芸"
    assert (line.reference, line.before, line.customer, line.address) == ("", "", "", "")
    assert line.phone == "138****0001"
    with acting_as(office["clerk"]):  # made with the visitor's own eyes it says whom to call, and why
        line = _line_of_plan()
    assert (line.customer, line.phone) == ("张伟", "13800000001")
    assert line.before == "修了三次还是不制冷 → 返修" and line.reference.startswith("TS-")


def _readings(what: str) -> list[tuple[str, str]]:
    """``(reader, which)`` of the readings of that kind, and forget them."""
    with acting_as(SYSTEM):
        rows = db.session.scalars(select(ComplaintReading).where(ComplaintReading.what == what)).all()
    return [(row.reader, row.detail) for row in rows]


def _record_of_visit(visit_id: int) -> ReturnVisitRecord:
    (paper,) = documents.get("return_visit_record").query(Params(DAY, None, record_id=visit_id))  # type: ignore[misc]  # one
    assert isinstance(paper, ReturnVisitRecord)
    return paper


def test_cp13_the_plan_shows_a_complainant_s_number_to_who_calls_only_and_notes_it(office: Cast) -> None:
    visit_of(office)
    with acting_as(office["manager"]):  # makes no call: masked, though he may read what it is about
        line = _line_of_plan()
    assert (line.phone, line.before) == ("138****0001", "修了三次还是不制冷 → 返修")
    with acting_as(office["clerk"]):
        assert _line_of_plan().phone == "13800000001"
    assert _readings("paper") == [("赵明华", line.number), ("周晓芸", line.number)]


def test_cp13_who_prints_the_record_of_a_visit_is_noted_and_what_is_filed_is_masked(office: Cast) -> None:
    visit_id = visit_of(office)
    with acting_as(office["clerk"]):  # to take along
        assert _record_of_visit(visit_id).phone == "13800000001"
    commands.record(office["clerk"], visit_id, spoke_to="张伟", manner="telephone", satisfaction="satisfied")
    with acting_as(office["manager"]):  # to be filed
        paper = _record_of_visit(visit_id)
    assert (paper.customer, paper.phone) == ("张伟", "138****0001")
    assert _readings("paper") == [("周晓芸", paper.number), ("赵明华", paper.number)]
    assert _record_of_visit(visit_id).phone == "138****0001"  # made by the system: nobody reads yet
    assert len(_readings("paper")) == 2


# -- who is to visit sees whom (RV-4) ----------------------------------------------------------------------------


def _seen_by(office: Cast, who: str, visit_id: int) -> tuple[str, str]:
    db.session.expunge_all()
    with acting_as(office[who]):
        visit = db.session.scalars(select(ReturnVisit).where(ReturnVisit.id == visit_id)).one()
        return visit.who, visit.phone


@pytest.mark.parametrize("role", ["visitor_id", "companion_id"])
def test_rv4_who_makes_the_visit_sees_whom_to_call(office: Cast, role: str) -> None:
    complaint_id = verified(office)
    complaints.assign(office["manager"], complaint_id, handler_id=office.staff("manager"), said="我来处理")
    with unit_of_work(SYSTEM, "test.visit") as session:
        complaint = session.get_one(Complaint, complaint_id)
        complaint.entered_by_id = office.staff("service")
        visit = ReturnVisit(
            number="HF-1", branch_id=office.branches["NJ"], complaint_id=complaint_id, cause="complaint", due_on=DAY
        )
        session.add(visit)
        session.flush()
        visit_id = visit.id
    assert _seen_by(office, "clerk", visit_id) == ("", "")
    with unit_of_work(SYSTEM, "test.visitor") as session:
        setattr(session.get_one(ReturnVisit, visit_id), role, office.staff("clerk"))
    assert _seen_by(office, "clerk", visit_id) == ("张伟", "13800000001")
    with unit_of_work(SYSTEM, "test.done") as session:
        visit = session.get_one(ReturnVisit, visit_id)
        visit.status, visit.cancel_reason = "cancelled", "重复"
    assert _seen_by(office, "clerk", visit_id) == ("", "")


# -- standing in (CP-9, CP-4) ------------------------------------------------------------------------------------


def _stands_in(office: Cast, away: str, deputy: str) -> None:
    with unit_of_work(SYSTEM, "test.deputy") as session:
        days = {"starts_on": DAY, "ends_on": DAY}
        session.add(ApprovalDeputy(staff_id=office.staff(away), deputy_id=office.staff(deputy), **days))


def _waiting(office: Cast, who: str) -> list[int]:
    with acting_as(office[who]):
        return list(db.session.scalars(select(Approval.id).where(complaint_queries.approvals_for(office[who], DAY))))


def test_cp9_the_service_department_finds_what_waits_for_the_manager_it_stands_in_for(office: Cast) -> None:
    complaint_id = verified(office)
    complaints.propose(office["clerk"], complaint_id, said="协商", solution="补偿", compensation=Decimal(1500))
    assert (_waiting(office, "service"), len(_waiting(office, "manager"))) == ([], 1)
    _stands_in(office, "manager", "service")
    assert _waiting(office, "service") == _waiting(office, "manager")
    complaints.approve(office["service"], complaint_id, said="代批")
    assert _waiting(office, "service") == []


@pytest.mark.parametrize("named", ["", "subject", "further"])
def test_cp4_a_deputy_reads_nothing_for_somebody_complained_about(office: Cast, named: str) -> None:
    """Standing in for a manager shows what waits for managers, not the complaint about that manager."""
    complaint_id = verified(office)
    complaints.propose(office["clerk"], complaint_id, said="协商", solution="补偿", compensation=Decimal(1500))
    _stands_in(office, "manager", "supervisor_sz")
    with unit_of_work(SYSTEM, "test.subject") as session:
        if named == "subject":
            session.get_one(Complaint, complaint_id).subject_id = office.staff("manager")
        elif named == "further":
            session.add(ComplaintSubject(complaint_id=complaint_id, staff_id=office.staff("manager")))
    with acting_as(office["supervisor_sz"]):
        seen = db.session.scalars(select(Complaint.id)).all()
    assert seen == ([] if named else [complaint_id])


# -- nobody's deadline is left out (CP-3) ------------------------------------------------------------------------


def test_cp16_the_last_of_many_open_complaints_is_not_left_out(office: Cast) -> None:
    far, given = FRIDAY + timedelta(days=30), {"branch_id": office.branches["NJ"], "phone": "13800000001"}
    due = {"acknowledge_by": far, "verify_by": far, "settle_by": far}
    with unit_of_work(SYSTEM, "test.many", bulk=True) as session:
        for number in range(520):
            words = {"complainant": "张伟", "content": "慢", "received_at": FRIDAY}
            session.add(Complaint(number=f"TS-{number}", **words, **given, **due))
        missed = Complaint(number="TS-last", complainant="刘芳", content="无人联系", received_at=FRIDAY, **given, **due)
        missed.acknowledge_by, missed.settle_by = FRIDAY - timedelta(hours=2), far + timedelta(days=1)
        session.add(missed)
        session.flush()
        key = missed.id
    complaints.escalate()
    assert db.session.scalars(select(ComplaintLateness.complaint_id)).all() == [key]
