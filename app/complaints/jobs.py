"""What complaints do by themselves: deadlines, actions that come back, recordings that go, mail to the management."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import current_app

from app.complaints import commands
from app.complaints.commands import ALERT, page_of
from app.complaints.models import ManagementAlert
from app.core import clock, documents, i18n, mail, settings
from app.core.actors import SYSTEM
from app.core.db import db
from app.core.errors import N_
from app.core.jobs import on_tick
from app.core.outbox import GiveUp, Job, handles
from app.core.uow import unit_of_work

EVERY = timedelta(hours=1)
_last: dict[str, datetime] = {}


@on_tick
def deadlines(now: datetime) -> None:
    """Tell people of deadlines that come near, record what is late. May run twice: each level is told once."""
    minute = now.replace(second=0, microsecond=0)
    if _last.get("escalate") != minute:
        commands.escalate(now)
        _last["escalate"] = minute


@on_tick
def recurrence(now: datetime) -> None:
    """Reopen actions whose fault came back (CP-11). May run twice: an action reopened is open."""
    minute = now.replace(second=0, microsecond=0)
    if _last.get("recurrence") != minute:
        commands.reopen_actions(now)
        _last["recurrence"] = minute


@on_tick
def reminders(now: datetime) -> None:
    """Tell of actions and decisions past their day (CP-6, CP-11). May run twice: each is told once for its day."""
    minute = now.replace(second=0, microsecond=0)
    if _last.get("reminders") != minute:
        commands.remind_overdue(now)
        _last["reminders"] = minute


@on_tick
def recordings(now: datetime) -> None:
    """Once an hour delete recordings whose time is over (CP-15). May run twice: what is gone is gone."""
    if "recordings" not in _last or now - _last["recordings"] >= EVERY:
        commands.erase_recordings(now)
        _last["recordings"] = now


# -- the report to the management (CP-6) --------------------------------------------------------------------------


@handles(ALERT, N_("Put a major complaint before the management"))
def send_alert(job: Job) -> None:
    """Mail the report of a major complaint to one address. May run twice and sends once.

    ``sending`` is noted before the server gets the text; a run that finds it noted leaves it to people.
    """
    row = commands.alert_of(job["alert"])
    if row.mail_status == "sending" and mail.folder() is None:
        commands.alert_moved(row.id, "uncertain", "The worker died while the mail was being handed over.")
        return
    if row.mail_status not in ("waiting", "sending"):
        return
    alert_id, letter = row.id, _letter(row)
    db.session.rollback()  # rendering only read; the writes must not wait with its lock
    try:
        mail.send(letter, handing_over=lambda: commands.alert_moved(alert_id, "sending"))
    except mail.MailUncertain as problem:
        commands.alert_moved(alert_id, "uncertain", str(problem))
    except mail.MailRefused as problem:
        commands.alert_moved(alert_id, "failed", str(problem))
        raise GiveUp(str(problem)) from problem
    except Exception as problem:
        # Not accepted, for sure: the next attempt starts from the beginning.
        commands.alert_moved(alert_id, "waiting", str(problem))
        raise
    else:
        with unit_of_work(SYSTEM, "complaint.alert"):
            commands.alert_sent(alert_id, clock.now())


def _letter(row: ManagementAlert) -> mail.Mail:
    complaint = row.complaint
    report = documents.render("major_report", record_id=complaint.id)
    with i18n.in_language():
        subject = i18n.say(N_("Major complaint %(number)s"), number=complaint.number)
    return mail.Mail(
        to=row.email,
        subject=subject,
        text=mail.text_from(
            "complaint_alert.txt",
            number=complaint.number,
            branch=complaint.branch.name,
            content=complaint.content,
            received_at=f"{clock.local(complaint.received_at):%Y-%m-%d %H:%M}",
            url=current_app.config["PUBLIC_URL"].rstrip("/") + page_of(complaint),
            company=settings.value("company_name"),
        ),
        key=f"aftercare-alert-{row.id}-{row.created_at:%Y%m%d%H%M%S}",
        attachments=(mail.Attachment(report.filename, "application/pdf", report.pdf),),
    )
