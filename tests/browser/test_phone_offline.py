"""The technician's telephone without a network: kept, in order, once, explained, nobody else's (issue 6, CAL-4)."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from app.core import clock
from app.core.errors import Refused
from app.fieldservice import rules
from tests.browser.portal import Portal
from tests.browser.telephone import HOLDS, KEPT, WAITING, Telephone, sign, unfold
from tests.browser.wire import wire_to
from tests.system.test_running import eventually

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def telephone(browser: Browser, portal: Portal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Telephone]:
    with wire_to(portal.port) as wire:
        made = Telephone(browser, portal, wire, tmp_path_factory.mktemp("phone"))
        yield made
        made.visitor.context.close()


@pytest.fixture(autouse=True)
def network(telephone: Telephone) -> Iterator[None]:
    """A test that fails while the network is cut does not take the next ones with it."""
    yield
    telephone.wire.cut, telephone.wire.deaf = False, ""
    telephone.visitor.context.set_offline(False)


def test_a_whole_visit_without_a_network_is_sent_once_and_in_order(telephone: Telephone) -> None:
    job, page = telephone.jobs[0], telephone.page
    before = telephone.received()
    telephone.visitor.context.set_offline(True)
    telephone.open(f"/my/job/{job}")
    expect(page.locator("[data-net]")).to_contain_text(re.compile(r"\d月\d+日 \d\d:\d\d"))
    for verb in ("accept", "on_the_way", "arrive"):
        telephone.press(verb)
    # Told that steps may have changed, which they did not: the button still does its work once.
    page.evaluate("for (const _twice of [1, 2]) document.dispatchEvent(new CustomEvent('phone:steps'))")
    page.evaluate(
        "addEventListener('submit', () => { sessionStorage.sent = (sessionStorage.sent || '') + 'x'; }, true)"
    )
    page.locator("#record_time > summary").click()
    page.locator("[data-timer-start]").click()
    expect(page.locator("[data-timer-said]")).to_be_visible()
    with page.expect_navigation():
        page.locator("[data-timer-stop]").click()
    assert page.evaluate("sessionStorage.sent") == "x"
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
    telephone.give_away(mine)
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
    telephone.see(f"/my/job/{job}", "form[data-verb=arrive]")
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
    expect(page.locator(".my-main")).to_contain_text("已在本机退出登录")
    with page.expect_navigation(url="**/login/**"):
        telephone.back()
    expect(page.locator("[name=password]")).to_be_visible()
    assert "on_the_way" not in telephone.events(job)
    telephone.visitor.log_in("technician")
    telephone.open(f"/my/job/{job}")
    expect(page.locator(".job-waiting")).to_have_count(0, timeout=30_000)
    assert "on_the_way" in telephone.events(job)


# Small enough to be collected on the spot.
CHEAPEST = (
    "SELECT p.id FROM part p JOIN stock_balance b ON b.part_id = p.id JOIN stock_place l ON l.id = b.place_id "
    "JOIN staff s ON s.id = l.staff_id JOIN ab_user u ON u.id = s.user_id "
    "WHERE u.username = 'technician' AND b.quantity > b.reserved + 1 AND NOT p.serial_tracked ORDER BY p.price"
)


def quoted_and_agreed(telephone: Telephone, job: int) -> str:
    """At the customer's without a network: quote with a part of the van, told, signed for; gives the part's id."""
    page = telephone.page
    telephone.open(f"/my/job/{job}")
    for verb in ("accept", "arrive"):
        telephone.press(verb)
    part = telephone.portal.one(CHEAPEST)
    page.evaluate("document.querySelectorAll('#steps details').forEach((part) => { part.open = true; })")
    page.fill("#form-quote [name=minutes]", "40")
    page.fill(f"#form-quote [name=need-{part}]", "1")
    telephone.press("quote")
    assert page.locator(".estimate tr").count() >= 3
    sign(page, ".estimate")
    telephone.press("agree_charges")
    expect(page.locator("[data-estimate-agreed]")).to_be_visible()
    return str(part)


def finished(telephone: Telephone, part: str = "") -> None:
    """The part is fitted, the work done and signed for."""
    page = telephone.page
    if part:
        unfold(page)
        page.select_option("#form-fit_part [name=part_id]", part)
        telephone.press("fit_part")
    result(page)
    telephone.press("finish")
    sign(page, "#form-sign")
    telephone.press("sign")


def result(page: Page) -> None:
    """What was found and done."""
    unfold(page)
    page.select_option("#form-finish [name=fault_code_id]", index=1)
    page.fill("#form-finish [name=result]", "更换配件，试机正常")


FITTED = "SELECT part_id FROM part_fitted WHERE work_order_id = :job"
CHARGED = "SELECT sum(quantity * unit_price) FROM charge WHERE work_order_id = :job"


def test_so6_a_paid_visit_without_a_network_is_quoted_agreed_and_paid(telephone: Telephone) -> None:
    job, page, portal = telephone.paid[0], telephone.page, telephone.portal
    # The visits of the tests before took place in these minutes.
    portal.change("DELETE FROM time_entry WHERE work_order_id IS NOT NULL AND day = :day", day=str(clock.today()))
    telephone.kept()
    eventually(lambda: f"/money/mine/job/{job}" in page.evaluate(KEPT), 60)
    telephone.visitor.context.set_offline(True)
    part = quoted_and_agreed(telephone, job)
    told = page.locator(".estimate .total td").last.inner_text()
    finished(telephone, part)
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    with page.expect_navigation():
        page.locator("[data-estimate-cash]").click()
    expect(page.locator("[data-no-number]").first).to_be_visible()
    expect(page.locator("[data-money-later] [name=amount]")).to_have_value(told.replace(",", ""))
    with page.expect_navigation():
        page.locator("[data-money-later] [type=submit]").click()
    labels = telephone.waiting()
    assert len(labels) == 8 and labels[-1] == "收款"
    telephone.back()
    expect(page.locator("[data-entries] .nothing")).to_be_visible(timeout=60_000)
    way = ["dispatched", "accepted", "arrived", "quoted", "charges_agreed", "finished", "signed"]
    assert [each for each in telephone.events(job) if each in way] == way
    assert portal.one(FITTED, job=job) == int(part)
    amount, number = portal.rows("SELECT amount, number FROM payment WHERE work_order_id = :job", job=job)[0]
    assert f"{portal.one(CHARGED, job=job) / 100:.2f}" == told.replace(",", "") == f"{amount / 100:.2f}" and number
    assert portal.one("SELECT consent_how FROM work_order WHERE id = :job", job=job) == "signature"


def test_so6_the_offices_price_counts_and_what_mends_a_refusal_goes_before_it(telephone: Telephone) -> None:
    job, page, portal = telephone.paid[1], telephone.page, telephone.portal
    money, way = f"/money/mine/job/{job}", ["quoted", "charges_agreed", "finished", "signed"]
    portal.change("DELETE FROM time_entry WHERE work_order_id IS NOT NULL AND day = :day", day=str(clock.today()))
    telephone.kept()
    telephone.wire.cut = True
    part = quoted_and_agreed(telephone, job)
    portal.change("UPDATE price_item SET price = price + 1000 WHERE kind = 'callout'")  # ten yuan more meanwhile
    try:
        telephone.open(WAITING)
        telephone.back()
        refused = page.locator(".kept-refused")
        expect(refused).to_have_count(1, timeout=30_000)
        assert "以公司价格为准" in refused.inner_text()
        telephone.open(f"/my/job/{job}")
        assert "以公司价格为准" in page.locator(".job-waiting").inner_text()
        # The customer wants it cheaper: the new quote does not wait behind the consent to the old one.
        unfold(page)
        page.fill("#form-quote [name=minutes]", "20")
        telephone.visitor.send(page.locator("#form-quote"))
        expect(page.locator(".job-waiting .chip")).to_have_count(1)
        page.select_option("#form-agree_charges [name=how]", "telephone")
        telephone.visitor.send(page.locator("#form-agree_charges"))
        expect(page.locator(".job-waiting")).to_have_count(0)
        first = portal.one(CHARGED, job=job)
        telephone.open(money)
        expect(page.locator("[data-money-now] [name=amount]")).to_have_value(f"{first / 100:.2f}")
        eventually(lambda: page.evaluate(HOLDS, [money, f'value="{first / 100:.2f}"']), 30)
        telephone.open(f"/my/job/{job}")
        eventually(lambda: page.evaluate(HOLDS, [f"/my/job/{job}", 'href="' + money]), 30)
        # It takes longer after all, and there is no network: the new sum is asked for, not the one agreed to before.
        telephone.wire.cut = True
        telephone.open(f"/my/job/{job}")
        unfold(page)
        page.fill("#form-quote [name=minutes]", "95")
        telephone.press("quote")
        expect(page.locator("#form-quote [name=minutes]")).to_have_value("95")
        told = page.locator(".estimate .total td").last.inner_text().replace(",", "")
        assert Decimal(told) > Decimal(first) / 100
        expect(page.locator(f"a[href='{money}']:visible")).to_have_count(0)
        sign(page, ".estimate")
        telephone.press("agree_charges")
        unfold(page)
        with page.expect_navigation():
            page.locator("[data-estimate-cash]").click()
        expect(page.locator("[data-money-later] [name=amount]")).to_have_value(told)
        expect(page.locator("[data-money-now]:visible")).to_have_count(0)
        # Finished without the part that was agreed to: it is fitted before what was not taken.
        telephone.open(f"/my/job/{job}")
        finished(telephone)
        telephone.open(WAITING)
        telephone.back()
        expect(refused).to_have_count(1, timeout=30_000)
        expect(page.locator(".kept-waiting")).to_have_count(1)
        telephone.open(f"/my/job/{job}")
        unfold(page)
        page.select_option("#form-fit_part [name=part_id]", part)
        telephone.visitor.send(page.locator("#form-fit_part"))
        result(page)
        page.locator("#form-finish [type=submit]").click()
        expect(page.locator(".job-waiting")).to_have_count(0, timeout=60_000)
        assert [each for each in telephone.events(job) if each in way] == ["quoted", *way[:2], *way]
        assert portal.one(FITTED, job=job) == int(part)
        assert telephone.waiting() == []
    finally:
        portal.change("UPDATE price_item SET price = price - 1000 WHERE kind = 'callout'")


# Whether a sum may be agreed to, and how many totals stand there, when these verbs wait.
ESTIMATED = """(chains) => chains.map((verbs, at) => {
  const steps = document.getElementById("steps");
  const fields = { quote: [["minutes", "30"]], mark_misuse: [["misuse", "y"]] };
  const waiting = verbs.map((verb) => ({ verb, key: `${at}-${verb}`, fields: fields[verb] }));
  document.dispatchEvent(new CustomEvent("phone:job", { detail: { steps, waiting } }));
  const box = steps.querySelector("[data-estimate-shown]");
  return [box.querySelector("[data-estimate-none]").hidden, box.querySelectorAll(".total").length];
})"""


def test_so6_the_telephone_reckons_as_the_portal_does(telephone: Telephone) -> None:
    """Quotes of all kinds: the lines of ``phone_quote.js`` are those of ``rules.quote_lines``, to the fen."""
    chance, page, cases = random.Random(6), telephone.page, []
    money = lambda: chance.choice([None, Decimal(chance.randrange(0, 90000)) / 100])  # noqa: E731 - three words, used once
    for _case in range(300):
        prices = rules.Prices(money(), money(), chance.choice([1, 15, 30]), inspection=money())
        free = rules.Free(*(chance.random() < 0.3 for _each in range(3)))
        flat = chance.choice([None, Decimal(chance.randrange(1, 50000)) / 100])
        fault = chance.choice(["7", ""])  # a flat price of a fault, or one that holds whatever the fault is
        parts = [rules.QuotedPart(key, f"P{key}", chance.randrange(1, 9), money() or Decimal(0)) for key in range(3)]
        asked = {"minutes": chance.choice([0, 1, 30, 31, 95]), "fault": fault if flat is not None else "8"}
        asked |= {"inspection": chance.random() < 0.3, "parts": [[str(each.part_id), each.quantity] for each in parts]}
        text = {
            name: None if (price := getattr(prices, name)) is None else str(price)
            for name in ("callout", "labour", "inspection")
        }
        basis = {
            **text,
            "unit": prices.unit_minutes,
            "free": free._asdict(),
            "names": {},
            "flat": {fault: ["", str(flat)]},
        }
        basis["parts"] = {str(each.part_id): [each.name, str(each.price)] for each in parts}
        try:
            lines = rules.quote_lines(
                free, prices._replace(flat=flat), asked["minutes"], parts, inspection=asked["inspection"]
            )
            expected = [[line.kind, line.quantity, int(line.unit_price * line.quantity * 100)] for line in lines]
        except Refused:
            expected = None
        cases.append((basis, asked, expected))
    telephone.open(f"/my/job/{telephone.paid[0]}?keep=1")
    found = page.evaluate(
        "(cases) => cases.map(([list, asked]) => { const found = phoneQuote.estimate(list, asked);"
        " return found && found.lines.map((each) => [each.kind, each.quantity, each.amount]); })",
        [[basis, asked] for basis, asked, _expected in cases],
    )
    assert found == [expected for _basis, _asked, expected in cases]
    assert sum(each is None for each in found) not in (0, len(found))
    # Marked as misuse before the quote: what that makes free only the portal knows.
    shown = page.evaluate(ESTIMATED, [["quote"], ["mark_misuse", "quote"]])
    assert shown == [[True, 1], [False, 0]]


def test_a_clock_that_goes_wrong_and_a_signature_that_is_not_sent_yet(telephone: Telephone) -> None:
    """The arrival fills in "Began at" by the portal's clock; a page with a drawing does not load itself again (CAL-4)."""
    job, other, page = telephone.jobs[4], telephone.jobs[3], telephone.page
    telephone.kept()
    telephone.wire.cut = True
    telephone.open(f"/my/job/{job}")
    page.evaluate("async () => phoneStore.setFact('pulse', {person: 0, ahead: 3600000})")  # an hour fast
    telephone.press("arrive")
    began = page.locator("#form-record_time [name=started_at]")
    expect(began).not_to_have_value("")
    told = clock.at_local(date.fromisoformat(began.input_value()[:10]), time.fromisoformat(began.input_value()[11:16]))
    assert abs(clock.now() - timedelta(hours=1) - told) < timedelta(minutes=3)
    telephone.open(f"/my/items/take-back/{other}")
    sign(page, "#take-back")
    page.evaluate("document.documentElement.dataset.same = '1'")
    telephone.back()
    eventually(lambda: "arrived" in telephone.events(job), 30)
    expect(page.locator("[data-net]")).to_be_hidden(timeout=20_000)  # told that everything is sent
    assert page.locator("html[data-same]").count() == 1
    assert page.input_value("#take-back [name=drawing]").startswith("data:image/png")


