"""The technician's telephone through the web: kept pages, the fresh token, what is done once, what is explained."""

from __future__ import annotations

import html
import io
import json
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.fetch import fetch
from app.core.files import StoredFile
from app.core.inbox import InboxMessage
from app.core.received import HEADER
from app.core.uow import unit_of_work
from app.fieldservice import commands
from app.fieldservice.models import PhoneEntry, PriceItem, WarrantyCover, WorkOrder, WorkOrderEvent
from app.fieldservice.views import phone
from tests.cast import Cast

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
JSON = {"Accept": "application/json"}


def sent(app: Flask, cast: Cast, product: str = "in_warranty") -> int:
    """A job on its way to the technician, free within warranty."""
    with app.app_context():
        call = commands.enter_call(cast["clerk"], cast.vouchers[product], symptom="不制冷")
        order_id = commands.dispatch(cast["supervisor"], call.id, technician_id=cast.staff("technician")).id
        db.session.remove()
        return order_id


def rows(app: Flask, model: Any, *conditions: Any) -> list[Any]:
    with app.app_context(), acting_as(SYSTEM):
        found = list(db.session.scalars(select(model).where(*conditions).order_by(model.id)))
        for row in found:
            db.session.refresh(row)
        db.session.expunge_all()
        return found


def post(person: Any, path: str, key: str, minutes_ago: int = 0, **form: Any) -> Any:
    """As the telephone sends what it kept: a fresh token, its own clock at entry and now, which goes an hour wrong."""
    pulse = person.get("/my/phone/pulse", headers=JSON).get_json()
    wrong = datetime.now(UTC) + timedelta(hours=1)
    form |= {
        "csrf_token": pulse["token"],
        "device_at": (wrong - timedelta(minutes=minutes_ago)).isoformat(),
        "sent_at": wrong.isoformat(),
    }
    return person.client.post(path, data=form, headers={**JSON, HEADER: key})


def test_cal4_a_chain_entered_without_a_network_happened_when_it_was_entered(
    app: Flask, cast: Cast, client_for: Any
) -> None:
    order_id, technician = sent(app, cast), client_for("technician")
    with app.app_context(), unit_of_work(SYSTEM, "test.change"):
        order = fetch(WorkOrder, order_id)
        order.dispatched_at -= timedelta(hours=3)
        order.events[0].at -= timedelta(hours=3)
    chain = (("accept", 90), ("on_the_way", 80), ("arrive", 60))
    for verb, ago in chain:
        for _twice in range(2):
            answer = post(technician, f"/my/job/{order_id}/{verb}", f"{verb}-0001", ago)
            assert answer.get_json() == {"done": True, "location": f"/my/job/{order_id}#next"}
    events = rows(app, WorkOrderEvent, WorkOrderEvent.work_order_id == order_id)
    assert [event.kind for event in events] == ["dispatched", "accepted", "on_the_way", "arrived"]
    for event, (_verb, ago) in zip(events[1:], chain, strict=True):
        assert abs(clock.now() - event.at - timedelta(minutes=ago)) < timedelta(minutes=2)
    # The telephone's clock goes an hour wrong, and is told apart from the hour that passed.
    assert events[-1].device_at - events[-1].at > timedelta(minutes=59)


def test_cal4_so15_a_reminder_of_the_office_does_not_make_the_arrival_late(
    app: Flask, cast: Cast, client_for: Any
) -> None:
    order_id, technician = sent(app, cast), client_for("technician")
    with app.app_context():
        with unit_of_work(SYSTEM, "test.change"):
            order = fetch(WorkOrder, order_id)
            order.dispatched_at -= timedelta(hours=3)
            order.events[0].at -= timedelta(hours=3)
        commands.urge(cast["supervisor"], order_id)
        db.session.remove()
    for verb, ago in (("accept", 70), ("arrive", 60)):
        answer = post(technician, f"/my/job/{order_id}/{verb}", f"{verb}-0001", ago)
        assert answer.get_json() == {"done": True, "location": f"/my/job/{order_id}#next"}
    (order,) = rows(app, WorkOrder, WorkOrder.id == order_id)
    assert abs(clock.now() - order.arrived_at - timedelta(minutes=60)) < timedelta(minutes=2)


