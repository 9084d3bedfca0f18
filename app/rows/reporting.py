"""Reports, made documents, and the audit trail, which repeats what the rows said."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select

from app.complaints.models import ComplaintReading, CorrectiveAction
from app.core.actors import Principal
from app.core.audit import AuditEntry
from app.core.permissions import verbs
from app.core.scope import models, scoped
from app.feedback.models import ReturnVisit, VisitAnswer, VisitAttempt
from app.reporting.models import Delivery, MadeDocument, SupervisorReport, TechnicianReport
from app.reporting.rules import CONFIDENTIAL, PLAN
from app.rows.complaints import COMPLAINT_RECORDS, against, visits_about
from app.rows.selects import complaints, documents, here, me

# -- reports and documents ---------------------------------------------------------------------------------

scoped(
    TechnicianReport,
    branch=lambda p: TechnicianReport.branch_id == here(p),
    own=lambda p: TechnicianReport.staff_id == me(p),
)
scoped(SupervisorReport, branch=lambda p: SupervisorReport.branch_id == here(p))


def _printable(p: Principal) -> list[str]:
    """Names of the documents this person may print: who may not print it may not read it in the archive either."""
    return [
        verb.removeprefix("print.") for verb, roles in verbs().items() if verb.startswith("print.") and roles & p.roles
    ]


def _silent_plan(table: Any) -> ColumnElement[bool]:
    return and_(table.name == PLAN, table.for_staff_id.is_(None), table.discreet.is_(True))


def _of_the_branch(table: Any, p: Principal) -> ColumnElement[bool]:
    plan = _silent_plan(table)
    open_to_me = or_(table.name.not_in(CONFIDENTIAL), table.for_staff_id == me(p), plan)
    return and_(table.branch_id == here(p), table.name.in_(_printable(p)), open_to_me)


def _permitted(table: Any, p: Principal) -> ColumnElement[bool]:
    # Who is complained about reads the copies made with their own eyes (CP-4): what the system made shows everything.
    about_me = exists().where(complaints.c.id.in_(against(p)), complaints.c.received_at <= table.created_at)
    whole = and_(table.for_staff_id.is_(None), or_(_silent_plan(table), ~about_me.correlate_except(complaints)))
    open_to_me = or_(table.name.not_in(CONFIDENTIAL), table.for_staff_id == me(p), whole)
    return and_(table.name.in_(_printable(p)), open_to_me)


scoped(
    MadeDocument,
    branch=lambda p: _of_the_branch(MadeDocument, p),
    permitted=lambda p: _permitted(MadeDocument, p),
)
scoped(
    Delivery,
    branch=lambda p: Delivery.document_id.in_(select(documents.c.id).where(_of_the_branch(documents.c, p))),
    permitted=lambda p: Delivery.document_id.in_(select(documents.c.id).where(_permitted(documents.c, p))),
)

# -- the audit trail ---------------------------------------------------------------------------------------


def _of_the_house() -> list[str]:
    """Tables of business rows; an administrator looks after accounts, settings and reference data only."""
    return sorted({model.__tablename__ for model in models()} | {"stored_file"})


def _parts_against(p: Principal) -> list[ColumnElement[bool]]:
    """What belongs to a complaint against this person is not told by its trail either (CP-4)."""
    found = []
    for model in (*(each for each, _key in COMPLAINT_RECORDS[1:]), CorrectiveAction, ComplaintReading):
        table: Any = model.__table__
        mine = select(table.c.id).where(table.c.complaint_id.in_(against(p)))
        found.append(or_(AuditEntry.record != table.name, AuditEntry.record_id.not_in(mine)))
    found.append(or_(AuditEntry.record != ReturnVisit.__tablename__, AuditEntry.record_id.not_in(visits_about(p))))
    for told in (VisitAttempt, VisitAnswer):
        said: Any = told.__table__
        about = select(said.c.id).where(said.c.return_visit_id.in_(visits_about(p)))
        found.append(or_(AuditEntry.record != said.name, AuditEntry.record_id.not_in(about)))
    return found


scoped(
    AuditEntry,
    house=lambda p: AuditEntry.record.not_in(_of_the_house()),
    business=lambda p: and_(
        or_(AuditEntry.record != "complaint", AuditEntry.record_id.not_in(against(p))), *_parts_against(p)
    ),
)
