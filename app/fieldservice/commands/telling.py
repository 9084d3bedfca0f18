"""Telling people of what concerns them, in the portal's inbox: who is sent, reminded, asked to approve."""

from __future__ import annotations

from sqlalchemy import select

from app.core.actors import SYSTEM, acting_as, current
from app.core.db import db
from app.core.inbox import post
from app.fieldservice.models import RepairCall, WorkOrder
from app.organisation.models import Staff


def of_order(person: Staff, order: WorkOrder, message: str, words: str = "", *, tone: str = "info") -> None:
    """Tell a technician of a job; nobody is told of what he did himself. ``message`` may use ``number``, ``words``."""
    if person.id != current().staff_id:
        post(person.id, message, {"number": order.number, "words": words}, link=f"/my/job/{order.id}", tone=tone)


def of_call(person: Staff, call: RepairCall, message: str, words: str = "", *, link: str = "") -> None:
    """Tell somebody in the office of a call."""
    if person.id != current().staff_id:
        post(person.id, message, {"number": call.number, "words": words}, link=link or f"/dispatch/?call={call.id}")


def job_of_branch(branch_id: int, job: str, call: RepairCall, message: str, words: str = "", *, link: str = "") -> None:
    """Tell everybody who has this job in the branch of a call."""
    with acting_as(SYSTEM):
        people = db.session.scalars(
            select(Staff).where(Staff.branch_id == branch_id, Staff.job == job, Staff.active.is_(True))
        ).all()
    for person in people:
        of_call(person, call, message, words, link=link)