def test_the_kept_page_holds_the_states_to_come_and_leaves_messages_alone(
    app: Flask, cast: Cast, client_for: Any
) -> None:
    order_id, technician = sent(app, cast), client_for("technician")
    plain = technician.get(f"/my/job/{order_id}").get_data(as_text=True)
    assert "<template" not in plain and f"/my/job/{order_id}/finish" not in plain
    answer = technician.get(f"/my/job/{order_id}?keep=1")
    page = answer.get_data(as_text=True)
    assert answer.headers["X-Phone-Person"] == str(cast["technician"].user_id)
    assert "Set-Cookie" not in answer.headers
    # Only a page that is opened makes the session last longer: not what a worker or script reads beside it.
    assert "Set-Cookie" not in technician.get("/my/", headers={"Accept": "*/*"}).headers
    assert "Set-Cookie" in technician.get("/my/", headers={"Accept": "text/html,*/*;q=0.8"}).headers
    for state in ("accepted", "arrived", "finished"):
        assert f'<template data-state="{state}"' in page
    assert page.index(f"/my/job/{order_id}/finish") > page.index('<template data-state="arrived"')


def test_so6_what_is_kept_of_a_job_to_be_paid(app: Flask, cast: Cast, client_for: Any) -> None:
    with app.app_context(), unit_of_work(SYSTEM, "test.prices") as session:
        session.add(PriceItem(kind="labour_flat", price=Decimal("200"), valid_from=date(2026, 1, 1)))
        session.add(PriceItem(kind="labour", price=Decimal("60"), unit_minutes=30, valid_from=date(2026, 1, 1)))
    order_id, free, technician = sent(app, cast, "out_of_warranty"), sent(app, cast), client_for("technician")

    def kept(path: str) -> str:
        return str(technician.get(f"{path}?keep=1").get_data(as_text=True))

    # A flat price that holds whatever the fault is.
    found = re.search(r'data-estimate="([^"]*)"', kept(f"/my/job/{order_id}"))
    assert found and json.loads(html.unescape(found[1]))["flat"][""][1] == "200.00"
    # A job under warranty whose labour is to be paid: its money is kept too, and misuse stops the telephone's sum.
    money = f'data-paid="/money/mine/job/{free}"'
    assert money not in technician.get("/my/").get_data(as_text=True)
    with app.app_context(), unit_of_work(SYSTEM, "test.cover") as session:
        session.execute(update(WarrantyCover).where(~WarrantyCover.misuse).values(labour_free=False))
    assert money in technician.get("/my/").get_data(as_text=True)
    assert "data-misuse-waits" in kept(f"/my/job/{free}") and "data-estimate=" in kept(f"/my/job/{free}")
    # Agreed to with the network: beside that form stands the one for another sum agreed to later.
    with app.app_context():
        commands.accept(cast["technician"], order_id)
        commands.arrive(cast["technician"], order_id)
        commands.quote(cast["technician"], order_id, minutes=30)
        commands.agree_charges(cast["technician"], order_id, name="刘芳")
        db.session.remove()
    page = kept(f"/money/mine/job/{order_id}")
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert "amount" in ids and "later-amount" in ids and len(ids) == len(set(ids))


