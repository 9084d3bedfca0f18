"""What came of a return visit, on both databases (RV-4): recorded, tried again, given up, followed up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.complaints import commands as complaints
from app.complaints.models import Complaint
from app.contracts.models import Contract
from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.audit import AuditEntry
from app.core.db import db
from app.core.errors import NotPermitted, Refused
from app.core.uow import unit_of_work
from app.feedback import commands, queries
from app.feedback.models import ReturnVisit, VisitAttempt, VisitQuestion
from app.fieldservice.models import RepairCall
from tests.cast import Cast
from tests.commands.visit_days import FRIDAY, closed_order, messages, moment, one_visit, plan, record, settle, settled
from tests.documents.samples import DOT


@pytest.fixture(autouse=True)
def _reading(office: Cast) -> Iterator[None]:
    """Friday afternoon; what a test looks at, it looks at as the system. The contract's mid-term is far away."""
    with acting_as(SYSTEM), clock.frozen(FRIDAY):
        with unit_of_work(SYSTEM, "test.contract") as session:
            contract = session.get_one(Contract, office.contract)
            contract.starts_on, contract.ends_on = date(2026, 6, 1), date(2028, 5, 31)
        yield


# -- the outcome (RV-4) -----------------------------------------------------------------------------------------


def test_rv4_the_outcome_is_recorded_once(office: Cast) -> None:
    closed_order(office)
    plan()
    visit = record(office, one_visit().id, suggestions="希望早点通知")
    assert (visit.status, visit.spoke_to, visit.manner, visit.satisfaction, visit.suggestions) == (
        "done",
        "张伟",
        "telephone",
        "satisfied",
        "希望早点通知",
    )
    assert visit.done_at == clock.now()
    with pytest.raises(Refused):
        record(office, visit.id)
    verbs = set(db.session.scalars(select(AuditEntry.verb).where(AuditEntry.record == "return_visit")))
    assert verbs == {"return_visit.plan_due", "return_visit.record"}


def test_rv4_a_failed_attempt_is_kept_and_tried_again(office: Cast) -> None:
    closed_order(office)
    plan()
    visit_id = one_visit().id
    visit = commands.attempt(office["clerk"], visit_id, outcome="no_answer")
    # two hours later, at 17:20, the office is still open
    assert visit.next_try_at == moment(11, 20, 17, 20)
    today = clock.today()
    assert [queries.worklist(today, clock.now(), group=key).total for key in ("due", "coming", "later")] == [0, 0, 1]
    visit = commands.attempt(office["clerk"], visit_id, outcome="busy", said="占线")
    # a day later is a Saturday: the branch opens on Monday
    assert visit.next_try_at == moment(11, 23, 8, 30)
    assert (visit.status, [attempt.outcome for attempt in visit.attempts]) == ("planned", ["no_answer", "busy"])
    assert record(office, visit_id).status == "done"
    with pytest.raises(Refused):
        commands.attempt(office["clerk"], visit_id, outcome="busy")
    assert len(db.session.scalars(select(VisitAttempt)).all()) == 2


def test_rv4_given_up_after_so_many_tries_to_the_supervisor(office: Cast) -> None:
    closed_order(office)
    plan()
    visit_id = one_visit().id
    wished = clock.now() + timedelta(days=2)
    for given in ({}, {"again_at": wished}, {}):
        visit = commands.attempt(office["clerk"], visit_id, outcome="no_answer", **given)
    assert (visit.status, visit.next_try_at) == ("given_up", None)
    (told,) = messages(office, "supervisor")
    assert told.params == {"number": visit.number, "times": 3}
    assert db.session.scalars(select(ReturnVisit).where(queries.for_supervisor(clock.today()))).all() == [visit]
    with pytest.raises((NotPermitted, Refused)):
        record(office, visit_id)
    visit = commands.try_again(
        office["supervisor"], visit_id, reason="换个时间再打", visitor_id=office.staff("manager")
    )
    assert (visit.status, visit.visitor_id) == ("planned", office.staff("manager"))
    # the next try in vain is the fourth: given up again at once
    assert commands.attempt(office["clerk"], visit_id, outcome="busy").status == "given_up"
    done = commands.record(
        office["supervisor"], visit_id, spoke_to="张伟", manner="in_person", satisfaction="satisfied", drawing=DOT
    )
    assert done.status == "done" and done.signature is not None and done.signature.record == "return_visit"


def test_rv4_tries_before_the_last_settlement_do_not_count(office: Cast) -> None:
    complaint_id = settled(office)
    plan()
    visit_id = one_visit().id
    for _try in range(3):
        commands.attempt(office["manager"], visit_id, outcome="no_answer")
    assert one_visit().status == "given_up"
    with clock.frozen(FRIDAY + timedelta(days=3)):
        complaints.reopen(office["manager"], complaint_id, said="又坏了")
        settle(office, complaint_id)
        plan()
        tried = [commands.attempt(office["manager"], visit_id, outcome="no_answer").status for _try in range(3)]
        assert tried == ["planned", "planned", "given_up"]
        assert one_visit().next_try_at is None and len(one_visit().attempts) == 6
    assert messages(office, "supervisor")[-1].params == {"number": one_visit().number, "times": 3}


