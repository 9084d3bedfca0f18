"""The clerk's, supervisor's and technician's pages, through a browser's requests (SO-4, SO-5, SO-6, SO-11)."""

from __future__ import annotations

import base64
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from app.core import clock
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.fetch import fetch
from app.core.uow import unit_of_work
from app.fieldservice import commands
from app.fieldservice.models import PriceItem, RepairCall, WorkOrder
from app.parts.models import Part
from tests.cast import Cast
from tests.commands.test_fieldservice import PNG

DRAWN = "data:image/png;base64," + base64.b64encode(PNG).decode()


def typed(hours_ago: float = 0) -> str:
    """A moment as a browser types it."""
    from datetime import timedelta

    return clock.local(clock.now() - timedelta(hours=hours_ago)).strftime("%Y-%m-%dT%H:%M")


def made(app: Flask, cast: Cast, product: str = "out_of_warranty", who: str = "technician") -> tuple[int, int]:
    """A call and its work order."""
    with app.app_context():
        call = commands.enter_call(cast["clerk"], cast.vouchers[product], symptom="不制冷")
        order = commands.dispatch(cast["supervisor"], call.id, technician_id=cast.staff(who))
        return call.id, order.id


def on_site(app: Flask, cast: Cast, product: str = "out_of_warranty") -> int:
    order_id = made(app, cast, product)[1]
    with app.app_context():
        commands.accept(cast["technician"], order_id)
        commands.arrive(cast["technician"], order_id)
    return order_id


def state(app: Flask, order_id: int) -> str:
    with app.app_context(), acting_as(SYSTEM):
        return fetch(WorkOrder, order_id).status


@pytest.mark.parametrize("text", ["13800000002", "0002", "刘芳", "SN-OUT-1", "FW-NJ-20260101-0002"])
def test_so4_found_by_whatever_the_caller_gives(cast: Cast, client_for: Any, text: str) -> None:
    page = client_for("clerk").get("/intake/", query_string={"q": text}).get_data(as_text=True)
    assert "刘芳" in page
    assert f"voucher={cast.vouchers['out_of_warranty']}" in page


def test_so4_a_call_from_the_search_to_the_book(app: Flask, cast: Cast, client_for: Any) -> None:
    clerk = client_for("clerk")
    voucher = cast.vouchers["out_of_warranty"]
    page = clerk.get(f"/intake/?q=0002&voucher={voucher}").get_data(as_text=True)
    assert 'value="13800000002"' in page
    given = {
        "symptom": "不制冷",
        "symptom_code_id": str(cast.faults["F01"]),
        "priority": "urgent",
        "channel": "telephone",
        "reported_at": typed(1),
        "caller_phone": "13800000002",
    }
    url, here = f"/intake/call/{voucher}?q=0002", f"/intake/?q=0002&voucher={voucher}"
    answer = clerk.post(url, given, page=here)
    assert answer.status_code == 302
    entered = clerk.get(answer.location).get_data(as_text=True)
    assert "JX-NJ-" in entered
    # A second one is pointed out; what was typed stays.
    again = clerk.post(url, given, page=here)
    assert again.status_code == 422
    assert "confirm_duplicate" in again.get_data(as_text=True)
    assert clerk.post(url, {**given, "confirm_duplicate": "y"}, page=here).status_code == 302


def test_so4_unknown_caller_gets_a_file_a_voucher_and_a_call(app: Flask, cast: Cast, client_for: Any) -> None:
    clerk = client_for("clerk")
    with app.app_context(), acting_as(SYSTEM):
        model = fetch(RepairCall.voucher.property.mapper.class_, cast.vouchers["in_warranty"]).product_model_id
    given = {
        "name": "新客户",
        "kind": "person",
        "phones": "13911112222",
        "district_id": str(cast.districts["玄武区"]),
        "line": "长江路9号",
        "product_model_id": str(model),
        "serial_no": "SN-NEW-9",
        "sold_on": "2026-01-05",
    }
    answer = clerk.post("/intake/newcomer", {**given, "phones": "13800000001"})
    assert answer.status_code == 422
    assert "张伟" in answer.get_data(as_text=True)
    answer = clerk.post("/intake/newcomer", given)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    assert "SN-NEW-9" in clerk.get(answer.location).get_data(as_text=True)


def test_de_clerk_of_another_branch_does_not_find_the_customer(cast: Cast, client_for: Any) -> None:
    person = client_for("clerk_sz")
    page = person.get("/intake/?q=13800000002").get_data(as_text=True)
    assert "刘芳" not in page
    assert person.get(f"/intake/?voucher={cast.vouchers['out_of_warranty']}").status_code == 200
    answer = person.post(f"/intake/call/{cast.vouchers['out_of_warranty']}", {"symptom": "x"}, page="/intake/")
    assert answer.status_code == 404


