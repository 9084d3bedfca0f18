"""What only a hand and a camera can do: drag on the dispatch board, scan at the intake, open an explanation
(SO-3, SO-4, SO-14, SO-19, CAL-5)."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OPTIONS, find_browser
from tests.browser.film import code_128, ean_13, film, qr, rows_of, seeing
from tests.browser.main_line import Office, give_reasons
from tests.browser.visitor import Visitor, said

pytestmark = pytest.mark.browser

JOBS = "SELECT technician_id, appointment_at FROM work_order WHERE repair_call_id = :call AND status = 'dispatched'"
STATUS = "SELECT status FROM repair_call WHERE id = :call"


def free_cells(page: Page) -> list[Locator]:
    """Days of technicians with time and without a job."""
    return page.locator("[data-drop]:not([data-free='']):not(:has(.jobchip))").all()


def drop(page: Page, call: Locator, cell: Locator) -> Locator:
    """Drag the call there by hand; gives the form that asks before anything is done."""
    call.drag_to(cell)
    form = page.locator(".drop-dialog[open] form")
    form.wait_for()
    return form


def test_so19_a_call_dropped_on_a_day_of_a_technician_is_dispatched(office: Office) -> None:
    supervisor = office["supervisor"]
    page = supervisor.go("/dispatch/")
    call = page.locator("a.waiting").first  # whoever is first needs no reason for his turn (SO-14)
    cell = free_cells(page)[0]
    call_id, staff_id = int(call.get_attribute("data-call") or 0), int(cell.get_attribute("data-staff") or 0)
    name, free = cell.get_attribute("data-name") or "", cell.get_attribute("data-free") or ""
    form = drop(page, call, cell)
    assert name in form.inner_text()
    assert form.locator("[name=appointment_at]").input_value() == free
    assert not form.locator("[name=reason]").is_visible()
    supervisor.send(form)
    assert name in said(page)
    job = office.portal.rows(JOBS, call=call_id)
    assert [row.technician_id for row in job] == [staff_id]
    assert page.locator(f"[data-drop][data-staff='{staff_id}'] .jobchip b", has_text=free[-5:]).count() >= 1
    assert page.locator(f"a.waiting[data-call='{call_id}']").count() == 0


def test_so19_a_call_dropped_on_an_absent_technician_is_refused_and_nothing_changes(office: Office) -> None:
    supervisor = office["supervisor"]
    page = supervisor.go("/dispatch/")
    cell = free_cells(page)[-1]
    staff_id, day = cell.get_attribute("data-staff") or "", cell.get_attribute("data-day") or ""
    supervisor.go("/absenceview/add")
    page.select_option("[name=staff_id]", staff_id)
    page.fill("[name=starts_at]", f"{day}T00:00")
    page.fill("[name=ends_at]", f"{day}T23:59")
    supervisor.send(page.locator("form:has([name=starts_at])"))
    page = supervisor.go("/dispatch/")
    cell = page.locator(f"[data-drop][data-staff='{staff_id}'][data-day='{day}']")
    assert "缺勤" in cell.inner_text()
    call = page.locator("a.waiting").first
    call_id = int(call.get_attribute("data-call") or 0)
    supervisor.send(drop(page, call, cell))
    refused = page.locator("form#send .field-error")
    assert (cell.get_attribute("data-name") or "?") in refused.first.inner_text()
    assert office.portal.one(STATUS, call=call_id) == "open"
    assert office.portal.rows(JOBS, call=call_id) == []
    # What was chosen is still chosen: with the other technician and the same hour it goes.
    assert page.locator(f"form#send [name=technician_id][value='{staff_id}']").is_checked()
    page.locator(f"form#send [name=technician_id]:not([value='{staff_id}'])").first.check()
    give_reasons(page)
    supervisor.send(page.locator("form#send"))
    assert said(page)


def test_cal5_a_click_on_a_deadline_explains_it_in_the_list_and_on_the_page(office: Office) -> None:
    supervisor = office["supervisor"]
    page = supervisor.go("/repaircallview/list/?_flt_1_status=closed")
    chip = page.locator("table a[data-detail]").first
    chip.click()
    window = page.locator("#detail[open]")
    window.wait_for()
    steps = window.locator("ol.steps").first.inner_text()
    assert steps.strip()
    number = window.locator("h2 a").inner_text()
    address = window.locator("a[href*='deadline_explanation']").get_attribute("href") or ""
    # The same segments on paper, one page.
    printed = supervisor.pdf(address)
    assert number in printed
    first = "".join(steps.split("\n")[0].split())
    assert first in printed, (first, printed)
    window.locator(".detail-close").click()
    assert page.locator("#detail[open]").count() == 0
    with page.expect_navigation():
        page.locator(".list a", has_text=number).first.click()
    page.locator("a[data-detail]").first.click()
    window.wait_for()
    assert window.locator("ol.steps").first.inner_text() == steps


# -- the camera ---------------------------------------------------------------------------------------------------


def test_so3_the_camera_reads_the_voucher_and_its_product_is_taken(office: Office, tmp_path: Path) -> None:
    """A real picture through the browser's camera, decoded on the page: search, product and form follow by themselves."""
    number, voucher_id = office.portal.rows(
        "SELECT v.number, v.id FROM voucher v JOIN branch b ON b.id = v.branch_id WHERE b.code = 'NJ' ORDER BY v.id"
    )[3]
    with seeing(office.browser, find_browser(), OPTIONS, film(qr(number), tmp_path / "voucher.y4m")) as browser:
        clerk = Visitor(browser, office.portal.url).log_in("clerk")
        page = clerk.go("/intake/")
        page.locator("[data-scan]").click()
        page.wait_for_selector(f"form#call[action*='/call/{voucher_id}']")
        assert page.input_value("#q") == number
        assert page.locator("#scan[open]").count() == 0
        clerk.leave()


