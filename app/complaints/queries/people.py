"""Who answers for a complaint, who is told of it, who may decide it: never one complained about (CP-4, CP-7, CP-9)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, select

from app.complaints import rules
from app.complaints.models import FOUR_EYES_ABOVE, Approval, ApprovalDeputy, Complaint, CrisisEntry
from app.core import settings
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.errors import Refused
from app.organisation.models import AuthorityLimit, Staff

_JOB_OF = {"service_department": "service"}
_UPWARDS = {
    "handler": "supervisor",
    "supervisor": "branch_manager",
    "branch_manager": "service_department",
    "service_department": "management",
}
_OF_BRANCH = rules.JOBS_OF_BRANCH


def people_of(complaint: Complaint, role: str, without: Collection[int] = ()) -> list[Staff]:
    """The active people of that role who may know of the complaint; without any, those of the next role above.

    Of the branch nobody who stands below, or beside, a person complained about (CP-4, CP-13).
    """
    barred = complaint.subjects | set(without)
    if role == "handler":
        handler = complaint.handler
        found = [handler] if handler is not None and handler.active and handler.id not in barred else []
    else:
        statement = select(Staff).where(Staff.job == _JOB_OF.get(role, role), Staff.active.is_(True))
        if role in _OF_BRANCH:
            statement = statement.where(Staff.branch_id == complaint.branch_id)
        found = [person for person in db.session.scalars(statement.order_by(Staff.staff_no)) if person.id not in barred]
        if role in _OF_BRANCH and not rules.stands_over(role, None, _subject_jobs(complaint)):
            found = []
    if found or role not in _UPWARDS:
        return found
    return people_of(complaint, _UPWARDS[role], without)


def told_of(complaint: Complaint, role: str) -> list[Staff]:
    """Who is told of a deadline where that role should be; one who is not above the handler leaves it to the handler."""
    handler = people_of(complaint, "handler")[:1] if complaint.handler_id is not None else []
    above = role not in _OF_BRANCH or not handler or rules.stands_over(role, handler[0].job)
    return people_of(complaint, role) if above else handler


def _subject_jobs(complaint: Complaint) -> Iterable[str]:
    if not complaint.subjects:
        return ()
    return db.session.scalars(select(Staff.job).where(Staff.id.in_(complaint.subjects)))


def answerable(complaint: Complaint) -> Staff | None:
    """Who answers for the next deadline: the handler, until one is named the supervisor (CP-7, CP-16)."""
    return next(iter(people_of(complaint, "handler")), None)


def group_of(complaint: Complaint) -> set[int]:
    """Who sits in the crisis group, by staff id (CP-6)."""
    return {row.staff_id for row in complaint.crisis_members}


def decisions_to_do() -> ColumnElement[bool]:
    """Decisions of the crisis groups still to be carried out."""
    return (CrisisEntry.kind == "decision") & CrisisEntry.done_at.is_(None)


def may_tick(actor: Principal, entry: CrisisEntry) -> bool:
    """Whether this person may say that the decision is carried out (CP-6)."""
    with acting_as(SYSTEM):
        group = group_of(entry.complaint)
    return entry.to_do and actor.staff_id is not None and actor.staff_id in {entry.owner_id, *group}


# -- approval (CP-9) --------------------------------------------------------------------------------------------


def limits_for(kind: str) -> dict[str, Decimal | None]:
    """The authority matrix for one kind of remedy: role → up to which amount in CNY (None: without limit)."""
    statement = select(AuthorityLimit.role, AuthorityLimit.up_to).where(AuthorityLimit.kind == kind)
    return {row.role: row.up_to for row in db.session.execute(statement)}


def pending_approval(complaint_id: int) -> Approval | None:
    """The proposal that waits for a decision."""
    statement = select(Approval).where(Approval.complaint_id == complaint_id, Approval.status == "pending")
    found: Approval | None = db.session.scalars(statement).one_or_none()
    return found


def conflicted_roles(complaint: Complaint) -> set[str]:
    """The roles of those complained about: what they could approve goes one level up."""
    return {rules.ROLE_OF_JOB[job] for job in _subject_jobs(complaint) if job in rules.ROLE_OF_JOB}


def deputies_of(staff_ids: Collection[int], day: date) -> list[ApprovalDeputy]:
    """Who decides for these people on that office day."""
    statement = select(ApprovalDeputy).where(
        ApprovalDeputy.staff_id.in_(staff_ids), ApprovalDeputy.starts_on <= day, ApprovalDeputy.ends_on >= day
    )
    return list(db.session.scalars(statement))


def stands_in_for(actor: Principal, complaint: Complaint, day: date) -> list[Staff]:
    """For whom the acting person decides that day: nobody complained about, nobody of another branch's office."""
    if actor.staff_id is None:
        return []
    statement = (
        select(Staff)
        .join(ApprovalDeputy, ApprovalDeputy.staff_id == Staff.id)
        .where(
            ApprovalDeputy.deputy_id == actor.staff_id,
            ApprovalDeputy.starts_on <= day,
            ApprovalDeputy.ends_on >= day,
        )
    )
    return [
        person
        for person in db.session.scalars(statement)
        if person.id not in complaint.subjects
        and (person.job not in _OF_BRANCH or person.branch_id == complaint.branch_id)
    ]


