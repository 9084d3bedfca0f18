"""CAL-1, CAL-2, CAL-5 on both databases: hours and exceptions as they are kept, seen by the next deadline."""

from __future__ import annotations

import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from app.calendars import commands, queries, rules
from app.calendars.cli import deadline_command
from app.calendars.models import YEARS_ENTERED, CalendarException, OpeningHours
from app.core import clock, i18n
from app.core.actors import SYSTEM, acting_as
from app.core.audit import AuditEntry
from app.core.db import db
from app.core.errors import NotFound, NotPermitted, Refused
from app.core.settings import Setting
from app.core.uow import unit_of_work

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 24)  # a Tuesday


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def hours_of(branch_id: int | None, on: date) -> str:
    return rules.format_windows(queries.calendar_for(branch_id).day(on).windows)


def test_cal1_a_branch_without_hours_has_the_default(office):
    assert hours_of(office.branches["HQ"], DAY) == "08:30–12:00, 13:30–17:30"
    assert hours_of(office.branches["HQ"], date(2026, 11, 21)) == ""
    found = rules.deadline(queries.calendar_for(office.branches["HQ"]), at("2026-09-30 16:50"), minutes=360)
    assert found.due == at("2026-10-08 15:20")


def test_cal1_hours_are_replaced_for_the_weekdays_named(office):
    branch = office.branches["NJ"]
    commands.set_hours(office["admin"], branch_id=branch, weekdays="1-6", hours="09:00-18:00")
    assert hours_of(branch, DAY) == hours_of(branch, date(2026, 11, 21)) == "09:00–18:00"
    commands.set_hours(office["admin"], branch_id=branch, weekdays="2", hours="09:00-12:00, 13:00-17:00")
    commands.set_hours(office["admin"], branch_id=branch, weekdays=[6], hours="")
    assert hours_of(branch, DAY) == "09:00–12:00, 13:00–17:00"
    assert hours_of(branch, date(2026, 11, 25)) == "09:00–18:00"
    assert hours_of(branch, date(2026, 11, 21)) == ""
    assert hours_of(office.branches["SZ"], DAY) == "08:30–12:00, 13:30–17:30"
    with acting_as(SYSTEM):
        verbs = db.session.scalars(select(AuditEntry.verb).where(AuditEntry.record == "opening_hours")).all()
    assert set(verbs) == {"calendar.change"} and len(verbs) == 6 + 1 + 2 + 1  # 6 made, 1 out, 2 in, Saturday out


def test_cal1_a_window_cannot_be_moved_over_another(office):
    branch = office.branches["NJ"]
    commands.set_hours(office["admin"], branch_id=branch, weekdays="1", hours="08:30-12:00, 13:30-17:30")
    with acting_as(SYSTEM):
        morning = db.session.scalars(select(OpeningHours.id).where(OpeningHours.opens == "08:30")).one()
    commands.change_window(office["admin"], morning, opens="8:00", closes="12:30")
    assert hours_of(branch, date(2026, 11, 23)) == "08:00–12:30, 13:30–17:30"
    with pytest.raises(Refused, match="overlap"):
        commands.change_window(office["admin"], morning, opens="08:00", closes="14:00")
    assert hours_of(branch, date(2026, 11, 23)) == "08:00–12:30, 13:30–17:30"


