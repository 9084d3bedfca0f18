"""Every paper that an office asks for on screen opens as a PDF with the day's work in it (SO-2, SO-16, CP-14, RV-3)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.main_line import Day
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


def print_links(visitor: Visitor, path: str, name: str) -> str:
    """The PDF behind the print button of a record's page."""
    page = visitor.go(path)
    link = page.locator(f"a[href*='/print/now/{name}']").first
    assert link.get_attribute("target") == "_blank"
    return visitor.pdf(link.get_attribute("href") or "")


def ask_for(visitor: Visitor, name: str, branch: str = "") -> str:
    """Through the page that has a document made in the background and opens it when it is there."""
    page = visitor.go("/print/")
    page.select_option("[name=name]", name)
    if branch:
        page.select_option("[name=branch_id]", label=branch)
    page.locator("form.card [type=submit]").click()
    page.wait_for_url("**/files/*", timeout=90_000)  # the page that waits opens it by itself
    return visitor.pdf(page.url)


def test_001_the_voucher_tells_the_products_history(day: Day) -> None:
    day.reach("closed")
    printed = print_links(day.office["clerk"], f"/voucherview/show/{day.voucher_id}", "voucher")
    for expected in ("服务凭证", day.voucher, day.customer, "更换温控器"):
        assert expected in printed


def test_002_the_register_is_made_in_the_background_and_opens(day: Day) -> None:
    day.reach("closed")
    printed = ask_for(day.office["clerk"], "repair_call_register")
    for expected in ("叫修登记本", day.call, day.customer, "冷藏室不制冷"):
        assert expected in printed
    clerk = day.office["clerk"]
    clerk.go("/madedocumentview/list/")
    assert "叫修登记本" in clerk.text()


def test_an_impossible_wish_stays_in_the_form(day: Day) -> None:
    clerk = day.office["clerk"]
    page = clerk.go("/print/")
    page.fill("[name=day]", "")
    clerk.send(page.locator("form.card"))
    expect(page.locator("#name-error")).to_be_visible()
    expect(page.locator("#day-error")).to_be_visible()


def test_the_notice_that_a_contract_ends(day: Day) -> None:
    service = day.office["service"]
    contract = day.portal.one("SELECT id FROM contract WHERE status = 'in_force' ORDER BY ends_on")
    printed = print_links(service, f"/contractview/show/{contract}", "contract_expiry_notice")
    assert "保养到期通知书" in printed


@pytest.mark.parametrize(("name", "title"), [("complaint_register", "投诉登记簿"), ("return_visit_plan", "回访计划")])
def test_registers_of_the_service_department(day: Day, name: str, title: str) -> None:
    printed = ask_for(day.office["service"], name, "南京分公司")
    assert title in printed and "南京分公司" in printed
