"""A technician's telephone behind a wire that a test can cut, and what a finger does on it."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Error as Interrupted
from sqlalchemy import select

from app.core import clock
from app.core.actors import SYSTEM, acting_as, principal_by_id
from app.core.db import db
from app.customers.models import Voucher
from app.fieldservice import commands
from app.fieldservice.models import RepairCall
from tests.browser.portal import Portal
from tests.browser.visitor import Visitor
from tests.browser.wire import Wire
from tests.conftest import make_app, make_settings

WAITING = "/my/phone/"
KEPT = """async () => {
  const names = (await caches.keys()).filter((name) => name.startsWith("pages-"));
  const found = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
  return found.flat().map((request) => new URL(request.url).pathname);
}"""
# Whether the page kept of an address has this in it.
HOLDS = """async ([path, text]) => {
  for (const name of (await caches.keys()).filter((each) => each.startsWith("pages-"))) {
    const found = await (await caches.open(name)).match(path, { ignoreVary: true });
    if (found && (await found.text()).includes(text)) return true;
  }
  return false;
}"""


class Telephone:
    """A technician's telephone behind a wire, with jobs of the day."""

    def __init__(self, browser: Browser, portal: Portal, wire: Wire, folder: Path) -> None:
        self.browser, self.portal, self.wire = browser, portal, wire
        # Other tests of the portal have confirmed the technician's day already; minutes are refused from then on.
        portal.change("UPDATE technician_report SET status = 'draft', confirmed_at = NULL")
        self.app = make_app(make_settings(folder, portal.database_url))
        self.jobs = self._jobs(5)
        self.paid = self._jobs(2, "A")
        self.visitor = Visitor(browser, wire.url, phone=True).log_in("technician")
        self.page: Page = self.visitor.page
        self.kept()

    def who(self, username: str) -> Any:
        with acting_as(SYSTEM):
            return principal_by_id(self.portal.one("SELECT id FROM ab_user WHERE username = :name", name=username))

    def _jobs(self, count: int, work_class: str = "C") -> list[int]:
        """Jobs of a class for the technician, as clerk and supervisor make them."""
        found: list[int] = []
        with self.app.app_context():
            clerk, supervisor, technician = (self.who(name) for name in ("clerk", "supervisor", "technician"))
            with acting_as(SYSTEM):
                within = Voucher.warranty_until > clock.today()
                free = select(Voucher.id).where(
                    Voucher.branch_id == clerk.branch_id,
                    within if work_class == "C" else ~within,
                    Voucher.id.not_in(select(RepairCall.voucher_id)),
                )
                vouchers = list(db.session.scalars(free.order_by(Voucher.id.desc()).limit(40)))
            for voucher in vouchers:
                if len(found) == count:
                    break
                call = commands.enter_call(clerk, voucher, symptom="开机无反应", caller_phone="13900001111")
                sent = commands.dispatch(
                    supervisor, call.id, technician_id=technician.staff_id, out_of_turn_reason="客户急需"
                )
                if sent.service_class == work_class:
                    found.append(sent.id)
            db.session.remove()
        return found

    def kept(self) -> None:
        """The list of jobs is open, and every page of it lies on the telephone."""
        for _again in range(4):
            self.open("/my/")
            links = self.page.locator("a[href^='/my/job/']").evaluate_all("(all) => all.map((each) => each.pathname)")
            missing = {*links, WAITING, "/my/day"}
            until = time.monotonic() + 30
            while (missing := missing - set(self.page.evaluate(KEPT))) and time.monotonic() < until:
                self.page.wait_for_timeout(50)
            if not missing:
                return
            # A portal slow to answer had the telephone show its own list, with jobs given away meanwhile: once more.
        raise AssertionError(f"not kept: {missing}; the page shows: {self.page.locator('body').inner_text()[:400]}")

    def open(self, path: str) -> Page:
        try:
            self.page.goto(path)
        except Interrupted as trouble:
            if "ERR_ABORTED" not in str(trouble):
                raise
            self.page.goto(path)  # it was loading itself again in that moment, having sent what waited
        return self.page

    def see(self, path: str, what: str) -> None:
        """Open a page and see this on it; a page that loaded itself anew in that moment took the way back once."""
        for patience in (8_000, 8_000, 30_000):
            self.open(path)
            with suppress(AssertionError):
                return expect(self.page.locator(what)).to_be_visible(timeout=patience)
        raise AssertionError(f"{what} is not on {self.page.url}: {self.page.locator('body').inner_text()[:400]}")

    def press(self, verb: str) -> None:
        """A button of the job that is open; the page comes back from the telephone."""
        form = self.page.locator(f"form[data-verb={verb}]").first
        with self.page.expect_navigation():
            form.locator("[type=submit]").first.click()
        expect(self.page.locator(".job-waiting .chip").first).to_be_visible()

    def waiting(self) -> list[str]:
        """Labels of what waits, in order."""
        self.open(WAITING)
        expect(self.page.locator("[data-entries] > *").first).to_be_visible()
        try:
            return self.page.locator("[data-entries] section b").all_inner_texts()
        except Interrupted:  # it loaded itself again, something having been sent
            return self.waiting()

    def back(self) -> None:
        """The network is back; everything goes out by itself."""
        self.wire.cut = False
        self.visitor.context.set_offline(False)
        self.page.evaluate("window.dispatchEvent(new Event('online'))")

    def give_away(self, job: int) -> None:
        """The supervisor gives the job to somebody else."""
        with self.app.app_context():
            someone = self.portal.one(
                "SELECT s.id FROM staff s JOIN branch b ON b.id = s.branch_id LEFT JOIN ab_user u ON u.id = s.user_id "
                "WHERE b.code = 'NJ' AND s.job = 'technician' AND coalesce(u.username, '') <> 'technician' ORDER BY s.id"
            )
            commands.reassign(
                self.who("supervisor"), job, technician_id=someone, reason="客户指定", override_reason="客户指定"
            )
            db.session.remove()

    def events(self, job: int) -> list[str]:
        rows = self.portal.rows("SELECT kind FROM work_order_event WHERE work_order_id = :job ORDER BY id", job=job)
        return [kind for (kind,) in rows]

    def received(self) -> int:
        return int(self.portal.one("SELECT count(*) FROM received_request"))


def sign(page: Page, form: str) -> None:
    """A stroke with the finger."""
    page.locator(f"{form} canvas").scroll_into_view_if_needed()
    box = page.locator(f"{form} canvas").bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 100, steps=4)
    page.mouse.up()


def unfold(page: Page) -> None:
    """Every step of the job is open."""
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