def test_what_the_portal_could_not_answer_waits_and_what_another_window_sent_is_sent(telephone: Telephone) -> None:
    job, page = telephone.jobs[4], telephone.page
    telephone.open(f"/my/job/{job}")
    # Refused while the form is open, and no answer when the page is asked for with its fault: nothing is forgotten.
    page.route(f"**/my/job/{job}/ask_for_help", lambda route: _unless_scripted(route))
    with page.expect_event("requestfailed", lambda request: request.is_navigation_request()):
        page.evaluate("document.getElementById('form-ask_for_help').requestSubmit()")  # without a reason
    page.unroute(f"**/my/job/{job}/ask_for_help")
    telephone.open(WAITING)
    expect(page.locator(".kept-refused")).to_have_count(1, timeout=30_000)  # sent once more, and not taken
    expect(page.locator("[data-entries] section")).to_have_count(1)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="丢弃").click()
    expect(page.locator("[data-entries] .nothing")).to_be_visible()
    # Whoever sends it, the window that made it hears how it went.
    telephone.open(f"/my/job/{job}")
    heard = page.evaluate(
        """async (reasons) => {
          const flush = phoneStore.flush;
          phoneStore.flush = (pulse) => flush(pulse);  // as if another window had sent it
          const states = [];
          for (const value of reasons) {
            const form = document.getElementById("form-ask_for_help");
            form.elements.reason.value = value;
            const { state, answer } = await phone.keepAndSend(phone.make(form));
            states.push([state, (answer.refused || []).length]);
          }
          phoneStore.flush = flush;
          for (const each of await phoneStore.all()) await phoneStore.remove(each.id);
          return states;
        }""",
        ["缺少备件", ""],
    )
    assert heard == [["sent", 0], ["refused", 1]]
    # What was not taken is not lost by what is entered after it: money stays, photographs go on.
    telephone.wire.cut = True
    assert page.evaluate(PLACES, job) == ["collect 100", "quote", "collect 300", "take_back 外壳", "take_back 照片.png"]


