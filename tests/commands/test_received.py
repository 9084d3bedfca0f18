"""Exactly once: the same key twice, at the same moment, after a refusal, with other values, for another person."""

from __future__ import annotations

import io
import threading
import time as stopwatch
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Response, current_app, flash, jsonify, redirect, request
from sqlalchemy import func, select

from app.core import clock, received
from app.core.actors import SYSTEM, Principal, acting_as
from app.core.db import db
from app.core.errors import Conflict, NotFound, Refused
from app.core.received import ReceivedRequest, happened, once
from app.core.uow import unit_of_work
from app.core.views.refusals import FORESEEN, explain
from app.organisation.models import Skill
from tests.cast import Cast

KEY = "phone-0001-0001"
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def rows(model: Any) -> int:
    with acting_as(SYSTEM):
        db.session.rollback()
        return int(db.session.execute(select(func.count(model.id))).scalar_one())


def add(code: str) -> None:
    with unit_of_work(SYSTEM, "skill.create"):
        db.session.add(Skill(code=code, name=code))
        db.session.flush()


def view() -> Any:
    """As the technician's pages do it: a refusal becomes a message, what was done a redirect."""
    if request.form.get("slow"):
        stopwatch.sleep(0.4)
    try:
        add(request.form["code"])
        if request.form.get("refuse"):
            with unit_of_work(SYSTEM, "skill.create"):
                raise Refused("This is required.", field="code")
    except FORESEEN as error:
        flash(explain(error)[1], "danger")
        # The page reads what stands in the database: the half that was done is not there.
        return redirect(f"/skills/{rows_seen()}")
    return redirect(f"/skills/{request.form['code']}")


def rows_seen() -> int:
    return int(db.session.execute(select(func.count(Skill.id))).scalar_one())


def send(
    actor: Principal, key: str = KEY, *, how: Callable[[], Any] = view, json: bool = True, **form: Any
) -> Response:
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # Flask's proxy
    headers = {"Accept": "application/json" if json else "text/html", **({received.HEADER: key} if key else {})}
    with app.test_request_context("/skills/add", method="POST", data=form, headers=headers), acting_as(actor):
        answer: Response = app.make_response(once(how)())
        db.session.remove()
        return answer


def test_sent_twice_is_done_once_and_answered_alike(office: Cast) -> None:
    before = rows(Skill)
    first = send(office["technician"], code="boiler")
    again = send(office["technician"], code="boiler")
    assert rows(Skill) == before + 1
    assert first.get_json() == again.get_json() == {"done": True, "location": "/skills/boiler"}
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert rows(ReceivedRequest) == 1


def test_a_form_without_a_script_is_led_on_in_the_same_way(office: Cast) -> None:
    for _time in range(2):
        answer = send(office["technician"], "", json=False, code="boiler", request_key=KEY)
        assert (answer.status_code, answer.location) == (302, "/skills/boiler")
    assert rows(ReceivedRequest) == 1


