"""Money at the desk and on the telephone: cash handed in and counted, an invoice paid in two instalments (SO-6)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page

from tests.browser.main_line import Office
from tests.browser.portal import Portal

pytestmark = pytest.mark.browser


def works_here_no_longer(office: Office, staff_id: int) -> Page:
    """The supervisor says so on the person's page; the page of the answer."""
    page = office["supervisor"].go(f"/staffview/show/{staff_id}")
    page.locator("form[action*='/do/leave/'] [type=submit]").click()
    office["supervisor"].yes()
    return page


def test_so6_a_technician_leaves_with_the_cash_not_handed_in(office: Office, portal: Portal) -> None:
    """Refused with what is owed and the way there; handed in, counted by the accountant; then the person may leave."""
    technician, accountant = office["technician"], office["accountant"]
    leaver = portal.one("SELECT s.id FROM staff s JOIN ab_user u ON u.id = s.user_id WHERE u.username = 'technician'")
    works = "SELECT active FROM staff WHERE id = :id"
    page = technician.go("/money/mine/")
    amount = page.locator(".total-line b").inner_text()

    refused = works_here_no_longer(office, leaver)
    told = refused.locator(".alert-danger")
    assert amount.removeprefix("¥").strip() in told.inner_text() and portal.one(works, id=leaver)
    with refused.expect_navigation():
        told.locator("a[href='/money/cash/']").click()
    assert portal.one("SELECT name FROM staff WHERE id = :id", id=leaver) in refused.locator("main").inner_text()

    page.locator("form[action$='/hand_in'] button").click()
    technician.yes()
    assert page.locator("form[action$='/hand_in']").count() == 0
    assert amount in technician.text()
    number = portal.one("SELECT number FROM cash_handover ORDER BY id DESC")

    page = accountant.go("/cashhandoverview/list/?show=count")
    with page.expect_navigation():
        page.locator("td.main a", has_text=number).click()
    address = page.url
    with page.expect_navigation():
        page.locator("a[href*='/do/receive/']").click()
    page.fill("[name=counted]", "0.01")
    accountant.send(page.locator("form.card"))
    assert amount in page.locator(".field-error").inner_text()
    page.fill("[name=counted]", amount.replace(",", ""))
    accountant.send(page.locator("form.card"))
    assert portal.one("SELECT status FROM cash_handover WHERE number = :number", number=number) == "received"
    slip = accountant.pdf(f"/print/now/cash_handover?record_id={re.sub(r'[^0-9]', '', address.rpartition('/')[2])}")
    assert number in slip and "会计联" in slip
    assert number in technician.go("/money/mine/").locator("main").inner_text()

    # The money is settled. What else would be lost with this person is said now, van and jobs, and no cash any more.
    still = works_here_no_longer(office, leaver).locator(".alert-danger").inner_text()
    assert amount.removeprefix("¥").strip() not in still and "车上" in still and portal.one(works, id=leaver)


def test_an_invoice_is_paid_in_two_instalments(office: Office, portal: Portal) -> None:
    accountant = office["accountant"]
    contract = portal.one(
        "SELECT c.id FROM contract c JOIN branch b ON b.id = c.branch_id WHERE b.code = 'NJ' AND c.status = 'in_force'"
        " AND c.price > 0 AND c.id NOT IN (SELECT contract_id FROM invoice WHERE contract_id IS NOT NULL) ORDER BY c.id"
    )
    page = accountant.go(f"/contractview/do/issue_for_contract/{contract}")
    price = Decimal(portal.one("SELECT price FROM contract WHERE id = :id", id=contract)).scaleb(-2)
    today, agreed = datetime.now(ZoneInfo("Asia/Shanghai")).date(), [Decimal("120.50"), price - Decimal("120.50")]

    def plan(*amounts: Decimal) -> None:
        for row, amount in enumerate(amounts):
            day, money = page.locator(".plan-row").nth(row).locator("input").all()
            day.fill(f"{today + timedelta(days=10 + 30 * row)}")
            money.fill(f"{amount}")

    plan(agreed[0], agreed[1] - Decimal("0.01"))
    assert page.locator("[data-plan-sum].plan-off").is_visible()  # said while one types
    accountant.send(page.locator("form.card.form"))
    assert "-0.01" in page.locator("#plan-error").inner_text()
    plan(*agreed)
    assert page.locator("[data-plan-sum].plan-off").count() == 0
    page.fill("[name=fapiao_no]", "123")
    accountant.send(page.locator("form.card.form"))
    assert page.locator("#fapiao_no-error").is_visible()
    page.fill("[name=fapiao_no]", "99887766")
    accountant.send(page.locator("form.card.form"))
    assert "/invoiceview/show/" in page.url
    invoice = page.url.rpartition("/")[2]

    def state() -> tuple[str, int]:
        row = portal.rows("SELECT status, paid FROM invoice WHERE id = :id", id=int(invoice))[0]
        return row[0], int(row[1])

    parts = portal.rows("SELECT amount FROM instalment WHERE invoice_id = :id ORDER BY due_on", id=int(invoice))
    # SQLite keeps whole fen.
    assert [Decimal(part[0]).scaleb(-2) for part in parts] == agreed
    for amount, expected in zip(agreed, ("part_paid", "paid"), strict=True):
        page = accountant.go(f"/invoiceview/do/receive/{invoice}")
        page.fill("[name=amount]", f"{amount:.2f}")
        accountant.send(page.locator("form.card"))
        assert state()[0] == expected
    assert page.locator("a[href*='/do/receive/']").count() == 0
    slip = accountant.pdf(f"/print/now/invoice_slip?record_id={invoice}")
    assert "99887766" in slip and slip.count("客户联") >= 1 and "会计联" in slip
