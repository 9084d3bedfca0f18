"""Things to do after a change is committed: make a document, send a message. Wanted in the same transaction.

    want("mail", {"delivery": 7}, dedup="delivery-7")        inside a unit of work

    @handles("mail")
    def send(job: Job) -> None:
        text = render(job["delivery"])                       # slow, no transaction open
        with job.finish() as session:                        # rows and "done" in one transaction
            session.add(...)

A job may run twice (a worker killed in the middle, a lost queue server); with ``job.finish()`` its rows are written
once all the same: a worker whose claim was taken over meanwhile gets ``LostClaim`` and nothing of its work stays.
What leaves the house (mail) is named after ``job.key``, so that the second copy replaces or is recognised as the first.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import JSON, Engine, Index, Integer, String, Table, Update, and_, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core import audit, clock, queue
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import Model, Stamped, UTCDateTime, choice, db
from app.core.errors import N_, Refused
from app.core.i18n import say
from app.core.uow import after_commit, command, in_unit_of_work, unit_of_work

log = logging.getLogger(__name__)

STATUSES = ("waiting", "claimed", "done", "dead", "dropped")
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 60))
LONGEST_ERROR = 1000


class OutboxEntry(Stamped, Model):
    """One thing to do. Changed only by this module, with statements that name the state they expect."""

    __tablename__ = "outbox_entry"
    __table_args__ = (choice("status", STATUSES), Index("ix_outbox_entry_due", "status", "next_try_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(64), nullable=False)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, nullable=False, default=dict)
    dedup: Mapped[str | None] = mapped_column(String(200), unique=True)
    status: Mapped[str] = mapped_column(String(10), nullable=False, default="waiting")
    attempts: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    next_try_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    claimed_by: Mapped[str | None] = mapped_column(String(120))
    claim_expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    last_error: Mapped[str] = mapped_column(String(LONGEST_ERROR), nullable=False, default="")
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime())

    def __repr__(self) -> str:
        return f"{self.kind} {self.id}"

    def __str__(self) -> str:
        return f"{say(LABELS.get(self.kind, self.kind))} {self.id}"


_outbox: Table = OutboxEntry.__table__


class LostClaim(RuntimeError):
    """The claim ran out and somebody else took the job over: what was done must not be committed."""


class GiveUp(Exception):
    """Raised by a handler when trying again cannot help: the entry is laid aside at once."""


class Job(dict[str, Any]):
    """A claimed entry as its handler sees it: the payload (``job["document"]``) and who it is.

    ``id`` of the entry, ``kind``, ``attempt`` (1 for the first), ``key`` (the same at every attempt).
    """

    def __init__(self, entry_id: int, kind: str, payload: dict[str, Any], attempt: int, token: str) -> None:
        super().__init__(payload)
        self.id = entry_id
        self.kind = kind
        self.attempt = attempt
        self.token = token
        self.finished = False

    @property
    def key(self) -> str:
        """A name for what the job sends out, the same at every attempt."""
        return f"{self.kind}-{self.id}"

    @property
    def payload(self) -> dict[str, Any]:
        """The payload as a plain dictionary."""
        return dict(self)

    @contextlib.contextmanager
    def finish(self, verb: str | None = None) -> Iterator[Session]:
        """One unit of work (by the system) that writes the job's rows and marks it done, or neither.

        Raises ``LostClaim``.
        """
        with unit_of_work(SYSTEM, verb or f"outbox.{self.kind}") as session:
            changed = session.connection().execute(self._done())
            if changed.rowcount != 1:
                raise LostClaim(self.key)
            yield session
        self.finished = True

    def _done(self) -> Update:
        return _mine(self).values(status="done", done_at=clock.now(), last_error="", **UNCLAIMED)


Handler = Callable[[Job], None]
HANDLERS: dict[str, Handler] = {}
LABELS: dict[str, str] = {}
UNCLAIMED: dict[str, Any] = {"claimed_by": None, "claim_expires_at": None}


def handles(kind: str, label: str = "") -> Callable[[Handler], Handler]:
    """Register the function that does entries of this kind; ``label`` (an English message id) is what people read."""

    def register(handler: Handler) -> Handler:
        HANDLERS[kind] = handler
        LABELS[kind] = label or kind
        return handler

    return register


def want(
    kind: str,
    payload: dict[str, Any],
    dedup: str | None = None,
    not_before: datetime | None = None,
    someone_waits: bool = False,
) -> int:
    """Note, in the transaction under way, that something is to be done after it; gives the entry's id.

    ``dedup`` names the thing wanted: wanting it again gives the entry that is there already. What a person is waiting
    for at the screen goes before everything else in the queue.
    """
    if not in_unit_of_work():
        raise RuntimeError("things are wanted inside a unit of work")
    json.dumps(payload)  # a value the queue cannot carry fails here, not in the worker
    connection = db.session().connection()
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    now = clock.now()
    at = max(now, not_before or now)
    values: dict[str, Any] = {
        "kind": kind,
        "payload": payload,
        "dedup": dedup,
        "status": "waiting",
        "attempts": 0,
        "next_try_at": at,
        "last_error": "",
        "created_at": now,
    }
    statement = insert(_outbox).values(**values).on_conflict_do_nothing(index_elements=["dedup"])
    made = connection.execute(statement.returning(_outbox.c.id)).scalar()
    if made is None:
        return int(connection.execute(select(_outbox.c.id).where(_outbox.c.dedup == dedup)).scalar_one())
    if at <= now:
        _push_later(int(made), someone_waits)
    return int(made)


def process(entry_id: int) -> str:
    """Claim one entry and do it; gives the status it ends in, or ``skipped`` when it is not to be done now.

    Runs inside an application context and outside any transaction; never raises for what a handler does.
    """
    job = _claim(entry_id)
    if job is None:
        return "skipped"
    renewal = _Renewal(job)
    try:
        with renewal, acting_as(SYSTEM):
            HANDLERS[job.kind](job)
            if not job.finished:
                with job.finish():
                    pass
        return "done"
    except LostClaim:
        log.warning("outbox %s: claim lost, left to the one who took it", job.key)
        return "skipped"
    except Exception as problem:
        log.warning(
            "outbox %s, attempt %d: %s", job.key, job.attempt, problem, exc_info=not isinstance(problem, GiveUp)
        )
        return _failed(job, problem)
    finally:
        db.session.remove()


def due(limit: int = 500) -> list[tuple[int, int]]:
    """Id and number of attempts of the entries to be done now, the longest waiting first."""
    statement = select(_outbox.c.id, _outbox.c.attempts).where(_is_due(clock.now()))
    with db.engine.connect() as connection:
        rows = connection.execute(statement.order_by(_outbox.c.next_try_at, _outbox.c.id).limit(limit))
        return [(row.id, row.attempts) for row in rows]


def sweep(limit: int = 500) -> int:
    """Put everything due into the queue, also what a killed worker or a lost queue left behind; gives the number."""
    found = due(limit)
    for entry_id, attempts in found:
        if not queue.push(entry_id, attempts):
            break
    return len(found)


def drain(limit: int = 500) -> list[str]:
    """Do everything due in this process, without a queue: for the command line and for tests."""
    ended: list[str] = []
    while batch := due(limit):
        ended.extend(process(entry_id) for entry_id, _ in batch)
    return ended


def counts() -> dict[str, int]:
    """Number of entries by status (zero for those without any)."""
    with db.engine.connect() as connection:
        rows = connection.execute(select(_outbox.c.status, func.count()).group_by(_outbox.c.status)).all()
    return dict.fromkeys(STATUSES, 0) | {row[0]: row[1] for row in rows}


def laid_aside() -> int:
    """How many entries wait for somebody's decision; done ones, of which there are very many, are not looked at."""
    with db.engine.connect() as connection:
        wanted = select(func.count()).select_from(_outbox).where(_outbox.c.status == "dead")
        return int(connection.execute(wanted).scalar_one())


