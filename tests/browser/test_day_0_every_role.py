"""A day of each role at the width it is seldom done at, and of those who have no other test of their day at both: what
accountant, service department, management and administrator do every day (issue 6). Nothing stands past the edge."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page

from tests.browser import main_line
from tests.browser.main_line import Day, Office
from tests.browser.visitor import DESK, PASSWORD, PHONE, Visitor, said

pytestmark = pytest.mark.browser

WIDTHS = {"desk": DESK["viewport"], "phone": PHONE["viewport"]}
BOTH = pytest.mark.parametrize("width", WIDTHS)
# Of another branch than the one whose day the other tests share.
PRODUCTS = """
    SELECT v.id, c.id AS customer_id, c.name FROM voucher v JOIN branch b ON b.id = v.branch_id
    JOIN customer c ON c.id = v.customer_id
    WHERE b.code = 'SZ' AND NOT EXISTS (SELECT 1 FROM complaint k WHERE k.customer_id = c.id)
      AND (SELECT count(*) FROM voucher o WHERE o.customer_id = c.id) = 1
    ORDER BY v.id
"""
VISITS = """
    SELECT v.id FROM return_visit v JOIN branch b ON b.id = v.branch_id
    WHERE b.code = 'SZ' AND v.status = 'planned' AND v.cause = 'repair' AND v.next_try_at IS NULL ORDER BY v.due_on, v.id
"""

TO_COUNT = """
    SELECT count(*) FROM cash_handover h JOIN branch b ON b.id = h.branch_id
    WHERE b.code = 'NJ' AND h.status = 'submitted'
"""


@contextmanager
def at(office: Office, username: str, width: str) -> Iterator[Visitor]:
    """The person with a window of that width."""
    page = office[username].page
    before = page.viewport_size
    page.set_viewport_size(WIDTHS[width])  # type: ignore[arg-type]  # the size of a window
    try:
        yield office[username]
    finally:
        if before is not None:
            page.set_viewport_size(before)


def look(page: Page) -> None:
    """Nothing of the page stands past its right edge."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, (page.url, wide)


def open_card(visitor: Visitor, title: str) -> Page:
    """From the start page to what a card counts."""
    page = visitor.go("/")
    look(page)
    card = page.locator("a.home-card").filter(has=page.get_by_text(title, exact=True))
    with page.expect_navigation():
        card.click()
    look(page)
    return page


def open_first(page: Page) -> Page:
    """The first record of the list."""
    with page.expect_navigation():
        page.locator("td.main a[href*='/show/']").first.click()
    look(page)
    return page


def do(visitor: Visitor, verb: str, **fields: str) -> Page:
    """Press the button of the record now open, answer what it asks."""
    page = visitor.page
    with page.expect_navigation():
        page.locator(f".page-actions a[href*='/do/{verb}/']").click()
    look(page)
    for name, value in fields.items():
        page.fill(f"form.card [name={name}]", value)
    visitor.send(page.locator("form.card"))
    assert "/show/" in page.url, page.locator(".field-error, .alert").all_inner_texts()
    return page


def test_the_main_line_with_the_windows_changed_over(office: Office) -> None:
    """Clerk and supervisor hold a telephone, the technician sits at a desk (SO-4, SO-19, SO-5)."""
    day = Day(office, product=7)
    with at(office, "clerk", "phone"), at(office, "supervisor", "phone"), at(office, "technician", "desk"):
        steps = (
            ("clerk", main_line.clerk_enters_the_call),
            ("supervisor", main_line.supervisor_dispatches),
            ("technician", main_line.technician_arrives),
            ("technician", main_line.technician_agrees_charges),
            ("technician", main_line.technician_repairs),
            ("technician", main_line.technician_finishes),
            ("technician", main_line.customer_signs),
            ("clerk", main_line.clerk_closes),
        )
        for who, step in steps:
            step(day)
            look(office[who].page)
        page = office["clerk"].go("/day-close/")
        look(page)
        assert day.call not in page.locator("main").inner_text()


def test_manager_and_director_approve_on_the_telephone(office: Office) -> None:
    """What waits for them is found from the start page, read and decided; then the figures (CP-9)."""
    for who in ("manager", "director"):
        with at(office, who, "phone") as person:
            page = open_first(open_card(person, "待我审批"))
            number = int(page.url.rpartition("/")[2])
            do(person, "approve", said="同意，按方案处理")
            assert office.portal.one("SELECT status FROM approval WHERE id = :id", id=number) == "approved"
            follow_a_figure(person)
    with at(office, "manager", "phone") as manager:
        look(manager.go("/branch-day/"))


def follow_a_figure(person: Visitor) -> None:
    """A number of a chart's table leads to as many rows."""
    page = person.go("/?days=91")
    look(page)
    page.locator("#chart-arrivals summary").click()
    link = page.locator("#chart-arrivals tbody a").first
    count = link.inner_text()
    with page.expect_navigation():
        link.click()
    look(page)
    assert page.locator("h1 .count").inner_text() == count


