"""A return visit not reached twice, then unsatisfactory: a complaint, or a call, is opened on the same screen (RV-3 … 5)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.core import clock
from tests.browser.main_line import Office, number_in
from tests.browser.visitor import Visitor, said

pytestmark = pytest.mark.browser
WORKLIST = "/returnvisits/worklist/"
PLAN = "/print/now/return_visit_plan?branch=NJ"
OPENED = "SELECT source, source_ref, complainant, status, received_at FROM complaint WHERE id = :id"
WHICH = """
    SELECT v.id, v.number, c.name FROM return_visit v JOIN branch b ON b.id = v.branch_id
    JOIN customer c ON c.id = v.customer_id
    WHERE b.code = 'NJ' AND v.status = 'planned' AND v.cause = 'repair' AND v.next_try_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM visit_attempt a WHERE a.return_visit_id = v.id)
    ORDER BY v.due_on, v.id
"""


def value(office: Office, statement: str, visit_id: int) -> Any:
    """A value of the visit's row."""
    return office.portal.one(f"SELECT {statement} FROM return_visit WHERE id = :visit", visit=visit_id)


def choose(visitor: Visitor, name: str, answer: str) -> None:
    """Press one of the pills."""
    visitor.page.locator(f"label.pill:has([name={name}][value='{answer}'])").click()


def not_reached(office: Office, visit_id: int, number: str, outcome: str, hours: int) -> None:
    """Two clicks, what happened and next; it comes up again after the pause, when the office is open (RV-4)."""
    clerk = office["clerk"]
    page = clerk.go(f"{WORKLIST}?visit={visit_id}")
    choose(clerk, "outcome", outcome)
    clerk.send(page.locator("form.call-try"))
    again = datetime.fromisoformat(value(office, "next_try_at", visit_id)).replace(tzinfo=UTC)
    told = said(page, "info")
    assert number in told and f"{clock.local(again):%H:%M}" in told
    tried = office.portal.one("SELECT max(at) FROM visit_attempt WHERE return_visit_id = :visit", visit=visit_id)
    first = datetime.fromisoformat(tried).replace(tzinfo=UTC) + timedelta(hours=hours)
    assert again >= first.replace(second=0, microsecond=0)
    assert "08:30" <= f"{clock.local(again):%H:%M}" <= "17:30"
    # until then it waits among those to be tried again, not among those to call now
    clerk.go(f"{WORKLIST}?group=later")
    assert page.locator(f".worklist-rows a[href*='visit={visit_id}']").count() == 1
    clerk.go(f"{WORKLIST}?group=due")
    assert page.locator(f".worklist-rows a[href*='visit={visit_id}']").count() == 0
    # the pause goes by
    past = f"{clock.now() - timedelta(minutes=2):%Y-%m-%d %H:%M:%S.000000}"
    office.portal.change("UPDATE return_visit SET next_try_at = :past WHERE id = :visit", past=past, visit=visit_id)


def dissatisfied(clerk: Visitor, shortcomings: str) -> None:
    """Reached: not content. The script was not asked: each question says so, and one click answers them all."""
    page = clerk.page
    choose(clerk, "satisfaction", "dissatisfied")
    page.fill("[name=shortcomings]", shortcomings)
    clerk.send(page.locator("form.call-record"))
    assert page.locator(".script .field-error").count() > 1
    assert page.locator(":focus").get_attribute("name") == page.locator(".script input").first.get_attribute("name")
    page.click("[data-all-yes]")
    assert page.locator(".script .field-error:visible").count() == 0