def test_cal2_exceptions_for_all_and_for_one_branch(office):
    admin, nanjing = office["admin"], office.branches["NJ"]
    everyone = commands.add_exception(admin, on_date=DAY, is_open=False, note="盘点").id
    own = commands.add_exception(admin, on_date=DAY, is_open=True, branch_id=nanjing, hours="10:00-11:00")
    assert (hours_of(None, DAY), hours_of(nanjing, DAY)) == ("", "10:00–11:00")
    assert queries.calendar_for(None).day(DAY).name == "盘点"
    commands.change_exception(
        admin, own.id, on_date=DAY, is_open=True, branch_id=nanjing, hours="10:00-12:00, 14:00-15:00"
    )
    assert hours_of(nanjing, DAY) == "10:00–12:00, 14:00–15:00"
    commands.change_exception(admin, own.id, on_date=DAY, is_open=True, branch_id=nanjing)
    assert hours_of(nanjing, DAY) == "08:30–12:00, 13:30–17:30"
    with unit_of_work(admin, "calendar_exception.delete") as session:
        session.delete(session.get(CalendarException, everyone))
    assert hours_of(None, DAY) == "08:30–12:00, 13:30–17:30"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"on_date": DAY, "is_open": True}, "on_date"),
        ({"on_date": date(2026, 11, 25), "is_open": False, "hours": "08:00-09:00"}, "hours"),
        ({"on_date": date(2026, 11, 25), "is_open": True, "hours": "morning"}, "hours"),
    ],
)
def test_cal2_exceptions_refused_leave_nothing(office, given, field):
    commands.add_exception(office["admin"], on_date=DAY, is_open=False)
    with pytest.raises(Refused) as refused:
        commands.add_exception(office["admin"], **given)
    assert refused.value.field == field
    with acting_as(SYSTEM):
        assert len(db.session.scalars(select(CalendarException)).all()) == 1


def test_cal1_only_the_administrator_changes_the_calendar(office):
    for person in ("clerk", "supervisor", "manager", "director"):
        with pytest.raises(NotPermitted):
            commands.add_exception(office[person], on_date=DAY, is_open=False)
    with pytest.raises(NotFound):
        commands.set_hours(office["admin"], branch_id=999, weekdays="1", hours="")
    with pytest.raises(NotFound):
        commands.change_exception(office["admin"], 999, on_date=DAY, is_open=False)


@pytest.mark.parametrize(
    "values",
    [
        {"weekday": 8, "opens": "08:00", "closes": "09:00"},
        {"weekday": 1, "opens": "09:00", "closes": "08:00"},
        {"weekday": 1, "opens": "9:00", "closes": "99:00"},
        {"weekday": 1, "opens": "08:00", "closes": "24:01"},
    ],
)
def test_cal1_the_database_refuses_impossible_hours(office, values):
    with pytest.raises(IntegrityError):
        db.session.execute(insert(OpeningHours).values(branch_id=office.branches["NJ"], version=1, **values))
    db.session.rollback()


def test_cal2_the_database_keeps_one_exception_a_date(office):
    row = {"on_date": DAY, "is_open": False, "note": "", "version": 1, "created_at": clock.now()}
    db.session.execute(insert(CalendarException).values(**row))
    db.session.execute(insert(CalendarException).values(branch_id=office.branches["NJ"], **row))
    for branch in (None, office.branches["NJ"]):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(insert(CalendarException).values(branch_id=branch, **row))
    db.session.rollback()


def test_cal1_a_change_rolled_back_is_forgotten_and_calendars_are_kept(office):
    branch = office.branches["NJ"]
    before = queries.calendar_for(branch)
    assert queries.calendar_for(branch) is before and queries.calendar_for(office.branches["SZ"]) is before

    def change_and_fail() -> None:
        with unit_of_work(office["admin"], "calendar.change"):
            commands.set_hours(office["admin"], branch_id=branch, weekdays="1-7", hours="00:00-24:00")
            assert hours_of(branch, date(2026, 11, 22)) == "00:00–24:00"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()
    assert queries.calendar_for(branch) is before


def test_cal1_everybody_may_use_every_calendar(office):
    commands.set_hours(office["admin"], branch_id=office.branches["NJ"], weekdays="1-5", hours="09:00-18:00")
    with acting_as(office["technician_sz"]):
        assert hours_of(office.branches["NJ"], DAY) == "09:00–18:00"


def test_cal2_provisional_years_until_they_are_entered(office):
    assert queries.provisional_years(date(2026, 11, 22)) == [2027]
    assert queries.provisional_years(date(2025, 11, 22)) == []
    with unit_of_work(office["admin"], "setting.change") as session:
        session.add(Setting(key=YEARS_ENTERED, value="2027，2028"))
    assert queries.provisional_years(date(2026, 11, 22)) == []


