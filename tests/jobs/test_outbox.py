"""The outbox: wanted in a transaction, done after it, once, whatever dies meanwhile. On both databases."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select

from app.core import clock, outbox
from app.core.actors import SYSTEM, acting_as
from app.core.audit import AuditEntry
from app.core.db import db
from app.core.errors import NotPermitted, Refused
from app.core.outbox import GiveUp, Job, OutboxEntry
from app.core.settings import Setting
from app.core.uow import unit_of_work
from tests.cast import Cast

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_handlers(monkeypatch: pytest.MonkeyPatch) -> dict[str, outbox.Handler]:
    """Only the handlers of the test at hand."""
    handlers: dict[str, outbox.Handler] = {}
    monkeypatch.setattr(outbox, "HANDLERS", handlers)
    return handlers


@pytest.fixture
def stopped() -> Iterator[datetime]:
    """The clock stands at noon."""
    with clock.frozen(NOON) as moment:
        yield moment


def wanted(kind: str = "test", dedup: str | None = None, **payload: object) -> int:
    with unit_of_work(SYSTEM, "test.want"):
        return outbox.want(kind, payload, dedup)


def entry(entry_id: int) -> OutboxEntry:
    db.session.expire_all()
    with acting_as(SYSTEM):
        return db.session.execute(select(OutboxEntry).where(OutboxEntry.id == entry_id)).scalar_one()


def rows_made() -> int:
    with db.engine.connect() as connection:
        return int(
            connection.execute(select(func.count()).select_from(Setting).where(Setting.key == "made")).scalar_one()
        )


def make_row(job: Job) -> None:
    with job.finish() as session:
        session.add(Setting(key="made", value="1"))


def test_a_change_taken_back_wants_nothing(office: Cast) -> None:
    with pytest.raises(Refused), unit_of_work(SYSTEM, "test.want"):
        outbox.want("test", {})
        raise Refused("no")
    assert outbox.counts()["waiting"] == 0


def test_wanting_needs_a_transaction(office: Cast) -> None:
    with pytest.raises(RuntimeError, match="inside a unit of work"):
        outbox.want("test", {})


def test_a_payload_the_queue_cannot_carry_is_refused_at_once(office: Cast) -> None:
    with pytest.raises(TypeError):
        wanted(at=datetime.now(UTC))


def test_the_same_thing_is_wanted_once(office: Cast) -> None:
    assert wanted(dedup="daily-2026-03-02") == wanted(dedup="daily-2026-03-02")
    assert wanted() != wanted()


def test_done_once_however_often_it_is_asked(office: Cast, own_handlers: dict[str, outbox.Handler]) -> None:
    own_handlers["test"] = make_row
    number = wanted()
    assert [outbox.process(number) for _ in range(3)] == ["done", "skipped", "skipped"]
    assert rows_made() == 1
    found = entry(number)
    assert (found.status, found.claimed_by, found.attempts) == ("done", None, 1) and found.done_at


def test_rows_are_audited_under_the_jobs_name(office: Cast, own_handlers: dict[str, outbox.Handler]) -> None:
    own_handlers["test"] = make_row
    outbox.process(wanted())
    with acting_as(SYSTEM):
        made = db.session.execute(select(AuditEntry).where(AuditEntry.record == "setting")).scalars().all()
    assert [(row.verb, row.actor) for row in made] == [("outbox.test", "系统")]


def test_a_handler_without_rows_needs_no_finish(office: Cast, own_handlers: dict[str, outbox.Handler]) -> None:
    seen: list[Job] = []
    own_handlers["test"] = seen.append
    number = wanted(colour="red")
    assert outbox.drain() == ["done"]
    assert seen[0]["colour"] == "red" and seen[0].key == f"test-{number}" and seen[0].payload == {"colour": "red"}


def test_failing_leaves_nothing_and_waits_longer_each_time_then_is_laid_aside(
    office: Cast, own_handlers: dict[str, outbox.Handler]
) -> None:
    def fails_late(job: Job) -> None:
        with job.finish() as session:
            session.add(Setting(key="made", value="1"))
            session.flush()
            raise ValueError("printer on fire")

    own_handlers["test"] = fails_late
    with clock.frozen(NOON):
        number = wanted()
    moment, pauses = NOON, []
    while True:
        with clock.frozen(moment):
            assert [found for found, _ in outbox.due()] == [number]
            status = outbox.process(number)
            found = entry(number)
            assert "printer on fire" in found.last_error
            if status == "dead":
                break
            assert (status, outbox.due()) == ("waiting", [])
            pauses.append(int((found.next_try_at - moment).total_seconds() // 60))
            moment = found.next_try_at
    assert pauses == [1, 2, 5, 15, 60]
    assert (rows_made(), entry(number).status) == (0, "dead")


def test_giving_up_lays_aside_at_once(office: Cast, own_handlers: dict[str, outbox.Handler]) -> None:
    def gives_up(job: Job) -> None:
        raise GiveUp("no such document")

    own_handlers["test"] = gives_up
    assert outbox.process(wanted()) == "dead"


def test_what_nothing_handles_is_laid_aside(office: Cast) -> None:
    number = wanted("unknown")
    assert outbox.drain() == ["skipped"]
    assert entry(number).status == "dead"


def test_only_an_administrator_tries_again_and_it_is_audited(
    office: Cast, own_handlers: dict[str, outbox.Handler]
) -> None:
    number = wanted("unknown")
    outbox.process(number)
    with pytest.raises(NotPermitted):
        outbox.retry(office["clerk"], number)
    outbox.retry(office["admin"], number)
    own_handlers["unknown"] = make_row
    assert (outbox.process(number), rows_made()) == ("done", 1)
    with pytest.raises(Refused):
        outbox.retry(office["admin"], number)
    with acting_as(SYSTEM):
        audited = db.session.execute(select(AuditEntry).where(AuditEntry.record == "outbox_entry")).scalars().all()
    assert [(row.verb, row.actor, row.record_id) for row in audited] == [("outbox.retry", "何志远", number)]


def test_giving_up_for_good_keeps_the_entry(office: Cast) -> None:
    number = wanted("unknown")
    outbox.process(number)
    outbox.drop(office["admin"], number)
    assert entry(number).status == "dropped" and outbox.due() == []


def test_a_vanished_workers_job_is_due_again_after_its_lease(
    office: Cast, own_handlers: dict[str, outbox.Handler], stopped: datetime
) -> None:
    number = wanted()
    own_handlers["test"] = make_row
    assert outbox._claim(number) is not None  # claimed, and the worker is gone
    assert outbox.process(number) == "skipped"
    lease = timedelta(seconds=current_app.config["JOB_LEASE"])
    with clock.frozen(stopped + lease - timedelta(seconds=1)):
        assert outbox.due() == []
    with clock.frozen(stopped + lease):
        assert (outbox.drain(), rows_made()) == (["done"], 1)


def test_a_job_that_kills_every_worker_is_laid_aside(
    office: Cast, own_handlers: dict[str, outbox.Handler], stopped: datetime
) -> None:
    number = wanted()
    own_handlers["test"] = make_row
    moment = stopped
    for _ in range(current_app.config["JOB_ATTEMPTS"]):
        with clock.frozen(moment):
            assert outbox._claim(number) is not None
        moment += timedelta(hours=1)
    with clock.frozen(moment):
        assert outbox.process(number) == "skipped"
    assert (entry(number).status, rows_made()) == ("dead", 0)


def test_a_slow_worker_that_lost_its_claim_commits_nothing(
    office: Cast, own_handlers: dict[str, outbox.Handler], stopped: datetime
) -> None:
    """Two workers with the same job: the first hangs past its lease, the second does it, the first wakes up."""
    ended: list[str] = []

    def hangs(job: Job) -> None:
        own_handlers["test"] = make_row
        with clock.frozen(stopped + timedelta(hours=1)):
            ended.append(outbox.process(number))
        make_row(job)

    own_handlers["test"] = hangs
    number = wanted()
    assert outbox.process(number) == "skipped"
    assert (ended, rows_made(), entry(number).status) == (["done"], 1, "done")


def test_a_long_job_keeps_its_claim(
    office: Cast, own_handlers: dict[str, outbox.Handler], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(current_app.config, "JOB_LEASE", 0.6)
    due_meanwhile: list[object] = []

    def slow(job: Job) -> None:
        time.sleep(1.0)
        due_meanwhile.extend(outbox.due())
        make_row(job)

    own_handlers["test"] = slow
    assert (outbox.process(wanted()), due_meanwhile, rows_made()) == ("done", [], 1)


def test_many_workers_at_once_do_it_once(office: Cast, own_handlers: dict[str, outbox.Handler]) -> None:
    own_handlers["test"] = make_row
    number = wanted()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy has no threads
    start, ended = threading.Barrier(8), []

    def work() -> None:
        with app.app_context():
            start.wait()
            ended.append(outbox.process(number))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sorted(ended), rows_made()) == (["done", *["skipped"] * 7], 1)


def test_not_before_its_time(office: Cast, own_handlers: dict[str, outbox.Handler], stopped: datetime) -> None:
    with unit_of_work(SYSTEM, "test.want"):
        number = outbox.want("test", {}, not_before=stopped + timedelta(hours=6))
    own_handlers["test"] = make_row
    assert (outbox.due(), outbox.process(number)) == ([], "skipped")
    with clock.frozen(stopped + timedelta(hours=6)):
        assert outbox.process(number) == "done"
