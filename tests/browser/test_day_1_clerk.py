"""The clerk's morning: calls are entered; mistakes, impatience and the back button do no harm (SO-4)."""

from __future__ import annotations

import pytest

from tests.browser.main_line import Day, Office, find_product, number_in
from tests.browser.visitor import said

pytestmark = pytest.mark.browser

CALLS = "SELECT count(*) FROM repair_call WHERE voucher_id = :voucher"


def test_a_call_is_entered_for_a_customer_found_by_telephone(day: Day) -> None:
    day.reach("entered")
    page = day.office["clerk"].go(f"/repaircallview/show/{day.call_id}")
    assert day.call in page.title()
    assert "冷藏室不制冷，结冰严重" in day.office["clerk"].text()


def test_an_empty_symptom_is_told_at_the_field_and_the_rest_stays(office: Office) -> None:
    day = Day(office, product=1)
    page = find_product(day)
    page.fill("[name=caller_name]", "王女士（邻居）")
    page.select_option("[name=priority]", "urgent")
    office["clerk"].send(page.locator("form#call"))
    assert page.locator("#symptom-error").inner_text() == "此项必填"
    assert page.input_value("[name=caller_name]") == "王女士（邻居）"
    assert page.input_value("[name=priority]") == "urgent"
    assert page.evaluate("document.activeElement.name") == "symptom"
    assert day.value(CALLS) == 0


def test_a_double_click_enters_one_call_and_the_way_back_asks_first(office: Office) -> None:
    day = Day(office, product=1)
    page = find_product(day)
    page.fill("[name=symptom]", "漏水")
    with page.expect_navigation():
        page.locator("form#call [type=submit]").dblclick(no_wait_after=True)
    assert said(page)
    assert day.value(CALLS) == 1
    page.go_back()
    page.fill("[name=symptom]", "漏水")
    office["clerk"].send(page.locator("form#call"))
    # The product has an open call: another one only on purpose.
    assert page.locator("#confirm_duplicate-error").is_visible()
    assert day.value(CALLS) == 1


def test_an_unknown_caller_becomes_a_customer_unless_the_number_is_known(office: Office, day: Day) -> None:
    clerk = office["clerk"]
    page = clerk.go(f"/intake/newcomer?q={day.telephone}")
    page.fill("[name=name]", "新客户")
    page.fill("[name=line]", "中山路1号")
    page.locator(".field:has([name=district_id]) .select2-selection").click()
    page.locator(".select2-search__field").fill("玄武")
    page.locator(".select2-results__option", has_text="玄武").first.click()
    page.locator(".field:has([name=product_model_id]) .select2-selection").click()
    page.locator(".select2-search__field").fill("BC-93")
    page.locator(".select2-results__option", has_text="BC-93").first.click()
    clerk.send(page.locator("form.card"))
    assert day.customer in page.locator("#confirm_telephone-error").inner_text()
    assert page.input_value("[name=name]") == "新客户"
    page.fill("[name=phones]", "13912345670")
    clerk.send(page.locator("form.card"))
    assert page.locator("form#call").is_visible()
    voucher = number_in(page.url)
    assert (
        day.portal.one(
            "SELECT c.name FROM voucher v JOIN customer c ON c.id = v.customer_id WHERE v.id = :id", id=voucher
        )
        == "新客户"
    )
