"""The scheduler's rounds: every area is asked, none can stop the others."""

from __future__ import annotations

from datetime import datetime

import pytest

from app.core import actors, clock, jobs, outbox
from app.core.actors import SYSTEM
from app.core.uow import unit_of_work
from tests.cast import Cast


def test_one_areas_mistake_does_not_stop_the_others(office: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[datetime] = []

    def breaks(now: datetime) -> None:
        raise ValueError("a mistake")

    def wants(now: datetime) -> None:
        assert actors.current() is SYSTEM
        asked.append(now)
        with unit_of_work(SYSTEM, "test.tick"):
            outbox.want("test", {}, dedup=f"test-{now:%Y%m%d}")

    monkeypatch.setattr(jobs, "TICKS", [])
    for action in (breaks, wants, wants):
        jobs.on_tick(action)
    with clock.frozen(datetime(2026, 3, 2, 12)) as noon:
        assert [jobs.tick(), jobs.tick()] == [1, 1]  # wanted once, due in both rounds
    assert asked == [noon, noon]