def test_dispatch_board(app: Flask, cast: Cast, client_for: Any) -> None:
    with app.app_context():
        call = commands.enter_call(cast["clerk"], cast.vouchers["under_contract"], symptom="漏水")
        call_id = call.id
    supervisor = client_for("supervisor")
    page = supervisor.get("/dispatch/").get_data(as_text=True)
    assert "钟山宾馆" in page
    assert "HT-NJ-20260101-0001" in page
    refused = supervisor.post(f"/dispatch/send/{call_id}", {"service_class": "A"}, page="/dispatch/")
    assert refused.status_code == 422
    technician = str(cast.staff("technician"))
    refused = supervisor.post(
        f"/dispatch/send/{call_id}", {"technician_id": technician, "service_class": "A"}, page="/dispatch/"
    )
    assert refused.status_code == 422
    answer = supervisor.post(f"/dispatch/send/{call_id}", {"technician_id": technician}, page="/dispatch/")
    assert answer.status_code == 302
    late = supervisor.post(f"/dispatch/send/{call_id}", {"technician_id": technician}, page="/dispatch/")
    assert late.status_code == 302
    assert "陈国栋" in supervisor.get(late.location).get_data(as_text=True)


def test_the_technicians_day_on_the_telephone(app: Flask, cast: Cast, client_for: Any) -> None:
    order_id = made(app, cast)[1]
    technician = client_for("technician")
    job, part = f"/my/job/{order_id}", cast.parts["P-THERM"]

    def tap(verb: str, expected: int = 302, **given: Any) -> str:
        answer = technician.post(f"{job}/{verb}", given, page=job)
        text = answer.get_data(as_text=True)
        assert answer.status_code == expected, (verb, text[-3000:])
        return text

    assert "刘芳" in technician.get("/my/").get_data(as_text=True)
    tap("accept")
    tap("on_the_way")
    tap("arrive", device_at="2026-11-20T01:02:03.000Z")
    tap("finish", 422, fault_code_id=cast.faults["F01"], result="好了")
    tap("quote", minutes="40", **{f"need-{part}": "1"})
    assert "195.50" in technician.get(job).get_data(as_text=True)
    tap("agree_charges", name="刘芳", how="on_site")
    tap("fit_part", part_id=part, quantity="1")
    refused = tap("fit_part", 422, part_id=part, quantity="1")
    assert 'value="40"' not in refused.split("quote-minutes")[1][:200]
    tap("record_time", 422, started_at=typed(), minutes="9999")
    tap("finish", fault_code_id=cast.faults["F01"], result="更换温控器")
    tap("sign", 422, signer="刘芳", drawing="")
    tap("sign", signer="刘芳", drawing=DRAWN)
    assert state(app, order_id) == "finished"
    clerk, money = client_for("clerk"), f"/money/mine/job/{order_id}"
    assert clerk.post(f"/workorderview/do/close/{order_id}", page="/intake/").status_code == 302
    assert state(app, order_id) == "finished"  # SO-6: its money is undecided
    assert "195.50" in technician.get(job).get_data(as_text=True)
    assert technician.post(f"{money}/collect", {"amount": "195.51", "method": "cash"}, page=money).status_code == 422
    assert technician.post(f"{money}/collect", {"amount": "195.50", "method": "cash"}, page=money).status_code == 302
    assert "SK-NJ-" in technician.get(money).get_data(as_text=True)
    assert technician.post("/money/mine/hand_in", page="/money/mine/").status_code == 302
    assert clerk.post(f"/workorderview/do/close/{order_id}", page="/intake/").status_code == 302
    assert state(app, order_id) == "closed"
    assert "PG-NJ-" in technician.get("/my/day").get_data(as_text=True)


def test_so11_internal_work_on_the_day_page(cast: Cast, client_for: Any) -> None:
    technician = client_for("technician")
    given = {"started_at": typed(2), "minutes": "30", "note": "整理零件"}
    assert technician.post("/my/day/internal", given, page="/my/day").status_code == 302
    assert technician.post("/my/day/internal", given, page="/my/day").status_code == 422
    assert "整理零件" in technician.get("/my/day").get_data(as_text=True) or clock.local(clock.now()).hour < 3


def test_a_technician_sees_own_jobs_only(app: Flask, cast: Cast, client_for: Any) -> None:
    call_id, order_id = made(app, cast, who="technician2")
    technician = client_for("technician")
    assert "刘芳" not in technician.get("/my/").get_data(as_text=True)
    assert technician.get(f"/my/job/{order_id}").status_code == 404
    assert technician.post(f"/my/job/{order_id}/accept", page="/my/").status_code == 404
    assert state(app, order_id) == "dispatched"
    for url in (f"/workorderview/show/{order_id}", f"/repaircallview/show/{call_id}"):
        assert technician.get(url).status_code in (302, 403, 404)
    for url in ("/intake/", "/dispatch/"):
        assert technician.get(url).status_code in (302, 403)


