"""Finished background jobs are deleted when they are old; nothing that still matters is."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from app.core import clock, housekeeping, outbox
from app.core.actors import SYSTEM, acting_as
from app.core.audit import AuditEntry
from app.core.db import db
from app.core.outbox import OutboxEntry, want
from app.core.uow import unit_of_work
from tests.cast import Cast


def _entry(status: str, days: int) -> None:
    with unit_of_work(SYSTEM, "test.entry") as session:
        key = want("nothing", {})
        session.connection().execute(
            update(OutboxEntry.__table__)
            .where(OutboxEntry.__table__.c.id == key)
            .values(status=status, done_at=clock.now() - timedelta(days=days))
        )


def _audited() -> list[dict[str, int]]:
    with acting_as(SYSTEM):
        statement = select(AuditEntry.after).where(AuditEntry.verb == "outbox.forget")
        return list(db.session.execute(statement).scalars())


def test_only_what_is_finished_and_old_goes(office: Cast) -> None:
    for status, days in (("done", 61), ("dropped", 90), ("done", 59), ("dead", 400), ("waiting", 400)):
        _entry(status, days)
    assert housekeeping.forget_finished(clock.now()) == 2
    assert outbox.counts() == {"waiting": 1, "claimed": 0, "done": 1, "dead": 1, "dropped": 0}
    assert _audited() == [{"deleted": 2}]


def test_doing_it_twice_changes_nothing(office: Cast) -> None:
    _entry("done", 100)
    housekeeping.forget_finished(clock.now())
    assert housekeeping.forget_finished(clock.now()) == 0
    assert _audited() == [{"deleted": 1}]
