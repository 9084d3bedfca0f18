"""Nothing serious found by axe-core on the pages used most, in light and in dark; and everything works by keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.main_line import Office
from tests.browser.visitor import PHONE

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text()
RUN = """async () => {
  const kinds = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  const found = await axe.run(document, {runOnly: kinds});
  return found.violations.filter((each) => ['serious', 'critical'].includes(each.impact))
    .map((each) => each.id + ': ' + each.nodes.slice(0, 3).map((node) => node.target.join(' ')).join(', '));
}"""
# (path, whether the first record there is opened)
PAGES: dict[str, list[tuple[str, bool]]] = {
    "clerk": [
        ("/", False),
        ("/intake/?q=王", False),
        ("/repaircallview/list/", True),
        ("/customerview/list/", True),
        ("/customerview/add", False),
        ("/repaircardview/list/?show=house", True),
        ("/voucherview/list/", True),
        ("/search/?q=王", False),
    ],
    "supervisor": [
        ("/", False),
        ("/dispatch/", False),
        ("/workorderview/list/", True),
        ("/branch-day/", False),
        ("/workshop/ageing/", False),
    ],
    "technician": [("/my/", True), ("/my/van/", False), ("/my/day", False), ("/my/report/", False)],
    "service": [
        ("/contractview/list/", True),
        ("/complaintview/list/", True),
        ("/returnvisits/worklist/", False),
        ("/print/", False),
    ],
    "accountant": [("/", False), ("/money/cash/", False), ("/money/to-invoice/", False), ("/invoiceview/list/", True)],
    "director": [("/", False), ("/figures/complaints/", False)],
    "admin": [("/settings/", False), ("/auditentryview/list/", True), ("/staffview/add", False)],
    "manager": [("/", False), ("/approvalview/list/?show=pending", True)],
}
# Forms and what is opened less often: looked at once, dark or light and wide or narrow in turn.
MORE = {
    "clerk": ["/complaintview/add", "/intake/newcomer", "/day-close/", "/money/cash/"],
    "supervisor": ["/deadline/", "/inbox/", "/absenceview/add", "/deadline/breaches"],
    "technician": ["/my/items/", "/money/mine/"],
    "service": ["/figures/visits/?period=quarter", "/contractview/add", "/complaintreadingview/list/"],
    "accountant": ["/money/outstanding/", "/cashhandoverview/list/"],
    "director": ["/approvalview/list/"],
    "admin": ["/system/", "/users/add", "/scheduleentryview/list/", "/outboxentryview/list/"],
    "manager": ["/branch-day/"],
}


def violations(page: Page) -> list[str]:
    """What axe finds on the page now open."""
    page.evaluate(AXE)  # past the page's content policy, which would not load it
    found: list[str] = page.evaluate(RUN)
    return [f"{page.url}: {each}" for each in found]


@pytest.mark.parametrize("username", PAGES)
def test_axe_finds_nothing_serious(office: Office, username: str) -> None:
    page, wrong = office[username].page, []
    size = page.viewport_size
    phone: Any = PHONE["viewport"]
    try:
        for number, (path, opened) in enumerate(PAGES[username]):
            # Light and dark, wide and narrow in turn: a page is looked at twice, in opposite ways.
            for dark, narrow in ((number % 2 == 0, True), (number % 2 == 1, False)):
                page.emulate_media(color_scheme="dark" if dark else "light")
                if username != "technician":
                    page.set_viewport_size(phone if narrow else {"width": 1440, "height": 900})
                page.goto(path)
                wrong += violations(page)
                record = page.locator("td.main a[href*='/show/'], a.job-link")
                if opened and record.count():
                    page.goto(str(record.first.get_attribute("href")))
                    wrong += violations(page)
        for number, path in enumerate(MORE[username]):
            page.emulate_media(color_scheme="light" if number % 2 else "dark")
            if username != "technician":
                page.set_viewport_size(phone if number % 4 < 2 else {"width": 1440, "height": 900})
            answer = page.goto(path)
            assert answer is not None and answer.ok, path
            wrong += violations(page)
    finally:
        page.emulate_media(color_scheme="light")
        if size is not None:
            page.set_viewport_size(size)
    assert not wrong, "\n".join(sorted(set(wrong)))


def test_by_keyboard_alone(office: Office) -> None:
    page = office["clerk"].page
    page.goto("/repaircallview/list/")
    page.keyboard.press("Tab")
    assert page.locator(":focus").get_attribute("href") == "#content", "the way past the menu comes first"
    # "/" goes to the search box; arrows choose, Enter opens.
    page.keyboard.press("/")
    assert page.locator(":focus").get_attribute("id") == "finder"
    page.keyboard.type("王", delay=20)
    page.locator(".finder-found [data-hit]").first.wait_for()
    page.keyboard.press("ArrowDown")
    title = page.locator(":focus b").inner_text()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert title in page.locator("h1").inner_text()
    # Escape closes what is open; typing "/" in a field is a slash.
    page.keyboard.press("/")
    page.keyboard.type("1/2")
    assert page.locator("#finder").input_value() == "1/2"
    # What opens by Enter gives the cursor back when Escape closes it; where it stands is ringed.
    page.goto("/repaircallview/list/")
    for way, inside in (("details.drop summary:has-text('显示列')", "input.tick"), ("a[data-detail]", ".detail-close")):
        opener = page.locator(way).first
        opener.focus()
        page.keyboard.press("Enter")
        if way.startswith("details"):
            page.keyboard.press("Tab")
        page.locator(f"{inside}:focus").wait_for()
        page.keyboard.press("Escape")
        assert opener.evaluate("(each) => each === document.activeElement"), way
        ring = opener.evaluate("(each) => getComputedStyle(each).outline")
        assert "solid 2px" in ring, ring


def test_what_was_typed_is_not_lost(office: Office) -> None:
    page = office["clerk"].page
    asked: list[str] = []
    page.goto("/customerview/add")
    page.locator("[name=name]").fill("未保存的客户")

    def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    try:
        page.locator("a.brand").click(no_wait_after=True)
        page.wait_for_timeout(300)
        assert asked == ["beforeunload"]
        assert page.locator("[name=name]").input_value() == "未保存的客户"
    finally:
        page.remove_listener("dialog", stay)
    # Ctrl-S sends the form: what is missing is said at its field, and what was typed stays.
    page.locator("[name=name]").fill("")
    page.locator("[name=email]").fill("kein@example.com")
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    assert page.locator("[name=email]").input_value() == "kein@example.com"
    assert page.locator("#name-error").count() == 1


def test_menu_and_colours_are_remembered(office: Office) -> None:
    page = office["clerk"].page
    page.goto("/repaircallview/list/")
    wide = page.locator("nav.sidebar").bounding_box()
    page.locator("[data-menu-toggle]").click()
    page.locator("header details.drop summary").click()
    page.locator("[data-themes] [value=dark]").check()
    page.goto("/customerview/list/")
    try:
        narrow = page.locator("nav.sidebar").bounding_box()
        assert wide and narrow and narrow["width"] < wide["width"] / 2
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == "rgb(18, 23, 30)"
    finally:
        page.evaluate("localStorage.clear()")
    page.goto("/")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(244, 246, 249)"


# What stands past the right edge; what scrolls by itself (tables, tabs, the board) may.
CUT = """() => {
  const width = document.documentElement.clientWidth, found = [];
  const own = ".table-wrap, .tabs, .board, [class*=board-], .week";
  document.querySelectorAll("main *").forEach((each) => {
    const box = each.getBoundingClientRect();
    if (box.width && box.right > width + 1 && each.checkVisibility() && !each.closest(own)) found.push(each.className || each.tagName);
  });
  if (document.documentElement.scrollWidth > width + 1) found.push("the page itself");
  return found.slice(0, 4);
}"""


@pytest.mark.parametrize("username", [who for who in PAGES if who != "technician"])
def test_at_twice_the_size_nothing_is_cut(office: Office, username: str) -> None:
    """Zoomed to 200 % a desk of 1440 has 720 px."""
    page, wrong = office[username].page, []
    size = page.viewport_size
    page.set_viewport_size({"width": 720, "height": 450})
    try:
        for path, opened in [*PAGES[username], *((path, False) for path in MORE[username])]:
            page.goto(path)
            record = page.locator("td.main a[href*='/show/']")
            addresses = [str(record.first.get_attribute("href"))] if opened and record.count() else []
            for address in ("", *addresses):
                if address:
                    page.goto(address)
                page.wait_for_timeout(150)  # charts are drawn anew
                wrong += [f"{page.url}: {each}" for each in page.evaluate(CUT)]
    finally:
        if size is not None:
            page.set_viewport_size(size)
    assert not wrong, "\n".join(wrong)


def test_from_the_list_to_the_verb_by_keyboard(office: Office) -> None:
    """A list, its record, a verb with a form, its question: all without a mouse, and axe is content with the dialog."""
    page = office["supervisor"].page
    page.goto("/repaircallview/list/?show=waiting")
    row = page.locator("td.main a").first
    number = row.inner_text()
    row.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert number in page.locator("h1").inner_text()
    cancel = page.locator(".page-actions .btn-quiet-danger").last
    cancel.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    first = page.locator("form.form .form-control").first
    first.focus()
    page.keyboard.type("客户改变主意")
    assert violations(page) == []
    # A question: Escape takes it back, the answer that matters is reached by Tab and has the colour of what it does.
    page.evaluate("document.querySelector('form.form').dataset.confirm = '确定？'")
    page.keyboard.press("Control+s")
    dialog = page.locator("dialog#confirm[open]")
    dialog.wait_for()
    assert violations(page) == []
    page.keyboard.press("Escape")
    assert dialog.count() == 0
    assert first.input_value() == "客户改变主意"
    page.evaluate(
        "document.querySelector('form.form').dataset.sent = '1'"
    )  # nothing to lose: leave without being asked


def test_a_customers_page_reads_its_tabs_and_what_was_saved_is_said(office: Office) -> None:
    page = office["clerk"].page
    page.goto("/repaircallview/list/")
    page.goto(str(page.locator("td.main a").first.get_attribute("href")))
    page.goto(str(page.locator("dd a[href*='/customerview/show/']").first.get_attribute("href")))
    page.locator("a[data-tab=calls]").click()
    page.wait_for_url("**tab=calls")
    assert page.locator("[data-tab-panel] table.list tbody tr").count() >= 1
    assert violations(page) == []
    page.reload()
    assert page.locator("a[data-tab][aria-current]").get_attribute("data-tab") == "calls"
    page.locator("a.fact").first.click()
    page.wait_for_url("**tab=calls")
    # Saved: said in the corner, in a region that a screen reader follows; closed by its button.
    page.locator(".page-actions a[href*='/edit/']").click()
    page.wait_for_url("**/edit/**")
    page.locator("[name=email]").fill("kunde@example.com")
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    said = page.locator("[data-toasts][aria-live=polite] .alert-success")
    said.wait_for()
    said.evaluate("(line) => Promise.all(line.getAnimations().map((each) => each.finished))")
    assert violations(page) == []
    said.locator("button").click()
    assert page.locator("[data-toasts] .alert").count() == 0


def test_tabs_show_one_list_or_all(office: Office) -> None:
    page = office["clerk"].page
    done = office.portal.one(
        "SELECT max(w.id) FROM work_order w JOIN branch b ON b.id = w.branch_id WHERE w.status = 'closed' AND b.code = 'NJ'"
    )
    page.goto(f"/workorderview/show/{done}")
    panels, tabs = page.locator("[data-panel]"), page.locator("[data-tabs] button")
    assert panels.count() == tabs.count() - 1 >= 2
    assert panels.filter(visible=True).count() == panels.count()
    tabs.last.click()
    assert panels.filter(visible=True).count() == 1
    assert page.url.endswith(f"#{panels.filter(visible=True).get_attribute('data-panel')}")
    page.reload()
    assert panels.filter(visible=True).count() == 1
    tabs.first.click()
    assert panels.filter(visible=True).count() == panels.count()
