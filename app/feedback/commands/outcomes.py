"""Making a return visit: reached or not, what was said, what follows from it (RV-4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.calendars.queries import calendar_for
from app.calendars.rules import next_opening
from app.complaints import commands as complaints
from app.complaints import queries as complaint_queries
from app.complaints import rules as complaint_rules
from app.complaints.models import Complaint
from app.core import clock, inbox, settings
from app.core.actors import Principal
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.fetch import fetch
from app.core.files import store
from app.core.uow import command
from app.feedback import queries, rules
from app.feedback.commands.overdue import supervisors_of
from app.feedback.commands.planning import about, visitor
from app.feedback.models import MOST_TRIES, RETRY_PAUSES, ReturnVisit, VisitAnswer, VisitAttempt
from app.fieldservice import commands as fieldservice
from app.fieldservice.models import RepairCall

PNG = b"\x89PNG\r\n\x1a\n"


def _moment(at: datetime | None) -> datetime:
    now = clock.now()
    if at is not None and at > now:
        raise Refused(N_("This lies in the future."), field="at")
    return at or now


def _check_not_subject(actor: Principal, visit: ReturnVisit) -> None:
    # Those complained about only: the supervisor who handled it still says who makes the visit (CP-4).
    if visit.complaint_id is not None:
        complaint_rules.check_not_subject(actor.staff_id, complaint_queries.subjects_of(visit.complaint_id))


@command("return_visit.record")
def record(
    actor: Principal,
    visit_id: int,
    *,
    spoke_to: str,
    manner: str,
    satisfaction: str,
    shortcomings: str = "",
    suggestions: str = "",
    answers: Mapping[int, str] | None = None,
    follow_up: str = "",
    voucher_id: int | None = None,
    category: str | None = None,
    no_follow_up: str = "",
    drawing: bytes | None = None,
    at: datetime | None = None,
) -> ReturnVisit:
    """Record a visit made: spoken to whom, how, how satisfied, what to do better (RV-4).

    ``answers`` are those to the script, by question id: the required ones must be there. ``drawing`` is the customer's signature (PNG) of a visit in
    person. ``follow_up`` opens a repair ``call`` (for the product of ``voucher_id``) or a ``complaint`` (of
    ``category``) from what the customer said, in the same transaction; an unsatisfactory visit without either says why
    in ``no_follow_up``. Raises ``Refused``: nobody rates their own work.
    """
    visit = fetch(ReturnVisit, visit_id)
    moment = _moment(at)
    if actor.staff_id is not None and actor.staff_id in about(visit):
        raise Refused(N_("The visit is about your own work: somebody else makes it."))
    rules.check_answers(queries.script(visit.trigger), answers or {})
    rules.check_outcome(satisfaction, shortcomings, follow_up, no_follow_up)
    rules.LIFECYCLE.apply(visit, "record", actor.roles, satisfaction=satisfaction, manner=manner, spoke_to=spoke_to)
    visit.done_at, visit.manner, visit.spoke_to = moment, manner, spoke_to
    visit.satisfaction, visit.shortcomings, visit.suggestions = satisfaction, shortcomings, suggestions
    visit.no_follow_up, visit.next_try_at = "" if follow_up else no_follow_up, None
    if visit.visitor_id is None:
        visit.visitor_id = actor.staff_id
    _answer(visit, answers or {})
    if drawing:
        _sign(visit, drawing)
    db.session.flush()
    if follow_up == "complaint":
        open_complaint_from_visit(actor, visit.id, category=category)
    elif follow_up == "call":
        open_call_from_visit(actor, visit.id, voucher_id=voucher_id)
    return visit


def _answer(visit: ReturnVisit, answers: Mapping[int, str]) -> None:
    for question in queries.questions_for(visit.trigger):
        asked = rules.Asked(question.id, question.answer_kind, question.required)
        if said := rules.answer_to(asked, answers):
            visit.answers.append(VisitAnswer(visit_question_id=question.id, asked=question.question, answer=said[:500]))


def _sign(visit: ReturnVisit, drawing: bytes) -> None:
    if visit.manner != "in_person":
        raise Refused(N_("Only a visit in person is signed."), field="drawing")
    if not drawing.startswith(PNG):
        raise Refused(N_("Please sign in the box."), field="drawing")
    visit.signature = store(drawing, f"{visit.number}.png", "image/png", record="return_visit", record_id=visit.id)


@command("return_visit.attempt")
def attempt(
    actor: Principal,
    visit_id: int,
    *,
    outcome: str,
    said: str = "",
    again_at: datetime | None = None,
    at: datetime | None = None,
) -> ReturnVisit:
    """Note a try that did not reach the customer (RV-4).

    It is tried again after the pauses of the settings, within opening hours, or at ``again_at`` if the customer asked
    for that; after so many tries it is given up and the supervisor is told. Raises ``Refused``.
    """
    visit = fetch(ReturnVisit, visit_id)
    moment = _moment(at)
    _check_not_subject(actor, visit)
    rules.LIFECYCLE.apply(visit, "attempt", actor.roles, outcome=outcome)
    visit.attempts.append(VisitAttempt(at=moment, staff_id=actor.staff_id, outcome=outcome, note=said))
    pauses = rules.parse_pauses(settings.value(RETRY_PAUSES))
    then = rules.after_attempt(_tries(visit), moment, pauses, settings.number(MOST_TRIES), again_at)
    if then.given_up:
        rules.LIFECYCLE.apply(visit, "give_up", actor.roles)
        visit.next_try_at = None
        _tell_supervisor(visit)
    elif then.at is not None:
        # What the customer asked for is kept to the minute; our own pauses end when somebody is there to call.
        visit.next_try_at = then.at if again_at else next_opening(calendar_for(visit.branch_id), then.at)
    return visit


def _tries(visit: ReturnVisit) -> int:
    """How often it was tried in vain; a complaint settled again is asked about anew, tries before that do not count."""
    since = visit.cause_on if visit.cause == "complaint" else None
    return sum(since is None or clock.local(each.at).date() >= since for each in visit.attempts)


def _tell_supervisor(visit: ReturnVisit) -> None:
    for person in supervisors_of(visit):
        message = inbox.post(
            person.id,
            N_("Return visit %(number)s was given up: the customer was not reached in %(times)d tries."),
            {"number": visit.number, "times": _tries(visit)},
            link=f"/returnvisitview/show/{visit.id}",
            tone="warning",
            email=person.email,
        )
        inbox.mail_to([message])


@command("return_visit.try_again")
def try_again(
    actor: Principal, visit_id: int, *, reason: str, visitor_id: int | None = None, at: datetime | None = None
) -> ReturnVisit:
    """The supervisor has a visit that was given up tried once more, by somebody else if named (RV-4)."""
    visit = fetch(ReturnVisit, visit_id)
    _check_not_subject(actor, visit)
    rules.LIFECYCLE.apply(visit, "try_again", actor.roles, reason=reason)
    visit.reason = visit.reason or reason
    if visitor_id is not None:
        visit.visitor_id = visitor(visitor_id, about(visit)).id
    return visit


@command("return_visit.reassign")
def reassign(
    actor: Principal, visit_id: int, *, visitor_id: int, companion_id: int | None = None, at: datetime | None = None
) -> ReturnVisit:
    """Give the visit to somebody else, and name who goes along (RV-2). Raises ``Refused``."""
    visit = fetch(ReturnVisit, visit_id)
    _check_not_subject(actor, visit)
    barred = about(visit)
    rules.LIFECYCLE.apply(visit, "reassign", actor.roles, visitor_id=visitor_id)
    visit.visitor_id = visitor(visitor_id, barred).id
    visit.companion_id = None
    if companion_id is not None and companion_id != visitor_id:
        visit.companion_id = visitor(companion_id, barred).id
    return visit


@command("return_visit.cancel")
def cancel(actor: Principal, visit_id: int, *, reason: str, at: datetime | None = None) -> ReturnVisit:
    """Give the visit up, with a reason."""
    visit = fetch(ReturnVisit, visit_id)
    _check_not_subject(actor, visit)
    rules.LIFECYCLE.apply(visit, "cancel", actor.roles, reason=reason)
    visit.cancel_reason, visit.next_try_at = reason, None
    return visit


# -- what follows from it -----------------------------------------------------------------------------------------


def _done(visit_id: int) -> ReturnVisit:
    visit = fetch(ReturnVisit, visit_id)
    if visit.status != "done":
        raise Refused(N_("Record the visit first."))
    return visit


def _said(visit: ReturnVisit) -> str:
    return "\n".join(part for part in (visit.shortcomings, visit.suggestions) if part)


@command("return_visit.open_complaint")
def open_complaint_from_visit(
    actor: Principal, visit_id: int, *, content: str = "", category: str | None = None, at: datetime | None = None
) -> Complaint:
    """Make a complaint of what the customer said at a visit; one visit opens one (RV-4). Raises ``Refused``."""
    visit = _done(visit_id)
    if visit.opened_complaint_id is not None:
        raise Refused(N_("A complaint has been opened for this visit already."))
    said = content or _said(visit)
    if not said:
        raise Refused(N_("Write down what the customer is not satisfied with."), field="content")
    given: dict[str, Any] = {
        "complainant": visit.spoke_to or visit.who,
        "phone": visit.phone,
        "content": said,
        "channel": "telephone" if visit.manner == "telephone" else "counter",
        "category": category or ("repair_quality" if visit.cause == "repair" else "after_sales"),
        "customer_id": visit.customer_id,
        "voucher_id": visit.voucher_id,
        "work_order_id": visit.work_order_id,
        "branch_id": visit.branch_id,
        "received_at": visit.done_at,
        "source": "return_visit",
        "source_ref": visit.number,
    }
    complaint = complaints.enter(actor, **given, at=at)
    visit.opened_complaint_id = complaint.id
    return complaint


@command("return_visit.open_call")
def open_call_from_visit(
    actor: Principal, visit_id: int, *, symptom: str = "", voucher_id: int | None = None, at: datetime | None = None
) -> RepairCall:
    """Enter a repair call from what the customer said at a visit; one visit opens one (RV-4).

    Nothing is typed twice: the symptom is what the customer was not satisfied with, the product that of the repair or
    complaint visited for, unless ``voucher_id`` names another of the customer's. Raises ``Refused``.
    """
    visit = _done(visit_id)
    if visit.opened_call_id is not None:
        raise Refused(N_("A repair call has been opened for this visit already."))
    products = [product.id for product in queries.products_of(visit)]
    product = voucher_id or visit.voucher_id or (products[0] if len(products) == 1 else None)
    if product is None or (products and product not in products):
        raise Refused(N_("Choose the product of this customer that is to be repaired."), field="voucher_id")
    said = symptom or visit.shortcomings
    if not said:
        raise Refused(N_("Write down what the customer is not satisfied with."), field="symptom")
    call = fieldservice.enter_call(
        actor,
        product,
        symptom=said[:500],
        caller_name=visit.spoke_to,
        caller_phone=visit.phone,
        channel="telephone" if visit.manner == "telephone" else "counter",
        reported_at=visit.done_at,
        # An open call for the product is no reason to lose what the customer said now.
        confirm_duplicate=True,
        at=at,
    )
    visit.opened_call_id = call.id
    return call
