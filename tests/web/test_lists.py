"""Lists: few statements, capped counts and pages, addresses that cannot break them, rows in scope only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, insert
from sqlalchemy.engine import Engine

from app.core import clock
from app.core.actors import SYSTEM
from app.core.db import db
from app.core.uow import unit_of_work
from app.customers.models import Customer
from tests.cast import Cast

ROWS = re.compile(r'<tr data-href="')


@contextmanager
def statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "COMMIT", "ROLLBACK")):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def many_customers(app: Flask, cast: Cast, count: int) -> None:
    with app.app_context(), unit_of_work(SYSTEM, "test.customers", bulk=True) as session:
        rows = [
            {
                "name": f"客户{number:04}",
                "kind": "person",
                "branch_id": cast.branches["NJ"],
                "created_at": clock.now(),
                "version": 1,
            }
            for number in range(count)
        ]
        session.execute(insert(Customer), rows)
    with app.app_context():
        db.session.remove()


def test_a_list_of_25_rows_takes_at_most_15_statements(app: Flask, cast: Cast, client_for: Any) -> None:
    many_customers(app, cast, 30)
    clerk = client_for("clerk")
    clerk.get("/customerview/list/")
    with statements() as seen:
        page = clerk.get("/customerview/list/").get_data(as_text=True)
    assert len(ROWS.findall(page)) == 25
    assert len(seen) <= 15, "\n".join(seen)


def test_count_is_capped_and_pages_go_on(app: Flask, cast: Cast, client_for: Any) -> None:
    many_customers(app, cast, 1100)
    clerk = client_for("clerk")
    page = clerk.get("/customerview/list/?psize_CustomerView=100000").get_data(as_text=True)
    assert "1000+" in page
    assert len(ROWS.findall(page)) == 100
    beyond = clerk.get("/customerview/list/?psize_CustomerView=100&page_CustomerView=10").get_data(as_text=True)
    assert len(ROWS.findall(beyond)) == 100
    last = clerk.get("/customerview/list/?psize_CustomerView=100&page_CustomerView=11").get_data(as_text=True)
    assert 0 < len(ROWS.findall(last)) < 100
    assert 'rel="next"' not in last


@pytest.mark.parametrize(
    "query",
    [
        "page_CustomerView=abc",
        "page_CustomerView=-3",
        "page_CustomerView=99999999999999999999",
        "page_=1&psize_=x",
        "psize_CustomerView=0",
        "psize_CustomerView=-5",
        "psize_CustomerView=abc",
        "_oc_CustomerView=nonsense&_od_CustomerView=asc",
        "_oc_CustomerView=name&_od_CustomerView=sideways",
        "_oc_CustomerView=branch&_od_CustomerView=desc",
        "_flt_9_name=x",
        "_flt_0_password=x",
        "_flt_x_name=1",
        "_flt_0_branch=abc",
        "_flt_0_branch=99999999999999999999",
        "_flt_0_branch=1&_flt_0_branch=2",
        "_flt_0_name=%00%25_\\",
        "_flt_0_created_at=2026-99-99",
        "_flt_1_created_at=9999-12-31",
        "_flt_0_created_at=0001-01-01",
        "q=%00",
        "q=" + "长" * 500,
        "show=nothing",
    ],
)
def test_no_address_breaks_a_list(client_for: Any, query: str) -> None:
    assert client_for("clerk").get(f"/customerview/list/?{query}").status_code == 200


def test_a_filter_does_not_stay_for_the_next_request(client_for: Any) -> None:
    clerk = client_for("clerk")
    narrowed = clerk.get("/customerview/list/?q=张伟").get_data(as_text=True)
    assert "张伟" in narrowed
    assert "刘芳" not in narrowed
    assert "刘芳" in clerk.get("/customerview/list/").get_data(as_text=True)


def test_rows_of_another_branch_are_nowhere(client_for: Any, cast: Cast) -> None:
    clerk, foreign = client_for("clerk"), cast.customers["suzhou"]
    page = clerk.get("/customerview/list/").get_data(as_text=True)
    assert "顾敏" not in page
    assert re.search(r'class="count">3<', page), "the count leaks rows out of scope"
    assert clerk.get(f"/customerview/show/{foreign}").status_code == 404
    assert clerk.get(f"/customerview/edit/{foreign}").status_code == 404
    assert "顾敏" not in str(clerk.get("/lookup/customer?q=顾敏").get_json())
    assert "顾敏" not in clerk.get(f"/voucherview/list/?_flt_0_customer={foreign}").get_data(as_text=True)


@pytest.mark.parametrize("pk", ["0", "-1", "abc", "99999999999999999999", "1%00", "1;drop"])
def test_ids_that_are_none_do_not_exist(client_for: Any, pk: str) -> None:
    clerk = client_for("clerk")
    assert clerk.get(f"/customerview/show/{pk}").status_code == 404
    assert clerk.get(f"/customerview/edit/{pk}").status_code == 404
    assert clerk.post(f"/customerview/action/any/{pk}", page="/customerview/list/").status_code == 404


def test_there_is_no_download_and_no_change_by_get(client_for: Any) -> None:
    clerk = client_for("clerk")
    for address in ("/customerview/download/x", "/customerview/delete/1", "/contactview/delete/1"):
        assert clerk.get(address).status_code in (404, 405)
    assert clerk.get("/customerview/action_post").status_code in (404, 405)


def test_a_lookup_gives_twenty_rows_and_says_whether_there_are_more(app: Flask, cast: Cast, client_for: Any) -> None:
    many_customers(app, cast, 45)
    clerk = client_for("clerk")
    first = clerk.get("/lookup/customer?q=客户").get_json()
    assert len(first["results"]) == 20
    assert first["pagination"]["more"] is True
    third = clerk.get("/lookup/customer?q=客户&page=3").get_json()
    assert len(third["results"]) == 5
    assert third["pagination"]["more"] is False


def test_a_lookup_is_narrowed_by_references_only(client_for: Any, cast: Cast) -> None:
    clerk = client_for("clerk")
    own = cast.customers["in_warranty"]
    found = clerk.get(f"/lookup/voucher?customer_id={own}").get_json()["results"]
    assert [row["id"] for row in found] == [cast.vouchers["in_warranty"]]
    assert clerk.get("/lookup/voucher?serial_no=SN-IN-1").status_code == 400
    assert clerk.get("/lookup/voucher?customer_id=x").get_json()["results"] == []
    assert clerk.get("/lookup/nothing").status_code == 404


def test_lookups_need_a_login(app: Flask) -> None:
    answer = app.test_client().get("/lookup/customer")
    assert answer.status_code == 401
    assert answer.is_json
