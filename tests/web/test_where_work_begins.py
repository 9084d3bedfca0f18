"""Where a clerk's work begins: the start page's latest calls, the ways to the intake, and how lists name things (SO-3, SO-4)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from markupsafe import Markup

from app.core.home import Latest, latest_for
from app.core.views.lists import unbroken
from app.core.views.model import Within
from app.customers.commands import check_out_voucher
from app.fieldservice import commands
from tests.cast import Cast

INTAKE = re.compile(r'<a class="btn btn-primary" href="(/intake/[^"]*)">')


def enter(app: Flask, cast: Cast, count: int) -> list[str]:
    """So many calls, oldest first."""
    with app.app_context():
        return [
            commands.enter_call(
                cast["clerk"], cast.vouchers["out_of_warranty"], symptom="不制冷", confirm_duplicate=True
            ).number
            for _turn in range(count)
        ]


def test_the_clerks_start_page_has_the_latest_calls(app: Flask, cast: Cast, client_for: Any) -> None:
    numbers = enter(app, cast, 10)
    page = client_for("clerk").get("/").get_data(as_text=True)
    rows = re.findall(r'<tr data-href="/repaircallview/show/\d+">.*?<a [^>]*>(JX-[\w-]+)</a>', page, re.DOTALL)
    assert rows == numbers[:-9:-1]
    assert len(rows) == Latest(frozenset(), "", "").limit
    assert 'rel="next"' not in page
    assert numbers[-1] not in client_for("accountant").get("/").get_data(as_text=True)


@pytest.mark.parametrize(
    ("who", "title", "address"),
    [("accountant", "逾期发票", "/invoiceview/list/?show=overdue"), ("admin", "操作记录", "/auditentryview/list/")],
)
def test_accountant_and_administrator_begin_with_a_list_too(
    client_for: Any, who: str, title: str, address: str
) -> None:
    page = client_for(who).get("/").get_data(as_text=True)
    assert f'<h2>{title}</h2><a class="btn btn-default btn-sm" href="{address}">' in page


def test_the_trail_speaks_the_screens_words_wherever_it_is_shown(app: Flask, cast: Cast, client_for: Any) -> None:
    """It learned them when its own list was first opened: neither start page nor export knew them before."""
    enter(app, cast, 1)
    screens = app.extensions["appbuilder"].baseviews
    (trail,) = [view for view in screens if type(view).__name__ == "AuditEntryView"]
    with app.test_request_context():
        assert "叫修" in str(trail.render("record", "repair_call"))
    page = client_for("admin").get("/").get_data(as_text=True)
    assert not re.search(r"<td[^>]*>\s*\w+_\w+\s*</td>", page)


def test_rows_of_the_start_page_are_those_the_person_may_see(app: Flask, cast: Cast, client_for: Any) -> None:
    numbers = enter(app, cast, 1)
    assert numbers[0] in client_for("clerk").get("/").get_data(as_text=True)
    assert numbers[0] not in client_for("clerk_sz").get("/").get_data(as_text=True)
    assert latest_for(cast["technician"]) == []


def test_so4_a_call_begins_from_the_register_and_from_the_voucher(app: Flask, cast: Cast, client_for: Any) -> None:
    clerk = client_for("clerk")
    assert INTAKE.findall(clerk.get("/repaircallview/list/").get_data(as_text=True)) == ["/intake/"]
    assert not INTAKE.search(client_for("accountant").get("/repaircallview/list/").get_data(as_text=True))

    voucher = cast.vouchers["in_warranty"]
    address = f"/voucherview/show/{voucher}"
    page = clerk.get(address).get_data(as_text=True)
    (begin,) = INTAKE.findall(page)
    answer = clerk.get(begin.replace("&amp;", "&"))
    assert f'action="/intake/call/{voucher}' in answer.get_data(as_text=True)
    assert "/intake/" not in client_for("accountant").get(address).get_data(as_text=True)

    # What is out waits for its way back: that is the first thing then, the call the second.
    with app.app_context():
        check_out_voucher(cast["clerk"], voucher, staff_id=cast.staff("technician"), reason="PG-1")
    page = clerk.get(address).get_data(as_text=True)
    assert not INTAKE.search(page)
    assert f"/intake/?voucher={voucher}" in page


def test_so3_the_head_of_a_voucher_says_where_it_is_and_whether_the_warranty_holds(cast: Cast, client_for: Any) -> None:
    clerk = client_for("clerk")
    for product, told in (("in_warranty", "保修至 "), ("out_of_warranty", "保修已于 ")):
        page = clerk.get(f"/voucherview/show/{cast.vouchers[product]}").get_data(as_text=True)
        head = page.partition("<h1>")[2].partition("</h1>")[0]
        assert "在档" in head, product
        assert told in head, product


def test_a_call_says_its_voucher_shortly_and_dials_its_caller(app: Flask, cast: Cast, client_for: Any) -> None:
    with app.app_context():
        call = commands.enter_call(
            cast["clerk"], cast.vouchers["in_warranty"], symptom="漏水", caller_phone="13800001111"
        ).id
    page = client_for("clerk").get(f"/repaircallview/show/{call}").get_data(as_text=True)
    assert '<a href="tel:13800001111">13800001111</a>' in page
    assert re.search(rf'<a href="/voucherview/show/{cast.vouchers["in_warranty"]}">FW-NJ-\d{{8}}-\d{{4}}</a>', page)


@pytest.mark.parametrize(
    ("cell", "whole"),
    [
        ("波轮洗衣机 XQB70-M", ["XQB70-M"]),
        ("修护架 C-5", ["C-5"]),
        ("A-1 与 BCD-215TS", ["A-1", "BCD-215TS"]),
        # A number as long as a column may be broken; so may what is no number.
        ("合同 HT-NJ-20260301-0001 计划保养", []),
        ("无 - 有", []),
        ("<b>&</b> A-1", ["A-1"]),
    ],
)
def test_models_within_words_stay_whole_and_texts_stay_texts(cell: str, whole: list[str]) -> None:
    found = unbroken(cell)
    assert re.findall(r'<span class="whole">([^<]*)</span>', str(found)) == whole
    assert Markup(found if whole else Markup.escape(found)).striptags() == Markup.escape(cell).striptags()
    assert "<b>" not in str(found) or not whole


def test_what_is_marked_up_already_is_left_alone() -> None:
    chip = Markup('<span class="chip">A-1</span>')
    assert unbroken(chip) is chip


@pytest.mark.parametrize(
    ("name", "within"),
    [("Repair call", "repair call"), ("客户", "客户"), ("SIM card", "SIM card"), ("E-mail", "E-mail"), ("", "")],
)
def test_a_records_name_within_a_title(name: str, within: str) -> None:
    assert str(Within(name)) == within
