"""The search box of every page: numbers lead to their record, everything else to a list, all within the row scope."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.customers.models import Voucher
from tests.cast import Cast
from tests.web.test_lists import statements


def numbers(app: Flask) -> dict[str, str]:
    with app.app_context(), acting_as(SYSTEM):
        return {voucher.customer.name: voucher.number for voucher in db.session.query(Voucher)}


def test_a_whole_number_opens_its_record(app: Flask, cast: Cast, client_for: Any) -> None:
    number = numbers(app)["张伟"]
    for typed in (number, number.lower(), number.replace("-", ""), f" {number.replace('-', ' ')} "):
        answer = client_for("clerk").get("/search/", query_string={"q": typed})
        assert answer.status_code == 302, typed
        assert answer.location.startswith("/voucherview/show/"), typed


def test_the_end_of_a_number_is_enough(app: Flask, cast: Cast, client_for: Any) -> None:
    day, tail = numbers(app)["张伟"].split("-")[2:]
    page = client_for("clerk").get(f"/search/?part=1&q={day}-{tail}").get_data(as_text=True)
    assert "/voucherview/show/" in page


@pytest.mark.parametrize("part", ["", "&part=1"])
@pytest.mark.parametrize(
    ("text", "found"), [("张伟", "/customerview/show/"), ("13800000001", "张伟"), ("00000001", "张伟")]
)
def test_names_and_telephones(cast: Cast, client_for: Any, text: str, found: str, part: str) -> None:
    page = client_for("clerk").get(f"/search/?q={text}{part}").get_data(as_text=True)
    assert found in page
    assert ("<html" in page) == (not part)


def test_nobody_finds_what_is_not_theirs(app: Flask, cast: Cast, client_for: Any) -> None:
    number = numbers(app)["顾敏"]
    for who in ("clerk", "technician", "admin"):
        person = client_for(who)
        for text in ("顾敏", "13800000004", number, number[:-5], number[6:]):
            answer = person.get("/search/", query_string={"q": text, "part": "1"})
            assert answer.status_code == 200
            page = answer.get_data(as_text=True).replace(f"“{text}”", "")
            assert "顾敏" not in page, (who, text)
            assert "/show/" not in page or number not in page, (who, text)
    assert client_for("clerk_sz").get("/search/", query_string={"q": number}).status_code == 302


def test_it_is_quick(cast: Cast, client_for: Any) -> None:
    clerk = client_for("clerk")
    clerk.get("/search/?part=1&q=张伟")
    for text in ("张伟", "13800000001", "JX-NJ-2026", "1121-0001"):
        with statements() as seen:
            clerk.get(f"/search/?part=1&q={text}")
        assert len(seen) <= 22, (text, len(seen))


@pytest.mark.parametrize("text", ["", " ", "%00", "%", "_", "长" * 500, "<script>", "JX-NJ-99999999-9999", "0000-0000"])
def test_no_text_breaks_it(client_for: Any, text: str) -> None:
    for part in ("", "1"):
        answer = client_for("clerk").get("/search/", query_string={"q": text, "part": part})
        assert answer.status_code == 200
        assert "<script>" not in answer.get_data(as_text=True).replace("<script>(", "")


def test_where_one_is_stands_above_a_record(app: Flask, cast: Cast, client_for: Any) -> None:
    page = client_for("clerk").get(f"/customerview/show/{cast.customers['in_warranty']}").get_data(as_text=True)
    crumbs = page.split('class="crumbs"')[1].split("</nav>")[0]
    assert "客户" in crumbs
    assert 'href="/customerview/list/"' in crumbs