def test_rv4_answers_to_the_script_are_kept_as_they_were_asked(office: Cast) -> None:
    with unit_of_work(SYSTEM, "test.questions") as session:
        session.add(VisitQuestion(trigger_on="repair", position=2, question="是否按时上门？"))
        session.add(VisitQuestion(trigger_on="repair", position=1, question="使用是否正常？"))
        session.add(VisitQuestion(trigger_on="complaint", position=1, question="是否解决？"))
    closed_order(office)
    plan()
    asked = queries.questions_for("repair")
    assert [question.question for question in asked] == ["使用是否正常？", "是否按时上门？"]
    visit = record(office, one_visit().id, answers={asked[0].id: "yes", asked[1].id: " ", 999: "no"})
    assert [(row.asked, row.answer) for row in visit.answers] == [("使用是否正常？", "yes")]


def test_rv4_an_unsatisfactory_visit_opens_a_call_with_nothing_typed_twice(office: Cast) -> None:
    closed_order(office)
    plan()
    visit = record(
        office, one_visit().id, satisfaction="dissatisfied", shortcomings="修后两天又不制冷", follow_up="call"
    )
    call = db.session.get_one(RepairCall, visit.opened_call_id)
    assert (call.symptom, call.caller_phone, call.caller_name) == ("修后两天又不制冷", "13900000009", "张伟")
    assert call.voucher_id == office.vouchers["in_warranty"] and not visit.unanswered
    # the same product again within thirty days: recognised as a repeat of the first (KP-2)
    assert call.repeat_of_id is not None
    with pytest.raises(Refused):
        commands.open_call_from_visit(office["clerk"], visit.id)


def test_rv4_a_call_needs_a_product_of_this_customer(office: Cast) -> None:
    visit = commands.plan_other(office["clerk"], customer_id=office.customers["out_of_warranty"], reason="送货后询问")
    unhappy = {"satisfaction": "dissatisfied", "shortcomings": "门关不严", "follow_up": "call"}
    with pytest.raises(Refused) as refusal:
        record(office, visit.id, **unhappy, voucher_id=office.vouchers["in_warranty"])
    assert refusal.value.field == "voucher_id"
    assert db.session.get_one(ReturnVisit, visit.id).status == "planned"
    done = record(office, visit.id, **unhappy)
    assert done.opened_call is not None and done.opened_call.voucher_id == office.vouchers["out_of_warranty"]


def test_rv4_only_a_visit_in_person_is_signed(office: Cast) -> None:
    closed_order(office)
    plan()
    with pytest.raises(Refused) as refusal:
        record(office, one_visit().id, drawing=DOT)
    assert refusal.value.field == "drawing"


def test_rv4_cancelled_with_a_reason(office: Cast) -> None:
    closed_order(office)
    plan()
    visit_id = one_visit().id
    with pytest.raises(Refused) as refusal:
        commands.cancel(office["supervisor"], visit_id, reason="")
    assert refusal.value.field == "reason"
    assert commands.cancel(office["supervisor"], visit_id, reason="客户已迁居").cancel_reason == "客户已迁居"
    assert plan() == 0


def test_rv4_nobody_rates_their_own_work(office: Cast) -> None:
    settled(office, subject_id=office.staff("clerk"))
    plan()
    with pytest.raises(Refused):
        record(office, one_visit().id)


def test_rv4_an_unsatisfactory_visit_says_why_and_opens_a_complaint(office: Cast) -> None:
    order_id = closed_order(office)
    plan()
    visit_id = one_visit().id
    with pytest.raises(Refused) as refusal:
        record(office, visit_id, satisfaction="dissatisfied")
    assert refusal.value.field == "shortcomings"
    with pytest.raises(Refused) as refusal:
        record(office, visit_id, satisfaction="dissatisfied", shortcomings="还是不制冷")
    assert refusal.value.field == "follow_up"
    visit = record(office, visit_id, satisfaction="dissatisfied", shortcomings="还是不制冷", follow_up="complaint")
    complaint = db.session.get_one(Complaint, visit.opened_complaint_id)
    assert (complaint.content, complaint.complainant, complaint.phone) == ("还是不制冷", "张伟", "13900000009")
    assert (complaint.work_order_id, complaint.voucher_id) == (order_id, office.vouchers["in_warranty"])
    assert (complaint.category, complaint.status) == ("repair_quality", "received")
    assert not visit.unanswered
    with pytest.raises(Refused):
        commands.open_complaint_from_visit(office["clerk"], visit_id)


def test_rv4_the_complaint_can_be_opened_together_with_the_outcome(office: Cast) -> None:
    voucher_id = office.vouchers["in_warranty"]
    settled(office, voucher_id=voucher_id)
    plan()
    visit = record(
        office, one_visit().id, satisfaction="dissatisfied", shortcomings="换了压缩机还是响", follow_up="complaint"
    )
    opened = db.session.get_one(Complaint, visit.opened_complaint_id)
    # the supervisor sees the product; for the clerk, who may not read the first complaint, it stays hidden (CP-13)
    assert opened.customer_id == office.customers["in_warranty"]
    assert opened.received_at == visit.done_at


def test_rv4_refused_together_or_done_together(office: Cast) -> None:
    closed_order(office)
    plan()
    visit_id = one_visit().id
    with pytest.raises(Refused):
        record(office, visit_id, satisfaction="satisfied", follow_up="complaint")
    assert one_visit().status == "planned"
    assert db.session.scalars(select(Complaint)).all() == []
