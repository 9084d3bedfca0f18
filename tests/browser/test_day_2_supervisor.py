"""The supervisor's board: one call, one technician, whatever is clicked and by whom (SO-14, SO-19)."""

from __future__ import annotations

import pytest

from tests.browser.main_line import Day, Office, give_reasons
from tests.browser.visitor import Visitor, said

pytestmark = pytest.mark.browser

ORDERS = "SELECT count(*) FROM work_order WHERE repair_call_id = :call"


def test_the_call_on_the_board_goes_to_the_technician(day: Day) -> None:
    day.reach("dispatched")
    assert day.value("SELECT status FROM repair_call WHERE id = :call") == "dispatched"
    # With the job goes the voucher (SO-3).
    day.office["clerk"].go(f"/voucherview/show/{day.voucher_id}")
    assert day.technician in day.office["clerk"].text()


def test_so14_calls_carried_over_stand_first(day: Day) -> None:
    page = day.reach("dispatched").office["supervisor"].go("/dispatch/")
    marked = ["结转" in text for text in page.locator("a.waiting").all_inner_texts()]
    assert marked == sorted(marked, reverse=True)


def test_no_technician_a_double_click_and_a_colleague_who_was_faster(office: Office) -> None:
    day = Day(office, product=2).reach("entered")
    supervisor = office["supervisor"]
    page = supervisor.go(f"/dispatch/?call={day.call_id}")
    colleague = supervisor.context.new_page()
    colleague.goto(f"/dispatch/?call={day.call_id}")

    with colleague.expect_navigation():
        colleague.locator("form#send [type=submit]").click()
    assert colleague.locator(".people .field-error").inner_text() == "此项必填"
    assert day.value(ORDERS) == 0

    page.locator("label.person", has_text=day.technician).click()
    give_reasons(page)
    with page.expect_navigation():
        page.locator("form#send [type=submit]").dblclick(no_wait_after=True)
    assert day.technician in said(page)
    assert day.value(ORDERS) == 1

    colleague.locator("label.person").last.click()
    with colleague.expect_navigation():
        colleague.locator("form#send [type=submit]").click()
    assert colleague.locator(".alert-warning").is_visible()
    colleague.close()
    # The way back shows the board as it is now, not the form that was sent.
    page.go_back()
    assert page.locator(".alert-warning").is_visible()
    assert day.value(ORDERS) == 1


def test_the_language_is_switched_and_stays(office: Office) -> None:
    supervisor: Visitor = office["supervisor"]
    page = supervisor.go("/dispatch/")
    assert page.locator("h1").inner_text().startswith("派工")
    with page.expect_navigation():
        page.locator(".languages a[hreflang=en]").click()
    supervisor.go("/dispatch/")
    assert page.locator("h1").inner_text().startswith("Dispatch")
    assert page.locator("html").get_attribute("lang") == "en"
    with page.expect_navigation():
        page.locator(".languages a[hreflang^=zh]").click()
    supervisor.go("/dispatch/")
    assert page.locator("h1").inner_text().startswith("派工")
