"""The screens of complaints, as people use them (CP-4, CP-8, CP-13)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.complaints import commands
from app.complaints.models import Approval, Complaint, ComplaintReading, RefusalReason
from app.core import clock
from app.core.actors import SYSTEM
from app.core.audit import AuditEntry
from app.core.db import db
from app.core.uow import unit_of_work
from tests.cast import Cast
from tests.web.complaint_pages import FRIDAY, PHONE, complaint, one, text, visit


@pytest.fixture(autouse=True)
def _friday() -> Iterator[None]:
    with clock.frozen(FRIDAY):
        yield


def test_cp1_the_clerk_enters_a_complaint(app: Flask, cast: Cast, client_for: Any) -> None:
    clerk = client_for("clerk")
    answer = clerk.post(
        "/complaintview/add",
        {
            "complainant": "张伟",
            "phone": PHONE,
            "voucher": cast.vouchers["in_warranty"],
            "received_at": "2026-11-20T14:00",
            "channel": "telephone",
            "category": "repair_quality",
            "content": "修了三次还是不制冷",
        },
    )
    assert answer.status_code == 302, text(answer, 422)
    saved = one(app, select(Complaint))
    assert (saved.number, saved.customer_id) == ("TS-NJ-20261120-0001", cast.customers["in_warranty"])
    assert clock.local(saved.received_at).hour == 14


def test_cp4_a_refusal_stands_at_its_field(app: Flask, cast: Cast, client_for: Any) -> None:
    clerk = client_for("clerk")
    form = {"complainant": "张伟", "phone": PHONE, "content": "态度差", "channel": "telephone", "category": "attitude"}
    form |= {"received_at": "2026-11-20T14:00", "subject": cast.staff("clerk")}
    page = text(clerk.post("/complaintview/add", form), 422)
    assert "请由同事或服务部登记" in page
    assert "态度差" in page


def test_cp13_masked_in_the_list_and_every_opening_noted(app: Flask, cast: Cast, client_for: Any) -> None:
    number = complaint(app, cast)
    supervisor = client_for("supervisor")
    page = text(supervisor.get("/complaintview/list/"))
    assert "138****0001" in page
    assert PHONE not in page
    file = supervisor.post("/lists/ComplaintView/export", {"format": "csv"}, page="/complaintview/list/").get_data(True)
    assert "138****0001" in file and PHONE not in file
    opened = text(supervisor.get(f"/complaintview/show/{number}"))
    assert "138****0001" in opened
    assert PHONE not in opened
    entry = one(app, select(AuditEntry).where(AuditEntry.verb == "complaint.read"))
    assert (entry.record_id, entry.actor) == (number, "陈国栋")
    # the number is there for who asks for it, and that is noted too
    assert PHONE in text(supervisor.post(f"/complaintview/reveal/{number}", {}))
    asked = one(app, select(ComplaintReading).where(ComplaintReading.what == "number"))
    assert (asked.complaint_id, asked.reader) == (number, "陈国栋")
    assert "查看电话号码" in text(client_for("service").get(f"/complaintview/show/{number}"))
    assert supervisor.get("/complaintreadingview/list/").status_code == 403


def test_cp4_hidden_from_its_subject_through_every_door(app: Flask, cast: Cast, client_for: Any) -> None:
    number = complaint(app, cast, subject_id=cast.staff("supervisor"))
    supervisor = client_for("supervisor")
    assert "张伟" not in text(supervisor.get("/complaintview/list/"))
    for address in (f"show/{number}", f"edit/{number}", f"do/acknowledge/{number}"):
        assert supervisor.get(f"/complaintview/{address}").status_code == 404
    assert f'"id":{number}' not in text(supervisor.get("/lookup/complaint?q=TS")).replace(" ", "")


def test_cp8_the_buttons_follow_the_lifecycle(app: Flask, cast: Cast, client_for: Any) -> None:
    number = complaint(app, cast)
    supervisor = client_for("supervisor")
    page = text(supervisor.get(f"/complaintview/show/{number}"))
    assert "告知客户已受理" in page
    assert "核准方案" not in page
    here = f"/complaintview/do/acknowledge/{number}"
    # CP-8: what was said is required
    assert "此项必填" in text(supervisor.post(here, {"said": "", "at": ""}), 422)
    assert supervisor.post(here, {"said": "已致电说明", "at": "2026-11-20T15:20"}).status_code == 302
    page = text(supervisor.get(f"/complaintview/show/{number}"))
    assert "已致电说明" in page
    assert "核实事实" in page
    assert one(app, select(Complaint)).status == "acknowledged"


def test_cp9_more_than_one_may_approve_is_refused_on_the_form(app: Flask, cast: Cast, client_for: Any) -> None:
    number = complaint(app, cast)
    with app.app_context():
        boss = cast["supervisor"]
        commands.acknowledge(boss, number, said="已告知")
        commands.verify(boss, number, said="属实", finding="justified")
        commands.propose(boss, number, said="协商", solution="退款", compensation=500)
        db.session.remove()
    supervisor, form = client_for("supervisor"), f"/complaintview/do/approve/{number}"
    # above the limit: no button but the reason why, and no way round it
    page = text(supervisor.get(f"/complaintview/show/{number}"))
    assert "500.00 元超出您的审批权限（200.00 元）" in page and "do/approve" not in page
    refused = supervisor.post(form, {"said": "同意", "at": ""}, page="/complaintview/add")
    assert "超出您的审批权限" in text(refused, 422)
    manager = client_for("manager")
    weighed = text(manager.get(form))
    assert all(words in weighed for words in ("退款", "500.00 元", "协商", "不超过", "#evidence"))
    assert manager.post(form, {"said": "同意", "at": ""}).status_code == 302


def test_cp1_the_accountant_enters_one_for_a_product_and_sees_only_that(
    app: Flask, cast: Cast, client_for: Any
) -> None:
    other = complaint(app, cast)
    accountant = client_for("accountant")
    form = f"/complaintview/add?voucher={cast.vouchers['in_warranty']}"
    given = {
        "complainant": "张伟",
        "phone": "13800000001",
        "content": "发票抬头两次开错",
        "channel": "telephone",
        "category": "communication",
        "received_at": f"{clock.local(clock.now()):%Y-%m-%dT%H:%M}",
        "voucher": str(cast.vouchers["in_warranty"]),
    }
    answer = accountant.post(form, given)
    assert answer.status_code == 302, text(answer, 422)
    entered = one(app, select(Complaint).where(Complaint.id != other))
    assert (entered.source, entered.source_ref[:2], entered.entered_by_id) == (
        "voucher",
        "FW",
        cast.staff("accountant"),
    )
    page = text(accountant.get(answer.location))
    assert "发票抬头两次开错" in page and "登记来源" in page
    assert accountant.get(f"/complaintview/show/{other}").status_code == 404


def test_cp3_quick_filters(app: Flask, cast: Cast, client_for: Any) -> None:
    complaint(app, cast, complainant="昨天来的", received_at=FRIDAY - timedelta(days=2))
    number = complaint(app, cast, complainant="今天来的")
    with app.app_context():
        commands.assign(cast["supervisor"], number, handler_id=cast.staff("clerk"), said="请回电")
        db.session.remove()
    supervisor = client_for("supervisor")

    def shown(which: str) -> list[str]:
        page = text(supervisor.get(f"/complaintview/list/?show={which}"))
        return [name for name in ("昨天来的", "今天来的") if name in page]

    assert shown("overdue") == ["昨天来的"]
    rows = text(supervisor.get("/complaintview/list/")).split("<tr")[1:]
    late = [row for row in rows if "fa-hourglass-end" in row]
    assert len(late) == 1 and "昨天来的" in late[0] and "逾期" in late[0]
    assert shown("open") == ["昨天来的", "今天来的"]
    assert shown("nobody") == ["昨天来的"]
    assert shown("mine") == []
    assert shown("no such thing") == ["昨天来的", "今天来的"]
    assert "今天来的" in text(client_for("clerk").get("/complaintview/list/?show=mine"))


@pytest.mark.parametrize("address", ["/complaintview/list/", "/returnvisitview/list/", "/returnvisits/worklist/"])
def test_no_more_statements_with_more_rows(app: Flask, cast: Cast, client_for: Any, address: str) -> None:
    from sqlalchemy import event

    supervisor = client_for("supervisor")
    counts = []
    for batch in (3, 20):
        for number in range(batch):
            complaint(app, cast, complainant=f"客户{number}")
            visit(app, cast, -100 * batch - number)
        supervisor.get(address)
        seen: list[str] = []
        with app.app_context():
            engine = db.engine

        def note(_c: Any, _k: Any, statement: str, *_more: Any, seen: list[str] = seen) -> None:
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        text(supervisor.get(address))
        event.remove(engine, "before_cursor_execute", note)
        counts.append(len(seen))
    assert counts[1] == counts[0] <= 15, seen


def test_the_page_opens_with_its_evidence_and_papers(app: Flask, cast: Cast, client_for: Any) -> None:
    earlier = complaint(app, cast, voucher_id=cast.vouchers["in_warranty"])
    number = complaint(app, cast, voucher_id=cast.vouchers["in_warranty"], severity_ground="press")
    manager = client_for("manager")
    page = text(manager.get(f"/complaintview/show/{number}"))
    for words in ("期限", "证据", "SN-IN-1", "危机小组", "上报管理层", "24 个钟点小时", "陈国栋"):
        assert words in page, words
    assert f"/complaintview/show/{earlier}" in page
    answer = manager.get(f"/complaintview/paper/{number}/major_report")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert manager.get(f"/complaintview/paper/{number}/complaint_register").status_code == 404
    assert client_for("clerk_sz").get(f"/complaintview/paper/{number}/major_report").status_code == 404
    printed = one(app, select(ComplaintReading).where(ComplaintReading.what == "paper"))
    assert printed.reader == "赵明华"


def test_cp9_the_inbox_of_approvals(app: Flask, cast: Cast, client_for: Any) -> None:
    number = complaint(app, cast)
    with app.app_context():
        boss = cast["supervisor"]
        commands.acknowledge(boss, number, said="已告知")
        commands.verify(boss, number, said="属实", finding="justified")
        commands.propose(boss, number, said="协商", solution="退款", compensation=500)
        with unit_of_work(SYSTEM, "test.reason") as session:
            why = RefusalReason(code="dear", name="金额过高")
            session.add(why)
            session.flush()
            reason = why.id
        db.session.remove()
    row = one(app, select(Approval)).id
    assert f"/approvalview/show/{row}" not in text(client_for("supervisor").get("/approvalview/list/?show=mine"))
    manager = client_for("manager")
    assert f"/approvalview/show/{row}" in text(manager.get("/approvalview/list/?show=mine"))
    here = f"/approvalview/do/refuse/{row}"
    assert "此项必填" in text(manager.post(here, {"reason_id": "", "said": "太多"}), 422)
    assert manager.post(here, {"reason_id": reason, "said": "太多"}).status_code == 302
    assert "金额过高" in text(manager.get(f"/approvalview/show/{row}"))


def test_cp1_prefilled_from_a_product(app: Flask, cast: Cast, client_for: Any) -> None:
    clerk = client_for("clerk")
    link = f"/complaintview/add?voucher={cast.vouchers['in_warranty']}"
    assert link in text(clerk.get(f"/voucherview/show/{cast.vouchers['in_warranty']}"))
    page = text(clerk.get(link))
    assert f'value="{PHONE}"' in page
    assert clerk.get(f"/complaintview/add?voucher={cast.vouchers['suzhou']}").status_code == 404