def test_cal5_explained_in_chinese(office):
    found = rules.deadline(queries.calendar_for(None), at("2026-09-18 15:20"), minutes=340)
    with i18n.in_language("zh_Hans_CN"):
        assert (
            queries.explanation(found) == "周五 15:20–17:30 2 小时 10 分 · 周六 休 · 调休周日 08:30–12:00 3 小时 30 分"
        )
    with i18n.in_language("en"):
        assert queries.explanation(found) == "Fri 15:20–17:30 2 h 10 · Sat closed · make-up Sun 08:30–12:00 3 h 30"


def run(app, *args):
    return app.test_cli_runner().invoke(deadline_command, ["--branch", "HQ", *args])


def test_cal5_command_prints_json(app):
    answer = run(app, "--from", "2026-09-30 16:50", "--hours", "6", "--json")
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.output) == {
        "due": "2026-10-08T15:20:00+08:00",
        "minutes": 360,
        "segments": [
            {"from": "2026-09-30T16:50:00+08:00", "to": "2026-09-30T17:30:00+08:00", "minutes": 40},
            {"from": "2026-10-08T08:30:00+08:00", "to": "2026-10-08T12:00:00+08:00", "minutes": 210},
            {"from": "2026-10-08T13:30:00+08:00", "to": "2026-10-08T15:20:00+08:00", "minutes": 110},
        ],
        "provisional": False,
    }


@pytest.mark.parametrize(
    ("args", "due"),
    [
        (("--hours", "7"), "2026-10-08T16:20:00+08:00"),
        (("--minutes", "41"), "2026-10-08T08:31:00+08:00"),
        (("--hours", "0.5"), "2026-09-30T17:20:00+08:00"),
        (("--working-days", "3"), "2026-10-10T17:30:00+08:00"),
        (("--hours", "6", "--pause", "2026-10-01 08:00/2026-10-07 18:00"), "2026-10-08T15:20:00+08:00"),
        (
            (
                "--hours",
                "6",
                "--pause",
                "2026-10-08 09:00/2026-10-08 10:00",
                "--pause",
                "2026-10-08 14:00/2026-10-08 14:30",
            ),
            "2026-10-08T16:50:00+08:00",
        ),
        (("--hours", "6", "--pause", "2026-10-08 09:00/"), None),
    ],
)
def test_cal6_command_with_pauses_and_working_days(app, args, due):
    answer = run(app, "--from", "2026-09-30 16:50", *args, "--json")
    assert answer.exit_code == 0, answer.output
    found = json.loads(answer.output)
    assert found["due"] == due
    assert sum(segment["minutes"] for segment in found["segments"]) == found["minutes"]


@pytest.mark.parametrize(
    "args",
    [
        ("--from", "2026-09-30 16:50"),
        ("--from", "2026-09-30 16:50", "--hours", "6", "--working-days", "1"),
        ("--from", "soon", "--hours", "6"),
        ("--from", "2026-09-30 16:50", "--hours", "6", "--pause", "2026-10-01"),
        ("--from", "2026-09-30 16:50", "--hours", "6", "--pause", "2026-10-02/2026-10-01"),
        ("--from", "2026-09-30 16:50", "--hours", "6", "--branch", "XX"),
        ("--from", "2099-09-30 16:50", "--hours", "99999"),
    ],
)
def test_cal5_command_says_what_is_wrong(app, args):
    answer = run(app, *args)
    assert answer.exit_code in (1, 2)
    assert "Error:" in answer.output and "Traceback" not in answer.output


def test_cal5_command_explains_in_words(app):
    answer = run(app, "--from", "2026-09-30 16:50", "--hours", "6")
    assert answer.output.startswith("2026-10-08 15:20\n9月30日 周三 16:50–17:30 40 分 · 10月1日–10月7日 休（国庆节）")
