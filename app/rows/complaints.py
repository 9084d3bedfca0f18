"""Complaints: confidential (CP-13), and never for the person complained about (CP-4); return visits."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Date, and_, bindparam, exists, or_, select

from app.complaints import rules
from app.complaints.models import (
    Approval,
    Complaint,
    ComplaintFile,
    ComplaintLateness,
    ComplaintLetter,
    ComplaintNotice,
    ComplaintReading,
    ComplaintStep,
    ComplaintSubject,
    CorrectiveAction,
    CrisisEntry,
    CrisisMember,
    ManagementAlert,
    PastMajor,
    SettlementAgreement,
)
from app.core import clock
from app.core.actors import Principal
from app.core.scope import scoped
from app.feedback.models import ReturnVisit, VisitAnswer, VisitAttempt
from app.rows.selects import (
    approvals,
    complaints,
    deputies,
    here,
    me,
    members,
    of_branch,
    people,
    subjects,
    visits,
)

# -- complaints --------------------------------------------------------------------------------------------


def against(p: Principal) -> Any:
    further = select(subjects.c.complaint_id).where(subjects.c.staff_id == me(p))
    return select(complaints.c.id).where(or_(complaints.c.subject_id == me(p), complaints.c.id.in_(further)))


def _not_against_me(column: Any, p: Principal) -> ColumnElement[bool]:
    result: ColumnElement[bool] = column.not_in(against(p))
    return result


def _taking_part(p: Principal) -> Any:
    """Complaints this person entered, handles, sits in the crisis group of, decides on, or is to visit somebody for."""
    group = select(members.c.complaint_id).where(members.c.staff_id == me(p))
    # Who is sent to the customer must know what it was about, and whom to call (RV-4); once made, no more.
    asking = select(visits.c.complaint_id).where(
        or_(visits.c.visitor_id == me(p), visits.c.companion_id == me(p)), visits.c.status.in_(("planned", "given_up"))
    )
    mine = or_(
        complaints.c.entered_by_id == me(p),
        complaints.c.handler_id == me(p),
        complaints.c.id.in_(group),
        complaints.c.id.in_(_decided_by(p)),
        complaints.c.id.in_(asking),
    )
    return select(complaints.c.id).where(mine)


def _decided_by(p: Principal) -> Any:
    """Complaints whose solution waits for this person, as the one in charge or standing in today, or was decided by them."""
    of_my_level = and_(approvals.c.role.in_(sorted(p.roles)), _in_branch(here(p)))
    # Asked for with every statement: these criteria are kept longer than a day.
    today = bindparam("scope_today", callable_=clock.today, type_=Date, unique=True)
    away = (
        exists()
        .where(
            deputies.c.deputy_id == me(p),
            deputies.c.starts_on <= today,
            deputies.c.ends_on >= today,
            people.c.id == deputies.c.staff_id,
            or_(
                *(and_(people.c.job == job, approvals.c.role == role) for job, role in rules.ROLE_OF_JOB.items()),
            ),
            or_(people.c.job.not_in(rules.JOBS_OF_BRANCH), _in_branch(people.c.branch_id)),
            ~_complained_about(people.c.id),
        )
        .correlate(approvals)
    )
    waits = and_(approvals.c.status == "pending", or_(of_my_level, away))
    return select(approvals.c.complaint_id).where(or_(waits, approvals.c.decided_by_id == me(p)))


def _in_branch(branch: Any) -> Any:
    other: Any = Complaint.__table__.alias("scope_decided")
    return exists().where(other.c.id == approvals.c.complaint_id, other.c.branch_id == branch).correlate_except(other)


def _complained_about(person: Any) -> Any:
    """Whether the complaint of the proposal is about this person: nobody stands in for them then (CP-4)."""
    first: Any = Complaint.__table__.alias("scope_about")
    further: Any = ComplaintSubject.__table__.alias("scope_about_too")
    return or_(
        exists().where(first.c.id == approvals.c.complaint_id, first.c.subject_id == person).correlate_except(first),
        exists()
        .where(further.c.complaint_id == approvals.c.complaint_id, further.c.staff_id == person)
        .correlate_except(further),
    )


def _in_charge(key: Any, p: Principal) -> Any:
    """Complaints of the branch whose handler, or nobody yet, stands below this person; nobody complained about beside or
    above (CP-4, CP-13; ``rules.stands_over``)."""
    rank = max((rules.JOB_RANK.get(job, 0) for job, role in rules.ROLE_OF_JOB.items() if role in p.roles), default=0)
    above = [job for job, other in rules.JOB_RANK.items() if other >= rank]
    higher = select(people.c.id).where(people.c.job.in_(above))
    further = select(subjects.c.complaint_id).where(subjects.c.staff_id.in_(higher))
    return (
        exists()
        .where(
            complaints.c.id == key,
            complaints.c.branch_id == here(p),
            or_(complaints.c.handler_id.is_(None), complaints.c.handler_id.not_in(higher)),
            or_(complaints.c.subject_id.is_(None), complaints.c.subject_id.not_in(higher)),
            complaints.c.id.not_in(further),
        )
        .correlate_except(complaints)
    )


def _involved(column: Any, p: Principal) -> ColumnElement[bool]:
    result: ColumnElement[bool] = column.in_(_taking_part(p))
    return result


COMPLAINT_RECORDS: tuple[tuple[Any, Any], ...] = (
    (Complaint, Complaint.id),
    *(
        (model, model.complaint_id)
        for model in (
            ComplaintStep,
            ComplaintSubject,
            ComplaintFile,
            Approval,
            CrisisMember,
            CrisisEntry,
            ManagementAlert,
            PastMajor,
            ComplaintLateness,
            ComplaintNotice,
            SettlementAgreement,
            ComplaintLetter,
        )
    ),
)
for _record, _key in COMPLAINT_RECORDS:
    scoped(
        _record,
        in_charge=lambda p, c=_key: and_(  # type: ignore[misc]  # likewise
            or_(_in_charge(c, p), _involved(c, p)), _not_against_me(c, p)
        ),
        involved=lambda p, c=_key: and_(_involved(c, p), _not_against_me(c, p)),  # type: ignore[misc]  # likewise
        not_against_me=lambda p, c=_key: _not_against_me(c, p),  # type: ignore[misc]  # likewise
    )
# Who was given an action, or a decision of the crisis group, sees it, though not the complaint it came from.
for _given in (CorrectiveAction, CrisisEntry):
    _given_of: Any = _given.complaint_id
    scoped(
        _given,
        in_charge=lambda p, m=_given, c=_given_of: and_(  # type: ignore[misc]  # likewise
            or_(_in_charge(c, p), _involved(c, p), m.owner_id == me(p)), _not_against_me(c, p)
        ),
        involved=lambda p, m=_given, c=_given_of: and_(  # type: ignore[misc]  # likewise
            or_(_involved(c, p), m.owner_id == me(p)), _not_against_me(c, p)
        ),
        not_against_me=lambda p, c=_given_of: _not_against_me(c, p),  # type: ignore[misc]  # likewise
    )
# Who read what is for the service department and the management to see (CP-13).
scoped(ComplaintReading, not_against_me=lambda p: _not_against_me(ComplaintReading.complaint_id, p))

# -- return visits -----------------------------------------------------------------------------------------

# What a customer says of how a complaint was handled is not for the person it was about, nor what was said at the visit
# that a complaint came from (CP-4, CP-13).


def _visit_not_about_me(p: Principal) -> ColumnElement[bool]:
    return and_(
        or_(ReturnVisit.complaint_id.is_(None), ReturnVisit.complaint_id.not_in(against(p))),
        or_(ReturnVisit.opened_complaint_id.is_(None), ReturnVisit.opened_complaint_id.not_in(against(p))),
    )


def visits_about(p: Principal) -> Any:
    """Return visits for a complaint against this person, and those that opened one."""
    return select(visits.c.id).where(
        or_(visits.c.complaint_id.in_(against(p)), visits.c.opened_complaint_id.in_(against(p)))
    )


scoped(
    ReturnVisit,
    branch=lambda p: and_(ReturnVisit.branch_id == here(p), _visit_not_about_me(p)),
    not_against_me=_visit_not_about_me,
)
for _told in (VisitAttempt, VisitAnswer):
    scoped(
        _told,
        branch=lambda p, m=_told: and_(  # type: ignore[misc]  # likewise
            of_branch(visits, m.return_visit_id, p), m.return_visit_id.not_in(visits_about(p))
        ),
        not_against_me=lambda p, m=_told: m.return_visit_id.not_in(visits_about(p)),  # type: ignore[misc]  # likewise
    )
