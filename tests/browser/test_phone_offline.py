"""The technician's telephone without a network: kept, in order, once, explained, nobody else's (issue 6, CAL-4)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
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
from tests.browser.wire import Wire, wire_to
from tests.conftest import make_app, make_settings
from tests.system.test_running import eventually

pytestmark = pytest.mark.browser
WAITING = "/my/phone/"
KEPT = """async () => {
  const names = (await caches.keys()).filter((name) => name.startsWith("pages-"));
  const found = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
  return found.flat().map((request) => new URL(request.url).pathname);
}"""


class Telephone:
    """A technician's telephone behind a wire, with jobs of the day."""

    def __init__(self, browser: Browser, portal: Portal, wire: Wire, folder: Path) -> None:
        self.browser, self.portal, self.wire = browser, portal, wire
        # Other tests of the portal have confirmed the technician's day already; minutes are refused from then on.
        portal.change("UPDATE technician_report SET status = 'draft', confirmed_at = NULL")
        self.app = make_app(make_settings(folder, portal.database_url))
        self.jobs = self._jobs(5)
        self.visitor = Visitor(browser, wire.url, phone=True).log_in("technician")
        self.page: Page = self.visitor.page
        self.kept()

    def who(self, username: str) -> Any:
        with acting_as(SYSTEM):
            return principal_by_id(self.portal.one("SELECT id FROM ab_user WHERE username = :name", name=username))

    def _jobs(self, count: int) -> list[int]:
        """Free jobs for the technician, as clerk and supervisor make them."""
        found: list[int] = []
        with self.app.app_context():
            clerk, supervisor, technician = (self.who(name) for name in ("clerk", "supervisor", "technician"))
            with acting_as(SYSTEM):
                free = select(Voucher.id).where(
                    Voucher.branch_id == clerk.branch_id,
                    Voucher.warranty_until > clock.today(),
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
                if sent.service_class == "C":
                    found.append(sent.id)
            db.session.remove()
        return found

    def kept(self) -> None:
        """The list of jobs is open, and every page of it lies on the telephone."""
        self.page.goto("/my/")
        links = self.page.locator("a[href^='/my/job/']").evaluate_all("(all) => all.map((each) => each.pathname)")
        wanted = {*links, WAITING, "/my/day"}
        eventually(lambda: wanted <= set(self.page.evaluate(KEPT)), 60)

    def open(self, path: str) -> Page:
        try:
            self.page.goto(path)
        except Interrupted as trouble:
            if "ERR_ABORTED" not in str(trouble):
                raise
            self.page.goto(path)  # it was loading itself again in that moment, having sent what waited
        return self.page

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
        return self.page.locator("[data-entries] section b").all_inner_texts()

    def back(self) -> None:
        """The network is back; everything goes out by itself."""
        self.wire.cut = False
        self.visitor.context.set_offline(False)
        self.page.evaluate("window.dispatchEvent(new Event('online'))")

    def events(self, job: int) -> list[str]:
        rows = self.portal.rows("SELECT kind FROM work_order_event WHERE work_order_id = :job ORDER BY id", job=job)
        return [kind for (kind,) in rows]

    def received(self) -> int:
        return int(self.portal.one("SELECT count(*) FROM received_request"))


@pytest.fixture(scope="module")
def telephone(browser: Browser, portal: Portal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Telephone]:
    with wire_to(portal.port) as wire:
        made = Telephone(browser, portal, wire, tmp_path_factory.mktemp("phone"))
        yield made
        made.visitor.context.close()


def sign(page: Page, form: str) -> None:
    """A stroke with the finger."""
    page.locator(f"{form} canvas").scroll_into_view_if_needed()
    box = page.locator(f"{form} canvas").bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 100, steps=4)
    page.mouse.up()


