"""Complaints: confidential (CP-13), and never for the person complained about (CP-4); return visits."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

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
    SettlementAgreement,
)
from app.core.actors import Principal
from app.core.scope import scoped
from app.feedback.models import ReturnVisit, VisitAnswer, VisitAttempt
from app.rows.selects import complaints, here, me, members, of_branch, subjects, visits

# -- complaints --------------------------------------------------------------------------------------------


def against(p: Principal) -> Any:
    further = select(subjects.c.complaint_id).where(subjects.c.staff_id == me(p))
    return select(complaints.c.id).where(or_(complaints.c.subject_id == me(p), complaints.c.id.in_(further)))


def _not_against_me(column: Any, p: Principal) -> ColumnElement[bool]:
    result: ColumnElement[bool] = column.not_in(against(p))
    return result


def _taking_part(p: Principal) -> Any:
    """Complaints this person entered, handles, or sits in the crisis group of."""
    group = select(members.c.complaint_id).where(members.c.staff_id == me(p))
    mine = or_(complaints.c.entered_by_id == me(p), complaints.c.handler_id == me(p), complaints.c.id.in_(group))
    return select(complaints.c.id).where(mine)


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
        branch=lambda p, c=_key: and_(  # type: ignore[misc]  # likewise
            or_(of_branch(complaints, c, p), _involved(c, p)), _not_against_me(c, p)
        ),
        involved=lambda p, c=_key: and_(_involved(c, p), _not_against_me(c, p)),  # type: ignore[misc]  # likewise
        not_against_me=lambda p, c=_key: _not_against_me(c, p),  # type: ignore[misc]  # likewise
    )
# Who was given an action sees it, though not the complaint it came from.
_action_of: Any = CorrectiveAction.complaint_id
scoped(
    CorrectiveAction,
    branch=lambda p: and_(
        or_(of_branch(complaints, _action_of, p), _involved(_action_of, p), CorrectiveAction.owner_id == me(p)),
        _not_against_me(_action_of, p),
    ),
    involved=lambda p: and_(
        or_(_involved(_action_of, p), CorrectiveAction.owner_id == me(p)), _not_against_me(_action_of, p)
    ),
    not_against_me=lambda p: _not_against_me(_action_of, p),
)
# Who read what is for the service department and the management to see (CP-13).
scoped(ComplaintReading, not_against_me=lambda p: _not_against_me(ComplaintReading.complaint_id, p))

# -- return visits -----------------------------------------------------------------------------------------

scoped(ReturnVisit, branch=lambda p: ReturnVisit.branch_id == here(p))
for _told in (VisitAttempt, VisitAnswer):
    scoped(
        _told,
        branch=lambda p, m=_told: of_branch(visits, m.return_visit_id, p),  # type: ignore[misc]  # likewise
    )
