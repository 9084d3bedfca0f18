"""A record's page: what happened, who did it, and the lists that belong to it as tabs."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.contracts.models import ContractItem
from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.uow import unit_of_work
from app.customers.models import Customer, Voucher
from tests.cast import Cast


def happened(page: str) -> list[str]:
    """The lines of the timeline as text, newest first."""
    found = re.search(r'<ol class="timeline">(.*?)</ol>', page, re.DOTALL)
    lines = re.findall(r"<li>(.*?)</li>", found.group(1), re.DOTALL) if found else []
    return [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in lines]


def test_what_was_changed_stands_on_the_record_without_its_values(app: Flask, cast: Cast, client_for: Any) -> None:
    number = cast.customers["in_warranty"]
    with app.app_context(), unit_of_work(cast["supervisor"], "customer.update") as session:
        session.get(Customer, number).email = "secret@example.com"
    with app.app_context(), unit_of_work(SYSTEM, "customer.update") as session:
        session.get(Customer, number).email = ""
    lines = happened(client_for("clerk").get(f"/customerview/show/{number}?tab=changes").get_data(as_text=True))
    assert len(lines) >= 2
    assert "系统" in lines[0]
    assert re.match(r"\d+月\d+日 \d\d:\d\d 修改", lines[1]), lines[1]
    assert cast["supervisor"].name in lines[1]
    assert "电子邮件" in lines[1]
    assert not any("secret" in line for line in lines)


def test_the_story_stands_in_the_order_it_was_written(app: Flask, cast: Cast, client_for: Any) -> None:
    """A long unit of work began before another's change and wrote after it: it stamps with its beginning."""
    number = cast.customers["in_warranty"]
    with (
        app.app_context(),
        clock.frozen(clock.at_local(date(2026, 11, 20), time(10, 5))),
        unit_of_work(cast["supervisor"], "customer.update") as session,
    ):
        session.get(Customer, number).email = "a@example.com"
    with (
        app.app_context(),
        clock.frozen(clock.at_local(date(2026, 11, 20), time(10, 0))),
        unit_of_work(cast["manager"], "customer.update") as session,
    ):
        session.get(Customer, number).email = "b@example.com"
    lines = happened(client_for("clerk").get(f"/customerview/show/{number}?tab=changes").get_data(as_text=True))
    assert [
        name in line for name, line in zip((cast["manager"].name, cast["supervisor"].name), lines, strict=False)
    ] == [
        True,
        True,
    ]


def test_another_records_story_is_not_told(app: Flask, cast: Cast, client_for: Any) -> None:
    mine, other = cast.customers["in_warranty"], cast.customers["out_of_warranty"]
    with app.app_context(), unit_of_work(cast["manager"], "customer.update") as session:
        session.get(Customer, other).email = "x@example.com"
    page = client_for("clerk").get(f"/customerview/show/{mine}?tab=changes").get_data(as_text=True)
    assert not any(cast["manager"].name in line for line in happened(page))
    assert client_for("clerk").get(f"/customerview/show/{cast.customers['suzhou']}").status_code == 404


def test_lists_that_belong_to_it_are_tabs_with_counts(app: Flask, cast: Cast, client_for: Any) -> None:
    number = cast.vouchers["under_contract"]
    with app.app_context(), unit_of_work(cast["manager"], "voucher.update") as session:
        session.get(Voucher, number).note = "x"
    page = client_for("clerk").get(f"/voucherview/show/{number}").get_data(as_text=True)
    tabs = re.findall(r'data-tab="(\w*)">(?:全部|[^<]+<span class="count">(\d+\+?)</span>)', page)
    panels = re.findall(r'data-panel="(\w+)"', page)
    assert sorted(name for name, _count in tabs[1:]) == sorted(panels), "every tab has its panel"
    assert tabs[0] == ("", "")
    with app.app_context(), acting_as(SYSTEM):
        items = db.session.scalars(select(ContractItem).where(ContractItem.voucher_id == number)).all()
    assert dict(tabs)["ContractItemView"] == str(len(items)) == "1"
    assert {name for name, count in tabs} == {"", "ContractItemView", "happened"}, "what is empty is no tab"
    assert re.search("尚无：.*叫修登记", page)
