"""Corrective and preventive action: taken, done, its effect checked (CP-11)."""

from __future__ import annotations

from datetime import date, datetime

from app.complaints import rules
from app.complaints.commands.handling import HANDLING_JOBS, fetch_for, need_words, not_in_future
from app.complaints.commands.recurrence import fault_of
from app.complaints.commands.telling import tell
from app.complaints.models import CorrectiveAction
from app.core import clock
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.fetch import fetch
from app.core.uow import command
from app.fieldservice.models import FaultCode
from app.organisation.models import Staff


@command("complaint.take_action")
def take_action(
    actor: Principal,
    complaint_id: int,
    *,
    kind: str,
    cause: str,
    action: str,
    owner_id: int,
    due_on: date,
    responsible_id: int | None = None,
    fault_code_id: int | None = None,
) -> CorrectiveAction:
    """Name the cause, what is done about it, by whom and until when (CP-11). Fault and model follow from the job.

    Raises ``Refused``: only after the facts are verified, never given to a person complained about.
    """
    complaint = fetch_for(actor, complaint_id)
    if complaint.status in ("received", "acknowledged", "withdrawn"):
        raise Refused(N_("First verify the facts."))
    for words, field in ((cause, "cause"), (action, "action")):
        need_words(words, field)
    owner = fetch(Staff, owner_id)
    rules.check_not_subject(owner.id, complaint.subjects, "owner_id")
    if not owner.active:
        raise Refused(N_("This person no longer works here."), field="owner_id")
    if owner.job not in HANDLING_JOBS:  # others have no screen for it
        raise Refused(N_("Complaints are handled in the office: choose somebody from there."), field="owner_id")
    rules.check_due(due_on, clock.today())
    fault = fault_of(complaint)
    if fault_code_id is not None:
        fault = rules.Fault(fault.product_model_id, fetch(FaultCode, fault_code_id).id)
    row = CorrectiveAction(
        complaint=complaint,
        kind=kind,
        cause=cause,
        action=action,
        owner_id=owner.id,
        responsible_id=responsible_id,
        due_on=due_on,
        status=rules.ACTION.initial,
        product_model_id=fault.product_model_id,
        fault_code_id=fault.fault_code_id,
    )
    db.session.add(row)
    db.session.flush()
    if owner.id != actor.staff_id:
        message = N_("An action after complaint %(number)s is yours, due %(due)s.")
        params = {"number": complaint.number, "due": due_on.isoformat()}
        with acting_as(SYSTEM):
            tell(complaint, [owner], message, params, link=f"/correctiveactionview/show/{row.id}")
    return row


def _action(actor: Principal, action_id: int) -> CorrectiveAction:
    row = fetch(CorrectiveAction, action_id)
    with acting_as(SYSTEM):  # its owner need not see the complaint itself
        rules.check_not_subject(actor.staff_id, row.complaint.subjects)
    return row


@command("corrective_action.finish")
def finish(actor: Principal, action_id: int, *, said: str, at: datetime | None = None) -> CorrectiveAction:
    """It is done; the effect is still to be checked."""
    row = _action(actor, action_id)
    rules.ACTION.apply(row, "finish", actor.roles, said=said)
    row.done_at, row.result = not_in_future(at), said[:1000]
    row.checked_at, row.checked_by_id, row.effect = None, None, ""
    return row


@command("corrective_action.confirm")
def confirm(actor: Principal, action_id: int, *, said: str, at: datetime | None = None) -> CorrectiveAction:
    """The effect was checked: it helped. Not by who did it."""
    row = _check(actor, action_id, said, at)
    rules.ACTION.apply(row, "confirm", actor.roles, said=said)
    return row


@command("corrective_action.repeat")
def repeat(
    actor: Principal, action_id: int, *, said: str, due_on: date | None = None, at: datetime | None = None
) -> CorrectiveAction:
    """The effect was checked: it did not help, and is to be done again until another day."""
    row = _check(actor, action_id, said, at)
    rules.ACTION.apply(row, "repeat", actor.roles, said=said, due_on=due_on)
    assert due_on is not None  # required by the lifecycle
    rules.check_due(due_on, clock.today())
    row.due_on = due_on
    return row


def _check(actor: Principal, action_id: int, said: str, at: datetime | None) -> CorrectiveAction:
    row = _action(actor, action_id)
    if row.status == "done" and actor.staff_id is not None and actor.staff_id == row.owner_id:
        raise Refused(N_("The effect is checked by somebody else than who did it."))
    row.checked_at, row.checked_by_id, row.effect = not_in_future(at), actor.staff_id, said[:1000]
    return row


@command("corrective_action.cancel")
def cancel_action(actor: Principal, action_id: int, *, said: str, at: datetime | None = None) -> CorrectiveAction:
    """It is not needed after all, with a reason."""
    row = _action(actor, action_id)
    rules.ACTION.apply(row, "cancel", actor.roles, said=said)
    row.effect = said[:1000]
    return row
