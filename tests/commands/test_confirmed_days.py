"""Minutes cannot change once the day's 006 is confirmed (SO-11), on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.errors import Refused
from app.core.fetch import fetch
from app.fieldservice import commands
from app.fieldservice.models import TimeEntry, WorkOrder
from app.reporting import commands as reporting
from app.reporting.models import TechnicianReport
from tests.cast import Cast

FRIDAY = clock.at_local(date(2026, 11, 20), time(9))
DAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with clock.frozen(FRIDAY):
        yield


def confirmed(office: Cast, day: date = DAY) -> TechnicianReport:
    report = reporting.draft_technician_report(office["technician"], office.staff("technician"), day)
    return reporting.confirm_technician_report(office["technician"], report.id)


def minutes(office: Cast, who: str = "technician", hours: int = 1) -> TimeEntry:
    return commands.record_internal(
        office[who], started_at=FRIDAY - timedelta(hours=hours), minutes=30, note="整理零件"
    )


def test_so11_confirmed_minutes_neither_come_nor_go(office: Cast) -> None:
    entry = minutes(office)
    confirmed(office)
    with pytest.raises(Refused, match="confirmed") as refusal:
        minutes(office, hours=2)
    assert refusal.value.params["day"] == "2026-11-20"
    with pytest.raises(Refused, match="confirmed"):
        commands.remove_time(office["technician"], entry.id)
    with acting_as(SYSTEM):
        assert len(db.session.scalars(select(TimeEntry)).all()) == 1


def test_so11_other_people_and_other_days_are_free(office: Cast) -> None:
    confirmed(office)
    assert minutes(office, "technician2").minutes == 30
    with clock.frozen(FRIDAY + timedelta(days=1)):
        later = FRIDAY + timedelta(hours=20)
        assert commands.record_internal(office["technician"], started_at=later, minutes=30, note="x").minutes == 30


def test_so11_a_sheet_given_back_may_be_corrected_and_confirmed_again(office: Cast) -> None:
    entry = minutes(office)
    report = confirmed(office)
    reporting.reopen_technician_report(office["supervisor"], report.id, reason="漏记一小时")
    commands.remove_time(office["technician"], entry.id)
    assert minutes(office, hours=3).minutes == 30
    assert reporting.confirm_technician_report(office["technician"], report.id).status == "confirmed"


def test_so11_a_job_is_not_finished_into_a_confirmed_day(office: Cast) -> None:
    call = commands.enter_call(office["clerk"], office.vouchers["in_warranty"], symptom="不制冷")
    order = commands.dispatch(office["supervisor"], call.id, technician_id=office.staff("technician"))
    commands.accept(office["technician"], order.id)
    commands.arrive(office["technician"], order.id)
    report = confirmed(office)
    given = {"fault_code_id": office.faults["F01"], "result": "换温控器", "at": FRIDAY + timedelta(hours=1)}
    with pytest.raises(Refused, match="confirmed"):
        commands.finish(office["technician"], order.id, **given)
    reporting.reopen_technician_report(office["supervisor"], report.id, reason="还有一单")
    with acting_as(office["technician"]):
        assert fetch(WorkOrder, order.id).status == "arrived"
    assert commands.finish(office["technician"], order.id, **given).status == "finished"
