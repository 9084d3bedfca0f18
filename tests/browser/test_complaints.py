"""Complaints as people live them: settled in the ordinary way, one that becomes major and costs much, one against the
supervisor, one sent on by a consumer association, and a customer at the public form (CP-1 … CP-13)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from app.core import clock
from tests.browser.main_line import Office
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

PRODUCTS = """
    SELECT v.id, c.name FROM voucher v JOIN branch b ON b.id = v.branch_id JOIN customer c ON c.id = v.customer_id
    WHERE b.code = 'NJ' AND NOT EXISTS (SELECT 1 FROM complaint k WHERE k.voucher_id = v.id OR k.customer_id = c.id)
    ORDER BY v.id DESC
"""
ENTERED = """
    SELECT c.source, (SELECT count(*) FROM complaint_file f WHERE f.complaint_id = c.id) AS files
    FROM complaint c WHERE c.number = :number
"""
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
STATE = "SELECT status, severity, management_told_at FROM complaint WHERE id = :id"
SUPERVISOR = "SELECT s.id FROM staff s JOIN branch b ON b.id = s.branch_id WHERE b.code = 'NJ' AND s.job = 'supervisor'"


def office_time(**ago: float) -> str:
    """A moment ago as the browser's field wants it."""
    return f"{clock.local(clock.now() - timedelta(**ago)):%Y-%m-%dT%H:%M}"


def enter(clerk: Visitor, voucher_id: int, **fields: str) -> int:
    """From the page of the product: what is known stands in the form already."""
    page = clerk.go(f"/voucherview/show/{voucher_id}")
    with page.expect_navigation():
        page.locator(f"a[href*='/complaintview/add?voucher={voucher_id}']").click()
    assert page.input_value("[name=complainant]") and page.input_value("[name=phone]")
    given = {"category": "repair_quality", "content": "修好又坏，客户不满", **fields}
    for name, value in given.items():
        field = page.locator(f"[name={name}]")
        if field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    clerk.send(page.locator("form:has([name=complainant])"))
    found = re.search(r"/complaintview/show/(\d+)", page.url)
    assert found, page.locator(".field-error, .alert").all_inner_texts()
    return int(found.group(1))


def do(person: Visitor, verb: str, complaint_id: int, view: str = "complaintview", **fields: str) -> str:
    """Press the button, fill in what it asks, send it; gives what the page says then."""
    page = person.go(f"/{view}/do/{verb}/{complaint_id}")
    for name, value in fields.items():
        field = page.locator(f"[name={name}]")
        if field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    person.send(page.locator("form:has([type=submit])").last)
    assert f"/{view}/show/" in page.url, page.locator(".field-error, .alert").all_inner_texts()
    return person.text()


def test_cp8_an_ordinary_complaint_settled_within_two_days(office: Office) -> None:
    product = office.portal.rows(PRODUCTS)[0]
    key = enter(office["clerk"], product.id, received_at=office_time(hours=40))
    supervisor = office["supervisor"]
    do(supervisor, "acknowledge", key, said="已致电致歉", at=office_time(hours=38))
    do(supervisor, "verify", key, finding="justified", said="接头松动", at=office_time(hours=30))
    do(supervisor, "propose", key, solution="免费返修并延保三个月", said="属我方责任", at=office_time(hours=29))
    do(supervisor, "approve", key, said="同意", at=office_time(hours=28))
    do(supervisor, "tell", key, said="客户接受", at=office_time(hours=27))
    page = do(supervisor, "settle", key, said="返修完毕", at=office_time(hours=1))
    assert page.count("按时") >= 4
    assert "证据" in page and "免费返修并延保三个月" in page
    assert "TS-NJ-" in supervisor.pdf(f"/complaintview/paper/{key}/complaint_acknowledgement")
    # the number is masked until asked for
    shown = supervisor.page.locator("form.reveal")
    masked = supervisor.text()
    assert "****" in masked
    supervisor.send(shown)
    assert "****" not in supervisor.page.locator("dl.values").nth(1).inner_text()


