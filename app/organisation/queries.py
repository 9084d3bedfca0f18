"""Reads of the organisation that more than one area needs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.core.actors import Principal, current
from app.core.db import db
from app.core.errors import N_, Refused
from app.organisation.models import Branch, Staff
from app.organisation.rules import stands_above

# Roles whose rows are those of all branches; everybody else's are those of their own.
COMPANY_WIDE = ("system", "service_department", "management")


def branches_of(code: str | None) -> list[Branch]:
    """The branch of that code, or without one every active branch the acting person reports on.

    Raises Refused for a code that is not there or belongs to another branch than the person's own: an empty register
    of somebody else's branch would look like a quiet day.
    """
    actor = current()
    wanted = select(Branch).order_by(Branch.code)
    if not actor.has(*COMPANY_WIDE):
        wanted = wanted.where(Branch.id == (actor.branch_id or -1))
    if code is None:
        return list(db.session.scalars(wanted.where(Branch.active.is_(True))))
    found = list(db.session.scalars(wanted.where(Branch.code == code)))
    if not found:
        raise Refused(N_("There is no branch with the code %(code)s."), field="branch", code=code)
    return found


def staff_of(branch: Branch, *jobs: str) -> list[Staff]:
    """Who works at the branch now, by staff number; ``jobs`` are some of ``rules.JOBS``, none of them means all."""
    wanted = select(Staff).where(Staff.branch_id == branch.id, Staff.active.is_(True)).order_by(Staff.staff_no)
    if jobs:
        wanted = wanted.where(Staff.job.in_(jobs))
    return list(db.session.scalars(wanted))


def is_superior(actor: Principal, person: Staff) -> bool:
    """Whether the acting person's own job stands above that of ``person``; who is not on the staff stands above nobody."""
    table: Any = Staff.__table__  # Core: nobody's row scope can hide who they are
    own = db.session.execute(select(table.c.job).where(table.c.id == (actor.staff_id or -1))).scalar_one_or_none()
    return own is not None and stands_above(own, person.job)
