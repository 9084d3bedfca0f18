"""The portal's messages to a person: shown in the inbox, with a count in the top bar, and mailed once.

    post(staff_id, N_("%(number)s is due at %(due)s."), {"number": …}, link="/repaircall/show/7", email=…)

inside a unit of work. What is kept is a message id with its values, so that everybody reads it in their own language.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import JSON, Index, String, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.core import audit, clock, i18n, mail
from app.core.actors import SYSTEM, Principal, current
from app.core.db import Model, Stamped, UTCDateTime, choice, db, ref, text
from app.core.errors import N_
from app.core.fetch import fetch
from app.core.outbox import GiveUp, Job, handles, want
from app.core.uow import command, unit_of_work

MAIL_STATES = ("none", "waiting", "sending", "sent", "failed", "uncertain")
TONES = ("info", "warning", "danger")
PAGE_SIZE = 50


class InboxMessage(Stamped, Model):
    """One message to one person; ``mail_status`` says what became of its mail."""

    __tablename__ = "inbox_message"
    __table_args__ = (
        choice("tone", TONES),
        choice("mail_status", MAIL_STATES),
        Index("ix_inbox_message_unread", "staff_id", "read_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = ref("staff.id", index=False)
    message: Mapped[str] = mapped_column(String(300), nullable=False)
    params: Mapped[dict[str, Any]] = mapped_column(JSON, nullable=False, default=dict)
    tone: Mapped[str] = mapped_column(String(8), nullable=False, default="info")
    link: Mapped[str] = text(200)
    email: Mapped[str] = text(128)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    mail_status: Mapped[str] = mapped_column(String(10), nullable=False, default="none")
    mail_error: Mapped[str] = text(300)

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        """The message in the reader's language."""
        return i18n.say(self.message, **self.params)


def post(
    staff_id: int,
    message: str,
    params: dict[str, Any] | None = None,
    *,
    link: str = "",
    tone: str = "info",
    email: str = "",
) -> InboxMessage:
    """Put a message into a person's inbox, within the transaction under way; ``mail_to`` mails what was posted."""
    row = InboxMessage(
        staff_id=staff_id, message=message, params=params or {}, link=link[:200], tone=tone, email=email or ""
    )
    db.session.add(row)
    db.session.flush()
    return row


def mail_to(messages: list[InboxMessage], not_before: datetime | None = None) -> None:
    """Want one mail that carries these messages of one person, now or later; nothing for who has no address."""
    if not messages or not messages[0].email:
        return
    for row in messages:
        row.mail_status = "waiting"
    db.session.flush()
    ids = [row.id for row in messages]
    want("inbox_mail", {"messages": ids}, dedup=f"inbox-mail-{ids[0]}", not_before=not_before)


def unread() -> int:
    """How many messages of the acting person are not read yet."""
    if current().staff_id is None:
        return 0
    statement = select(func.count(InboxMessage.id)).where(InboxMessage.read_at.is_(None))
    return int(db.session.execute(statement).scalar_one())


def newest(limit: int = PAGE_SIZE, offset: int = 0) -> list[InboxMessage]:
    """The acting person's messages, unread ones first, then the newest."""
    statement = select(InboxMessage).order_by(InboxMessage.read_at.is_not(None), InboxMessage.id.desc())
    return list(db.session.scalars(statement.limit(limit).offset(offset)))


@command("inbox.read")
def read(actor: Principal, message_id: int, *, at: datetime | None = None) -> InboxMessage:
    """Mark one's own message as read; reading it again changes nothing. Raises ``NotFound``."""
    row = fetch(InboxMessage, message_id)
    if row.read_at is None:
        row.read_at = at or clock.now()
    db.session.flush()
    return row


@command("inbox.read_all")
def read_all(actor: Principal, *, at: datetime | None = None) -> int:
    """Mark all one's own messages as read; gives their number."""
    rows = db.session.scalars(select(InboxMessage).where(InboxMessage.read_at.is_(None))).all()
    for row in rows:
        row.read_at = at or clock.now()
    db.session.flush()
    return len(rows)


# -- the mail ----------------------------------------------------------------------------------------------------


def _mark(ids: list[int], before: tuple[str, ...], after: str, error: str = "") -> None:
    with unit_of_work(SYSTEM, f"inbox.mail_{after}") as session:
        session.execute(
            update(InboxMessage)
            .where(InboxMessage.id.in_(ids), InboxMessage.mail_status.in_(before))
            .values(mail_status=after, mail_error=error[:300])
            .execution_options(synchronize_session=False)
        )
        audit.note("inbox_message", ids[0], {"mail_status": after})


@handles("inbox_mail")
def send_mail(job: Job) -> None:
    """Mail the messages. May run twice and sends once: ``sending`` is noted before the server gets the text."""
    rows = list(
        db.session.scalars(select(InboxMessage).where(InboxMessage.id.in_(job["messages"])).order_by(InboxMessage.id))
    )
    ids, states = [row.id for row in rows], {row.mail_status for row in rows}
    if "sending" in states and mail.folder() is None:
        _mark(ids, ("sending",), "uncertain", "The worker died while the mail was being handed over.")
        return
    if not states & {"waiting", "sending"}:
        return
    letter = _letter(rows)
    db.session.rollback()
    try:
        mail.send(letter, handing_over=lambda: _mark(ids, ("waiting",), "sending"))
    except mail.MailUncertain as problem:
        _mark(ids, ("sending",), "uncertain", str(problem))
    except mail.MailRefused as problem:
        _mark(ids, ("waiting", "sending"), "failed", str(problem))
        raise GiveUp(str(problem)) from problem
    except Exception as problem:
        # Not accepted, for sure: the next attempt starts from the beginning.
        _mark(ids, ("sending",), "waiting", str(problem))
        raise
    else:
        _mark(ids, ("waiting", "sending"), "sent")


def _letter(rows: list[InboxMessage]) -> mail.Mail:
    from app.core import settings

    with i18n.in_language():
        home = current_app.config["PUBLIC_URL"].rstrip("/")
        # The address leads past the login to the thing itself.
        lines = [(row.words, home + row.link if row.link.startswith("/") else "") for row in rows]
        subject = lines[0][0] if len(lines) == 1 else i18n.say(N_("%(count)d reminders"), count=len(lines))
        body = mail.text_from("inbox.txt", lines=lines, company=settings.value("company_name"))
    return mail.Mail(to=rows[0].email, subject=subject[:150], text=body, key=f"aftercare-inbox-{rows[0].id}")
