"""Screens of customers and service vouchers (CU-1, SO-3)."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import select

from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.customers.models import Customer, Voucher
from app.fieldservice.commands import enter_call
from tests.cast import Cast


def _only(app: Flask, statement: Any) -> Any:
    with app.app_context(), acting_as(SYSTEM):
        return db.session.execute(statement).scalar_one()


def test_cu1_a_customer_is_entered_on_one_screen(app: Flask, cast: Cast, client_for: Any) -> None:
    clerk = client_for("clerk")
    answer = clerk.post(
        "/customerview/add",
        {
            "phones": "138 0000 0001，025-84001234",
            "name": "张伟的邻居",
            "kind": "person",
            "district_id": cast.districts["玄武区"],
            "line": "珠江路9号",
        },
    )
    assert answer.status_code == 302, answer.get_data(as_text=True)
    page = clerk.get(answer.location).get_data(as_text=True)
    # The number is in another file as well: pointed out at entry, and on the page from then on.
    assert "相同电话已登记在以下客户名下：张伟" in page
    for shown in ("张伟的邻居", "13800000001", "02584001234", "南京市玄武区", "珠江路9号", "市区"):
        assert shown in page
    assert _only(app, select(Customer.branch_id).where(Customer.name == "张伟的邻居")) == cast.branches["NJ"]


def test_cu1_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(client_for: Any, cast: Cast) -> None:
    answer = client_for("clerk").post(
        "/customerview/add", {"phones": "12", "name": "何家明", "kind": "person", "line": ""}
    )
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "“12”不是电话号码。" in page
    assert 'value="何家明"' in page


def test_cu1_the_same_number_is_said_while_typing(client_for: Any, cast: Cast) -> None:
    found = client_for("clerk").get("/customerview/same_number?phones=%2B86 138 0000 0001").get_json()
    assert [row["name"] for row in found["customers"]] == ["张伟"]
    # Nothing of another branch's customers is told.
    assert client_for("clerk_sz").get("/customerview/same_number?phones=13800000001").get_json() == {"customers": []}


def test_cu1_one_box_finds_customer_and_product(client_for: Any, cast: Cast) -> None:
    clerk = client_for("clerk")
    for said in ("0001", "张伟", "sn-in-1", "FW-NJ-20260101-0001"):
        page = clerk.get(f"/customers/find/?q={said}").get_data(as_text=True)
        assert "13800000001" in page, said
        assert "SN-IN-1" in page, said
        assert "在档" in page, said
    assert "没有找到“顾敏”" in clerk.get("/customers/find/?q=顾敏").get_data(as_text=True)
    assert "张伟" in clerk.get("/customerview/list/?q=13800000001").get_data(as_text=True)


def test_cu1_everything_about_a_customer_on_one_page(client_for: Any, cast: Cast) -> None:
    page = client_for("clerk").get(f"/customerview/show/{cast.customers['under_contract']}").get_data(as_text=True)
    for shown in ("钟山宾馆", "02584000003", "SN-CON-1", "HT-NJ-20260101-0001", "联系资料", "单位"):
        assert shown in page


def test_so3_a_voucher_is_opened_taken_out_and_filed_again(app: Flask, cast: Cast, client_for: Any) -> None:
    clerk = client_for("clerk")
    model = _only(app, select(Voucher.product_model_id).where(Voucher.id == cast.vouchers["in_warranty"]))
    form = {
        "customer": cast.customers["in_warranty"],
        "product_model": model,
        "serial_no": "ｓｎ－９",
        "sold_on": "2026-01-31",
        "warranty_until": "",
        "note": "",
    }
    answer = clerk.post("/voucherview/add", form)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    page = clerk.get(answer.location).get_data(as_text=True)
    for shown in ("SN-9", "2029年1月31日", "在档", "打印 001"):
        assert shown in page
    twice = clerk.post("/voucherview/add", form)
    assert twice.status_code == 422
    assert "该商品已有服务凭证" in twice.get_data(as_text=True)

    here = f"/voucherview/do/check_out/{cast.vouchers['in_warranty']}"
    assert clerk.post(here, {"staff_id": cast.staff("technician"), "reason": "PG-1"}).status_code == 302
    show = f"/voucherview/show/{cast.vouchers['in_warranty']}"
    assert "李建国 领出，自 " in clerk.get(show).get_data(as_text=True)
    back = f"/voucherview/do/give_back/{cast.vouchers['in_warranty']}"
    assert clerk.post(back, page=show).status_code == 302
    assert "在档" in clerk.get(show).get_data(as_text=True)


def test_so3_a_voucher_is_corrected_and_a_stale_form_is_a_conflict(cast: Cast, client_for: Any) -> None:
    clerk = client_for("clerk")
    url = f"/voucherview/edit/{cast.vouchers['out_of_warranty']}"
    page = clerk.get(url).get_data(as_text=True)
    assert 'value="SN-OUT-1"' in page
    with clerk.client.application.app_context(), acting_as(SYSTEM):
        voucher = db.session.get_one(Voucher, cast.vouchers["out_of_warranty"])
        form = {
            "product_model": voucher.product_model_id,
            "address": voucher.address_id,
            "serial_no": "SN-OUT-2",
            "sold_on": "2018-05-20",
            "warranty_until": "2021-05-20",
            "note": "",
            "version": voucher.version,
        }
        db.session.remove()
    assert clerk.post(url, form).status_code == 302
    assert clerk.post(url, form).status_code == 409


def test_access_the_technician_sees_no_customer_without_a_job(cast: Cast, client_for: Any) -> None:
    technician = client_for("technician")
    assert technician.get(f"/customerview/show/{cast.customers['in_warranty']}").status_code == 404
    assert technician.get("/customerview/add").status_code in (302, 403)
    assert "张伟" not in technician.get("/customers/find/?q=张伟").get_data(as_text=True).replace("“张伟”", "").replace(
        'value="张伟"', ""
    )


def test_cu1_calls_contracts_complaints_and_visits_stand_on_the_customer_s_page(
    app: Flask, cast: Cast, client_for: Any
) -> None:
    with app.app_context():
        number = enter_call(cast["clerk"], cast.vouchers["in_warranty"], symptom="不制冷").number
        db.session.remove()
    supervisor = client_for("supervisor")
    page = supervisor.get(f"/customerview/show/{cast.customers['in_warranty']}").get_data(as_text=True)
    for shown in (number, "保养合同", "投诉", "回访", "叫修登记"):
        assert shown in page
    other = supervisor.get(f"/customerview/show/{cast.customers['out_of_warranty']}").get_data(as_text=True)
    assert number not in other
    assert number in supervisor.get(f"/voucherview/show/{cast.vouchers['in_warranty']}").get_data(as_text=True)
