"""What stands above every list: kept filters, chips, columns, remembered order, export as CSV and XLSX."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

import pytest
from flask import Flask
from markupsafe import Markup
from openpyxl import load_workbook
from sqlalchemy import select

from app.core import clock, dates, listing, outbox, settings
from app.core.actors import SYSTEM, acting_as
from app.core.audit import AuditEntry
from app.core.db import db
from app.core.uow import unit_of_work
from app.core.views.export import value_of
from app.fieldservice.commands import dispatch, enter_call
from app.workshop.models import ItemMovement
from tests.cast import Cast
from tests.web.test_lists import ROWS, many_customers

LIST = "/customerview/list/"
NARROW = "_flt_0_name=张"
DAY = date(2025, 11, 22)


def test_a_filter_is_kept_used_replaced_and_removed(client_for: Any) -> None:
    clerk = client_for("clerk")
    form = {"name": "张姓", "query": "_flt_0_name=张&page_CustomerView=3&csrf_token=x"}
    answer = clerk.post("/lists/CustomerView/filters", form, page=LIST)
    assert answer.status_code == 302
    page = clerk.get(LIST).get_data(as_text=True)
    kept = re.search(r'<a href="(/customerview/list/\?[^"]+)"><i class="fa fa-bookmark-o"[^>]*></i> 张姓', page)
    assert kept
    assert "page_CustomerView" not in kept.group(1)
    assert "csrf_token" not in kept.group(1)
    narrowed = clerk.get(kept.group(1).replace("&amp;", "&")).get_data(as_text=True)
    assert "张伟" in narrowed
    assert "刘芳" not in narrowed
    clerk.post("/lists/CustomerView/filters", {"name": "张姓", "query": "_flt_0_name=刘"}, page=LIST)
    page = clerk.get(LIST).get_data(as_text=True)
    assert page.count("fa-bookmark-o") == 1, "the same name replaces"
    assert "张姓" not in client_for("supervisor").get(LIST).get_data(as_text=True), "a filter is one's own"
    number = re.search(r"/lists/filters/(\d+)/remove", page)
    assert number
    assert client_for("supervisor").post(number.group(0), page=LIST).status_code == 404
    assert clerk.post(number.group(0), page=LIST).status_code == 302
    assert "张姓" not in clerk.get(LIST).get_data(as_text=True)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"name": " ", "query": NARROW}, "请"),
        ({"name": "空", "query": ""}, "没有"),
        ({"name": "长", "query": "q=" + "x" * 3000}, "没有"),
    ],
)
def test_what_cannot_be_kept_is_said(client_for: Any, form: dict[str, str], words: str) -> None:
    clerk = client_for("clerk")
    assert clerk.post("/lists/CustomerView/filters", form, page=LIST).status_code == 302
    page = clerk.get(LIST).get_data(as_text=True)
    assert re.search(rf'class="alert alert-warning"[^>]*>\s*<span>[^<]*{words}', page)


def test_a_person_keeps_so_many_and_no_more(app: Flask, cast: Cast) -> None:
    with app.app_context(), acting_as(SYSTEM):
        most = settings.number(listing.KEPT_FILTERS)
    with app.app_context():
        for number in range(most):
            listing.save_filter(cast["clerk"], "CustomerView", f"第{number}", NARROW)
        with pytest.raises(Exception, match="as many filters"):
            listing.save_filter(cast["clerk"], "CustomerView", "一个太多", NARROW)
        listing.save_filter(cast["clerk"], "CustomerView", "第0", "q=replaced")


def test_what_narrows_the_list_stands_as_chips_that_go_away(client_for: Any) -> None:
    page = client_for("clerk").get(f"{LIST}?{NARROW}&q=张&psize_CustomerView=50").get_data(as_text=True)
    chips = re.findall(r'class="chip-filter"><span>([^<]+)</span><a href="([^"]+)"', page)
    assert [text for text, _url in chips] == ["“张”", "客户: 张"]
    words, name = (url for _text, url in chips)
    assert "q=" not in words.split("?")[1].replace("_flt", "")
    assert "_flt_0_name" in words
    assert "_flt_0_name" not in name
    assert "psize_CustomerView=50" in name


def test_columns_are_chosen_by_each_person(client_for: Any) -> None:
    clerk = client_for("clerk")

    def heads(who: Any = clerk) -> list[str]:
        page = who.get(LIST).get_data(as_text=True)
        return re.findall(r"<th scope=\"col\"[^>]*>(?:<button[^>]*>)?([^<]+)", page)

    usual = heads()
    assert (
        clerk.post("/lists/CustomerView/columns", {"column": ["name", "email", "password"]}, page=LIST).status_code
        == 302
    )
    assert heads() == ["客户", "电子邮件"]
    assert heads(client_for("supervisor")) == usual
    clerk.post("/lists/CustomerView/columns", {"usual": "1", "column": ["name"]}, page=LIST)
    assert heads() == usual


def test_the_order_is_the_persons_for_this_list(app: Flask, cast: Cast, client_for: Any) -> None:
    many_customers(app, cast, 3)
    clerk = client_for("clerk")
    name = re.compile(r'<td data-label="客户" class="main[^"]*"><a [^>]*>([^<]+)')

    def names(who: Any = clerk, query: str = "") -> list[str]:
        return name.findall(who.get(f"{LIST}{query}").get_data(as_text=True))

    usual = names()
    assert 'class="sort" form="sort-CustomerView" name="sort" value="name.asc"' in clerk.get(LIST).get_data(
        as_text=True
    )
    form = {"sort": "name.asc", "query": "q=客户&page_CustomerView=2"}
    answer = clerk.post("/lists/CustomerView/sort", form, page=LIST)
    # The order stands in the address, the page turned to does not.
    assert parse_qsl(answer.location.partition("?")[2]) == [
        ("q", "客户"),
        ("_oc_CustomerView", "name"),
        ("_od_CustomerView", "asc"),
    ]
    assert names() == sorted(usual) != usual
    again = clerk.get(LIST).get_data(as_text=True)
    assert 'aria-sort="ascending"' in again
    assert 'name="sort" value="name.desc"' in again, "the second click turns it round"
    assert names(client_for("supervisor")) == usual
    assert names(client_for("clerk")) == sorted(usual), "on another computer as well"
    # A link that asks for an order is followed, and does not become the person's own.
    assert names(query="?_oc_CustomerView=name&_od_CustomerView=desc") == sorted(usual, reverse=True)
    assert names() == sorted(usual)
    for wrong in ("password.asc", "name.sideways", "name", ""):
        assert clerk.post("/lists/CustomerView/sort", {"sort": wrong}, page=LIST).status_code == 400
    # Choosing columns keeps the order; "as usual" gives up both.
    clerk.post("/lists/CustomerView/columns", {"column": ["name", "email"]}, page=LIST)
    assert names() == sorted(usual)
    clerk.post("/lists/CustomerView/columns", {"usual": "1"}, page=LIST)
    assert names() == usual
    with app.app_context(), acting_as(SYSTEM):
        assert listing.db.session.scalars(select(listing.ColumnChoice)).all() == []


def test_columns_by_role(app: Flask, cast: Cast, client_for: Any) -> None:
    """Who sees every branch sees which one; a technician sees what the job needs."""

    def heads(who: str, path: str) -> list[str]:
        page = client_for(who).get(path).get_data(as_text=True)
        return [each.strip() for each in re.findall(r'<th scope="col"[^>]*>(?:<button[^>]*>)?([^<]+)', page)]

    with app.app_context():
        call = enter_call(cast["clerk"], cast.vouchers["in_warranty"], symptom="不制冷").id
        order = dispatch(cast["supervisor"], call, technician_id=cast.staff("technician")).id
        assert order
    assert heads("service", "/repaircallview/list/")[1] == "机构"
    assert "机构" not in heads("supervisor", "/repaircallview/list/")
    jobs = heads("technician", "/workorderview/list/")
    assert "预约时间" in jobs and "技术员" not in jobs
    assert "技术员" in heads("supervisor", "/workorderview/list/")


def exported(client: Any, ending: str, query: str = "") -> Any:
    return client.post(f"/lists/CustomerView/export?{query}", {"format": ending}, page=LIST)


def test_csv_is_what_is_filtered_in_the_columns_shown(app: Flask, cast: Cast, client_for: Any) -> None:
    with app.app_context(), unit_of_work(SYSTEM, "test.formula") as session:
        from app.customers.models import Customer

        session.get(Customer, cast.customers["in_warranty"]).note = ""
        session.get(Customer, cast.customers["in_warranty"]).name = "=张伟(1)"
    clerk = client_for("clerk")
    clerk.post("/lists/CustomerView/columns", {"column": ["name", "kind"]}, page=LIST)
    answer = exported(clerk, "csv", NARROW)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    # Bytes of a known length: what is text here, or streamed, a real server breaks off.
    assert int(answer.headers["Content-Length"]) == len(answer.get_data())
    assert "attachment" in answer.headers["Content-Disposition"]
    text = answer.get_data().decode("utf-8")
    assert text.startswith("\ufeff客户,类别\r\n")
    assert "'=张伟(1),个人\r\n" in text, "what begins like a formula is text"
    assert "刘芳" not in text
    assert "顾敏" not in exported(clerk, "csv").get_data().decode("utf-8"), "row scope"
    with app.app_context(), acting_as(SYSTEM):
        note = db.session.query(AuditEntry).filter_by(verb="list_export.take").first()
        assert note.after == {"screen": "CustomerView", "rows": 1}
        assert note.user_id == cast["clerk"].user_id


def test_xlsx_has_numbers_dates_and_labels(client_for: Any) -> None:
    answer = client_for("clerk").post("/lists/VoucherView/export", {"format": "xlsx"}, page="/voucherview/list/")
    assert answer.status_code == 200
    sheet = load_workbook(io.BytesIO(answer.get_data())).worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    assert "凭证号" in heads or "服务凭证号" in heads or len(heads) > 3
    kinds = {type(cell.value).__name__ for row in sheet.iter_rows(min_row=2) for cell in row}
    assert "datetime" in kinds, kinds
    assert not any("<" in str(cell.value) for row in sheet.iter_rows() for cell in row)


def test_days_within_words_are_iso_in_a_file(app: Flask, cast: Cast) -> None:
    """Also where the list shows a record by its day, or says in words what is no single value."""

    class Shown:
        datamodel = type("Interface", (), {"obj": ItemMovement})
        choices: dict[str, Any] = {}

        def listed(self, item: Any, column: str) -> Any:
            return item[column]

        def cell(self, item: Any, column: str) -> Any:
            return Markup("{}<br>{}").format(dates.day(DAY), "<b>") if column == "lines" else "—"

    movement = ItemMovement(at=clock.at_local(DAY))
    with app.test_request_context():
        assert str(movement) == "2025年11月22日 00:00"
        row = {"movement": movement, "at": None, "lines": [1, 2], "holder": None}
        shown = [value_of(Shown(), row, column) for column in row]
        assert shown == ["2025-11-22 00:00", None, "2025-11-22\n<b>", None]
        assert str(movement) == "2025年11月22日 00:00", "only in the file"


def test_a_large_list_is_made_in_the_background(app: Flask, cast: Cast, client_for: Any) -> None:
    many_customers(app, cast, 30)
    with app.app_context(), unit_of_work(SYSTEM, "test.setting") as session:
        row = session.query(settings.Setting).filter_by(key=listing.AT_ONCE).one_or_none()
        row = row or settings.Setting(key=listing.AT_ONCE, value="")
        row.value = "10"
        session.add(row)
    clerk = client_for("clerk")
    clerk.post("/lists/CustomerView/columns", {"column": ["name", "kind", "email"]}, page=LIST)
    answer = exported(clerk, "csv", "_oc_CustomerView=name&_od_CustomerView=asc")
    assert answer.status_code == 302
    page = clerk.get(answer.location).get_data(as_text=True)
    assert "<progress" in page
    assert client_for("supervisor").get(answer.location).status_code == 404
    with app.app_context():
        assert outbox.drain().count("done") >= 1
    page = clerk.get(answer.location).get_data(as_text=True)
    file = re.search(r'href="(/files/\d+)"', page)
    assert file, page
    text = clerk.get(file.group(1)).get_data().decode("utf-8")
    names = [line.split(",")[0] for line in text.splitlines()[1:]]
    assert text.startswith("\ufeff客户,类别,电子邮件\r\n")
    assert len(names) == 33
    assert names == sorted(names)
    assert "顾敏" not in text
    assert client_for("supervisor").get(file.group(1)).status_code == 404
    assert client_for("admin").get(file.group(1)).status_code == 404
    with app.app_context():
        ended = outbox.process(1)
        assert ended == "skipped", "done once"


def test_who_may_export(client_for: Any) -> None:
    assert exported(client_for("technician"), "csv").status_code == 403
    assert exported(client_for("admin"), "csv").status_code == 403
    assert exported(client_for("clerk"), "pdf").status_code == 400
    assert client_for("clerk").post("/lists/Nothing/export", {"format": "csv"}, page=LIST).status_code == 404
    assert client_for("clerk").get("/lists/CustomerView/export").status_code == 405
    assert "/export" not in client_for("technician").get(LIST).get_data(as_text=True)


def test_an_empty_list_says_what_next(app: Flask, cast: Cast, client_for: Any) -> None:
    clerk = client_for("clerk")
    nothing = clerk.get(f"{LIST}?q=没有这个人").get_data(as_text=True)
    assert not ROWS.findall(nothing)
    assert "显示全部" in nothing
    empty = clerk.get("/contractorview/list/").get_data(as_text=True)
    assert "还没有记录" in empty
    supervisor = client_for("supervisor").get("/contractorview/list/").get_data(as_text=True)
    assert re.search(r'class="empty">.*?href="/contractorview/add"', supervisor, re.DOTALL)
