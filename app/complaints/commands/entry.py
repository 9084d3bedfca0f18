"""A complaint comes: entered in the office or by the customer, and corrected (CP-1, CP-3, CP-4, CP-5, CP-12)."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.complaints import queries, rules
from app.complaints.commands.approvals import ask_for_approval
from app.complaints.commands.crisis import become_major
from app.complaints.commands.handling import Upload, fetch_for, keep_file, record, set_deadlines, with_file
from app.complaints.commands.promises import hand_over
from app.complaints.commands.recurrence import fault_of, reopen_actions_for
from app.complaints.commands.telling import tell
from app.complaints.models import LONGEST_REF, REPEAT_DAYS, Complaint, ComplaintSubject
from app.core import clock, settings
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.fetch import fetch
from app.core.numbering import next_number
from app.core.uow import command
from app.customers.models import Customer, Voucher
from app.fieldservice.models import WorkOrder
from app.organisation.models import Branch, Staff

_ANY_BRANCH = ("service_department", "management", "system")


@command("complaint.enter")
def enter(
    actor: Principal,
    *,
    complainant: str,
    phone: str,
    content: str,
    channel: str = "telephone",
    category: str = "other",
    demand: str = "",
    customer_id: int | None = None,
    voucher_id: int | None = None,
    work_order_id: int | None = None,
    subject_id: int | None = None,
    severity_ground: str | None = None,
    branch_id: int | None = None,
    wants: str | None = None,
    email: str = "",
    association: str = "",
    association_ref: str = "",
    attachment: Upload | None = None,
    received_at: datetime | None = None,
    source: str = "",
    source_ref: str = "",
    at: datetime | None = None,
) -> Complaint:
    """Enter a complaint: number without gaps (CP-1), deadlines (CP-3), severity (CP-5).

    ``received_at`` is when the customer complained, ``at`` when it is entered (default both: now). The customer and
    branch follow from the voucher where they are not given; ``wants`` is one of ``rules.WANTS``. A major one is put
    before the management at once (CP-6); ``source`` is one of ``rules.SOURCES``, ``source_ref`` the number of the record
    it was entered from; the supervisor hears of every one (CP-7). Raises ``Refused``.
    """
    now = at or clock.now()
    phone = queries.plain_phone(phone)
    received = received_at or now
    if received > now:
        raise Refused(N_("This lies in the future."), field="received_at")
    if subject_id is not None and subject_id == actor.staff_id:
        raise Refused(
            N_("This complaint is about yourself: have a colleague or the service department enter it."),
            field="subject_id",
        )
    order = fetch(WorkOrder, work_order_id) if work_order_id is not None else None
    voucher_id = _voucher_of(order, voucher_id)
    voucher = fetch(Voucher, voucher_id) if voucher_id is not None else None
    customer_id = _customer_of(voucher, customer_id)
    branch = fetch(Branch, _branch_id(actor, branch_id, voucher))
    _check_association(channel, association)
    earlier = queries.earlier_number(
        customer_id,
        voucher_id,
        category=category,
        phone=phone,
        since=_same_since(received),
    )
    severity, ground = rules.severity_at_entry(earlier, severity_ground, wants or "")
    complaint = Complaint(
        number=next_number("TS", branch.code, clock.local(now).date()),
        branch_id=branch.id,
        customer_id=customer_id,
        complainant=complainant,
        phone=phone,
        voucher_id=voucher_id,
        work_order_id=work_order_id,
        channel=channel,
        source=source,
        source_ref=source_ref[:LONGEST_REF],
        category=category,
        severity=severity,
        severity_ground=ground,
        severity_reason=earlier or "",
        received_at=received,
        content=content,
        demand=demand,
        wants=wants or "",
        email=email,
        association=association,
        association_ref=association_ref,
        status=rules.LIFECYCLE.initial,
        entered_by_id=actor.staff_id,
        subject_id=subject_id,
    )
    set_deadlines(complaint)
    db.session.add(complaint)
    step = record(complaint, actor, "enter", "", now)
    db.session.flush()
    if attachment is not None:
        keep_file(complaint, actor, attachment, step=step)
    if severity == "major":
        become_major(complaint, actor, received, now)
    _tell_leader(complaint, actor)
    reopen_actions_for(complaint, now)
    return complaint


def _same_since(received: datetime) -> datetime:
    """How far back a complaint without a product may lie to be about the same matter (CP-5)."""
    return received - timedelta(days=settings.number(REPEAT_DAYS))


def _tell_leader(complaint: Complaint, actor: Principal) -> None:
    """The supervisor calls on every complaining customer or names who does (CP-7); the next above, if it is about them."""
    with acting_as(SYSTEM):
        people = [person for person in queries.people_of(complaint, "supervisor") if person.id != actor.staff_id]
        tell(
            complaint,
            people,
            N_("New complaint %(number)s: please name who handles it."),
            {"number": complaint.number},
            tone="warning",
        )


def _voucher_of(order: WorkOrder | None, voucher_id: int | None) -> int | None:
    """The job says which product it is about. Raises ``Refused`` where a voucher given is another one."""
    if order is None:
        return voucher_id
    of_order = order.repair_call.voucher_id
    if voucher_id is not None and voucher_id != of_order:
        raise Refused(N_("This work order is for another product."), field="work_order_id")
    return of_order


def _check_association(channel: str, association: str) -> None:
    if channel == "association" and not association.strip():
        raise Refused(N_("Name the consumer association that sent it."), field="association")


def _customer_of(voucher: Voucher | None, customer_id: int | None) -> int | None:
    if voucher is None:
        return fetch(Customer, customer_id).id if customer_id is not None else None
    if customer_id is not None and customer_id != voucher.customer_id:
        raise Refused(N_("This service voucher belongs to another customer."), field="voucher_id")
    return voucher.customer_id


def _branch_id(actor: Principal, branch_id: int | None, voucher: Voucher | None) -> int | None:
    if not actor.has(*_ANY_BRANCH):
        if branch_id not in (None, actor.branch_id):
            raise Refused(N_("You may not put a record where you cannot see it yourself."), field="branch_id")
        return actor.branch_id
    return branch_id or (voucher.branch_id if voucher is not None else actor.branch_id)


@command("complaint.correct")
def correct(
    actor: Principal,
    complaint_id: int,
    *,
    version: int | None = None,
    complainant: str,
    phone: str,
    channel: str,
    category: str,
    received_at: datetime,
    content: str,
    demand: str = "",
    customer_id: int | None = None,
    voucher_id: int | None = None,
    work_order_id: int | None = None,
    subject_id: int | None = None,
    wants: str | None = None,
    email: str = "",
    association: str = "",
    association_ref: str = "",
) -> Complaint:
    """Correct what was taken down. Another time of receipt moves the deadlines with it and is audited (CAL-4).

    With another product, customer, telephone or kind it is compared again with what came before (CP-5); with another job,
    too, whether an action against its fault did not help (CP-11). A job is one of that product. Another person
    complained about moves a waiting proposal up (CP-9). Raises ``Refused``.
    """
    complaint = fetch_for(actor, complaint_id, version)
    if not rules.is_open(complaint.status):
        raise Refused(N_("Only an open complaint can be corrected; reopen it first."))
    if received_at != complaint.received_at:
        _check_receipt(complaint, received_at)
    _check_association(channel, association)
    if subject_id is not None:
        rules.check_not_subject(complaint.handler_id, {subject_id}, "subject_id")
    if subject_id is not None and subject_id == actor.staff_id:
        raise Refused(N_("The person complained about takes no part in handling the complaint."), field="subject_id")
    order = fetch(WorkOrder, work_order_id) if work_order_id is not None else _unseen_order(complaint, voucher_id)
    voucher_id = _voucher_of(order, voucher_id)
    voucher = fetch(Voucher, voucher_id) if voucher_id is not None else None
    matter, fault, subjects = _matter(complaint), fault_of(complaint), complaint.subjects
    complaint.work_order_id = order.id if order is not None else None
    complaint.customer_id = _customer_of(voucher, customer_id)
    complaint.voucher_id, complaint.subject_id = voucher_id, subject_id
    complaint.complainant, complaint.phone, complaint.channel = complainant, queries.plain_phone(phone), channel
    complaint.category, complaint.content, complaint.demand = category, content, demand
    complaint.wants, complaint.email = wants or "", email
    complaint.association, complaint.association_ref = association, association_ref
    if received_at != complaint.received_at:
        complaint.received_at = received_at
        set_deadlines(complaint)
    db.session.flush()
    db.session.expire(complaint, ["voucher", "customer", "work_order", "subject"])
    _compare(complaint, actor, again=_matter(complaint) != matter)
    if (_matter(complaint), fault_of(complaint)) != (matter, fault):
        reopen_actions_for(complaint, clock.now())
    if complaint.subjects != subjects:
        _take_out_subjects(complaint)
    return complaint


def _matter(complaint: Complaint) -> tuple[int | None, int | None, str, str]:
    """What tells whether two complaints are about the same matter (CP-5)."""
    return complaint.voucher_id, complaint.customer_id, queries.plain_phone(complaint.phone), complaint.category


def _unseen_order(complaint: Complaint, voucher_id: int | None) -> WorkOrder | None:
    """A job of another branch does not stand in the form of who corrects: it stays, if it is of this product."""
    if complaint.work_order_id is None or complaint.work_order is not None:
        return None
    with acting_as(SYSTEM):
        order = fetch(WorkOrder, complaint.work_order_id)
        return order if order.repair_call.voucher_id == voucher_id else None


def _compare(complaint: Complaint, actor: Principal, *, again: bool) -> None:
    """Whether the correction makes it a major matter (CP-5): ``again`` compared with what came before."""
    now = clock.now()
    if complaint.severity == "ordinary":
        earlier = None
        if again:
            earlier = queries.earlier_number(
                complaint.customer_id,
                complaint.voucher_id,
                category=complaint.category,
                phone=complaint.phone,
                since=_same_since(complaint.received_at),
                exclude_id=complaint.id,
            )
        severity, ground = rules.severity_at_entry(earlier, None, complaint.wants)
        if severity == "major":
            complaint.severity, complaint.severity_ground = severity, ground
            complaint.severity_reason = (earlier or "") if ground == "again" else complaint.severity_reason
            become_major(complaint, actor, now, now)


def _take_out_subjects(complaint: Complaint) -> None:
    """Who is complained about from now on leaves the crisis group, sees to nothing it decided, does what was to be done
    against its cause no more, and does not stand over a waiting proposal (CP-4, CP-9)."""
    db.session.flush()
    with acting_as(SYSTEM):
        for member in [row for row in complaint.crisis_members if row.staff_id in complaint.subjects]:
            complaint.crisis_members.remove(member)
            db.session.delete(member)
        hand_over(complaint)
        waiting = queries.pending_approval(complaint.id)
        if waiting is not None:
            ask_for_approval(complaint, waiting.requested_by_id, waiting.reasons)


def _check_receipt(complaint: Complaint, received_at: datetime) -> None:
    if received_at > clock.now():
        raise Refused(N_("This lies in the future."), field="received_at")
    acted = [step.at for step in complaint.steps if step.verb != "enter"]
    if acted and received_at > min(acted):
        raise Refused(N_("The complaint was already being handled at that time."), field="received_at")


@command("complaint.add_subject")
@with_file
def add_subject(
    actor: Principal, complaint_id: int, *, staff_id: int, said: str, at: datetime | None = None
) -> Complaint:
    """Another person is complained about as well: from now on they take no part and see nothing (CP-4)."""
    complaint = fetch_for(actor, complaint_id)
    staff = fetch(Staff, staff_id)
    if staff.id in complaint.subjects:
        raise Refused(N_("This person is named already."), field="staff_id")
    if staff.id == actor.staff_id:
        raise Refused(N_("The person complained about takes no part in handling the complaint."), field="staff_id")
    rules.check_not_subject(complaint.handler_id, {staff.id}, "staff_id")
    complaint.further_subjects.append(ComplaintSubject(staff=staff))
    record(complaint, actor, "add_subject", f"{staff.name}: {said}", at or clock.now())
    _take_out_subjects(complaint)
    return complaint
