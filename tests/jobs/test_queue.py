"""A real queue server and real worker processes, killed in the middle: nothing is lost, nothing is done twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

import config
from app.core import health, outbox, queue
from app.core.actors import SYSTEM
from app.core.db import db
from app.core.processes import queue_answers
from app.core.settings import Setting
from app.core.uow import unit_of_work
from tests.conftest import Backend, make_app, make_settings


class Office:
    """A database, a queue server, and processes around them that a test starts and kills."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self.app = app
        self.folder = folder
        self.notes = folder / "notes"
        self.notes.touch()
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, what: str) -> subprocess.Popen[bytes]:
        command = [str(config.ROOT / "run.py"), "queue"] if what == "queue" else ["-m", "tests.jobs.worker_app", what]
        environ = {**os.environ, "VAR_DIR": str(self.folder), "NOTES": str(self.notes), "SWEEP_SECONDS": "1"}
        environ.update(SECRET_KEY="only-for-tests-only-for-tests", LOG_LEVEL="ERROR")
        process = subprocess.Popen(
            [sys.executable, *command],
            env=environ,
            cwd=config.ROOT,
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        self.started.append(process)
        if what == "queue":
            assert queue_answers(self.app.config["QUEUE_URL"], 10)
        return process

    def end(self) -> None:
        for process in reversed(self.started):
            process.kill()
            process.wait()

    def want(self, seconds: float = 0) -> int:
        with self.app.app_context(), unit_of_work(SYSTEM, "test.want"):
            return outbox.want("noted", {"seconds": seconds})

    def noted(self) -> list[str]:
        return self.notes.read_text().splitlines()

    def status(self) -> dict[str, int]:
        """Entries by status, without what the office's own schedule wants meanwhile."""
        table = outbox.OutboxEntry.__table__.c
        statement = select(table.status, func.count()).where(table.kind == "noted").group_by(table.status)
        with self.app.app_context(), db.engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(statement)}

    def rows(self) -> list[str]:
        with self.app.app_context(), db.engine.connect() as connection:
            return sorted(connection.execute(select(Setting.key).where(Setting.key.like("made-%"))).scalars())


def eventually(check: Callable[[], object], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


@pytest.fixture
def office(sqlite_backend: Backend, tmp_path: Path) -> Iterator[Office]:
    sqlite_backend.reset()
    # A copy of its own: other processes have it open, and are killed.
    (tmp_path / "aftercare.db").write_bytes(sqlite_backend.template.read_bytes())  # type: ignore[attr-defined]  # SQLite's only
    settings = make_settings(tmp_path)
    found = Office(make_app(settings, QUEUE_URL=settings.queue_url), tmp_path)
    yield found
    found.end()
    with found.app.app_context():
        db.engine.dispose()
    queue.connect(settings.queue_url).close()


def test_committed_work_reaches_a_worker_at_once(office: Office) -> None:
    office.start("queue")
    office.start("worker")
    number = office.want()
    eventually(lambda: office.status() == {"done": 1})
    assert office.rows() == [f"made-{number}-1"]


def test_a_worker_killed_in_the_middle_loses_nothing_and_nothing_is_done_twice(office: Office) -> None:
    office.start("queue")
    office.start("scheduler")
    worker = office.start("worker")
    number = office.want(seconds=60)
    eventually(office.noted)
    worker.kill()
    job_process = int(office.noted()[0].split()[-1])
    eventually(lambda: not Path(f"/proc/{job_process}").exists(), 3)  # it goes with its worker
    office.start("worker")
    eventually(lambda: office.status() == {"done": 1})
    assert office.rows() == [f"made-{number}-2"]


def test_a_job_killed_alone_is_done_anew_by_the_same_worker(office: Office) -> None:
    office.start("queue")
    office.start("scheduler")
    worker = office.start("worker")
    number = office.want(seconds=60)
    eventually(office.noted)
    os.kill(int(office.noted()[0].split()[-1]), signal.SIGKILL)
    eventually(lambda: office.status() == {"done": 1})
    assert office.rows() == [f"made-{number}-2"] and worker.poll() is None


def test_a_queue_killed_with_all_it_held_loses_nothing(office: Office) -> None:
    server = office.start("queue")
    first = office.want()  # waits in the queue: no worker yet
    server.kill()
    server.wait()
    begun = time.monotonic()
    second = office.want()  # nobody to push to: the change is saved all the same, and without waiting
    assert time.monotonic() - begun < 3
    office.start("scheduler")
    office.start("queue")
    office.start("worker")
    eventually(lambda: office.status() == {"done": 2}, 30)
    assert office.rows() == sorted([f"made-{first}-1", f"made-{second}-1"])


def test_a_worker_told_to_stop_finishes_its_job(office: Office) -> None:
    office.start("queue")
    worker = office.start("worker")
    office.want(seconds=1)
    eventually(office.noted)
    worker.terminate()
    assert worker.wait(10) == 0
    assert office.status() == {"done": 1}


def test_pushing_twice_queues_once(office: Office) -> None:
    office.start("queue")
    number = office.want()
    with office.app.app_context():
        assert [queue.push(number, 0) for _ in range(3)] == [True] * 3
        assert outbox.sweep() == 1
        assert queue.connection().llen(f"rq:queue:{queue.QUEUE_NAME}") == 1


def test_health_names_what_is_unwell(office: Office) -> None:
    client = office.app.test_client()
    answer = client.get("/health")
    assert answer.status_code == 503 and answer.json["status"] == "unwell"
    assert {part for part, found in answer.json["parts"].items() if not found["well"]} == {
        "queue",
        "worker",
        "scheduler",
    }
    office.start("queue")
    office.start("scheduler")
    worker = office.start("worker")
    eventually(lambda: client.get("/health").status_code == 200)
    with office.app.app_context(), unit_of_work(SYSTEM, "test.want"):
        outbox.want("what nothing handles", {})
    eventually(lambda: client.get("/health").status_code == 503)
    assert "laid aside" in client.get("/health").json["parts"]["outbox"]["reason"]
    worker.terminate()
    worker.wait()
    assert health.CHECKS.keys() == client.get("/health").json["parts"].keys()
    assert not client.get("/health").json["parts"]["worker"]["well"]
    assert client.get("/health/live").status_code == 200
