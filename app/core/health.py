"""``GET /health``: are database, queue, worker, scheduler and outbox well? For monitoring, without log-in.

200 when all are, else 503 with the reasons. ``GET /health/live`` only says that this process answers: for a load
balancer, which should not take every web process away because one letter could not be sent.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, Response, jsonify
from sqlalchemy import text

from app.core import clock, outbox, queue
from app.core.db import db

OVERDUE = timedelta(minutes=5)

blueprint = Blueprint("health", __name__)


def _database() -> str:
    with db.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    return ""


def _queue() -> str:
    queue.connection().ping()
    return ""


def _worker() -> str:
    return "" if queue.alive(queue.connection(), "worker") else "no worker has given a sign of life lately"


def _scheduler() -> str:
    return "" if queue.alive(queue.connection(), "scheduler") else "no scheduler has given a sign of life lately"


def _outbox() -> str:
    oldest = outbox.oldest_due()
    if oldest is not None and clock.now() - oldest > OVERDUE:
        minutes = int((clock.now() - oldest).total_seconds() // 60)
        return f"an entry has been waiting for {minutes} minutes"
    dead = outbox.laid_aside()
    return f"{dead} laid aside after too many attempts: try again or give up on the outbox screen" if dead else ""


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "queue": _queue,
    "worker": _worker,
    "scheduler": _scheduler,
    "outbox": _outbox,
}


def report() -> dict[str, str]:
    """What is wrong with each part; the empty string for a part that is well."""
    found = {}
    for part, check in CHECKS.items():
        try:
            found[part] = check()
        except Exception as problem:  # whatever keeps a part from answering is its reason
            # The kind only: the text of a connection error may hold addresses, and anybody can read this page.
            found[part] = f"does not answer ({type(problem).__name__})"
    return found


@blueprint.get("/health")
def health() -> Response:
    """All parts, 200 or 503."""
    found = report()
    well = not any(found.values())
    answer = jsonify(
        status="well" if well else "unwell",
        parts={part: {"well": not reason, **({"reason": reason} if reason else {})} for part, reason in found.items()},
    )
    answer.status_code = 200 if well else 503
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/health/live")
def live() -> Response:
    """This process answers."""
    return jsonify(status="alive")