def test_a_whole_visit_without_a_network_is_sent_once_and_in_order(telephone: Telephone) -> None:
    job, page = telephone.jobs[0], telephone.page
    before = telephone.received()
    telephone.visitor.context.set_offline(True)
    telephone.open(f"/my/job/{job}")
    for verb in ("accept", "on_the_way", "arrive"):
        telephone.press(verb)
    page.locator("#record_time > summary").click()
    page.locator("[data-timer-start]").click()
    expect(page.locator("[data-timer-said]")).to_be_visible()
    with page.expect_navigation():
        page.locator("[data-timer-stop]").click()
    page.select_option("#form-finish [name=fault_code_id]", index=1)
    page.fill("#form-finish [name=result]", "更换保险丝，试机正常")
    telephone.press("finish")
    sign(page, "#form-sign")
    telephone.press("sign")
    labels = telephone.waiting()
    assert (labels[:3], len(labels)) == (["接单", "已出发", "已到达"], 6)
    assert page.locator(".kept-picture").count() == 1  # the signature can be seen
    assert telephone.events(job) == ["dispatched"]
    telephone.back()
    expect(page.locator("[data-entries] .nothing")).to_be_visible(timeout=30_000)
    assert telephone.events(job) == ["dispatched", "accepted", "on_the_way", "arrived", "finished", "signed"]
    assert telephone.received() == before + 6
    assert telephone.portal.one("SELECT minutes FROM time_entry WHERE work_order_id = :job", job=job) == 1
    assert telephone.portal.one("SELECT status FROM work_order WHERE id = :job", job=job) == "finished"


def test_an_answer_that_was_lost_does_nothing_twice(telephone: Telephone) -> None:
    job, page = telephone.jobs[1], telephone.page
    before = telephone.received()
    telephone.open(f"/my/job/{job}")
    telephone.wire.deaf = f"/my/job/{job}/accept"
    with page.expect_navigation():
        page.locator("form[data-verb=accept] [type=submit]").click()
    expect(page.locator("form[data-verb=arrive]")).to_be_visible(timeout=30_000)
    telephone.back()
    expect(page.locator(".job-waiting")).to_have_count(0, timeout=30_000)
    assert telephone.wire.lost == 1  # the portal had done it, and the telephone sent it once more
    assert (telephone.events(job), telephone.received()) == (["dispatched", "accepted"], before + 1)


def test_a_job_given_to_somebody_else_is_explained_and_handed_over(telephone: Telephone) -> None:
    mine, other, page = telephone.jobs[2], telephone.jobs[3], telephone.page
    telephone.wire.cut = True  # as when the portal is down
    for job in (mine, other):
        telephone.open(f"/my/job/{job}")
        telephone.press("accept")
    telephone.open(f"/my/job/{mine}")
    telephone.press("on_the_way")
    with telephone.app.app_context():
        someone = telephone.portal.one(
            "SELECT s.id FROM staff s JOIN branch b ON b.id = s.branch_id LEFT JOIN ab_user u ON u.id = s.user_id "
            "WHERE b.code = 'NJ' AND s.job = 'technician' AND coalesce(u.username, '') <> 'technician' ORDER BY s.id"
        )
        commands.reassign(
            telephone.who("supervisor"), mine, technician_id=someone, reason="客户指定", override_reason="客户指定"
        )
        db.session.remove()
    telephone.open(WAITING)
    telephone.back()
    refused = page.locator(".kept-refused")
    expect(refused).to_have_count(1, timeout=30_000)
    assert "改派" in refused.inner_text()
    assert telephone.events(other) == ["dispatched", "accepted"]  # another job does not wait for it
    expect(page.locator(".kept-waiting")).to_have_count(1)  # what was entered after it stays as well
    refused.get_by_role("button", name="移交主任").click()
    expect(page.locator(".alert-success")).to_be_visible()
    assert telephone.portal.one("SELECT told FROM phone_entry WHERE work_order_id = :job", job=mine)
    expect(page.locator(".kept-refused")).to_have_count(1, timeout=30_000)
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator(".kept-refused").get_by_role("button", name="丢弃").click()
    expect(page.locator("[data-entries] .nothing")).to_be_visible()


def test_taken_along_with_photographs_and_signature(telephone: Telephone, tmp_path: Path) -> None:
    job, page = telephone.jobs[1], telephone.page
    telephone.kept()
    telephone.wire.cut = True
    telephone.open(f"/my/job/{job}")
    telephone.press("arrive")
    telephone.open(f"/my/items/take-back/{job}")
    picture = tmp_path / "照片.jpg"
    Image.effect_noise((2400, 1800), 60).convert("RGB").save(picture, quality=95)
    page.set_input_files("#photos", picture)
    expect(page.locator(".shots img")).to_have_count(1)
    page.fill("[name=condition]", "外壳有划痕")
    sign(page, "#take-back")
    with page.expect_navigation():
        page.locator("#take-back [type=submit]").last.click()
    assert len(telephone.waiting()) == 2
    # Both visits took place in this minute, which no technician can do.
    telephone.portal.change("DELETE FROM time_entry WHERE work_order_id = :job", job=telephone.jobs[0])
    telephone.back()
    expect(page.locator("[data-entries] .nothing")).to_be_visible(timeout=60_000)
    size, signatures = telephone.portal.rows(
        "SELECT f.size, (SELECT count(*) FROM signature s WHERE s.work_order_id = r.work_order_id) FROM goods_receipt r "
        "JOIN goods_photo p ON p.goods_receipt_id = r.id JOIN stored_file f ON f.id = p.stored_file_id "
        "WHERE r.work_order_id = :job",
        job=job,
    )[0]
    assert signatures == 1
    assert size < picture.stat().st_size  # made smaller before it travelled