# A picture of a code through the reader that stands beside every page that scans.
READ = """([rows, scale, wanted]) => new Promise((done) => {
  const from = document.querySelector("[data-reader]").dataset, canvas = document.createElement("canvas");
  canvas.width = rows[0].length * scale;
  canvas.height = rows.length * scale;
  const pen = canvas.getContext("2d"), at = (address) => new URL(address, location.href).href;
  rows.forEach((row, y) => row.forEach((dark, x) => {
    pen.fillStyle = dark ? "black" : "white";
    pen.fillRect(x * scale, y * scale, scale, scale);
  }));
  const worker = new Worker(from.reader);
  worker.onmessage = ({ data }) => {
    if (data.ready) worker.postMessage({ picture: pen.getImageData(0, 0, canvas.width, canvas.height) });
    else { worker.terminate(); done(data.failed || data.text); }
  };
  worker.postMessage({ library: at(from.readerLibrary), wasm: at(from.readerWasm), wanted });
})"""


def test_so22_the_telephones_camera_reads_the_bar_code_of_a_part(office: Office, tmp_path: Path) -> None:
    """Code 128 before the camera finds the part in the van; EAN-13 and QR are read by the same reader."""
    code = office.portal.one(
        "SELECT p.code FROM part p JOIN stock_balance b ON b.part_id = p.id JOIN stock_place l ON l.id = b.place_id "
        "JOIN staff s ON s.id = l.staff_id JOIN ab_user u ON u.id = s.user_id "
        "WHERE u.username = 'technician' AND b.quantity > 0 ORDER BY p.code"
    )
    video = film(rows_of(code_128(code)), tmp_path / "part.y4m")
    with seeing(office.browser, find_browser(), OPTIONS, video) as browser:
        technician = Visitor(browser, office.portal.url, phone=True).log_in("technician")
        page = technician.go("/my/van/")
        page.locator("[data-camera]").click()
        expect(page.locator("[data-part-search]")).to_have_value(code)
        expect(page.locator(".van-part:visible")).to_have_count(1)
        assert page.locator("video").is_hidden()
        # Two boxes of a page that scan at the same time both hear the answer.
        assert page.evaluate(TWO_AT_ONCE) == [code, code]
        for rows, text, name in (
            (rows_of(ean_13("6901234567892")), "6901234567892", "ean_13"),
            (qr("PZ-NJ-000123"), "PZ-NJ-000123", "qr_code"),
        ):
            assert page.evaluate(READ, [rows, 3, ["qr_code", "code_128", "ean_13"]]) == text, name
        # Beside an item's tag stands the maker's bar code: it is not taken for a number of ours.
        page = technician.go("/workshop/")
        page.evaluate(SOME_LOOKS)
        page.locator("[data-scan-start]").click()
        expect(page.locator("body")).to_have_attribute("data-read", "qr_code:")
        technician.leave()


# What the page's own scanning reads in five pictures, and of which kinds of codes.
SOME_LOOKS = """() => {
  const read = officeCamera.read;
  officeCamera.read = (video, box, _stopped, formats) => {
    let looks = 0;
    return read(video, box, () => ++looks > 5, formats).then((text) => {
      document.body.dataset.read = `${formats}:${text}`;
      return new Promise(() => undefined);
    });
  };
}"""
TWO_AT_ONCE = """() => {
  const from = document.querySelector("[data-reader]");
  const read = () => { const video = document.createElement("video"); video.muted = true; return officeCamera.read(video, from); };
  const late = new Promise((_done, failed) => setTimeout(() => failed(new Error("one hears nothing")), 15000));
  return Promise.race([Promise.all([read(), read()]), late]);
}"""
