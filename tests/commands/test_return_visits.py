"""Return visits on both databases (RV-1 … RV-4): planned once for each cause, given to somebody, recorded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.complaints import commands as complaints
from app.complaints.models import Complaint
from app.contracts.models import Contract
from app.core import clock, outbox
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.errors import NotFound, NotPermitted, Refused
from app.core.uow import unit_of_work
from app.feedback import commands, jobs, queries
from app.feedback.models import ReturnVisit, VisitRule
from app.fieldservice.models import CrewMember
from app.organisation.models import Staff
from tests.cast import Cast
from tests.commands.visit_days import FRIDAY, closed_order, messages, moment, one_visit, plan, record, settle, settled


@pytest.fixture(autouse=True)
def _reading(office: Cast) -> Iterator[None]:
    """Friday afternoon; what a test looks at, it looks at as the system. The contract's mid-term is far away."""
    with acting_as(SYSTEM), clock.frozen(FRIDAY):
        with unit_of_work(SYSTEM, "test.contract") as session:
            contract = session.get_one(Contract, office.contract)
            contract.starts_on, contract.ends_on = date(2026, 6, 1), date(2028, 5, 31)
        yield


# -- planning ---------------------------------------------------------------------------------------------------


def test_rv1_settling_a_complaint_plans_a_visit_within_three_days(office: Cast) -> None:
    complaint_id = settled(office, customer_id=office.customers["in_warranty"])
    assert set(outbox.drain()) == {"done"}
    visit = one_visit()
    assert (visit.cause, visit.complaint_id, visit.due_on) == ("complaint", complaint_id, date(2026, 11, 23))
    assert (visit.number, visit.customer_id) == ("HF-NJ-20261120-0001", office.customers["in_warranty"])
    assert visit.branch_id == office.branches["NJ"]


def test_rv1_a_complainant_without_customer_file_is_visited_too(office: Cast) -> None:
    settled(office, complainant="路人甲", phone="13911112222")
    plan()
    assert (one_visit().who, one_visit().phone) == ("路人甲", "13911112222")


def test_rv1_seven_days_after_a_repair(office: Cast) -> None:
    order_id = closed_order(office)
    assert plan() == 1
    visit = one_visit()
    assert (visit.cause, visit.work_order_id, visit.due_on) == ("repair", order_id, date(2026, 11, 27))
    assert (visit.customer_id, visit.phone) == (office.customers["in_warranty"], "13900000009")


@pytest.mark.parametrize(
    ("starts", "ends", "due"),
    [
        (date(2026, 6, 1), date(2027, 5, 18), date(2026, 11, 23)),
        (date(2026, 6, 1), date(2027, 5, 14), date(2026, 11, 21)),
        # its middle lies in a month that is over: too long ago
        (date(2026, 1, 1), date(2026, 12, 31), None),
        # its middle is not in sight yet
        (date(2026, 6, 1), date(2028, 5, 31), None),
    ],
)
def test_rv1_at_the_mid_term_of_a_contract(office: Cast, starts: date, ends: date, due: date | None) -> None:
    with unit_of_work(SYSTEM, "test.contract") as session:
        contract = session.get_one(Contract, office.contract)
        contract.starts_on, contract.ends_on = starts, ends
    plan()
    visits = db.session.scalars(select(ReturnVisit)).all()
    assert [visit.due_on for visit in visits] == ([due] if due else [])


def test_rv1_what_is_long_ago_or_not_closed_is_left_alone(office: Cast) -> None:
    closed_order(office, days_ago=31, number="old")
    closed_order(office, status="finished", number="unfinished")
    assert plan() == 0
    closed_order(office, days_ago=29, number="late")
    assert plan() == 1


def test_rv1_planning_twice_is_planning_once(office: Cast) -> None:
    settled(office)
    closed_order(office)
    assert plan() == 2
    assert plan() == 0
    assert set(outbox.drain()) == {"done"}
    assert len(db.session.scalars(select(ReturnVisit)).all()) == 2


