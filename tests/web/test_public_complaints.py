"""The customers' own door to complaints (CP-1)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.complaints import commands
from app.complaints.models import Complaint
from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.customers.links import voucher_token
from tests.cast import Cast
from tests.web.complaint_pages import FRIDAY, GIVEN, one, send_in, text


@pytest.fixture(autouse=True)
def _friday() -> Iterator[None]:
    with clock.frozen(FRIDAY):
        yield


def test_cp1_the_public_form_the_number_and_the_status(app: Flask, cast: Cast) -> None:
    browser = app.test_client()
    assert browser.post("/complain/", data=GIVEN).status_code == 400  # without the token of the form
    assert "疑似自动提交" in text(send_in(browser, "/complain/", {**GIVEN, "website": "http://x"}), 422)
    assert "请填写可以联系到您的电话" in text(send_in(browser, "/complain/", {**GIVEN, "phone": "12"}), 422)
    with app.app_context():
        address = f"/complain/v/{voucher_token(cast.vouchers['in_warranty'])}"
    assert "SN-IN-1" in text(browser.get(address))
    assert "SN-IN-1" not in text(browser.get(f"/complain/v/{cast.vouchers['in_warranty']}-{'0' * 20}"))
    photo = (io.BytesIO(b"\xff\xd8\xff\xe0" + b"0" * 20), "门口.jpg")
    sent = send_in(browser, address, {**GIVEN, "photo1": photo})
    assert sent.status_code == 303
    saved = one(app, select(Complaint))
    assert (saved.channel, saved.voucher_id, saved.entered_by_id) == ("online", cast.vouchers["in_warranty"], None)
    assert saved.number in text(browser.get("/complain/thanks"))
    asked = {"number": saved.number.lower(), "phone": "13912345678"}
    with app.app_context():
        commands.assign(cast["supervisor"], saved.id, handler_id=cast.staff("clerk"), said="请处理")
        commands.acknowledge(cast["clerk"], saved.id, said="已致电李女士")
        db.session.remove()
    page = text(send_in(app.test_client(), "/complain/status", asked))
    assert "已答复" in page
    for name in ("李女士", "周晓芸", "陈国栋", "已致电", "没有人来"):
        assert name not in page, name
    assert "前处理完毕" in page
    with clock.frozen(FRIDAY + timedelta(days=30)):  # a promise that was broken is not made again
        page = text(send_in(app.test_client(), "/complain/status", asked))
    assert "前处理完毕" not in page and "未能如期" in page
    assert "未查到" in text(send_in(app.test_client(), "/complain/status", {**asked, "phone": "13912345679"}), 422)
    page = text(browser.get("/complain/?lang=en"))
    assert "Tell us what went wrong" in page


def test_cp1_the_public_door_is_limited(tmp_path: Any) -> None:
    """A door with its limits on: the fifth complaint of an hour is the last, the eleventh question too."""
    from app import create_app
    from tests.conftest import make_settings

    limited = create_app(make_settings(tmp_path), AUTH_RATE_LIMITED=True, RATELIMIT_ENABLED=True)
    browser = limited.test_client()
    with limited.app_context(), acting_as(SYSTEM):
        db.create_all()
    asked = {"number": "TS-1", "phone": "13912345678"}
    answers = [send_in(browser, "/complain/status", asked).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