def colleague(portal: Portal) -> str:
    """Another technician of the branch gets an account, with the same password."""
    columns = "first_name, last_name, password, active, email, username, login_count, fail_login_count"
    portal.change(
        f"INSERT INTO ab_user (id, {columns}) SELECT (SELECT max(id) + 1 FROM ab_user), '同事', '', password, active, "
        "'mate@aftercare.example', 'mate', 0, 0 FROM ab_user WHERE username = 'technician'"
    )
    portal.change(
        "INSERT INTO ab_user_role (id, user_id, role_id) SELECT (SELECT max(id) + 1 FROM ab_user_role), "
        "(SELECT id FROM ab_user WHERE username = 'mate'), r.id FROM ab_role r WHERE r.name = 'technician'"
    )
    portal.change(
        "UPDATE staff SET user_id = (SELECT id FROM ab_user WHERE username = 'mate') WHERE id = (SELECT max(s.id) "
        "FROM staff s JOIN branch b ON b.id = s.branch_id WHERE b.code = 'NJ' AND s.job = 'technician' AND s.user_id IS NULL)"
    )
    return "mate"


def test_nobody_else_sees_it_and_nothing_is_lost_when_the_session_ends(telephone: Telephone) -> None:
    job, page = telephone.jobs[4], telephone.page
    telephone.kept()
    telephone.wire.cut = True
    telephone.open(f"/my/job/{job}")
    telephone.press("accept")
    telephone.visitor.context.clear_cookies()  # the session has ended meanwhile
    telephone.back()
    bar = page.locator("[data-net] a[href*='/login/']")
    expect(bar).to_be_visible(timeout=30_000)
    assert telephone.events(job) == ["dispatched"]
    other = colleague(telephone.portal)
    telephone.visitor.log_in(other)
    telephone.kept()
    caches = page.evaluate("async () => (await caches.keys()).filter((name) => name.startsWith('pages-'))")
    assert len(caches) == 1  # the former person's pages are gone
    assert "等待" in page.locator("[data-net]").inner_text() or "待发" in page.locator("[data-net]").inner_text()
    assert telephone.waiting() == []
    telephone.wire.cut = True
    page.goto(f"/my/job/{job}")
    assert "13900001111" not in page.locator("body").inner_text()
    telephone.wire.cut = False
    page.goto("/my/day")
    with page.expect_navigation():
        page.locator("form[action*='/logout'] [type=submit]").click()
    telephone.visitor.log_in("technician")
    telephone.open(f"/my/job/{job}")
    expect(page.locator("form[data-verb=arrive]")).to_be_visible(timeout=30_000)
    assert telephone.events(job) == ["dispatched", "accepted"]


def test_logged_out_without_a_network_nothing_is_sent_until_the_next_login(telephone: Telephone) -> None:
    job, page = telephone.jobs[4], telephone.page
    telephone.kept()
    telephone.wire.cut = True
    telephone.open(f"/my/job/{job}")
    telephone.press("on_the_way")
    page.once("dialog", lambda dialog: dialog.accept())
    telephone.open("/my/day")
    page.locator("form[action*='/logout'] [type=submit]").click()
    expect(page.locator(".my-main")).to_contain_text("退出")
    with page.expect_navigation(url="**/login/**"):
        telephone.back()
    expect(page.locator("[name=password]")).to_be_visible()
    assert "on_the_way" not in telephone.events(job)
    telephone.visitor.log_in("technician")
    telephone.open(f"/my/job/{job}")
    expect(page.locator(".job-waiting")).to_have_count(0, timeout=30_000)
    assert "on_the_way" in telephone.events(job)