def test_rv1_the_database_itself_refuses_a_second_visit(office: Cast) -> None:
    closed_order(office)
    plan()
    visit = one_visit()
    same = {"branch_id": visit.branch_id, "customer_id": visit.customer_id, "cause": "repair", "due_on": visit.due_on}
    with pytest.raises(IntegrityError), unit_of_work(SYSTEM, "test.twice") as session:
        session.add(ReturnVisit(number="HF-2", work_order_id=visit.work_order_id, **same))


def test_rv1_a_race_is_lost_quietly(office: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two schedulers find the same order: the second one's visit is refused by the database, the rest is planned."""
    first = closed_order(office, number="1")
    plan()
    second = closed_order(office, number="2")
    monkeypatch.setattr(queries, "orders_without_visit", lambda _since, _limit: [first, second])
    assert plan() == 1
    numbers = sorted(db.session.scalars(select(ReturnVisit.number)))
    assert numbers == ["HF-NJ-20261120-0001", "HF-NJ-20261120-0002"]


def test_rv1_settled_again_before_the_visit_moves_it(office: Cast) -> None:
    complaint_id = settled(office)
    plan()
    with clock.frozen(FRIDAY + timedelta(days=2)):
        complaints.reopen(office["manager"], complaint_id, said="又坏了")
        assert db.session.scalars(select(ReturnVisit).where(queries.to_be_made())).all() == []
        settle(office, complaint_id)
        plan()
        assert (one_visit().due_on, one_visit().occasion) == (date(2026, 11, 25), 2)


def test_rv1_settled_again_after_the_visit_is_visited_again(office: Cast) -> None:
    complaint_id = settled(office)
    plan()
    record(office, one_visit().id)
    complaints.reopen(office["manager"], complaint_id, said="又坏了")
    settle(office, complaint_id)
    assert plan() == 1
    visits = db.session.scalars(select(ReturnVisit).order_by(ReturnVisit.id)).all()
    assert [(visit.occasion, visit.status) for visit in visits] == [(1, "done"), (2, "planned")]
    assert plan() == 0


def test_rv1_a_visit_for_another_service(office: Cast) -> None:
    visit = commands.plan_other(
        office["clerk"], customer_id=office.customers["out_of_warranty"], reason="送货后询问使用情况"
    )
    assert (visit.cause, visit.due_on, visit.visitor_id) == ("other", date(2026, 11, 27), office.staff("clerk"))
    with pytest.raises(Refused) as refusal:
        commands.plan_other(
            office["clerk"], customer_id=visit.customer_id or 0, reason="再问", due_on=date(2026, 11, 19)
        )
    assert refusal.value.field == "due_on"
    with pytest.raises(NotFound):
        commands.plan_other(office["clerk"], customer_id=office.customers["suzhou"], reason="不是本分公司")


def test_rv1_the_scheduler_wants_the_planning_once_an_hour(office: Cast) -> None:
    closed_order(office)
    jobs.want_planning(clock.now())
    jobs.want_planning(clock.now() + timedelta(minutes=20))
    assert set(outbox.drain()) == {"done"}
    jobs.want_planning(clock.now() + timedelta(minutes=50))
    assert set(outbox.drain()) == {"done"}
    assert one_visit().cause == "repair"


# -- who (RV-2) -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ground", "visitor", "companion"), [(None, "supervisor", "clerk"), ("press", "service", "supervisor")]
)
def test_rv2_who_visits_after_a_complaint(office: Cast, ground: str | None, visitor: str, companion: str) -> None:
    settled(office, severity_ground=ground)
    plan()
    visit = one_visit()
    assert (visit.visitor_id, visit.companion_id) == (office.staff(visitor), office.staff(companion))


def test_rv2_never_the_person_complained_about(office: Cast) -> None:
    settled(office, subject_id=office.staff("supervisor"))
    plan()
    visit = one_visit()
    # nobody else heads the branch's service: the head above goes, with customer service
    assert (visit.visitor_id, visit.companion_id) == (office.staff("manager"), office.staff("clerk"))
    with pytest.raises(Refused) as refusal:
        commands.reassign(office["manager"], visit.id, visitor_id=office.staff("supervisor"))
    assert refusal.value.field == "visitor_id"