@BOTH
def test_the_accountants_day(office: Office, width: str) -> None:
    """Cash counted, an invoice with its official number made out, sent and paid, what is outstanding (SO-6, SO-9)."""
    portal = office.portal
    if not portal.one(TO_COUNT):
        clerk, form = office["clerk"], "form[action$='/hand_in']"
        if not clerk.go("/money/cash/").locator(form).count():
            test_the_main_line_with_the_windows_changed_over(office)  # the clerk collects there
        clerk.send(clerk.go("/money/cash/").locator(form))
    with at(office, "accountant", width) as accountant:
        page = open_first(open_card(accountant, "待清点现金"))
        number = page.locator("h1").inner_text().split()[0]
        with page.expect_navigation():
            page.locator(".page-actions a[href*='/do/receive/']").click()
        accountant.send(page.locator("form.card"))  # what was handed in stands there already
        assert portal.one("SELECT status FROM cash_handover WHERE number = :number", number=number) == "received"

        page = open_card(accountant, "待开票")
        with page.expect_navigation():
            page.locator("td.actions a[href*='/issue']").first.click()
        look(page)
        page.fill("[name=fapiao_no]", {"desk": "20261001", "phone": "20261002"}[width])
        accountant.send(page.locator("form.card.form"))
        assert "/invoiceview/show/" in page.url
        made = int(page.url.rpartition("/")[2])
        do(accountant, "post", posted_note="顺丰")
        assert portal.one("SELECT posted_on FROM invoice WHERE id = :id", id=made)

        page = open_first(open_card(accountant, "未结清的发票"))
        invoice = int(page.url.rpartition("/")[2])
        do(accountant, "receive", reference="网银")
        assert portal.one("SELECT status FROM invoice WHERE id = :id", id=invoice) == "paid"
        look(accountant.go("/money/outstanding/"))
        paid = portal.one("SELECT number FROM invoice WHERE id = :id", id=invoice)
        assert paid not in page.locator("main").inner_text()


@BOTH
def test_the_service_departments_day(office: Office, width: str) -> None:
    """A complaint entered from the customer's page and acknowledged, what is late, a return visit, who read what
    (CP-1, CP-3, CP-13, RV-3, RV-4)."""
    portal = office.portal
    with at(office, "service", width) as service:
        row = portal.rows(PRODUCTS)[0]
        page = service.go(f"/customerview/show/{row.customer_id}")
        look(page)
        with page.expect_navigation():
            page.locator(".page-actions a[href*='/complaintview/add']").click()
        look(page)
        # What is known stands there: who complains, and the only product.
        assert page.input_value("[name=complainant]") == row.name
        assert page.input_value("[name=voucher]") == str(row.id)
        page.select_option("[name=category]", "delay")
        page.fill("[name=content]", "约好上午，下午才到")
        service.send(page.locator("form:has([name=complainant])"))
        key = int(page.url.rpartition("/")[2])
        do(service, "acknowledge", said="已致电致歉")
        assert portal.one("SELECT status FROM complaint WHERE id = :id", id=key) == "acknowledged"
        service.send(page.locator("form.reveal"))
        number = portal.one("SELECT number FROM complaint WHERE id = :id", id=key)
        open_first(open_card(service, "超过时限的投诉"))
        look(service.go("/complaintreadingview/list/"))
        assert number in page.locator("main").inner_text()

        visit = portal.one(VISITS)
        look(service.go(f"/returnvisits/worklist/?visit={visit}"))
        page.click("[data-all-yes]")
        page.locator("label.pill:has([name=satisfaction][value=satisfied])").click()
        service.send(page.locator("form.call-record"))
        assert portal.one("SELECT status FROM return_visit WHERE id = :id", id=visit) == "done"


@BOTH
def test_the_directors_day(office: Office, width: str) -> None:
    """From a chart to its list, the complaints of the quarter on screen and on paper (CP-14)."""
    with at(office, "director", width) as director:
        follow_a_figure(director)
        page = director.go("/figures/complaints/?period=quarter")
        look(page)
        with page.expect_navigation():
            page.select_option("[name=branch]", label="南京分公司")
        look(page)
        received = page.locator(".figure-number").first.inner_text()
        paper = director.pdf(page.locator(".page-actions a[href*='/print/now/']").first.get_attribute("href") or "")
        assert "投诉分析" in paper and received in paper


@BOTH
def test_the_administrators_day(office: Office, width: str) -> None:
    """Whether all is well, an account for somebody new, an hour of the schedule; the trail tells who did it."""
    username = f"newcomer_{width}"
    with at(office, "admin", width) as admin:
        look(admin.go("/system/"))
        assert admin.page.locator("#parts-unwell").inner_text() == "0"
        page = admin.go("/users/add")
        look(page)
        for name, value in {"username": username, "first_name": "赵敏", "email": f"{username}@example.com"}.items():
            page.fill(f"[name={name}]", value)
        page.locator("label", has_text="业务员").locator("input").check()
        for name in ("password", "again"):
            page.fill(f"[name={name}]", PASSWORD)
        admin.send(page.locator("form:has([name=again])"))
        assert said(page)
        page = admin.go("/scheduleentryview/list/")
        open_first(page)
        with page.expect_navigation():
            page.locator("a[href*='/edit/']").click()
        look(page)
        page.fill("[name=at]", {"desk": "18:05", "phone": "18:10"}[width])
        admin.send(page.locator("form:has([name=at])"))
        assert said(page)
        look(admin.go("/auditentryview/list/"))
        trail = page.locator("main").inner_text()
        assert "定时任务" in trail or "schedule_entry" in trail
    newcomer = Visitor(office.browser, office.portal.url, phone=width == "phone").log_in(username)
    look(newcomer.go("/"))
    newcomer.leave()
