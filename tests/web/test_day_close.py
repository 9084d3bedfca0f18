"""Closing the day and the private calendar, as people meet them on screen (SO-14, SO-18)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar

from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.fieldservice import commands
from app.fieldservice.models import CalendarFeed, RepairCall, WorkOrder
from tests.cast import Cast
from tests.conftest import make_app, make_settings

FRIDAY = date(2026, 11, 20)
NOON = clock.at_local(FRIDAY, time(9))


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with clock.frozen(NOON):
        yield


@pytest.fixture
def call(app: Flask, cast: Cast) -> int:
    with app.app_context():
        found = commands.enter_call(
            cast["clerk"], cast.vouchers["in_warranty"], symptom="不制冷", caller_phone="13800000001"
        )
        return found.id


def test_so14_the_clerk_closes_the_day_and_the_second_time_changes_nothing(client_for: Any, call: int) -> None:
    clerk = client_for("clerk")
    page = clerk.get("/day-close/").get_data(as_text=True)
    assert f'name="reason-{call}"' in page
    assert "未日结" in page
    answer = clerk.post(
        "/day-close/close",
        {"day": "2026-11-20", f"reason-{call}": "客户要求周一"},
        page="/day-close/",
        follow_redirects=True,
    )
    text = answer.get_data(as_text=True)
    assert "已日结：结转 1 件叫修" in text
    assert 'value="客户要求周一"' in text
    again = clerk.post("/day-close/close", {"day": "2026-11-20"}, page="/day-close/", follow_redirects=True).get_data(
        as_text=True
    )
    assert "未作任何更改" in again
    board = client_for("supervisor").get("/dispatch/").get_data(as_text=True)
    assert "结转" in board


def test_so14_management_reads_the_figures_and_closes_nothing(
    client_for: Any, cast: Cast, app: Flask, call: int
) -> None:
    with app.app_context():
        commands.close_day(cast["clerk"], cast.branches["NJ"], FRIDAY)
    director = client_for("director")
    page = director.get("/day-close/?branch=NJ").get_data(as_text=True)
    assert "日结记录" in page
    assert "南京分公司" in page
    assert "reason-" not in page
    assert (
        director.post("/day-close/close", {"branch": "NJ", "day": "2026-11-20"}, page="/day-close/").status_code == 422
    )
    assert client_for("technician").get("/day-close/").status_code in (302, 403)
    assert client_for("clerk_sz").get("/day-close/?branch=NJ").status_code == 404


def test_so14_reasons_may_follow(client_for: Any, cast: Cast, app: Flask, call: int) -> None:
    with app.app_context(), acting_as(SYSTEM):
        closed = commands.close_day(SYSTEM, cast.branches["NJ"], FRIDAY).id
    clerk = client_for("clerk")
    page = clerk.post(
        f"/day-close/explain/{closed}", {f"reason-{call}": "等客户"}, page="/day-close/", follow_redirects=True
    )
    assert 'value="等客户"' in page.get_data(as_text=True)


# -- the private calendar -----------------------------------------------------------------------------------------


def address_of(technician: Any) -> str:
    page = technician.post("/my/calendar/renew", {"address": "new"}, page="/my/calendar/")
    assert page.headers["Cache-Control"] == "no-store"
    text = page.get_data(as_text=True)
    start = text.index("/calendar/", text.index('readonly value="'))
    return text[start : text.index(".ics", start) + 4]


@pytest.fixture
def order(app: Flask, cast: Cast, call: int) -> str:
    with app.app_context():
        found = commands.dispatch(
            cast["supervisor"],
            call,
            technician_id=cast.staff("technician"),
            appointment_at=clock.at_local(FRIDAY, time(14)),
        )
        return found.number


def test_so18_the_feed_tells_time_address_and_telephone_of_own_jobs_only(
    app: Flask, client_for: Any, cast: Cast, order: str
) -> None:
    address = address_of(client_for("technician"))
    other = address_of(client_for("technician2"))
    answer = app.test_client().get(address)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert "private" in answer.headers["Cache-Control"]
    calendar = Calendar.from_ical(answer.data)
    (event,) = calendar.walk("VEVENT")
    assert str(event["uid"]).startswith(f"{order}@")
    assert event.decoded("dtstart") == clock.at_local(FRIDAY, time(14))
    assert event["dtstart"].params["TZID"] == "Asia/Shanghai"
    assert event.decoded("dtend") - event.decoded("dtstart") >= timedelta(minutes=15)
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Asia/Shanghai"]
    assert "13800000001" in str(event["description"])
    assert "玄武区" in str(event["location"])
    text = answer.get_data(as_text=True)
    assert "张伟" not in text
    assert "不制冷" not in text
    assert Calendar.from_ical(app.test_client().get(other).data).walk("VEVENT") == []


def test_so18_a_moved_appointment_keeps_its_uid_and_a_job_given_back_is_gone(
    app: Flask, client_for: Any, cast: Cast, order: str
) -> None:
    address = address_of(client_for("technician"))
    (before,) = Calendar.from_ical(app.test_client().get(address).data).walk("VEVENT")
    with app.app_context(), acting_as(SYSTEM):
        job = db.session.query(WorkOrder).filter_by(number=order).one()
        number, call_id = job.id, job.repair_call_id
    with app.app_context():
        commands.accept(cast["technician"], number)
    (after,) = Calendar.from_ical(app.test_client().get(address).data).walk("VEVENT")
    assert after["uid"] == before["uid"]
    assert int(after["sequence"]) > int(before["sequence"])
    with app.app_context():
        commands.decline(cast["technician"], number, reason="生病")
    assert Calendar.from_ical(app.test_client().get(address).data).walk("VEVENT") == []
    with app.app_context(), acting_as(SYSTEM):
        assert db.session.get_one(RepairCall, call_id).status == "open"


def test_the_address_is_renewed_and_revoked_by_its_owner_and_by_the_administrator(
    app: Flask, client_for: Any, cast: Cast
) -> None:
    technician, visitor = client_for("technician"), app.test_client()
    first = address_of(technician)
    second = address_of(technician)
    assert visitor.get(first).status_code == 404
    assert visitor.get(second).status_code == 200
    technician.post("/my/calendar/revoke", page="/my/calendar/")
    assert visitor.get(second).status_code == 404
    third = address_of(technician)
    with app.app_context(), acting_as(SYSTEM):
        feeds = db.session.query(CalendarFeed).all()
        assert all(feed.token_hash not in third for feed in feeds)
        live = next(feed.id for feed in feeds if feed.revoked_at is None)
        with pytest.raises(Exception, match="somebody else"):
            commands.revoke_feed(cast["technician2"], live)
    with app.app_context():
        commands.revoke_feed(cast["admin"], live)
    assert visitor.get(third).status_code == 404
    assert visitor.get("/calendar/nobody.ics").status_code == 404
    assert visitor.get(f"/calendar/{'x' * 300}.ics").status_code == 404


def test_the_address_of_somebody_who_left_is_gone(app: Flask, client_for: Any, cast: Cast) -> None:
    from app.core.uow import unit_of_work
    from app.organisation.models import Staff

    address = address_of(client_for("technician"))
    with app.app_context(), unit_of_work(SYSTEM, "test.leave"):
        db.session.get_one(Staff, cast.staff("technician")).active = False
    assert app.test_client().get(address).status_code == 404


def test_the_feed_is_limited_by_rate(tmp_path: Path) -> None:
    limited = make_app(make_settings(tmp_path), AUTH_RATE_LIMITED=True)
    with limited.app_context():
        db.create_all()
    visitor = limited.test_client()
    answers = [visitor.get(f"/calendar/guess-{number}.ics").status_code for number in range(32)]
    assert answers == [404] * 30 + [429] * 2
    with limited.app_context():
        db.engine.dispose()