def approvers(complaint: Complaint, role: str, day: date, without: Collection[int] = ()) -> list[Staff]:
    """Who is asked to decide at that level, and who stands in for them that day; nobody in ``without``."""
    barred = complaint.subjects | set(without)
    people = [person for person in _at_level(complaint, role) if person.id not in barred]
    found = {person.id: person for person in people}
    for row in deputies_of(list(found), day):
        if row.deputy_id not in barred and row.deputy.active:
            found[row.deputy_id] = row.deputy
    return list(found.values())


def people_asked(complaint: Complaint, role: str, day: date, proposed_by: int | None) -> list[Staff]:
    """The same without who proposed it, where the amount asks for a second pair of eyes (CP-9)."""
    above = complaint.compensation > settings.amount(FOUR_EYES_ABOVE)
    return approvers(complaint, role, day, {proposed_by} if above and proposed_by is not None else set())


def check_decider(actor: Principal, complaint: Complaint, row: Approval, day: date) -> Staff | None:
    """Whether this person may decide it that day; gives for whom, when only as a deputy. Raises ``Refused`` (CP-4, CP-9)."""
    limits = limits_for(row.kind)
    acted_for = None
    rules.check_not_subject(actor.staff_id, complaint.subjects)
    try:
        rules.check_authority(row.amount, actor.roles, row.role, limits)
    except Refused:
        people = stands_in_for(actor, complaint, day)
        acted_for = next((each for each in people if _covered(row, each, limits)), None)
        if acted_for is None:
            raise
    rules.check_four_eyes(row.amount, actor.staff_id, row.requested_by_id, settings.amount(FOUR_EYES_ABOVE))
    return acted_for


def _covered(row: Approval, person: Staff, limits: rules.Limits) -> bool:
    try:
        rules.check_authority(row.amount, [rules.ROLE_OF_JOB.get(person.job, "")], row.role, limits)
    except Refused:
        return False
    return True


def _at_level(complaint: Complaint, role: str) -> list[Staff]:
    statement = select(Staff).where(Staff.job == _JOB_OF.get(role, role), Staff.active.is_(True))
    if role in _OF_BRANCH:
        statement = statement.where(Staff.branch_id == complaint.branch_id)
    return list(db.session.scalars(statement.order_by(Staff.staff_no)))


def approvals_for(actor: Principal, day: date) -> ColumnElement[bool]:
    """Proposals at this person's level, or that of somebody they stand in for; the decision itself is checked again."""
    held = {rules.RANK[role] for role in actor.roles if role in rules.RANK}
    given: set[str] = set()
    if actor.staff_id is not None:
        away = select(Staff.job).join(ApprovalDeputy, ApprovalDeputy.staff_id == Staff.id)
        days = (ApprovalDeputy.starts_on <= day) & (ApprovalDeputy.ends_on >= day)
        jobs = db.session.scalars(away.where(ApprovalDeputy.deputy_id == actor.staff_id, days))
        given = {rules.ROLE_OF_JOB[job] for job in jobs if job in rules.ROLE_OF_JOB}
        held |= {rules.RANK[role] for role in given}
    levels = [level for level in rules.LEVELS if rules.RANK[level] in held]
    if actor.has("service_department"):
        # Its rank is the branch manager's, but it has no limit of its own: what costs nothing is all it decides, and
        # what waits for a branch manager it stands in for.
        of_manager = actor.has("branch_manager") or "branch_manager" in given
        return (Approval.status == "pending") & (
            Approval.role.in_([level for level in levels if level != "branch_manager" or of_manager])
            | ((Approval.amount == 0) & Approval.role.in_(("supervisor", "branch_manager")))
        )
    return (Approval.status == "pending") & Approval.role.in_(levels)
