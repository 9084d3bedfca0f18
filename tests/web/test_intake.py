"""The clerk's intake piece by piece: what the script asks for while the clerk types (SO-4, SO-15, KP-2, CAL-4)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.fetch import fetch
from app.customers.models import Customer, Voucher
from app.fieldservice import commands
from app.fieldservice.models import RepairCall
from app.reporting import commands as reporting
from tests.cast import Cast


def typed(moment: Any) -> str:
    return clock.local(moment).strftime("%Y-%m-%dT%H:%M")


def earlier_repair(app: Flask, cast: Cast, product: str = "in_warranty") -> str:
    """A repair finished ten days ago; gives the number of its call."""
    then = clock.now() - timedelta(days=10)
    with app.app_context():
        with clock.frozen(then):
            call = commands.enter_call(
                cast["clerk"], cast.vouchers[product], symptom="不制冷", symptom_code_id=cast.faults["F01"]
            )
            order = commands.dispatch(cast["supervisor"], call.id, technician_id=cast.staff("technician"))
            me, number = cast["technician"], call.number
            commands.accept(me, order.id)
            commands.arrive(me, order.id)
        with clock.frozen(then + timedelta(minutes=30)):
            commands.finish(me, order.id, fault_code_id=cast.faults["F01"], result="换温控器")
            commands.leave_unsigned(me, order.id, reason="客户外出")
            commands.close(cast["clerk"], order.id)
        return number


def piece(person: Any, url: str, **asked: Any) -> str:
    answer = person.get(url, query_string=asked)
    assert answer.status_code == 200
    text: str = answer.get_data(as_text=True)
    assert "<html" not in text
    return text


@pytest.mark.parametrize("text", ["138000", "0000002", "刘芳", "out-1", "fwnj202601010002"])
def test_so4_found_while_typing(cast: Cast, client_for: Any, text: str) -> None:
    found = piece(client_for("clerk"), "/intake/found", q=text)
    assert "刘芳" in found
    assert f'data-product="{cast.vouchers["out_of_warranty"]}"' in found
    assert "顾敏" not in found


def test_so4_a_scanned_voucher_or_serial_number_is_marked(cast: Cast, client_for: Any) -> None:
    clerk = client_for("clerk")
    for scanned in ("FW-NJ-20260101-0002", "SN-OUT-1"):
        assert piece(clerk, "/intake/found", q=scanned).count("data-exact") == 1
    assert "data-exact" not in piece(clerk, "/intake/found", q="刘芳")


def test_so4_warranty_contract_open_calls_and_repairs_stand_with_the_product(
    app: Flask, cast: Cast, client_for: Any
) -> None:
    number = earlier_repair(app, cast)
    with app.app_context():
        waiting = commands.enter_call(cast["clerk"], cast.vouchers["in_warranty"], symptom="漏水").number
    found = piece(client_for("clerk"), "/intake/found", q="13800000001")
    assert waiting in found
    assert number not in found
    assert "近期修过" in found
    assert "合同" in piece(client_for("clerk"), "/intake/found", q="宾馆")
    form = piece(client_for("clerk"), f"/intake/form/{cast.vouchers['in_warranty']}", q="13800000001")
    assert "这件商品已有未完成的叫修" in form
    assert "confirm_duplicate" in form


def test_so4_nobody_and_nothing(client_for: Any) -> None:
    clerk = client_for("clerk")
    assert "data-nobody" in piece(clerk, "/intake/found", q="13999999999")
    assert "data-nobody" not in piece(clerk, "/intake/found", q=" ")


def test_so15_the_arrival_is_explained_before_saving(cast: Cast, client_for: Any) -> None:
    clerk, url = client_for("clerk"), f"/intake/check/{cast.vouchers['in_warranty']}"
    shown = piece(clerk, url, reported_at="2026-09-30T16:50", priority="normal")
    # Over the National Day holiday: 40 minutes, and the rest on 10-08.
    assert "10月8日 15:20" in shown
    assert "09-30" in shown or "周三" in shown
    assert "data-late" in shown
    for broken in ({}, {"reported_at": "x", "priority": "?", "address_id": "0"}, {"reported_at": "9999-12-31T00:00"}):
        assert "应到时间" in piece(clerk, url, **broken)


def test_kp2_the_repeat_repair_is_shown_saved_listed_and_attributed(app: Flask, cast: Cast, client_for: Any) -> None:
    number = earlier_repair(app, cast, "in_warranty")
    clerk, voucher = client_for("clerk"), cast.vouchers["in_warranty"]
    url = f"/intake/check/{voucher}"
    assert number in piece(clerk, url, symptom_code_id=cast.faults["F01"])
    assert number not in piece(clerk, url, symptom_code_id=cast.faults["G99"])
    given = {
        "symptom_code_id": str(cast.faults["F01"]),
        "priority": "normal",
        "channel": "telephone",
        "reported_at": typed(clock.now()),
    }
    answer = clerk.post(f"/intake/call/{voucher}", given, page=f"/intake/?voucher={voucher}")
    assert answer.status_code == 302, answer.get_data(as_text=True)
    assert "属返修，客户免费" in clerk.get(answer.location).get_data(as_text=True)
    with app.app_context(), acting_as(SYSTEM):
        call = db.session.scalars(select(RepairCall).where(RepairCall.repeat_of_id.is_not(None))).one()
        call_id, new, symptom = call.id, call.number, call.symptom
    assert symptom == "不制冷"
    supervisor = client_for("supervisor")
    listed = supervisor.get("/repaircallview/list/?show=cause").get_data(as_text=True)
    assert new in listed
    assert listed.count('chip-warning">返修<') == 1
    assert number not in listed
    page = supervisor.get(f"/repaircallview/show/{call_id}").get_data(as_text=True)
    assert "返修原因认定" in page
    assert "attribute_repeat" in page
    assert "attribute_repeat" not in clerk.get(f"/repaircallview/show/{call_id}").get_data(as_text=True)
    answer = supervisor.post(f"/repaircallview/do/attribute_repeat/{call_id}", {"cause": "part", "note": "温控器"})
    assert answer.status_code == 302, answer.get_data(as_text=True)
    assert new not in supervisor.get("/repaircallview/list/?show=cause").get_data(as_text=True)
    assert new in supervisor.get("/repaircallview/list/?show=repeat").get_data(as_text=True)


def test_cal4_a_late_entry_asks_for_its_reason(cast: Cast, client_for: Any) -> None:
    clerk, voucher = client_for("clerk"), cast.vouchers["out_of_warranty"]
    given = {
        "symptom": "不制冷",
        "priority": "normal",
        "channel": "letter",
        "reported_at": typed(clock.now() - timedelta(days=3)),
    }
    url, here = f"/intake/call/{voucher}", f"/intake/?voucher={voucher}"
    answer = clerk.post(url, given, page=here)
    assert answer.status_code == 422
    assert "late_reason-error" in answer.get_data(as_text=True)
    assert clerk.post(url, {**given, "late_reason": "来信"}, page=here).status_code == 302


def test_so4_unknown_caller_all_in_one_transaction(app: Flask, cast: Cast, client_for: Any) -> None:
    clerk = client_for("clerk")
    with app.app_context(), acting_as(SYSTEM):
        model = fetch(Voucher, cast.vouchers["in_warranty"]).product_model_id
    given = {
        "name": "新客户",
        "kind": "person",
        "phones": "13911112222",
        "district_id": str(cast.districts["玄武区"]),
        "line": "长江路9号",
        "product_model_id": str(model),
        "serial_no": "SN-IN-1",
        "symptom": "不制冷",
        "priority": "urgent",
        "channel": "telephone",
    }

    def rows() -> tuple[int, int]:
        with app.app_context(), acting_as(SYSTEM):
            customers = db.session.execute(select(func.count(Customer.id))).scalar_one()
            return customers, db.session.execute(select(func.count(RepairCall.id))).scalar_one()

    before = rows()
    # The serial number is another's: nothing of the customer is left either.
    assert clerk.post("/intake/newcomer", given).status_code == 422
    assert rows() == before
    answer = clerk.post("/intake/newcomer", {**given, "serial_no": "SN-NEW-7"})
    assert answer.status_code == 302, answer.get_data(as_text=True)
    assert "JX-NJ-" in clerk.get(answer.location).get_data(as_text=True)
    assert rows() == (before[0] + 1, before[1] + 1)


def test_so4_so10_an_unknown_callers_symptom_and_promise_stay_when_refused_and_are_kept(
    app: Flask, cast: Cast, client_for: Any
) -> None:
    """The chips are those of the product chosen; what was promised and ticked survives a refusal."""
    clerk = client_for("clerk")
    with app.app_context(), acting_as(SYSTEM):
        model = fetch(Voucher, cast.vouchers["in_warranty"]).product_model_id
        other = fetch(Voucher, cast.vouchers["under_contract"]).product_model_id
    code, promised = f'value="{cast.faults["F01"]}"', typed(clock.now() + timedelta(days=2))
    assert code in piece(clerk, f"/intake/symptoms/{model}")
    assert code not in piece(clerk, f"/intake/symptoms/{other}")
    assert clerk.get("/intake/symptoms/999999").status_code == 404
    assert code not in clerk.get("/intake/newcomer").get_data(as_text=True)
    given = {
        "name": "新客户",
        "kind": "person",
        "phones": "13911112222",
        "district_id": str(cast.districts["玄武区"]),
        "line": "长江路9号",
        "product_model_id": str(model),
        "serial_no": "SN-IN-1",
        "symptom_code_id": str(cast.faults["F01"]),
        "priority": "normal",
        "channel": "telephone",
        "promised_at": promised,
    }
    refused = clerk.post("/intake/newcomer", given)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert f"{code} checked" in page
    assert promised in page
    assert clerk.post("/intake/newcomer", {**given, "serial_no": "SN-NEW-8"}).status_code == 302
    with app.app_context(), acting_as(SYSTEM):
        call = db.session.scalars(select(RepairCall)).one()
        assert (call.symptom, call.symptom_code_id) == ("不制冷", cast.faults["F01"])
        assert call.promised_at is not None
        assert typed(call.promised_at) == promised


def test_so10_the_promised_finish_is_written_down_with_the_call(app: Flask, cast: Cast, client_for: Any) -> None:
    clerk, voucher = client_for("clerk"), cast.vouchers["in_warranty"]
    url, here = f"/intake/call/{voucher}", f"/intake/?voucher={voucher}"
    given = {
        "symptom_code_id": str(cast.faults["F01"]),
        "priority": "normal",
        "channel": "telephone",
        "reported_at": typed(clock.now()),
    }
    past, promised = typed(clock.now() - timedelta(hours=2)), typed(clock.now() + timedelta(days=1))
    refused = clerk.post(url, {**given, "promised_at": past}, page=here)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "promised_at-error" in page
    assert past in page
    assert f'value="{cast.faults["F01"]}" checked' in page
    assert clerk.post(url, {**given, "promised_at": promised}, page=here).status_code == 302
    with app.app_context(), acting_as(SYSTEM):
        kept = db.session.scalars(select(RepairCall.promised_at)).one()
        assert kept is not None
        assert typed(kept) == promised


def test_so4_another_branch_gets_no_piece(cast: Cast, client_for: Any) -> None:
    person = client_for("clerk_sz")
    voucher = cast.vouchers["in_warranty"]
    assert person.get(f"/intake/form/{voucher}").status_code == 404
    assert person.get(f"/intake/check/{voucher}").status_code == 404
    assert "张伟" not in person.get("/intake/found?q=张伟").get_data(as_text=True).replace("“张伟”", "")
    assert client_for("technician").get("/intake/found?q=1380").status_code in (302, 403)


def test_so11_a_confirmed_day_says_so_and_offers_nothing_to_change(app: Flask, cast: Cast, client_for: Any) -> None:
    person = client_for("technician")
    assert "/my/day/internal" in person.get("/my/day").get_data(as_text=True)
    with app.app_context():
        me = cast["technician"]
        report = reporting.draft_technician_report(me, cast.staff("technician"), clock.today())
        reporting.confirm_technician_report(me, report.id)
    page = person.get("/my/day").get_data(as_text=True)
    assert "日报已确认" in page
    assert "/my/day/internal" not in page