def test_two_at_the_same_moment_wait_for_each_other(office: Cast) -> None:
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # Flask's proxy
    actor, before, answers = office["technician"], rows(Skill), []
    db.session.remove()

    def one() -> None:
        with app.app_context():
            answers.append(send(actor, code="boiler", slow="1").get_json())

    threads = [threading.Thread(target=one) for _each in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [{"done": True, "location": "/skills/boiler"}] * 3
    assert (rows(Skill), rows(ReceivedRequest)) == (before + 1, 1)


def test_what_was_refused_may_be_sent_again_and_leaves_nothing_behind(office: Cast) -> None:
    before = rows(Skill)
    answer = send(office["technician"], code="boiler", refuse="1")
    assert answer.status_code == 422
    assert answer.get_json()["done"] is False
    assert [line["message"] for line in answer.get_json()["refused"]] == ["此项必填。"]
    assert (rows(Skill), rows(ReceivedRequest)) == (before, 0)
    shown = send(office["technician"], json=False, code="boiler", refuse="1")
    assert shown.location == f"/skills/{before}"  # the half that was done is not seen by the page
    assert send(office["technician"], code="boiler").get_json()["done"] is True
    assert rows(Skill) == before + 1


def test_a_key_stands_for_one_request_of_one_person(office: Cast) -> None:
    send(office["technician"], code="boiler")
    with pytest.raises(Conflict):
        send(office["technician"], code="heater")
    assert send(office["clerk"], code="heater").get_json()["done"] is True
    assert rows(ReceivedRequest) == 2


def test_another_time_on_the_device_is_the_same_request(office: Cast) -> None:
    send(office["technician"], code="boiler", sent_at="2026-11-20T01:00:00Z", csrf_token="a")
    again = send(office["technician"], code="boiler", sent_at="2026-11-20T02:00:00Z", csrf_token="b")
    assert again.headers["Idempotency-Replayed"] == "true"


def test_an_empty_file_field_of_a_form_that_sends_itself_is_the_same_request(office: Cast) -> None:
    send(office["technician"], code="boiler")
    again = send(office["technician"], code="boiler", photos=(io.BytesIO(b""), ""))
    assert again.headers["Idempotency-Replayed"] == "true"
    with pytest.raises(Conflict):
        send(office["technician"], code="boiler", photos=(io.BytesIO(b""), "照片.jpg"))


def test_a_refusal_before_any_verb_keeps_its_words(office: Cast) -> None:
    answer = send(office["technician"], how=lambda: (jsonify(message="照片太多"), 422))
    assert answer.status_code == 422
    assert answer.get_json() == {"done": False, "refused": [{"field": "", "message": "照片太多"}]}


def test_a_failure_of_ours_is_not_remembered(office: Cast) -> None:
    def broken() -> Any:
        add("boiler")
        raise ZeroDivisionError

    before = rows(Skill)
    with pytest.raises(ZeroDivisionError):
        send(office["technician"], how=broken, code="boiler")
    assert (rows(Skill), rows(ReceivedRequest)) == (before, 0)


def test_nothing_goes_on_after_a_verb_that_failed(office: Cast) -> None:
    def careless() -> Any:
        try:
            with unit_of_work(SYSTEM, "skill.create"):
                raise NotFound("Skill")
        except NotFound:
            add("boiler")
        return redirect("/")

    before = rows(Skill)
    with pytest.raises(RuntimeError):
        send(office["technician"], how=careless)
    assert rows(Skill) == before


@pytest.mark.parametrize(("error", "status"), [(NotFound("x"), 404), (Conflict(), 409), (Refused("No."), 422)])
def test_a_refusal_says_of_what_kind_it_is(office: Cast, error: Refused, status: int) -> None:
    def refusing() -> Any:
        try:
            with unit_of_work(SYSTEM, "skill.create"):
                raise error
        except FORESEEN as problem:
            flash(explain(problem)[1], "danger")
            return redirect("/")

    assert send(office["technician"], how=refusing).status_code == status


def test_old_ones_are_forgotten_after_the_days_of_the_setting(office: Cast) -> None:
    with clock.frozen(NOW):
        send(office["technician"], code="boiler")
    assert received.forget_old(NOW + timedelta(days=29)) == 0
    assert received.forget_old(NOW + timedelta(days=31)) == 1
    assert rows(ReceivedRequest) == 0


@pytest.mark.parametrize(
    ("entered", "sent", "expected"),
    [
        (NOW - timedelta(hours=2), NOW, NOW - timedelta(hours=2)),
        (NOW + timedelta(hours=7), NOW + timedelta(hours=8), NOW - timedelta(hours=1)),  # a clock eight hours ahead
        (NOW - timedelta(days=400), NOW - timedelta(days=400), NOW),
        (NOW, NOW - timedelta(minutes=5), NOW),  # the clock was set back between the two
        (None, NOW, NOW),
        (NOW, None, NOW),
    ],
)
def test_cal4_only_the_difference_of_the_devices_two_readings_counts(
    entered: datetime | None, sent: datetime | None, expected: datetime
) -> None:
    assert happened(NOW, entered, sent) == expected
