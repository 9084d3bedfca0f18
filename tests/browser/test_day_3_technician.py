"""The technician's day on a telephone of 390 points' width (SO-5, SO-6, SO-11, SO-22)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.main_line import Day, job_page, press, step_form

pytestmark = pytest.mark.browser

# Everything a finger aims at; a tick box counts with its label, a link inside a sentence is text.
TOO_SMALL = """() => {
  document.querySelectorAll("details").forEach((part) => { part.open = true; });
  const wanted = "button, select, textarea, summary, a, input:not([type=hidden])";
  return [...document.querySelectorAll(wanted)].filter((item) => {
    if (item.closest(".sr-only, [class*=skip]") || item.type === "file") return false;
    const box = (item.type === "checkbox" ? item.closest("label") : item).getBoundingClientRect();
    return box.width > 0 && (box.height < 44 || box.width < 44);
  }).map((item) => item.outerHTML.slice(0, 80) + " " + item.getBoundingClientRect().height);
}"""


def check_for_fingers(page: Page) -> None:
    """Nothing too small for a finger, nothing wider than the screen."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, page.url
    assert page.evaluate(TOO_SMALL) == [], page.url


def test_logging_in_leads_to_the_own_jobs(day: Day) -> None:
    day.reach("dispatched")
    technician = day.office["technician"]
    assert technician.landed.endswith("/my/")
    page = technician.go("/my/")
    assert day.customer in technician.text()
    check_for_fingers(page)


def test_at_the_door(day: Day) -> None:
    day.reach("arrived")
    events = "SELECT count(*) FROM work_order_event WHERE work_order_id = :order AND kind = 'arrived'"
    technician = day.office["technician"]
    # Another window, left open before, still shows the button: pressing it again changes nothing.
    answer = technician.page.evaluate(
        """async (url) => await (await fetch(url, {method: "POST", headers: {"X-CSRFToken":
           document.querySelector("[name=csrf-token]").content}})).text()""",
        f"/my/job/{day.order_id}/arrive",
    )
    assert "alert-danger" in answer
    assert day.value(events) == 1
    check_for_fingers(job_page(day))


def test_so22_a_part_is_reserved_from_the_telephone_and_seen_in_the_van(day: Day) -> None:
    day.reach("arrived")
    kept = "SELECT coalesce(sum(quantity), 0) FROM part_reservation r JOIN work_order o ON o.number = r.reference"
    kept += " WHERE o.id = :order AND r.release = 'kept'"
    technician, page = day.office["technician"], job_page(day)
    form = step_form(day, "reserve_part")
    # Found by its initials; a name that is only typed and not chosen is no part.
    page.fill("#part-wanted", "mft")
    press(day, "reserve_part")
    assert page.locator(f"{form} .field-error").is_visible()
    job_page(day)
    page.fill("#part-wanted", "mft")
    choice = page.locator(f"{form} .part-choice", has_text="门封条")
    choice.wait_for()
    assert "南京分公司仓库" in choice.inner_text()
    check_for_fingers(page)
    choice.click()
    page.fill(f"{form} [name=quantity]", "2")
    press(day, "reserve_part")
    assert day.value(kept) == 2
    page = technician.go("/my/van/")
    check_for_fingers(page)
    assert day.customer in page.locator("main").inner_text()
    rows = page.locator(".van-part:visible")
    before = rows.count()
    page.fill("[data-part-search]", "mft")
    page.locator("[data-part-said]", has_text="南京分公司仓库").wait_for()
    assert rows.count() < before
    page = job_page(day)
    page.locator("form[action$='/release_parts'] button").click()
    technician.yes()
    assert day.value(kept) == 0


def test_wrong_minutes_are_told_at_the_field_and_stay(day: Day) -> None:
    day.reach("agreed")
    page = job_page(day)
    form = step_form(day, "record_time")
    for wrong, told in (("0", "1"), ("900", ""), ("", "此项必填")):
        page.fill(f"{form} [name=minutes]", wrong)
        page.fill(f"{form} [name=note]", "拆机检查")
        press(day, "record_time")
        assert told in page.locator(f"{form} .field-error").inner_text()
        assert page.input_value(f"{form} [name=minutes]") == wrong
        assert page.input_value(f"{form} [name=note]") == "拆机检查"
    check_for_fingers(page)
    assert day.value("SELECT count(*) FROM time_entry WHERE work_order_id = :order") == 0


def test_so22_a_part_nobody_agreed_to_pay_is_not_fitted(day: Day) -> None:
    day.reach("agreed")
    page = job_page(day)
    form = step_form(day, "fit_part")
    parts = page.locator(f"{form} [name=part_id] option").evaluate_all("(all) => all.map((one) => one.value)")
    page.select_option(f"{form} [name=part_id]", next(part for part in parts if part not in ("", day.part)))
    press(day, "fit_part")
    assert page.locator(f"{form} .field-error").is_visible()
    assert day.value("SELECT count(*) FROM part_fitted WHERE work_order_id = :order") == 0


def test_so5_without_signature_or_reason_nothing_is_closed(day: Day) -> None:
    day.reach("finished")
    clerk = day.office["clerk"]
    page = clerk.go(f"/workorderview/show/{day.order_id}")
    clerk.send(page.locator("form[action*='/do/close/']"))
    assert page.locator(".alert-danger").is_visible()
    assert day.state() == "finished"


def test_the_customer_signs(day: Day) -> None:
    day.reach("finished")
    page = job_page(day)
    press(day, "sign")
    assert page.locator(f"{step_form(day, 'sign')} .field-error").is_visible()
    day.reach("signed")
    check_for_fingers(page)


def test_so11_the_day_is_confirmed(day: Day) -> None:
    day.reach("signed")
    technician = day.office["technician"]
    page = technician.go("/my/day")
    page.fill("[name=started_at]", "2020-01-01T08:00")
    page.fill("[name=minutes]", "0")
    technician.send(page.locator("form[action$='/day/internal']"))
    assert page.locator("#minutes-error").is_visible()
    check_for_fingers(page)
    day.reach("confirmed")
    check_for_fingers(page)
    assert page.locator("form[action$='/confirm']").count() == 0
    sheet = technician.pdf(page.locator("a[href*='/print/now/technician_daily']").get_attribute("href") or "")
    assert day.technician in sheet and day.customer in sheet


def test_every_page_of_the_telephone_is_for_fingers(day: Day) -> None:
    day.reach("arrived")
    technician = day.office["technician"]
    tabs = technician.go("/my/").locator(".my-tabs a").evaluate_all("(all) => all.map((each) => each.pathname)")
    assert len(tabs) >= 7
    job = f"/my/job/{day.order_id}"
    forms = (f"{job}?keep=1", f"/my/items/take-back/{day.order_id}?keep=1", f"/money/mine/job/{day.order_id}?keep=1")
    for path in (*tabs, "/my/phone/", *forms):
        check_for_fingers(technician.go(path))


def test_foreign_jobs_do_not_exist(day: Day) -> None:
    foreign = day.portal.one(
        "SELECT o.id FROM work_order o JOIN staff s ON s.id = o.technician_id WHERE s.name <> :name ORDER BY o.id DESC",
        name=day.technician,
    )
    technician = day.office["technician"]
    for address in (f"/my/job/{foreign}", f"/workorderview/show/{foreign}"):
        assert technician.context.request.get(address).status == 404, address