@pytest.mark.parametrize(
    "url",
    [
        "/repaircallview/list/",
        "/workorderview/list/",
        "/timeentryview/list/",
        "/faultcodeview/list/",
        "/intake/",
        "/intake/newcomer",
    ],
)
def test_the_clerks_screens_open(app: Flask, cast: Cast, client_for: Any, url: str) -> None:
    on_site(app, cast)
    assert client_for("clerk").get(url).status_code == 200


def test_record_pages_and_verbs(app: Flask, cast: Cast, client_for: Any) -> None:
    order_id = on_site(app, cast, "in_warranty")
    supervisor = client_for("supervisor")
    with app.app_context(), acting_as(SYSTEM):
        call_id = fetch(WorkOrder, order_id).repair_call_id
        db.session.rollback()
    assert supervisor.get(f"/repaircallview/show/{call_id}").status_code == 200
    assert supervisor.get(f"/workorderview/show/{order_id}").status_code == 200
    assert supervisor.get(f"/repaircallview/edit/{call_id}").status_code == 200
    answer = supervisor.post(
        f"/workorderview/do/reassign/{order_id}", {"technician_id": str(cast.staff("technician2")), "reason": "病假"}
    )
    assert answer.status_code == 302
    assert state(app, order_id) == "cancelled"


def _field(page: str, name: str) -> str:
    """The tag of a form's field."""
    return re.search(rf'<input[^>]*name="{name}"[^>]*>', page).group()  # type: ignore[union-attr]  # fails if absent


def test_so6_quoting_again_loses_no_line(app: Flask, cast: Cast, client_for: Any) -> None:
    """What the office quoted and no van holds, the inspection, the minutes: both forms begin with them."""
    with app.app_context(), unit_of_work(SYSTEM, "test.prices") as session:
        session.add(PriceItem(kind="inspection", price=Decimal("80.00"), valid_from=date(2026, 1, 1)))
        more = [Part(code=f"P-{n}", name=f"配件{n}", price=Decimal("5.00")) for n in range(1, 5)]
        session.add_all(more)
        session.flush()
        parts = [cast.parts["P-COMP"], *(part.id for part in more)]
    order_id = on_site(app, cast)
    with app.app_context():
        needed = [(part, 2) for part in parts]
        commands.quote(cast["clerk"], order_id, minutes=90, inspection=True, needed=needed)

    def lines() -> list[tuple[str, int | None, int]]:
        with app.app_context(), acting_as(SYSTEM):
            rows = fetch(WorkOrder, order_id).charges
            return sorted((row.kind, row.part_id, row.quantity) for row in rows if row.part_id or row.kind != "callout")

    before = lines()
    assert len(before) == 7
    technician, job = client_for("technician"), f"/my/job/{order_id}"
    page = technician.get(job).get_data(as_text=True).split('id="form-quote"')[1].split("</form>")[0]
    given = {f"need-{part}": "2" for part in parts}
    for name in given:
        assert 'value="2"' in _field(page, name)
    assert 'value="90"' in _field(page, "minutes")
    assert "checked" in _field(page, "inspection")
    sent = {**given, "minutes": "90", "inspection": "y"}
    assert technician.post(f"{job}/quote", sent, page=job).status_code == 302
    assert lines() == before
    clerk, desk = client_for("clerk"), f"/quote/{order_id}"
    page = clerk.get(desk).get_data(as_text=True)
    assert 'value="90"' in _field(page, "minutes")
    assert "checked" in _field(page, "inspection")
    sent = {"minutes": "90", "inspection": "y"}
    for row, part in enumerate([*parts, cast.parts["P-THERM"]], start=1):
        assert f'name="part_{row}"' in page  # one more than there are lines
        if row <= len(parts):
            assert 'value="2"' in _field(page, f"quantity_{row}")
        sent |= {f"part_{row}": str(part), f"quantity_{row}": "2"}
    assert clerk.post(f"{desk}/work_out", sent, page=desk).status_code == 302
    assert lines() == sorted([*before, ("part", cast.parts["P-THERM"], 2)])


def test_so6_a_flat_price_is_kept_when_quoting_again(app: Flask, cast: Cast, client_for: Any) -> None:
    fault = cast.faults["F01"]
    with app.app_context(), unit_of_work(SYSTEM, "test.prices") as session:
        flat = {"kind": "labour_flat", "price": Decimal("120.00"), "valid_from": date(2026, 1, 1)}
        session.add(PriceItem(fault_code_id=fault, **flat))
    order_id = on_site(app, cast)
    with app.app_context():
        commands.quote(cast["clerk"], order_id, minutes=45, fault_code_id=fault)
    for who, page in (("technician", f"/my/job/{order_id}"), ("clerk", f"/quote/{order_id}")):
        text = client_for(who).get(page).get_data(as_text=True)
        boxes = re.findall(r'<select[^>]*name="fault_code_id".*?</select>', text, re.S)
        assert any(re.search(rf'<option selected value="{fault}"|value="{fault}" selected', box) for box in boxes), who