def oldest_due() -> datetime | None:
    """Since when the longest waiting entry is due; None when none is."""
    with db.engine.connect() as connection:
        found: datetime | None = connection.execute(
            select(func.min(_outbox.c.next_try_at)).where(_is_due(clock.now()))
        ).scalar()
    return found


@command("outbox.retry")
def retry(actor: Principal, entry_id: int, *, at: datetime | None = None) -> int:
    """Try an entry that was laid aside once more, with a full set of attempts. Raises ``Refused``."""
    values = {"status": "waiting", "attempts": 0, "next_try_at": at or clock.now()}
    _decide(entry_id, values, N_("Only an entry that was laid aside can be tried again."))
    _push_later(entry_id)
    return entry_id


@command("outbox.drop")
def drop(actor: Principal, entry_id: int, *, at: datetime | None = None) -> int:
    """Give up an entry that was laid aside: it stays on record and is not tried again. Raises ``Refused``."""
    values = {"status": "dropped", "done_at": at or clock.now()}
    _decide(entry_id, values, N_("Only an entry that was laid aside can be given up."))
    return entry_id


def _decide(entry_id: int, values: dict[str, Any], otherwise: str) -> None:
    statement = update(_outbox).where(_outbox.c.id == entry_id, _outbox.c.status == "dead").values(**values)
    if db.session().connection().execute(statement).rowcount != 1:
        raise Refused(otherwise)
    audit.note("outbox_entry", entry_id, {"status": values["status"]})
    db.session().expire_all()


