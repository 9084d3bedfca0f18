"""The evening: an administrator sets the hour, the scheduler mails the day's papers, and neither a killed worker nor a
killed queue server loses one or sends one twice (SO-13, CP-14, RV-3)."""

from __future__ import annotations

import socket
import time
import urllib.request
from collections import Counter
from datetime import timedelta
from email.message import EmailMessage

import pytest

from app.core import clock
from tests.browser.main_line import Day, Office
from tests.browser.portal import Portal
from tests.browser.visitor import Visitor, pdf_text, said
from tests.system.test_running import eventually, health

pytestmark = pytest.mark.browser

IN_THE_MIDDLE = "SELECT id FROM outbox_entry WHERE kind = 'make_document' AND status = 'claimed'"
LEFT = """
    SELECT kind, status, attempts, last_error FROM outbox_entry
    WHERE status NOT IN ('done', 'dropped') AND NOT (attempts = 0 AND next_try_at > :soon)
"""
EVENING = ("服务主任日报表", "投诉登记簿", "回访计划")
SENT = "SELECT count(*) FROM delivery WHERE status = 'sent'"
BRANCHES = "SELECT count(*) FROM branch WHERE kind <> 'head_office'"


def switch_on(administrator: Visitor, title: str) -> None:
    """A row of the schedule: every day from midnight on, which is now."""
    page = administrator.go("/scheduleentryview/list/")
    with page.expect_navigation():
        page.locator("td.main a", has_text=title).first.click()  # the daily one; those of week and month follow
    with page.expect_navigation():
        page.locator("a[href*='/edit/']").click()
    page.fill("[name=at]", "00:00")
    page.select_option("[name=days]", "every_day")
    page.check("[name=active]")
    administrator.send(page.locator("form:has([name=at])"))
    assert said(page)


def catch_a_report(portal: Portal) -> int:
    """Wait until a report is being made; gives its entry."""
    until = time.monotonic() + 20
    while not (found := portal.rows(IN_THE_MIDDLE)):
        assert time.monotonic() < until, "no report was being made"
        time.sleep(0.01)
    return int(found[0][0])


def nothing_left(portal: Portal) -> None:
    """Wait until all that was to be done is done; what is told to people in their hours waits for the morning."""
    until, soon = time.monotonic() + 180, clock.now() + timedelta(hours=1)
    while left := portal.rows(LEFT, soon=str(soon.replace(tzinfo=None))):
        assert time.monotonic() < until, left
        time.sleep(0.2)


def of(portal: Portal, name: str) -> list[EmailMessage]:
    """The mails received with this document."""
    return [mail for mail in portal.mailbox.messages if name in str(mail["Subject"])]


def test_the_evenings_papers_survive_kill_9(day: Day, portal: Portal) -> None:
    day.reach("countersigned")
    administrator = day.office["admin"]
    nothing_left(portal)
    before, sent_before = len(portal.mailbox.messages), portal.one(SENT)

    switch_on(administrator, "服务主任日报表")
    killed = catch_a_report(portal)
    portal.kill("worker")
    switch_on(administrator, "投诉登记簿")
    switch_on(administrator, "回访计划")
    catch_a_report(portal)
    portal.kill("queue")

    nothing_left(portal)
    eventually(lambda: health(portal.port)[0] == 200)
    assert portal.one("SELECT attempts FROM outbox_entry WHERE id = :id", id=killed) == 2
    received = portal.mailbox.messages[before:]
    copies = Counter((mail["To"], mail["Subject"]) for mail in received)
    branches = portal.one(BRANCHES)
    assert set(copies.values()) == {1}
    # 007 of each branch and the register to the director and the service department, its own plan to each branch
    assert len(copies) == (branches + 1) * 2 + branches
    assert portal.one(SENT) == sent_before + len(copies)
    assert portal.one("SELECT count(*) FROM delivery WHERE status <> 'sent'") == 0


def test_the_received_papers_open(day: Day, portal: Portal) -> None:
    if not of(portal, "服务主任日报表"):
        pytest.skip("nothing was mailed: the test before this one says why")
    texts = {}
    for mail in portal.mailbox.messages:
        if not any(name in str(mail["Subject"]) for name in EVENING):
            continue  # a message of the inbox
        attached = list(mail.iter_attachments())
        assert attached[0].get_content_type() == "application/pdf"
        # Registers bring their rows as a spreadsheet too.
        assert [each.get_filename().rpartition(".")[2] for each in attached[1:]] in ([], ["xlsx"])
        texts[str(mail["Subject"])] = pdf_text(attached[0].get_payload(decode=True))
    nanjing = next(text for text in texts.values() if "服务主任日报表" in text and "南京分公司" in text)
    assert day.technician in nanjing and "其余三人今日休息" in nanjing
    assert all(any(name in text for text in texts.values()) for name in EVENING)


def test_a_delivery_is_sent_again_on_wish(day: Day, portal: Portal) -> None:
    service = day.office["service"]
    page = service.go("/deliveryview/list/")
    before = len(portal.mailbox.messages)
    with page.expect_navigation():
        page.locator("td.main a").first.click()
    service.send(page.locator("form[action*='/do/send_again/']"))
    eventually(lambda: len(portal.mailbox.messages) == before + 1)
    assert portal.mailbox.messages[-1]["Message-ID"] not in [m["Message-ID"] for m in portal.mailbox.messages[:-1]]


def test_the_administrator_sees_what_was_done(office: Office) -> None:
    administrator = office["admin"]
    page = administrator.go("/settings/")
    with page.expect_navigation():
        page.locator("a[href$='/tax_rate']").click()
    page.fill("[name=value]", "abc")
    administrator.send(page.locator("form.card"))
    assert page.locator("#value-error").is_visible()
    assert page.input_value("[name=value]") == "abc"
    page.fill("[name=value]", "35.00")
    administrator.send(page.locator("form.card"))
    assert "35.00" in administrator.text()

    page = administrator.go("/auditentryview/list/")
    assert "35.00" in page.locator("tbody tr").first.inner_text()
    with page.expect_navigation():
        page.locator("td.main a").first.click()
    assert "35.00" in administrator.text()
    page = administrator.go("/outboxentryview/list/")
    assert "已完成" in administrator.text()
    # No customer data by default: neither in the menu nor by the address.
    assert page.locator("nav a[href*='customerview']").count() == 0
    assert administrator.context.request.get("/customerview/list/", max_redirects=0).status in (302, 403, 404)


def test_silent_connections_hold_up_nobody(portal: Portal) -> None:
    """Browsers open connections ahead of need; more of them than there are web processes."""
    silent = [socket.create_connection(("127.0.0.1", portal.port)) for _ in range(8)]
    try:
        with urllib.request.urlopen(f"{portal.url}/health", timeout=3) as answer:
            assert answer.status == 200
    finally:
        for connection in silent:
            connection.close()