PLACES = """async (job) => {
  const make = (verb, value, state) => ({
    key: phoneStore.newKey(), person: phone.setup.person, name: "", path: `/x/job/${job}/${verb}`, fields: [["what", value]],
    deviceAt: Date.now(), group: `job-${job}`, job: String(job), verb, label: verb, title: "", lines: [], told: [], state,
  });
  await phoneStore.add(make("collect", "300", "refused"));
  await phone.keepAndSend(make("collect", "100", "waiting"));
  await phone.keepAndSend(make("quote", "", "waiting"));
  const old = make("take_back", "", "refused");
  await phoneStore.add({ ...old, group: "other", fields: [["photos", new File(["x"], "照片.png")]] });
  await phone.keepAndSend({ ...make("take_back", "外壳", "waiting"), group: "other" });
  const all = await phoneStore.all();
  for (const each of all) await phoneStore.remove(each.id);
  return all.flatMap((each) => each.fields.map(([, value]) => `${each.verb} ${value.name || value}`.trim()));
}"""


def _unless_scripted(route: Route) -> None:
    if route.request.is_navigation_request():
        route.abort()
    else:
        route.continue_()


def test_a_job_given_away_meanwhile_is_explained_online_too(telephone: Telephone) -> None:
    job, page = telephone.jobs[3], telephone.page
    telephone.open(f"/my/job/{job}")
    telephone.give_away(job)
    with page.expect_navigation(url=f"**{WAITING}"):
        page.locator("form[data-verb=on_the_way] [type=submit]").click()
    assert "改派" in page.locator(".kept-refused").inner_text()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="丢弃").click()
    expect(page.locator("[data-entries] .nothing")).to_be_visible()


def test_old_pages_go_and_a_broken_store_does_not_shut_the_portal(telephone: Telephone) -> None:
    page = telephone.page
    telephone.kept()
    telephone.wire.cut = True  # first: a page of the day still on its way would take the place of the old one
    page.evaluate(
        """async () => {
          const pages = await caches.open((await caches.keys()).find((name) => name.startsWith("pages-")));
          const found = await pages.match("/my/day", { ignoreVary: true }), headers = new Headers(found.headers);
          headers.set("X-Kept-At", new Date(Date.now() - 4 * 24 * 3600 * 1000).toISOString());
          await pages.put("/my/day", new Response(await found.text(), { headers }));
        }"""
    )
    telephone.open("/my/day")
    assert page.locator("[data-entries], .day-sums").count() == 0  # of four days ago: no longer shown
    telephone.wire.cut = False
    telephone.open("/my/")
    (worker,) = telephone.visitor.context.service_workers
    worker.evaluate("() => { IDBFactory.prototype.open = () => { throw new Error('broken'); }; }")
    page.evaluate("() => new Promise((done) => { indexedDB.deleteDatabase('aftercare-phone').onsuccess = done; })")
    telephone.open("/my/day")
    expect(page.locator(".day-sums")).to_be_visible()
