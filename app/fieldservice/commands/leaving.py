"""Who leaves has no job left that waits for this person (SO-9)."""

from __future__ import annotations

from sqlalchemy import select

from app.core.db import db
from app.core.errors import N_, Refused, Way
from app.fieldservice.models import WorkOrder
from app.fieldservice.rules import UNDER_WAY
from app.organisation.commands import LEAVING_GUARDS
from app.organisation.models import Staff


def no_open_jobs(person: Staff) -> None:
    """Nobody accepts, reaches or finishes the job of somebody who is gone: it goes to another first. Raises ``Refused``.

    A job whose product is in the workshop does not count: there the card says who repairs it.
    """
    statement = (
        select(WorkOrder)
        .where(WorkOrder.technician_id == person.id, WorkOrder.status.in_(UNDER_WAY))
        .order_by(WorkOrder.id)
        .execution_options(unscoped=True)
    )
    jobs = list(db.session.scalars(statement))
    if jobs:
        raise Refused(
            N_("%(name)s still has jobs: %(jobs)s. They are given to somebody else first."),
            field="active",
            name=person.name,
            jobs="、".join(job.number for job in jobs),
        ).leading(*(Way(job.number, f"/workorderview/show/{job.id}") for job in jobs[:5]))


LEAVING_GUARDS.append(no_open_jobs)