def test_a_job_given_to_somebody_else_is_explained_and_handed_over(
    app: Flask, cast: Cast, client_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id, technician = sent(app, cast), client_for("technician")
    with app.app_context():
        commands.reassign(cast["supervisor"], order_id, technician_id=cast.staff("technician2"), reason="客户指定")
        other = cast["technician2"].name
        db.session.remove()
    answer = post(technician, f"/my/job/{order_id}/arrive", "arrive-0001")
    assert answer.status_code == 409
    assert other in answer.get_json()["message"] and "改派" in answer.get_json()["message"]
    given: dict[str, Any] = {
        "order_id": str(order_id),
        "label": "已到达",
        "title": "张三",
        "lines": json.dumps([["分钟", "30"]]),
        "told": answer.get_json()["message"],
    }
    # The telephone deletes its copy once it is done: what cannot be kept whole is not taken.
    many = [(io.BytesIO(PNG), f"{number}.png") for number in range(phone.MOST_PICTURES + 1)]
    monkeypatch.setattr(phone, "MOST_BYTES", 100)
    large = io.BytesIO(PNG + b"0" * 100)
    unkept = (
        ({"files": [(io.BytesIO(PNG), "照片.png"), (io.BytesIO(b"MZ"), "a.exe")]}, "a.exe"),
        ({"files": [(large, "全景.png")]}, "全景.png"),
        ({"files": many}, str(phone.MOST_PICTURES)),
        ({"drawing": "data:image/png;base64,AAAA"}, "签名"),
    )
    for what, named in unkept:
        refused = post(technician, "/my/phone/hand_over", "arrive-0001-h", 60, **given, **what)
        assert refused.status_code == 422 and named in refused.get_json()["refused"][0]["message"]
    assert rows(app, PhoneEntry) == []
    for _twice in range(2):
        given["files"] = [(io.BytesIO(PNG), "照片.png")]
        assert post(technician, "/my/phone/hand_over", "arrive-0001-h", 60, **given).get_json()["done"] is True
    (entry,) = rows(app, PhoneEntry)
    assert (entry.what, entry.work_order_id, entry.lines) == ("已到达", order_id, [["分钟", "30"]])
    assert timedelta(minutes=59) < clock.now() - entry.entered_at < timedelta(minutes=62)
    (picture,) = rows(app, StoredFile, StoredFile.record == "phone_entry")
    supervisor = client_for("supervisor")
    assert supervisor.get(f"/files/{picture.id}").data == PNG
    page = supervisor.get(f"/phoneentryview/show/{entry.id}").get_data(as_text=True)
    assert "分钟: 30" in page and "照片" in page
    told = rows(app, InboxMessage, InboxMessage.staff_id == cast.staff("supervisor"))
    assert f"/phoneentryview/show/{entry.id}" in [message.link for message in told]
    settled = supervisor.post(f"/phoneentryview/do/settle/{entry.id}", {"note": "已补录"})
    assert settled.status_code == 302
    assert rows(app, PhoneEntry)[0].status == "settled"


def test_foreign_jobs_tell_nothing(app: Flask, cast: Cast, client_for: Any) -> None:
    order_id = sent(app, cast)
    stranger = client_for("technician2")
    answer = post(stranger, f"/my/job/{order_id}/accept", "accept-0001")
    assert answer.status_code == 404
    assert "PG-" not in answer.get_data(as_text=True)


def test_refusals_come_with_their_field(app: Flask, cast: Cast, client_for: Any) -> None:
    order_id, technician = sent(app, cast), client_for("technician")
    answer = post(technician, f"/my/job/{order_id}/decline", "decline-0001", reason="")
    assert answer.status_code == 422
    assert answer.get_json() == {"done": False, "refused": [{"field": "原因", "message": "此项必填"}]}
    late = post(technician, f"/my/job/{order_id}/accept", "accept-0001", 73 * 60)
    assert late.status_code == 422 and "72" in late.get_json()["refused"][0]["message"]


def test_without_a_login_nothing_is_told_but_how_the_app_is_made(app: Flask, cast: Cast) -> None:
    client = app.test_client()
    manifest = json.loads(client.get("/my/manifest.webmanifest").data)
    assert manifest["lang"] == "zh-Hans-CN" and manifest["start_url"] == "/my/"
    for icon in manifest["icons"]:
        with client.get(icon["src"]) as picture:
            assert picture.data.startswith(b"\x89PNG")
    worker = client.get("/my/worker.js")
    assert worker.headers["Service-Worker-Allowed"] == "/"
    assert client.get("/my/phone/pulse", headers=JSON).status_code == 302
    token = client.get("/login/").get_data(as_text=True).split('name="csrf-token" content="')[1].split('"')[0]
    form = {"csrf_token": token}
    answer = client.post("/my/job/1/accept", data=form, headers={**JSON, HEADER: "accept-0001"})
    assert answer.status_code == 401


def test_navigate_leads_where_the_setting_says(app: Flask, cast: Cast, client_for: Any) -> None:
    sent(app, cast)
    technician = client_for("technician")
    assert "https://uri.amap.com/search?keyword=" in technician.get("/my/").get_data(as_text=True)
    admin = client_for("admin")
    admin.post("/settings/change/map_address", {"value": "geo:0,0?q={address}"})
    assert "geo:0,0?q=%E5" in technician.get("/my/").get_data(as_text=True)