def _push_later(entry_id: int, at_front: bool = False) -> None:
    def push() -> None:
        queue.push(entry_id, 0, at_front)

    after_commit(push)


def _is_due(now: datetime) -> Any:
    return or_(
        and_(_outbox.c.status == "waiting", _outbox.c.next_try_at <= now),
        and_(_outbox.c.status == "claimed", _outbox.c.claim_expires_at <= now),
    )


def _mine(job: Job) -> Update:
    return update(_outbox).where(
        _outbox.c.id == job.id, _outbox.c.status == "claimed", _outbox.c.claimed_by == job.token
    )


def _change(statement: Update, engine: Engine | None = None) -> int:
    with (engine or db.engine).connect() as connection:
        connection = connection.execution_options(write_intent=True)
        with connection.begin():
            return int(connection.execute(statement).rowcount)


def _claim(entry_id: int) -> Job | None:
    now = clock.now()
    token = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(8)}"
    claimed = update(_outbox).where(_outbox.c.id == entry_id, _is_due(now))
    values = {
        "status": "claimed",
        "attempts": _outbox.c.attempts + 1,
        "claimed_by": token,
        "claim_expires_at": now + _lease(),
    }
    if _change(claimed.values(**values)) != 1:
        return None
    with db.engine.connect() as connection:
        row = connection.execute(select(_outbox).where(_outbox.c.id == entry_id)).one()
    job = Job(row.id, row.kind, row.payload, row.attempts, token)
    if row.attempts > _attempts():
        # Every attempt so far ended without a word: the job itself kills its worker.
        _lay_aside(job, "The worker vanished at every attempt.")
        return None
    if row.kind not in HANDLERS:
        _lay_aside(job, f"Nothing in this program handles {row.kind!r}.")
        return None
    return job


def _failed(job: Job, problem: Exception) -> str:
    reason = f"{type(problem).__name__}: {problem}"[:LONGEST_ERROR]
    if isinstance(problem, GiveUp) or job.attempt >= _attempts():
        return _lay_aside(job, reason)
    pause = PAUSES[min(job.attempt, len(PAUSES)) - 1]
    again = {"status": "waiting", "next_try_at": clock.now() + pause, "last_error": reason, **UNCLAIMED}
    return "waiting" if _change(_mine(job).values(**again)) else "skipped"


def _lay_aside(job: Job, reason: str) -> str:
    log.error("outbox %s laid aside: %s", job.key, reason)
    return "dead" if _change(_mine(job).values(status="dead", last_error=reason, **UNCLAIMED)) else "skipped"


def _lease() -> timedelta:
    return timedelta(seconds=current_app.config.get("JOB_LEASE", 60))


def _attempts() -> int:
    return int(current_app.config.get("JOB_ATTEMPTS", 6))


class _Renewal:
    """Keeps a claim alive while its handler works, so that the lease can be short and a killed worker's job is
    taken up soon, however long a report takes."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.lease = _lease()
        self.engine = db.engine
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._run, name=f"renew-{job.key}", daemon=True)

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join(timeout=20)

    def _run(self) -> None:
        while not self.stop.wait(self.lease.total_seconds() / 3):
            try:
                _change(_mine(self.job).values(claim_expires_at=clock.now() + self.lease), self.engine)
            except Exception as problem:  # the next round tries again; an expired claim is caught by finish()
                log.warning("outbox %s: claim not renewed: %s", self.job.key, problem)
