"""What every verb of complaint handling stands on: the complaint it is about, its deadlines, the step it leaves (CP-8)."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime
from typing import IO, Any, Protocol

from app.complaints import queries, rules
from app.complaints.models import (
    Complaint,
    ComplaintFile,
    ComplaintLateness,
    ComplaintStep,
)
from app.core import clock, files
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.errors import N_, Refused
from app.core.fetch import fetch

# Whose work complaints are: they have the screens for them.
HANDLING_JOBS = ("clerk", "supervisor", "branch_manager", "service", "management")


class Upload(Protocol):
    """A file as it was sent: what a browser's form or a test hands over."""

    filename: str | None
    stream: IO[bytes]


def fetch_for(actor: Principal, complaint_id: int, version: int | None = None) -> Complaint:
    """The complaint, for somebody who may take part in it (CP-4). Raises ``NotFound``, ``Conflict``, ``Refused``."""
    complaint = fetch(Complaint, complaint_id, version=version)
    # The row scope hides it from them already; someone who sees all rows by another role is stopped here (CP-4).
    rules.check_not_subject(actor.staff_id, complaint.subjects)
    return complaint


def set_deadlines(complaint: Complaint) -> None:
    """The deadlines of CP-3, from the receipt (CAL-4) or, after a reopening, from then on."""
    for column, due in queries.deadlines_from(complaint, complaint.taken).items():
        setattr(complaint, column, due)


def record(complaint: Complaint, actor: Principal, verb: str, said: str, at: datetime) -> ComplaintStep:
    """Write down who did what, when, and what was said (CP-8)."""
    step = ComplaintStep(stage=complaint.status, verb=verb, at=at, staff_id=actor.staff_id, said=said[:2000])
    complaint.steps.append(step)
    return step


def need_words(said: str, field: str = "said") -> None:
    """Nothing is done in silence (CP-8). Raises ``Refused``."""
    if not said.strip():
        raise Refused(N_("This is required."), field=field)


def not_in_future(at: datetime | None) -> datetime:
    """The moment given, or now. Raises ``Refused`` for one to come."""
    now = clock.now()
    if at is not None and at > now:
        raise Refused(N_("This lies in the future."), field="at")
    return at or now


def advance(
    actor: Principal,
    complaint_id: int,
    verb: str,
    *,
    said: str,
    at: datetime | None,
    **given: Any,
) -> Complaint:
    """Move the complaint along its lifecycle and write the step down."""
    complaint = fetch_for(actor, complaint_id)
    now = clock.now()
    moment = at or now
    moved = [step.at for step in complaint.steps if step.verb in rules.LIFECYCLE.verb_labels]
    rules.check_step_time(moment, now, complaint.received_at, moved[-1] if moved else None)
    rules.LIFECYCLE.apply(complaint, verb, actor.roles, said=said, **given)
    record(complaint, actor, verb, said, moment)
    if verb != "reopen":  # its deadlines begin anew: those of before were kept or noted when it ended
        note_lateness(complaint, now)
    return complaint


# What is handed in with these is taken for a paper of that kind; otherwise for what it looks like.
_KIND_OF = {"answer": "letter", "report_back": "letter"}


def with_file(function: Callable[..., Complaint]) -> Callable[..., Complaint]:
    """A verb of a complaint that takes ``attachment``: what was handed in, kept at the step the verb leaves (CP-8).

    The one place for it, whichever verb it is. The step is the first that the verb writes down: what follows from it by
    itself comes behind.
    """

    @functools.wraps(function)
    def run(actor: Principal, complaint_id: int, *, attachment: Upload | None = None, **given: Any) -> Complaint:
        if attachment is None:
            return function(actor, complaint_id, **given)
        last = max((step.id for step in fetch_for(actor, complaint_id).steps), default=0)
        complaint = function(actor, complaint_id, **given)
        db.session.flush()
        step = next(step for step in complaint.steps if step.id > last)
        keep_file(complaint, actor, attachment, kind=_KIND_OF.get(step.verb), step=step)
        return complaint

    return run


def keep_file(
    complaint: Complaint,
    actor: Principal,
    upload: Upload,
    *,
    kind: str | None = None,
    step: ComplaintStep | None = None,
) -> ComplaintFile:
    """Put a file beside the complaint: whoever may read the complaint may read the file (CP-8, CP-13)."""
    return keep_bytes(complaint, actor, upload.stream.read(), upload.filename or "file", kind=kind, step=step)


def keep_bytes(
    complaint: Complaint,
    actor: Principal,
    content: bytes,
    filename: str,
    *,
    kind: str | None = None,
    step: ComplaintStep | None = None,
) -> ComplaintFile:
    """The same for content at hand (a signature drawn on screen)."""
    db.session.flush()
    kept = rules.content_type_of(content)
    stored = files.store(content, filename, kept, record="complaint", record_id=complaint.id)
    row = ComplaintFile(
        complaint_id=complaint.id,
        complaint_step_id=step.id if step is not None else None,
        kind=kind or rules.kind_of_file(kept),
        filename=stored.filename,
        stored_file_id=stored.id,
        added_by_id=actor.staff_id,
    )
    complaint.files.append(row)
    db.session.flush()
    return row


def note_lateness(complaint: Complaint, now: datetime) -> int:
    """Record what came, or comes, too late against whoever answers for it (CP-16); gives how much is new.

    May run twice: a stage is late once for each deadline. When it is reached at last the moment is added; when what was
    done in time is only written down later, nothing stands against anybody.
    """
    known = {(row.stage, row.due_at): row for row in complaint.lateness}
    fresh = 0
    for each in queries.all_standings(complaint, now):
        row = known.get((each.stage, each.due_at)) if each.due_at is not None else None
        if each.state == rules.MET and row is not None:
            complaint.lateness.remove(row)
            db.session.delete(row)
        if each.due_at is None or each.state not in (rules.LATE, rules.OVERDUE):
            continue
        if row is None:
            with acting_as(SYSTEM):
                who = queries.answerable(complaint)
            row = ComplaintLateness(stage=each.stage, due_at=each.due_at, staff_id=who.id if who else None)
            complaint.lateness.append(row)
            fresh += 1
        if row.done_at is None and each.done_at is not None:
            row.done_at = each.done_at
    return fresh