def test_rv2_never_who_handled_the_complaint_or_did_the_job(office: Cast) -> None:
    """The customer is asked how it was handled: by somebody else. Named later, the visit passes on."""
    complaint_id = settled(office)
    plan()
    assert one_visit().visitor_id == office.staff("supervisor")
    with unit_of_work(SYSTEM, "test.handled") as session:
        session.get_one(Complaint, complaint_id).handler_id = office.staff("supervisor")
    plan()
    visit = one_visit()
    assert (visit.visitor_id, visit.companion_id) == (office.staff("manager"), office.staff("clerk"))
    with pytest.raises(Refused):
        commands.reassign(office["manager"], visit.id, visitor_id=office.staff("supervisor"))
    with unit_of_work(SYSTEM, "test.job") as session:
        rule = session.scalars(select(VisitRule).where(VisitRule.trigger_on == "repair")).one()
        rule.visitor_job = "technician"
    order_id = closed_order(office)
    with unit_of_work(SYSTEM, "test.crew") as session:
        session.add(CrewMember(work_order_id=order_id, staff_id=office.staff("technician2")))
    plan()
    made = db.session.scalars(select(ReturnVisit).where(ReturnVisit.work_order_id == order_id)).one()
    # Both technicians of the branch did it: their head asks.
    assert made.visitor_id == office.staff("supervisor")


def test_rv2_a_repair_is_for_customer_service_evenly(office: Cast) -> None:
    with unit_of_work(SYSTEM, "test.staff") as session:
        second = Staff(staff_no="N900", name="钱小妹", job="clerk", branch_id=office.branches["NJ"])
        session.add(second)
        session.flush()
        second_id = second.id
    for number in "1234":
        closed_order(office, number=number)
    plan()
    visitors = list(db.session.scalars(select(ReturnVisit.visitor_id).order_by(ReturnVisit.id)))
    assert visitors == [office.staff("clerk"), second_id] * 2


def test_rv2_when_and_who_visits_is_data(office: Cast) -> None:
    with unit_of_work(SYSTEM, "test.setting") as session:
        rule = session.scalars(select(VisitRule).where(VisitRule.trigger_on == "repair")).one()
        rule.days, rule.visitor_job, rule.companion_job = 2, "supervisor", "branch_manager"
    closed_order(office)
    plan()
    assert (one_visit().visitor_id, one_visit().companion_id) == (office.staff("supervisor"), office.staff("manager"))
    assert one_visit().due_on == date(2026, 11, 22)


def test_rv1_a_rule_that_is_not_active_plans_nothing(office: Cast) -> None:
    with unit_of_work(SYSTEM, "test.rules") as session:
        for rule in session.scalars(select(VisitRule)):
            rule.active = False
    closed_order(office)
    settled(office)
    assert plan() == 0
    with pytest.raises(Refused):
        commands.plan_other(office["clerk"], customer_id=office.customers["in_warranty"], reason="送货后询问")


# -- the cause changes --------------------------------------------------------------------------------------------


def test_rv1_a_contract_whose_dates_change_moves_its_visit(office: Cast) -> None:
    def term(first: date, last: date, status: str = "in_force") -> None:
        with unit_of_work(SYSTEM, "test.contract") as session:
            contract = session.get_one(Contract, office.contract)
            contract.starts_on, contract.ends_on, contract.status = first, last, status

    term(date(2026, 6, 1), date(2027, 5, 14))
    assert plan() == 1
    assert one_visit().due_on == date(2026, 11, 21)
    with unit_of_work(SYSTEM, "test.told"):
        one_visit().escalated_at = clock.now()
    term(date(2026, 6, 1), date(2027, 5, 24))
    assert plan() == 0
    assert (one_visit().due_on, one_visit().cause_on) == (date(2026, 11, 26), date(2026, 11, 26))
    assert one_visit().escalated_at is None
    term(date(2026, 6, 1), date(2027, 5, 24), "cancelled")
    plan()
    assert (one_visit().status, one_visit().cancel_reason) == ("cancelled", "合同已取消。")


def test_rv1_a_withdrawn_complaint_is_not_asked_about(office: Cast) -> None:
    complaint_id = settled(office)
    plan()
    complaints.reopen(office["manager"], complaint_id, said="又坏了")
    complaints.withdraw(office["manager"], complaint_id, said="客户撤回")
    plan()
    assert (one_visit().status, one_visit().cancel_reason) == ("cancelled", "投诉已撤回。")


