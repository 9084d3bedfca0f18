"""What reporting prints: 006 技术人员日报表 and 007 服务主任日报表 (SO-11, SO-12, SO-13)."""

from __future__ import annotations

import datetime as dt

from app.core.db import db
from app.core.documents import Document, Params, register
from app.core.errors import N_, NotFound
from app.organisation.models import Staff
from app.organisation.queries import branches_of
from app.reporting import queries
from app.reporting.papers import SupervisorDaily, TechnicianDaily


def technician_dailies(params: Params) -> list[TechnicianDaily]:
    """The 006 of one technician (``record_id`` is the staff id), else one sheet for everybody with a day to show."""
    if params.record_id is not None:
        person = db.session.get(Staff, params.record_id)
        if person is None:
            raise NotFound("staff")
        return queries.technician_sheets(person.branch, params.date, person.id)
    return [sheet for branch in branches_of(params.branch) for sheet in queries.technician_sheets(branch, params.date)]


def supervisor_dailies(params: Params) -> list[SupervisorDaily]:
    """The 007 of one branch, or of every branch where work was entered."""
    branches = branches_of(params.branch)
    if params.branch is None:
        branches = queries.branches_with_work(branches, params.date)
    return [queries.supervisor_sheet(branch, params.date) for branch in branches]


register(
    Document(
        name="technician_daily",
        title=N_("Technician daily report"),
        area="reporting",
        template="technician_daily.html",
        query=technician_dailies,
        form_number="006",
        params=("date", "branch", "record_id"),
        scheduled_at=dt.time(18, 0),
    )
)
register(
    Document(
        name="supervisor_daily",
        title=N_("Supervisor daily report"),
        area="reporting",
        template="supervisor_daily.html",
        query=supervisor_dailies,
        form_number="007",
        scheduled_at=dt.time(18, 0),
    )
)
