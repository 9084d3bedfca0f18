"""The scheduler: every few seconds it sweeps the outbox and lets the areas see whether something falls due.

    @on_tick
    def daily_reports(now: datetime) -> None: ...

A tick may come twice for the same moment (two schedulers, a restart): what it wants carries a ``dedup`` name.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from types import FrameType

from flask import Flask

from app.core import clock, outbox, queue
from app.core.actors import SYSTEM, acting_as
from app.core.db import db

log = logging.getLogger(__name__)

Tick = Callable[[datetime], None]
TICKS: list[Tick] = []


def on_tick(action: Tick) -> Tick:
    """Have ``action(now)`` called at every round of the scheduler, acting as the system. Registering twice is once."""
    if action not in TICKS:
        TICKS.append(action)
    return action


def tick(now: datetime | None = None) -> int:
    """One round: every registered action, then the sweep; gives the number of entries due. Needs an app context."""
    for action in TICKS:
        try:
            with acting_as(SYSTEM):
                action(now or clock.now())
        except Exception:  # one area's mistake must not stop the others' schedules
            log.exception("scheduler: %s.%s failed", action.__module__, action.__qualname__)
        finally:
            db.session.remove()
    return outbox.sweep()


def schedule(app: Flask) -> None:
    """Run rounds until told to stop (SIGTERM, SIGINT)."""
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    pause = app.config["SETTINGS"].sweep_seconds
    server = queue.connect(app.config["QUEUE_URL"])
    while not stop.is_set():
        queue.sign_of_life(server, "scheduler", pause * 3 + 15)
        with app.app_context():
            try:
                tick()
            except Exception as problem:  # the database may be away for a while; the scheduler waits for it
                log.error("scheduler: this round failed: %s", str(problem).partition("\n")[0])
        stop.wait(pause)
    queue.sign_off(server, "scheduler")
