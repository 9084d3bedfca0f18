"""The queue server (Valkey or Redis through RQ): how entries get to a worker, and signs of life.

The queue only carries ids of outbox entries. Whatever is lost with it the sweep puts back, so that nothing here ever
fails a request: a queue that does not answer is logged and passed over.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import time
from typing import Any

from flask import Flask, current_app
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue, Worker
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer

from app.core.processes import StartFailed, die_with_parent

log = logging.getLogger(__name__)

QUEUE_NAME = "aftercare"
ALIVE = "aftercare:alive"
WORKER_TTL = 30  # the worker looks up from waiting every WORKER_TTL - 15 seconds
SAME_PUSH_SECONDS = 300

_app: Flask | None = None  # the worker's application, made once and inherited by every job's process


@functools.lru_cache(maxsize=8)
def connect(url: str, timeout: float | None = 2.0) -> Redis:
    """A connection (pool) to the queue server; answers or fails within ``timeout`` seconds."""
    return Redis.from_url(
        url.replace("valkey://", "redis://", 1),
        socket_connect_timeout=2.0,
        socket_timeout=timeout,
        retry=Retry(NoBackoff(), 0),
    )


def connection() -> Redis:
    """The current application's queue server."""
    return connect(current_app.config["QUEUE_URL"])


def push(entry_id: int, attempts: int, at_front: bool = False) -> bool:
    """Put an outbox entry into the queue unless it is there already; False when the server does not answer."""
    if not current_app.config.get("QUEUE_URL"):
        return False
    # The id holds a span of time: should an entry vanish between queue and worker, a later sweep may push it again.
    job_id = f"outbox-{entry_id}-{attempts}-{int(time.time() // SAME_PUSH_SECONDS)}"
    try:
        Queue(QUEUE_NAME, connection=connection(), serializer=JSONSerializer).enqueue(
            "app.core.queue.run_entry",
            entry_id,
            job_id=job_id,
            unique=True,
            at_front=at_front,
            job_timeout=current_app.config.get("JOB_TIMEOUT", 900),
            result_ttl=0,
            failure_ttl=3600,
            description=f"outbox {entry_id}",
        )
    except DuplicateJobError:
        return True
    except (RedisError, OSError) as problem:
        log.warning("queue does not answer, the sweep will push entry %d: %s", entry_id, problem)
        return False
    return True


def run_entry(entry_id: int) -> None:
    """What a worker runs for one queued id."""
    from app.core import outbox

    assert _app is not None
    with _app.app_context():
        outbox.process(entry_id)


def sign_of_life(server: Redis, who: str, seconds: int) -> None:
    """Note that a process is well, for the given time; a server that does not answer is passed over."""
    try:
        server.set(_mark(who), int(time.time()), ex=seconds)
    except (RedisError, OSError) as problem:
        log.debug("no sign of life from %s: %s", who, problem)


def sign_off(server: Redis, who: str) -> None:
    """Take back the sign of life of a process that ends as asked."""
    with contextlib.suppress(RedisError, OSError):
        server.delete(_mark(who))


def _mark(who: str) -> str:
    return f"{ALIVE}:{who}:{os.uname().nodename}:{os.getpid()}"


def alive(server: Redis, who: str) -> int:
    """Number of processes of this kind that gave a sign of life lately."""
    return sum(1 for _ in server.scan_iter(match=f"{ALIVE}:{who}:*", count=500))


class OfficeWorker(Worker):
    """RQ's forking worker: a job that crashes or is killed takes only its own process with it."""

    def subscribe(self) -> None:
        """No command channel: its thread would be copied half-locked into every forked job."""

    def unsubscribe(self) -> None:
        """See ``subscribe``."""

    def setup_work_horse_signals(self) -> None:
        """In the job's process: end with the worker, and open connections of its own."""
        super().setup_work_horse_signals()  # type: ignore[no-untyped-call]  # RQ's has no annotations
        die_with_parent()
        assert _app is not None
        with _app.app_context():
            from app.core.db import db

            db.engine.dispose(close=False)

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """RQ's own sign of life and ours, which is shorter."""
        super().heartbeat(timeout, pipeline)
        if self.is_horse:
            return  # the job's process: its worker speaks for it
        sign_of_life(pipeline if pipeline is not None else self.connection, "worker", WORKER_TTL + 15)


def work(app: Flask) -> None:
    """Run a worker until it is told to stop (SIGTERM, SIGINT: after the job under way)."""
    global _app
    _app = app
    server = connect(app.config["QUEUE_URL"], None)
    with app.app_context():
        from app.core import pdf
        from app.core.db import db

        db.engine.dispose()
        pdf.warm_up()  # fonts and style sheets, read once for all jobs instead of in each
    try:
        _worker(server).work(logging_level=app.config["SETTINGS"].log_level)
        sign_off(server, "worker")
    except RedisError as problem:
        raise StartFailed("The queue server went away; this worker ends, run.py starts another.") from problem


def _worker(server: Redis) -> OfficeWorker:
    return OfficeWorker(
        [Queue(QUEUE_NAME, connection=server, serializer=JSONSerializer)],
        connection=server,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL,
        job_monitoring_interval=10,
        log_job_description=False,
    )