def test_rv4_not_reached_twice_then_unsatisfactory(office: Office) -> None:
    visit_id, number, customer = office.portal.rows(WHICH)[0]
    clerk = office["clerk"]
    # The worklist shows it, with the number at hand and what happened before.
    page = clerk.go(f"{WORKLIST}?visit={visit_id}")
    assert customer in page.locator(".call-head h2").inner_text()
    assert (page.locator("a.call-number").get_attribute("href") or "").startswith("tel:")
    for outcome, hours in (("no_answer", 2), ("busy", 24)):
        not_reached(office, visit_id, number, outcome, hours)
    plan = clerk.pdf(PLAN)
    assert number in plan and "已试2次" in plan.partition(number)[2][:400]
    # Nothing is lost when the follow-up is forgotten.
    page = clerk.go(f"{WORKLIST}?visit={visit_id}")
    assert page.locator(".call-tries li").count() == 2
    dissatisfied(clerk, "修后三天又不制冷")
    clerk.send(page.locator("form.call-record"))
    assert page.locator("#follow_up-error").is_visible()
    assert page.input_value("[name=shortcomings]") == "修后三天又不制冷"
    choose(clerk, "follow_up", "complaint")
    assert page.locator("[name=category]").is_visible() and not page.locator("[name=voucher_id]").is_visible()
    page.select_option("[name=category]", "repair_quality")
    clerk.send(page.locator("form.call-record"))
    link = page.locator(".alert-success a[href*='/complaintview/show/']")
    complaint_id = number_in(link.get_attribute("href") or "")
    assert value(office, "opened_complaint_id", visit_id) == complaint_id
    assert (value(office, "status", visit_id), value(office, "satisfaction", visit_id)) == ("done", "dissatisfied")
    clerk.go(f"/complaintview/show/{complaint_id}")
    assert "修后三天又不制冷" in clerk.text() and number in clerk.text()
    row = office.portal.rows(OPENED, id=complaint_id)[0]
    assert tuple(row) == ("return_visit", number, customer, "received", value(office, "done_at", visit_id))
    assert number not in clerk.pdf(PLAN)
    printed = clerk.pdf(f"/print/now/return_visit_record?record_id={visit_id}")
    for expected in ("回访记录", number, "无人接听", "修后三天又不制冷"):
        assert expected in printed


def test_rv4_an_unsatisfactory_repair_becomes_a_call(office: Office) -> None:
    visit_id, *_rest = office.portal.rows(WHICH)[0]
    clerk = office["clerk"]
    page = clerk.go(f"{WORKLIST}?visit={visit_id}")
    dissatisfied(clerk, "又漏水")
    choose(clerk, "follow_up", "call")
    assert page.locator("[name=voucher_id]").is_visible()
    clerk.send(page.locator("form.call-record"))
    link = page.locator(".alert-success a[href*='/repaircallview/show/']")
    call_id = number_in(link.get_attribute("href") or "")
    assert value(office, "opened_call_id", visit_id) == call_id and value(office, "status", visit_id) == "done"
    clerk.go(f"/repaircallview/show/{call_id}")
    assert "又漏水" in clerk.text()


def test_rv4_a_content_customer_takes_three_clicks(office: Office) -> None:
    clerk = office["clerk"]
    visit_id = office.portal.rows(WHICH)[0][0]
    page = clerk.go(f"{WORKLIST}?visit={visit_id}")
    page.click("[data-all-yes]")
    choose(clerk, "satisfaction", "satisfied")
    clerk.send(page.locator("form.call-record"))
    assert value(office, "status", visit_id) == "done" and value(office, "satisfaction", visit_id) == "satisfied"
    asked = office.portal.one("SELECT count(*) FROM visit_answer WHERE return_visit_id = :visit", visit=visit_id)
    assert asked == office.portal.one("SELECT count(*) FROM visit_question WHERE trigger_on = 'repair' AND required")


def test_rv5_figures_of_the_demo_company_agree_with_the_database(office: Office) -> None:
    manager = office["manager"]  # there may be visits about a complaint against the supervisor, which he does not see
    page = manager.go("/figures/visits/?period=quarter")
    shown = [int(re.sub(r"\D", "", each)) for each in page.locator(".figure-number").all_inner_texts()]
    days = re.findall(r"(\d{4})\D(\d\d?)\D(\d\d?)", page.locator("h1 small").inner_text())
    first, last = (f"{date(*map(int, each))}" for each in days)
    branch = "branch_id = (SELECT id FROM branch WHERE code = 'NJ') AND status <> 'cancelled'"
    due = f"SELECT count(*) FROM return_visit WHERE {branch} AND due_on BETWEEN :first AND :last"
    for place, extra in ((0, ""), (3, " AND status = 'planned'"), (4, " AND status = 'given_up'")):
        assert shown[place] == office.portal.one(due + extra, first=first, last=last)
    assert shown[0] == sum(shown[1:5])
    unsatisfactory = page.locator(".figure-number").nth(6).locator("a")
    if shown[6]:
        with page.expect_navigation():
            unsatisfactory.click()
        assert page.locator("#list tbody tr").count() == shown[6]
    service = office["service"]
    page = service.go("/figures/complaints/?period=quarter")
    received = int(page.locator(".figure-number").first.inner_text())
    with page.expect_navigation():
        page.locator(".figure-number a").first.click()
    assert page.locator("#list tbody tr").count() == received
    # The tables of deadlines lead to the deadlines they count (CP-16).
    number = page.locator("a[href*='deadline=deadlines'][href*='who=']").first
    ended = int(number.inner_text())
    with page.expect_navigation():
        number.click()
    assert page.locator("#list tbody tr").count() == ended