def test_cp5_repeated_it_becomes_major_and_the_refund_goes_to_the_management(office: Office) -> None:
    product = office.portal.rows(PRODUCTS)[1]
    clerk, supervisor, director = office["clerk"], office["supervisor"], office["director"]
    enter(clerk, product.id)
    key = enter(clerk, product.id, content="同一故障又出现，要求退货")
    assert "危机小组" in clerk.text() and "同一事项再次投诉" in clerk.text()
    do(supervisor, "acknowledge", key, said="已登门致歉")
    do(supervisor, "verify", key, finding="justified", said="批次问题")
    do(supervisor, "propose", key, solution="全额退款", remedy="refund", compensation="3600", said="已两次返修")
    # above the branch manager's limit: not on the manager's list, but on the management's
    manager = office["manager"]
    assert "3,600.00" not in manager.go("/approvalview/list/?show=mine").locator("main").inner_text()
    page = manager.go(f"/complaintview/show/{key}")
    seen = page.locator("main").inner_text()
    assert (
        "3,600.00 元超出您的审批权限（2,000.00 元）" in seen and "已两次返修" in seen and "最低审批级别: 管理层" in seen
    )
    assert page.locator(f"a[href*='/do/approve/{key}']").count() == 0
    page = director.go("/approvalview/list/?show=mine")
    with page.expect_navigation():
        page.locator("tr:has-text('3,600.00') td.main a").first.click()
    approval = int(page.url.rstrip("/").rpartition("/")[2].partition("?")[0])
    # what the director weighs stands above the form as well: solution, amount, reasons, who proposed it
    seen = director.go(f"/approvalview/do/approve/{approval}").locator("main").inner_text()
    assert all(words in seen for words in ("全额退款", "3,600.00 元", "已两次返修", "不限额", "批次问题"))
    do(director, "approve", approval, view="approvalview", said="同意退款")
    assert "3,600.00" in director.pdf(f"/complaintview/paper/{key}/major_application")
    do(supervisor, "tell", key, said="客户接受")
    page = supervisor.go(f"/complaintview/do/settle/{key}")
    page.fill("[name=said]", "退款")
    supervisor.send(page.locator("form:has([name=said])"))
    assert "双方签订协议" in supervisor.text()
    do(supervisor, "agree", key, terms="退货退款 3600 元，双方再无争议")
    page = supervisor.go(f"/complaintview/do/sign/{key}")
    assert "退货退款 3600 元，双方再无争议" in supervisor.text()  # the customer signs for what stands there
    page.fill("[name=signer]", "李代理")
    page.select_option("[name=signer_as]", "agent")
    pad = page.locator("[data-signature] canvas").bounding_box()
    assert pad is not None
    page.mouse.move(pad["x"] + 20, pad["y"] + 20)
    page.mouse.down()
    page.mouse.move(pad["x"] + 120, pad["y"] + 60, steps=5)
    page.mouse.up()
    supervisor.send(page.locator("form:has([name=signer])"))
    do(supervisor, "settle", key, said="退款到账")
    do(supervisor, "rate", key, satisfaction="neutral", said="勉强接受")
    page = supervisor.go(f"/complaintview/do/close/{key}")
    page.fill("[name=said]", "结案")
    supervisor.send(page.locator("form:has([name=said])"))
    assert "须书面答复客户" in supervisor.text()
    do(supervisor, "answer", key, words="已为您办理全额退款，谨致歉意。")
    do(supervisor, "close", key, said="资料齐全")
    (row,) = office.portal.rows(STATE, id=key)
    assert (row.status, row.severity) == ("closed", "major")
    for _attempt in range(60):  # the worker mails the report meanwhile
        if office.portal.rows(STATE, id=key)[0].management_told_at is not None:
            break
        supervisor.page.wait_for_timeout(500)
    else:
        pytest.fail("the major complaint was not put before the management")


def test_cp4_one_against_the_supervisor_himself(office: Office) -> None:
    product = office.portal.rows(PRODUCTS)[0]
    (boss,) = office.portal.rows(SUPERVISOR)
    key = enter(office["clerk"], product.id, category="attitude", content="服务主任态度恶劣")
    page = office["service"].go(f"/complaintview/do/add_subject/{key}")
    page.evaluate(
        "id => { const s = document.querySelector('[name=staff_id]');"
        " s.add(new Option('主任', id, true, true)); s.dispatchEvent(new Event('change')); }",
        boss.id,
    )
    page.fill("[name=said]", "投诉对象为服务主任")
    office["service"].send(page.locator("form:has([name=staff_id])"))
    supervisor = office["supervisor"]
    answer = supervisor.context.request.get(f"/complaintview/show/{key}")
    assert answer.status == 404
    manager = office["manager"]
    do(manager, "acknowledge", key, said="经理亲自致歉")
    do(manager, "verify", key, finding="justified", said="通话录音属实")
    do(office["clerk"], "propose", key, solution="补偿上门费", remedy="compensation", compensation="100", said="致歉")
    # the supervisor's own limit would do; the conflict of interest takes it one level up
    assert "100.00" in manager.go("/approvalview/list/?show=mine").locator("main").inner_text()


def test_cp1_a_customer_at_the_public_form_and_the_association(office: Office) -> None:
    customer = Visitor(office.browser, office.portal.url, phone=True)
    page = customer.go("/complain/")
    page.fill("[name=complainant]", "胡女士")
    page.fill("[name=phone]", "13811112222")
    page.select_option("[name=branch_id]", label="南京分公司")
    page.select_option("[name=category]", "delay")
    page.fill("[name=content]", "约好上午，下午才来")
    page.set_input_files("[name=photo1]", {"name": "现场.png", "mimeType": "image/png", "buffer": PNG})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    customer.send(page.locator("form:has([name=content])"))
    number = page.locator(".big-number").inner_text()
    page = customer.go("/complain/status")
    assert page.input_value("[name=number]") == number
    page.fill("[name=phone]", "13811112222")
    customer.send(page.locator("form:has([name=number])"))
    assert "已受理" in customer.text() and "胡女士" not in customer.text()
    (entered,) = office.portal.rows(ENTERED, number=number)
    assert (entered.source, entered.files) == ("public", 1)
    assert customer.troubles == []
    customer.context.close()

    product = office.portal.rows(PRODUCTS)[0]
    clerk = office["clerk"]
    key = enter(clerk, product.id, channel="association", association="南京市消协", association_ref="2026-9")
    supervisor = office["supervisor"]
    for verb, fields in (
        ("acknowledge", {}),
        ("verify", {"finding": "justified"}),
        ("propose", {"solution": "免费更换零件"}),
        ("approve", {}),
        ("tell", {}),
        ("settle", {}),
    ):
        do(supervisor, verb, key, said="已办", **fields)
    do(supervisor, "report_back", key, words="已免费更换零件，消费者满意。")
    assert "南京市消协" in supervisor.pdf(f"/complaintview/paper/{key}/complaint_association")
    assert office.troubles() == []
