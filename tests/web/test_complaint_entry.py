"""Ways into a complaint, and the evidence it opens with: call, job, survey card, the code on the voucher (CP-1, SV-3)."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from app.complaints.models import Complaint
from app.core import clock, documents
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.documents import Params
from app.core.uow import unit_of_work
from app.fieldservice import commands as service
from app.fieldservice.models import FaultCode, PartFitted, TimeEntry, WorkOrder
from tests.cast import Cast
from tests.qrcodes import codes_of
from tests.web.complaint_pages import GIVEN, PHONE, complaint, one, send_in, text

FRIDAY = datetime(2026, 11, 20, 7, 20, tzinfo=clock.UTC)
ARRIVED = FRIDAY - timedelta(hours=26)


@pytest.fixture(autouse=True)
def _friday() -> Iterator[None]:
    with clock.frozen(FRIDAY):
        yield


@pytest.fixture
def job(app: Flask, cast: Cast) -> dict[str, Any]:
    """A job of yesterday: call, order, minutes, a part, a fault; and a complaint about the same product before."""
    earlier = complaint(app, cast, voucher_id=cast.vouchers["in_warranty"], content="第一次就没修好")
    with app.app_context():
        with clock.frozen(ARRIVED - timedelta(hours=3)):
            given = {"symptom": "冷藏室不制冷", "caller_name": "张太太", "caller_phone": "13911112222"}
            call = service.enter_call(cast["clerk"], cast.vouchers["in_warranty"], **given)
            order = service.dispatch(cast["supervisor"], call.id, technician_id=cast.staff("technician"))
            found = {"call": call.id, "order": order.id, "earlier": earlier}
            numbers = {"call": call.number, "order": order.number}
        with clock.frozen(ARRIVED):
            service.accept(cast["technician"], found["order"])
            service.arrive(cast["technician"], found["order"])
        with unit_of_work(SYSTEM, "test.job") as session:
            done = session.get_one(WorkOrder, found["order"])
            done.result, done.fault_code = (
                "更换温控器",
                session.scalars(select(FaultCode).where(FaultCode.code == "F01")).one(),
            )
            done.parts_fitted.append(PartFitted(part_id=cast.parts["P-THERM"], quantity=1, unit_price=0))
            spent = {"service_class": "C", "started_at": ARRIVED, "minutes": 55, "day": clock.local(ARRIVED).date()}
            session.add(TimeEntry(staff_id=cast.staff("technician"), work_order_id=done.id, **spent))
        db.session.remove()
    return {**found, "numbers": numbers}


def values(page: str) -> dict[str, str]:
    """What stands in the fields of the form: inputs, and the options chosen."""
    found = dict(re.findall(r'<input[^>]*\bname="([^"]+)"[^>]*\bvalue="([^"]*)"', page))
    for name, options in re.findall(r'<select[^>]*\bname="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(
            r'<option[^>]*\bselected\b[^>]*\bvalue="([^"]*)"|<option[^>]*\bvalue="([^"]*)"[^>]*\bselected', options
        )
        found[name] = (chosen.group(1) or chosen.group(2) or "") if chosen else ""
    return found


def test_cp1_a_card_that_came_with_a_call_not_dispatched_yet_keeps_the_call_s_number(
    app: Flask, cast: Cast, client_for: Any
) -> None:
    with app.app_context():
        given = {"symptom": "不制冷", "caller_name": "张太太", "caller_phone": "13911112222"}
        call = service.enter_call(cast["clerk"], cast.vouchers["in_warranty"], **given)
        key, number = call.id, call.number
        db.session.remove()
    clerk, card = client_for("clerk"), "意见卡" + "3" * 30
    address = f"/complaintview/add?call={key}&survey={card}"
    known = values(text(clerk.get(address)))
    answer = clerk.post(
        address, {**known, "category": "delay", "content": "至今无人上门", "attachment": ""}, page=address
    )
    assert answer.status_code == 302, text(answer, 422)
    saved = one(app, select(Complaint))
    assert saved.source == "survey"
    assert saved.source_ref.endswith(f" / {number}")
    assert saved.source_ref.startswith("意见卡33")


def test_cp3_who_was_reminded_has_its_place_in_the_menu(client_for: Any) -> None:
    page = text(client_for("manager").get("/complaintnoticeview/list/"))
    crumbs = page.split('class="crumbs"')[1].split("</nav>")[0]
    assert "投诉与回访" in crumbs
    assert page.count('href="/complaintnoticeview/list/"') >= 1


@pytest.mark.parametrize("way", ["call", "order"])
def test_cp1_from_a_call_or_a_job_what_is_known_stands_in_the_form_and_stays_linked(
    app: Flask, cast: Cast, client_for: Any, job: dict[str, Any], way: str
) -> None:
    clerk, address = client_for("clerk"), f"/complaintview/add?{way}={job[way]}"
    screen = "repaircallview" if way == "call" else "workorderview"
    assert address in text(clerk.get(f"/{screen}/show/{job[way]}"))
    known = values(text(clerk.get(address)))
    assert (known["complainant"], known["phone"], known["category"]) == ("张太太", "13911112222", "repair_quality")
    linked = {
        "customer": cast.customers["in_warranty"],
        "voucher": cast.vouchers["in_warranty"],
        "work_order": job["order"],
    }
    assert {name: int(known[name]) for name in linked} == linked
    answer = clerk.post(address, {**known, "content": "修后当晚又不制冷", "attachment": ""}, page=address)
    assert answer.status_code == 302, text(answer, 422)
    saved = one(app, select(Complaint).where(Complaint.id != job["earlier"]))
    assert (saved.voucher_id, saved.work_order_id) == (cast.vouchers["in_warranty"], job["order"])
    number = job["numbers"][way]
    assert (saved.source, saved.source_ref) == ("call" if way == "call" else "work_order", number)
    assert f"{'叫修单' if way == 'call' else '派工单'} {number}" in text(clerk.get(answer.location))
    # The same product complained of before makes it major by itself (CP-5).
    assert (saved.severity, saved.severity_ground) == ("major", "again")


def test_the_evidence_of_a_job_stands_on_one_page(app: Flask, cast: Cast, client_for: Any, job: dict[str, Any]) -> None:
    number = complaint(app, cast, work_order_id=job["order"], content="修后当晚又不制冷")
    page = text(client_for("manager").get(f"/complaintview/show/{number}"))
    evidence = re.sub(r"<[^>]+>", " ", page[page.index('id="evidence"') : page.index('class="two-cards"')])
    for fact in (
        "SN-IN-1",  # the voucher
        job["numbers"]["order"],
        "冷藏室不制冷 → 更换温控器",
        "李建国",
        "13:20 · 55",  # the technician's day
        "× 1",  # parts used
        "10:20–12:00",  # why the technician was due then, by the opening hours
        job["numbers"]["call"],
    ):
        assert fact in evidence, (fact, evidence)
    assert f"/complaintview/show/{job['earlier']}" in page[page.index('id="evidence"') :]


def test_sv3_from_a_survey_card_its_number_stays_on_page_and_register(app: Flask, cast: Cast, client_for: Any) -> None:
    clerk = client_for("clerk")
    address = "/complaintview/add?survey=DC-20261119-03"
    known = values(text(clerk.get(address)))
    assert known["survey_ref"] == "DC-20261119-03"
    answer = clerk.post(
        address,
        {
            **known,
            "complainant": "李先生",
            "phone": PHONE,
            "category": "attitude",
            "content": "师傅态度生硬",
            "attachment": "",
        },
        page=address,
    )
    assert answer.status_code == 302, text(answer, 422)
    saved = one(app, select(Complaint))
    assert (saved.source, saved.source_ref) == ("survey", "DC-20261119-03")
    assert "客户意见调查 DC-20261119-03" in text(clerk.get(answer.location))
    with app.app_context(), acting_as(cast["manager"]):
        paper: Any = documents.get("complaint_register").query(Params(clock.today(), "NJ"))
        (line,) = paper.received
        assert (line.source, line.source_ref) == ("Customer opinion survey", "DC-20261119-03")
        printed = documents.render("complaint_register", date=clock.today(), branch="NJ", language="zh_Hans_CN")
        db.session.remove()
    assert "DC-20261119-03" in _words(printed.pdf)


def test_cp11_the_correction_form_offers_the_jobs_of_the_product_and_refuses_others_at_the_field(
    app: Flask, cast: Cast, client_for: Any, job: dict[str, Any]
) -> None:
    number, boss = complaint(app, cast), client_for("manager")
    here = f"/complaintview/edit/{number}"
    page = text(boss.get(here))
    narrowed = re.search(
        r'name="work_order"[^>]*data-narrow="([^"]+)"|data-narrow="([^"]+)"[^>]*name="work_order"', page
    )
    assert narrowed is not None and "repair_call.voucher_id=voucher" in (narrowed.group(1) or narrowed.group(2))

    def offered(which: str) -> list[int]:
        asked = f"/lookup/work_order?repair_call.voucher_id={cast.vouchers[which]}"
        return [row["id"] for row in boss.get(asked).get_json()["results"]]

    assert (offered("in_warranty"), offered("out_of_warranty")) == ([job["order"]], [])
    known = {**values(page), "content": "改一个字", "work_order": str(job["order"]), "demand": ""}
    other = {**known, "voucher": str(cast.vouchers["out_of_warranty"])}
    refused = text(boss.post(here, other), 422)
    assert "该派工单属于另一产品" in refused
    assert boss.post(here, known).status_code == 302
    saved = one(app, select(Complaint).where(Complaint.id == number))
    assert (saved.work_order_id, saved.voucher_id) == (job["order"], cast.vouchers["in_warranty"])


def test_cp6_cp8_the_group_s_decision_and_what_is_handed_in(app: Flask, cast: Cast, client_for: Any) -> None:
    number = complaint(app, cast, severity_ground="press")
    boss, clerk = client_for("manager"), client_for("clerk")
    here = f"/complaintview/do/minute/{number}"
    given = {
        "kind": "decision",
        "words": "当日上门致歉",
        "owner_id": cast.staff("clerk"),
        "due_on": "",
        "present": "",
        "at": "",
    }
    assert "请填写决定的完成期限" in text(boss.post(here, given), 422)
    minutes = (io.BytesIO(b"%PDF-1.4 ..."), "会议记录.pdf")
    assert boss.post(here, {**given, "due_on": "2026-11-20", "attachment": minutes}).status_code == 302
    steps = text(boss.get(f"/complaintview/show/{number}"))
    assert "会议记录.pdf" in steps[steps.index("处理经过") :]  # at its step, not only among the files
    assert "待我落实的危机小组决定" in text(clerk.get("/"))
    listed = text(clerk.get("/crisisentryview/list/?show=mine"))
    (entry,) = set(re.findall(r"/crisisentryview/show/(\d+)", listed))
    tick = f"/crisisentryview/do/finish/{entry}"
    assert tick in text(clerk.get(f"/crisisentryview/show/{entry}"))
    assert clerk.post(tick, {"said": "已登门", "at": "", "attachment": ""}).status_code == 302
    assert "当日上门致歉" not in text(clerk.get("/crisisentryview/list/?show=mine"))
    done = text(boss.get(f"/complaintview/show/{number}"))
    assert "已登门" in done and tick not in done


def _words(pdf: bytes) -> str:
    return subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def test_cp1_the_code_on_the_printed_voucher_leads_to_the_form_of_that_product(
    app: Flask, cast: Cast, tmp_path: Path
) -> None:
    with app.app_context(), acting_as(SYSTEM):
        printed = documents.render("voucher", record_id=cast.vouchers["in_warranty"], language="zh_Hans_CN")
        db.session.remove()
    (tmp_path / "voucher.pdf").write_bytes(printed.pdf)
    draw = ["pdftoppm", "-r", "300", "-gray", "-png", "-f", "1", "-l", "1", "voucher.pdf", "page"]
    subprocess.run(draw, cwd=tmp_path, check=True)
    read = codes_of(next(tmp_path.glob("page*.png")))
    (address,) = (each for each in read if "/complain/" in each)
    assert address.startswith(app.config["PUBLIC_URL"].rstrip("/") + "/complain/v/"), read
    browser, path = app.test_client(), urlsplit(address).path
    assert "SN-IN-1" in text(browser.get(path))
    assert send_in(browser, path, GIVEN).status_code == 303
    saved = one(app, select(Complaint))
    assert (saved.voucher_id, saved.customer_id, saved.source) == (
        cast.vouchers["in_warranty"],
        cast.customers["in_warranty"],
        "public",
    )
