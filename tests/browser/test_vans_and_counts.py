"""A van in the morning and in the evening, and a store room counted: with keyboard and scanner, as at the counter."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from tests.browser.main_line import Day, Office
from tests.browser.visitor import Visitor, said


def scan(page: Page, code: str) -> None:
    """What a scanner does: types the code and ends it with Enter."""
    page.fill("#scan", code)
    page.press("#scan", "Enter")


def open_van(person: Visitor, number: int) -> Page:
    """The page of one of the vans, with its scripts."""
    page = person.go("/parts/vans/")
    with page.expect_navigation():
        page.locator("table.list tbody a").nth(number).click()
    return page


def held(page: Page, code: str) -> int:
    """Pieces of a part in the van as its page says; 0 when it is not there."""
    row = page.locator("tr[data-part]", has_text=code)
    return int(row.locator("td").nth(1).locator("b").inner_text()) if row.count() else 0


def test_so22_morning_issue_and_evening_return(office: Office) -> None:
    clerk = office["clerk"]
    page = open_van(clerk, 0)
    address = page.url
    before = held(page, "MFT-215")
    # Morning: two scans are two pieces.
    scan(page, "MFT-215")
    scan(page, "mft-215")
    figure = page.get_by_label("领料 门封条")
    assert figure.input_value() == "2"
    clerk.send(page.locator("#slip"), "button[type=submit]")
    assert re.search(r"领退料单 LL-NJ-\d{8}-\d{4} 已开", said(clerk.page))
    assert held(page, "MFT-215") == before + 2
    slip = page.locator(".page-actions a.btn-primary").get_attribute("href")
    assert slip is not None
    assert "门封条" in clerk.pdf(slip)
    # Evening: one comes back, and the day's moves show both.
    page.get_by_label("退料 门封条").fill("1")
    clerk.send(page.locator("#slip"), "button[type=submit]")
    assert held(page, "MFT-215") == before + 1
    moves = page.locator("section.card").last.inner_text()
    assert "+2" in moves
    assert "−1" in moves
    # More than there is: a refusal, and what was typed stays.
    page.goto(address)
    page.get_by_label("退料 门封条").fill("99")
    clerk.send(page.locator("#slip"), "button[type=submit]")
    assert page.get_by_label("退料 门封条").input_value() == "99"
    assert "门封条" in page.locator(".alert-danger").inner_text()


def test_so22_a_van_is_counted_and_its_difference_booked(office: Office) -> None:
    clerk, supervisor = office["clerk"], office["supervisor"]
    page = open_van(clerk, 1)
    van = page.url.rsplit("/", 1)[1]
    clerk.go(f"/stockplaceview/show/{van}")
    page.locator("form:has(button:has-text('盘点此库位')) button").click()
    clerk.yes()
    sheet = page.url
    figures = page.locator("tr[data-part] input[name^=counted-]")
    count = figures.count()
    assert count > 0
    clerk.go(f"/parts/vans/{van}")
    books = {
        row.get_attribute("data-part"): int(row.locator("td").nth(1).locator("b").inner_text())
        for row in page.locator("tr[data-part]").all()
    }
    page.goto(sheet)
    for number in range(count):
        figure = figures.nth(number)
        part = (figure.get_attribute("name") or "").partition("-")[2]
        figure.fill(str(books[part] + (1 if number == 0 else 0)))
        figure.press("Enter")  # goes to the next line
    assert "scan" in page.evaluate("document.activeElement.id")
    with page.expect_navigation():
        page.locator("button[value=save]").click()
    assert page.locator("tr.differs").count() == 1
    page.locator("tr.differs input[name^=reason-]").fill("上次少点")
    page.locator("button[value=submit]").click()
    clerk.yes()
    assert "待入账" in clerk.text()
    assert page.locator("button[value=book]").count() == 0
    page = supervisor.go(sheet)
    page.locator("button[value=book]").click()
    supervisor.yes()
    assert "差异已入账" in said(page)
    supervisor.go(f"/parts/vans/{van}")
    first = page.locator("section.card").last.inner_text()
    assert "盘点差异" in first


BOOKS_AND_MOVES = """
SELECT count(*) FROM (
    SELECT place, part FROM (
        SELECT place_id AS place, part_id AS part, quantity AS pieces FROM stock_balance
        UNION ALL SELECT to_place_id, part_id, -quantity FROM stock_move WHERE to_place_id IS NOT NULL
        UNION ALL SELECT from_place_id, part_id, quantity FROM stock_move WHERE from_place_id IS NOT NULL
    ) AS lines GROUP BY place, part HAVING sum(pieces) <> 0
) AS wrong
"""
# What the jobs' own records say they used, and what the moves say.
JOBS_AND_MOVES = """
SELECT count(*) FROM (
    SELECT job, part FROM (
        SELECT o.number AS job, f.part_id AS part, f.quantity AS pieces
        FROM part_fitted AS f JOIN work_order AS o ON o.id = f.work_order_id
        UNION ALL SELECT reference, part_id, -quantity FROM stock_move WHERE kind = 'fitted'
        UNION ALL SELECT reference, part_id, quantity FROM stock_move WHERE kind = 'unfitted'
    ) AS lines GROUP BY job, part HAVING sum(pieces) <> 0
) AS wrong
"""
RESERVED = """
SELECT count(*) FROM stock_balance AS b WHERE b.reserved <> (
    SELECT coalesce(sum(r.quantity), 0) FROM part_reservation AS r
    WHERE r.place_id = b.place_id AND r.part_id = b.part_id AND r.release = 'kept'
)
"""


def test_so22_after_all_that_the_books_equal_the_moves(day: Day) -> None:
    assert day.value("SELECT count(*) FROM stock_move") > 100
    assert day.value(BOOKS_AND_MOVES) == 0
    assert day.value(RESERVED) == 0
    assert day.value("SELECT count(*) FROM part_fitted") > 100
    assert day.value(JOBS_AND_MOVES) == 0
