"""Return visits after repairs, complaints and in the middle of contracts: made, tried in vain, given up, still to come."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from app.calendars.queries import calendar_for
from app.calendars.rules import is_open_day
from app.complaints.models import Complaint, ComplaintStep
from app.contracts.models import Contract
from app.core import clock
from app.core.db import db
from app.customers.models import Customer
from app.feedback.models import ReturnVisit, VisitAnswer, VisitAttempt, VisitQuestion, VisitRule
from app.fieldservice.models import RepairCall
from seeds.demo.organisation import Crew, Office
from seeds.demo.rows import Numbers, Rows
from seeds.demo.work import Done, Job

REMARKS = ("服务及时，讲解清楚", "师傅很专业", "希望能提前电话联系", "收费清楚", "")
WRONG = ("修好几天后又有异响", "约好上午，下午才到", "收费没有事先讲清", "零件等了太久", "现场没有收拾干净")
EXPLAINED = ("已电话解释，客户接受", "已由主任致歉，客户谅解", "已补开凭据，客户认可")
OUTCOMES = ("no_answer", "no_answer", "busy", "call_later")
# Answers are kept for the visits of so many days: enough to look at.
ANSWERED_DAYS = 10
# Long overdue ones have gone to the supervisor (RV-3): only the last days' stand open.
STANDING_DAYS = 9


@dataclass
class _Book:
    """Everything a visit is written with."""

    rows: Rows
    dice: random.Random
    today: date
    rules: dict[str, VisitRule]
    questions: dict[str, list[VisitQuestion]]
    # When a product was called for again, by voucher: what an unsatisfactory visit may have led to.
    later_calls: dict[int, list[tuple[datetime, int]]]
    numbers: Numbers = field(default_factory=Numbers)
    taken: set[int] = field(default_factory=set)


def build(rows: Rows, office: Office, done: Done, today: date) -> None:
    """Add the return visits."""
    book = _book(rows, today)
    for code, crew in office.crews.items():
        for job in done.jobs[code]:
            if job.closed_at is not None:
                _after_repair(book, crew, job)
    crews = {crew.branch.id: crew for crew in office.crews.values()}
    service = office.head_office.by_job["service"]
    _after_complaints(book, crews, service)
    _at_mid_term(book, crews)


def _book(rows: Rows, today: date) -> _Book:
    calls: dict[int, list[tuple[datetime, int]]] = {}
    for call in rows.of(RepairCall):
        calls.setdefault(call["voucher_id"], []).append((call["reported_at"], call["id"]))
    questions: dict[str, list[VisitQuestion]] = {}
    for question in db.session.scalars(select(VisitQuestion).order_by(VisitQuestion.position)):
        questions.setdefault(question.trigger_on, []).append(question)
    return _Book(
        rows=rows,
        dice=random.Random(20260704),  # nosec B311 - demo data, the same every time
        today=today,
        rules={rule.trigger_on: rule for rule in db.session.scalars(select(VisitRule))},
        questions=questions,
        later_calls=calls,
    )


def _after_repair(book: _Book, crew: Crew, job: Job) -> None:
    assert job.closed_at is not None  # nosec B101 - asked by the only caller
    _visit(book, crew, "repair", clock.local(job.closed_at).date(), crew.by_job["clerk"], job.product.name,
           voucher_id=job.product.voucher_id, customer_id=job.product.customer_id, work_order_id=job.order_id)  # fmt: skip


def _after_complaints(book: _Book, crews: dict[int, Crew], service: int) -> None:
    settled: dict[int, datetime] = {}
    for step in book.rows.of(ComplaintStep):
        if step["stage"] == "settled":
            settled[step["complaint_id"]] = step["at"]
    for complaint in book.rows.of(Complaint):
        if complaint["id"] not in settled or complaint["status"] not in ("settled", "rated", "closed"):
            continue
        crew = crews[complaint["branch_id"]]
        major = complaint.get("severity") == "major"
        about = {complaint.get("subject_id"), complaint.get("handler_id")}
        heads: list[int | None] = [crew.by_job["supervisor"], crew.by_job.get("branch_manager"), service]
        desk: list[int | None] = [crew.by_job["clerk"], service]
        going: list[int] = []
        for fit in ([service], heads) if major else (heads, desk):
            going += [person for person in fit if person is not None and person not in (*about, *going)][:1]
        _visit(
            book, crew, "complaint_major" if major else "complaint", clock.local(settled[complaint["id"]]).date(), going[0],
            complaint["complainant"], companion_id=going[1] if len(going) > 1 else None,
            voucher_id=complaint.get("voucher_id"), customer_id=complaint.get("customer_id"), complaint_id=complaint["id"],
        )  # fmt: skip


def _at_mid_term(book: _Book, crews: dict[int, Crew]) -> None:
    names = {customer["id"]: customer["name"] for customer in book.rows.of(Customer)}
    for contract in book.rows.of(Contract):
        middle = contract["starts_on"] + (contract["ends_on"] - contract["starts_on"]) // 2
        if contract.get("status") == "in_force" and -60 <= (middle - book.today).days <= 10:
            crew = crews[contract["branch_id"]]
            _visit(book, crew, "contract", middle, crew.by_job["clerk"], names[contract["customer_id"]],
                   customer_id=contract["customer_id"], contract_id=contract["id"])  # fmt: skip


def _visit(
    book: _Book, crew: Crew, trigger: str, cause_on: date, visitor: int, name: str, *, voucher_id: int | None = None, **about: Any
) -> None:  # fmt: skip
    rule, dice, today = book.rules[trigger], book.dice, book.today
    due_on = cause_on + timedelta(days=rule.days)
    # Never today or later: those numbers are the portal's to give.
    planned_on = min(due_on - timedelta(days=max(rule.days, 3)), today - timedelta(days=1))
    late = (today - due_on).days
    made = late > 0 and dice.random() < (0.85 if late <= STANDING_DAYS else 0.996)
    values: dict[str, Any] = {"status": "given_up" if late > STANDING_DAYS and not made else "planned"}
    visited_at = _office_time(book, crew, due_on - timedelta(days=dice.choice((0, 0, 1, 2, -1 if late > 2 else 0))))
    if made:
        values = _outcome(book, trigger, visited_at, name, voucher_id)
    tries = 3 if values["status"] == "given_up" else int(dice.random() < 0.12)
    tried_at = [visited_at - timedelta(minutes=25) - timedelta(days=1) * number for number in range(tries)]
    tried_at = sorted(at for at in tried_at if at < clock.at_local(today))
    if values["status"] == "planned" and tried_at:
        values["next_try_at"] = clock.at_local(today, time(16, 0))
    visit_id = book.rows.add(
        ReturnVisit, number=book.numbers.next("HF", crew.branch.code, planned_on), branch_id=crew.branch.id,
        cause="complaint" if trigger.startswith("complaint") else trigger, rule_id=rule.id, cause_on=cause_on, due_on=due_on,
        visitor_id=visitor, created_at=clock.at_local(planned_on, time(18, 0)),
        escalated_at=clock.at_local(due_on + timedelta(days=4), time(8, 30)) if values["status"] == "given_up" else None,
        **values, **about,
    )  # fmt: skip
    for at in tried_at:
        book.rows.add(VisitAttempt, return_visit_id=visit_id, at=at, staff_id=visitor, outcome=dice.choice(OUTCOMES))
    if made and visited_at > clock.at_local(today - timedelta(days=ANSWERED_DAYS)):
        _answers(book, trigger, visit_id, happy=values["satisfaction"] != "dissatisfied")


def _office_time(book: _Book, crew: Crew, day: date) -> datetime:
    while not is_open_day(calendar_for(crew.branch.id), day):
        day -= timedelta(days=1)
    return clock.at_local(day, time(book.dice.choice((9, 10, 14, 15, 16)), book.dice.randint(0, 59)))


def _outcome(book: _Book, trigger: str, at: datetime, name: str, voucher_id: int | None) -> dict[str, Any]:
    dice = book.dice
    answer = dice.choices(("very_satisfied", "satisfied", "neutral", "dissatisfied"), (40, 45, 12, 3))[0]
    values: dict[str, Any] = {
        "status": "done",
        "done_at": at,
        "manner": "in_person" if trigger.startswith("complaint") and dice.random() < 0.4 else "telephone",
        "spoke_to": name,
        "satisfaction": answer,
        "suggestions": dice.choice(REMARKS) if answer != "dissatisfied" else "",
    }
    if answer == "dissatisfied":
        values["shortcomings"] = dice.choice(WRONG)
        again = [key for when, key in book.later_calls.get(voucher_id or 0, ()) if when > at and key not in book.taken]
        if again:
            values["opened_call_id"] = again[0]
            book.taken.add(again[0])
        else:
            values["no_follow_up"] = dice.choice(EXPLAINED)
    return values


def _answers(book: _Book, trigger: str, visit_id: int, *, happy: bool) -> None:
    for place, question in enumerate(book.questions.get(trigger, ())):
        if question.answer_kind == "yes_no":
            answer = "yes" if happy or place else "no"
            book.rows.add(
                VisitAnswer, return_visit_id=visit_id, visit_question_id=question.id, asked=question.question, answer=answer
            )  # fmt: skip
