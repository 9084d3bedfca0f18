"""Finished background jobs are deleted when they are old; nothing that still matters is."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import current_app
from sqlalchemy import select, text, update

from app.core import clock, files, housekeeping, jobs, listing, outbox, scope, settings
from app.core.actors import SYSTEM, acting_as
from app.core.audit import AuditEntry
from app.core.db import db, is_sqlite
from app.core.errors import NotFound
from app.core.files import StoredFile
from app.core.outbox import OutboxEntry, want
from app.core.settings import Setting
from app.core.uow import unit_of_work
from app.customers.importing import RECORD
from app.customers.importing import jobs as lists
from app.customers.models import Customer
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


def test_uploaded_lists_go_after_the_days_the_setting_says_with_their_content(office: Cast) -> None:
    """They hold many customers' data and are needed only while somebody looks at them."""
    kept: dict[int, StoredFile] = {}
    for days in (9, 3):
        with clock.frozen(clock.now() - timedelta(days=days)), unit_of_work(office["supervisor"], "customer.import"):
            kept[days] = files.store(b"x", "a.xlsx", "application/x", record=RECORD, record_id=1)
            other = files.store(b"y", "b.pdf", "application/pdf", record="document", record_id=1)
    old = kept[9]
    assert files.read(old) == b"x"
    assert lists.forget_lists(clock.now()) == 1
    assert lists.forget_lists(clock.now()) == 0
    with pytest.raises(NotFound):
        files.read(old)
    assert (files.read(kept[3]), files.read(other)) == (b"x", b"y")
    with unit_of_work(office["admin"], "setting.change"):
        db.session.add(Setting(key=lists.KEEP_DAYS, value="2"))
    assert lists.forget_lists(clock.now()) == 1


def test_what_a_dead_process_left_is_taken_away_once_a_day_by_itself(office: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr(housekeeping, "_last", {})
    folder = Path(urlsplit(current_app.config["FILES_URL"]).path) / "2026" / "01" / "01"
    folder.mkdir(parents=True, exist_ok=True)

    def left(name: str) -> Path:
        path = folder / name
        path.write_bytes(b"x")
        before = (clock.now() - timedelta(days=2)).timestamp()
        os.utime(path, (before, before))
        return path

    now = clock.now()
    first = left("one")
    jobs.tick(now)
    assert not first.exists()
    second = left("two")
    jobs.tick(now + timedelta(hours=23))
    assert second.exists()
    jobs.tick(now + timedelta(hours=25))
    assert not second.exists()


def test_exported_lists_are_forgotten_with_their_files(office: Cast, monkeypatch: Any) -> None:
    """What was exported is kept for some days; the row goes with its file, younger ones stay."""
    now, days = clock.now(), settings.number(listing.KEEP_DAYS)

    def exported(made_at: datetime) -> StoredFile:
        asked: dict[str, Any] = {"user_id": office["clerk"].user_id, "screen": "CustomerView", "title": "客户"}
        with clock.frozen(made_at), unit_of_work(office["clerk"], "test.export") as session:
            row = listing.ListExport(**asked, query="", columns=["name"], language="en", format="csv", status="done")
            session.add(row)
            session.flush()
            stored = files.store(b"a", "a.csv", "text/csv", record="list_export", record_id=row.id)
            return StoredFile(key=stored.key, record_id=row.id)

    old, young = exported(now - timedelta(days=days, minutes=1)), exported(now - timedelta(days=days, minutes=-1))
    assert (files.read(old), files.read(young)) == (b"a", b"a")
    for _twice in range(2):
        monkeypatch.setattr(housekeeping, "_last", {})
        jobs.tick(now)
        with acting_as(SYSTEM):
            assert list(db.session.scalars(select(listing.ListExport.id))) == [young.record_id]
        with pytest.raises(NotFound):
            files.read(old)
        assert files.read(young) == b"a"


def test_sqlite_learns_daily_how_large_its_tables_are(office: Cast, monkeypatch: Any) -> None:
    """Without statistics it may walk through all of a branch's calls to find one customer's."""
    monkeypatch.setattr(housekeeping, "_last", {})
    jobs.tick(clock.now())
    if is_sqlite():
        known = db.session.execute(text("SELECT DISTINCT tbl FROM sqlite_stat1")).scalars().all()
        assert {"customer", "voucher"} <= set(known)


def test_a_customers_rows_are_found_from_the_customer_not_from_the_branch(office: Cast) -> None:
    """200,000 calls: the row scope asks for one customer's calls, whatever SQLite believes about the branch's."""
    with acting_as(office["clerk"]):
        scoped = scope.criterion(Customer, office["clerk"])
        statement = select(Customer.id).where(Customer.id.in_([1, 2]), scoped)
        asked = str(statement.compile(db.engine, compile_kwargs={"literal_binds": True}))
        if is_sqlite():
            db.session.execute(text("DROP TABLE IF EXISTS sqlite_stat1"))
            plan = [row.detail for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {asked}"))]
            assert any("scope_call USING INDEX ix_repair_call_voucher_id" in line for line in plan), plan
            assert not any("branch" in line and "scope_call" in line for line in plan), plan
            db.session.rollback()
        assert set(db.session.scalars(statement)) == {1, 2}
