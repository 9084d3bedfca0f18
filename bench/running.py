"""What every process pays: assembling the application, and one entry of the outbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flask import Flask

from app import create_app
from app.core import outbox
from app.core.actors import SYSTEM
from app.core.uow import unit_of_work
from bench import measure


@measure("start: create_app", rounds=5)
def start(app: Flask) -> Iterator[Callable[[], object]]:
    """Assembling the application (imports already paid)."""
    yield lambda: create_app(app.config["SETTINGS"], QUEUE_URL="")


@measure("outbox: want and do one entry", rounds=100)
def one_entry(app: Flask) -> Iterator[Callable[[], object]]:
    """One transaction that wants something, and doing it."""
    outbox.HANDLERS["bench"] = lambda job: None

    def once() -> None:
        with unit_of_work(SYSTEM, "bench"):
            number = outbox.want("bench", {})
        outbox.process(number)

    with app.app_context():
        yield once


@measure("health: GET /health without a queue", rounds=20)
def health(app: Flask) -> Iterator[Callable[[], object]]:
    """What monitoring asks every few seconds."""
    client = app.test_client()
    yield lambda: client.get("/health")