def test_rv2_a_complaint_judged_major_is_visited_by_others(office: Cast) -> None:
    complaint_id = settled(office)
    plan()
    assert one_visit().visitor_id == office.staff("supervisor")
    with unit_of_work(SYSTEM, "test.judged") as session:
        session.get_one(Complaint, complaint_id).severity = "major"
    plan()
    visit = one_visit()
    assert (visit.visitor_id, visit.companion_id) == (office.staff("service"), office.staff("supervisor"))
    assert visit.trigger == "complaint_major"


def test_rv2_who_leaves_gives_the_visits_to_others(office: Cast) -> None:
    closed_order(office)
    plan()
    with unit_of_work(SYSTEM, "test.staff") as session:
        session.get_one(Staff, office.staff("clerk")).active = False
        session.add(Staff(staff_no="N900", name="钱小妹", job="clerk", branch_id=office.branches["NJ"]))
    plan()
    assert str(one_visit().visitor) == "钱小妹"


# -- overdue (RV-3) -----------------------------------------------------------------------------------------------


def test_rv3_the_supervisor_is_told_once_and_never_at_night(office: Cast) -> None:
    for number, days_ago in enumerate((12, 11, 10, 7), 1):
        closed_order(office, days_ago=days_ago, number=str(number))
    plan()
    with clock.frozen(moment(11, 20, 22)):
        assert commands.escalate_overdue() == 0
    assert commands.escalate_overdue() == 2
    assert commands.escalate_overdue() == 0
    (told,) = messages(office, "supervisor")
    assert told.params["count"] == 2 and told.params["due"] == "2026-11-15"
    assert not messages(office, "supervisor_sz")
    with clock.frozen(moment(11, 23, 9)):
        # over the weekend a third one has become too old
        assert commands.escalate_overdue() == 1
        assert outbox.drain() == ["done", "done"]
    assert [row.mail_status for row in messages(office, "supervisor")] == ["sent", "sent"]


def test_rv2_reassigned_by_the_supervisor(office: Cast) -> None:
    closed_order(office)
    plan()
    visit_id = one_visit().id
    with pytest.raises(NotPermitted):
        commands.reassign(office["clerk"], visit_id, visitor_id=office.staff("clerk"))
    visit = commands.reassign(
        office["supervisor"], visit_id, visitor_id=office.staff("supervisor"), companion_id=office.staff("clerk")
    )
    assert (visit.visitor_id, visit.companion_id) == (office.staff("supervisor"), office.staff("clerk"))
    with pytest.raises(Refused):
        commands.reassign(office["supervisor"], visit_id, visitor_id=office.staff("technician"))


# -- the plan (RV-3) --------------------------------------------------------------------------------------------


def test_rv3_overdue_today_coming_and_for_the_supervisor(office: Cast) -> None:
    for number, days_ago in enumerate((12, 10, 7, 2), 1):
        closed_order(office, days_ago=days_ago, number=str(number))
    plan()
    today = date(2026, 11, 20)
    groups = {group.key: [str(visit.work_order) for visit in group.visits] for group in queries.plan_rows(None, today)}
    assert groups == {"overdue": ["PG-1", "PG-2"], "today": ["PG-3"], "coming": ["PG-4"]}
    late = db.session.scalars(select(ReturnVisit).where(queries.escalated(today))).all()
    assert [(str(visit.work_order), visit.days_late) for visit in late] == [("PG-1", 5)]
    assert not any(group.visits for group in queries.plan_rows(office.branches["SZ"], today))
    mine = queries.plan_rows(None, today, office.staff("supervisor"))
    assert not any(group.visits for group in mine)


def test_rv3_other_branches_do_not_see_it(office: Cast) -> None:
    closed_order(office)
    plan()
    with acting_as(office["clerk_sz"]):
        assert not any(group.visits for group in queries.plan_rows(None, date(2026, 11, 20)))
    with acting_as(office["clerk"]):
        assert any(group.visits for group in queries.plan_rows(None, date(2026, 11, 20)))
