"""Pure rules of reporting: which days are due, who receives what, when a report may move on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

import pytest

from app.core.errors import NotPermitted, Refused
from app.reporting.rules import SUPERVISOR_REPORT, TECHNICIAN_REPORT, days_due, recipients

FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("last", "now", "catch_up", "due"),
    [
        (None, time(17, 59), True, []),
        (None, time(18, 0), True, [FRIDAY]),
        (FRIDAY, time(18, 0), True, []),
        (date(2026, 11, 19), time(9, 0), True, []),
        (date(2026, 11, 19), time(18, 1), True, [FRIDAY]),
        # The machine was off on Thursday evening: Thursday's is made up for in the morning.
        (date(2026, 11, 18), time(9, 0), True, [date(2026, 11, 19)]),
        (date(2026, 11, 18), time(19, 0), True, [date(2026, 11, 19), FRIDAY]),
        # A plan for a day gone by helps nobody.
        (date(2026, 11, 18), time(9, 0), False, []),
        (date(2026, 11, 18), time(19, 0), False, [FRIDAY]),
        # After a month away one week is made up for.
        (date(2026, 10, 1), time(9, 0), True, [date(2026, 11, day) for day in range(13, 20)]),
    ],
)
def test_days_due(last: date | None, now: time, catch_up: bool, due: list[date]) -> None:
    assert days_due(last, FRIDAY, now, time(18, 0), catch_up=catch_up) == due


def test_recipients_bound_to_a_branch_receive_only_its_documents() -> None:
    members = [("boss@x", None), ("nj@x", 1), ("sz@x", 2), ("boss@x", None)]
    assert recipients(members, 1) == ["boss@x", "nj@x"]
    assert recipients(members, None) == ["boss@x"]


@dataclass
class Sheet:
    """As much of a report as the rules need."""

    status: str = "draft"
    staff_id: int = 7


def test_so11_only_the_technician_confirms_the_own_sheet() -> None:
    with pytest.raises(Refused):
        TECHNICIAN_REPORT.apply(Sheet(), "confirm", {"technician"}, actor_staff_id=8)
    with pytest.raises(NotPermitted):
        TECHNICIAN_REPORT.apply(Sheet(), "confirm", {"supervisor"}, actor_staff_id=7)
    sheet = Sheet()
    TECHNICIAN_REPORT.apply(sheet, "confirm", {"technician"}, actor_staff_id=7)
    assert sheet.status == "confirmed"


def test_so11_a_finished_job_without_minutes_holds_the_sheet() -> None:
    with pytest.raises(Refused) as refusal:
        TECHNICIAN_REPORT.apply(Sheet(), "confirm", {"technician"}, actor_staff_id=7, open_jobs=2)
    assert refusal.value.params == {"count": 2}


def test_so12_missing_sheets_need_a_word() -> None:
    with pytest.raises(Refused) as refusal:
        SUPERVISOR_REPORT.apply(Sheet(), "submit", {"supervisor"}, missing=1, note=" ")
    assert refusal.value.field == "note"
    report = Sheet()
    SUPERVISOR_REPORT.apply(report, "submit", {"supervisor"}, missing=1, note="李建国请假")
    assert report.status == "submitted"


def test_so13_the_branch_manager_signs() -> None:
    with pytest.raises(NotPermitted):
        SUPERVISOR_REPORT.apply(Sheet("submitted"), "sign", {"supervisor"})
    report = Sheet("submitted")
    SUPERVISOR_REPORT.apply(report, "sign", {"branch_manager"})
    assert report.status == "signed"
