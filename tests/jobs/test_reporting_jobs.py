"""The schedule, the making and the mailing of documents, on both databases and through a real SMTP server.

Every job may run twice with one effect; nothing is lost, nothing is sent twice.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import pytest
from flask import current_app
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select, update

from app.core import clock, files, outbox
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.errors import NotPermitted, Refused
from app.core.uow import unit_of_work
from app.fieldservice import commands as fieldservice
from app.organisation.models import Staff
from app.reporting import commands, jobs
from app.reporting.models import (
    Delivery,
    DistributionList,
    DistributionMember,
    MadeDocument,
    ScheduleEntry,
    SupervisorReport,
    TechnicianReport,
)
from tests.cast import Cast
from tests.commands.complaint_days import enter
from tests.mailserver import Mailbox, mail_server

FRIDAY = date(2026, 11, 20)
EVENING = datetime(2026, 11, 20, 18, 5)


@pytest.fixture
def mailbox(office: Cast) -> Iterator[Mailbox]:
    with mail_server() as server:
        before = current_app.config["MAIL_URL"]
        current_app.config["MAIL_URL"] = server.url
        yield server
        current_app.config["MAIL_URL"] = before


def _schedule(
    document: str,
    *,
    per_branch: bool = False,
    at: time = time(18, 0),
    days: str = "working_days",
    name: str = "",
) -> int:
    name = name or document
    with unit_of_work(SYSTEM, "test.schedule") as session:
        to = DistributionList(code=f"list-{name}", name="管理层")
        to.members.append(DistributionMember(name="郑海涛", email="director@example.com"))
        session.add(to)
        session.flush()
        entry = ScheduleEntry(
            code=f"daily-{name}",
            document_name=document,
            at=at,
            days=days,
            per_branch=per_branch,
            distribution_list_id=to.id,
        )
        session.add(entry)
        session.flush()
        return entry.id


def _tick(at: datetime) -> None:
    with clock.frozen(at), acting_as(SYSTEM):
        jobs.run_schedule(clock.now())


def _drain(at: datetime) -> list[str]:
    with clock.frozen(at):
        return outbox.drain()


def _all(model: type) -> list:  # type: ignore[type-arg]  # rows of whatever is asked for
    with acting_as(SYSTEM):
        return list(db.session.execute(select(model).order_by(model.id)).scalars())  # type: ignore[attr-defined]  # likewise


def test_cp14_the_register_is_made_and_mailed_once(mailbox: Mailbox) -> None:
    _schedule("complaint_register")
    for _ in range(2):
        _tick(EVENING)
        _drain(EVENING)
    assert [delivery.status for delivery in _all(Delivery)] == ["sent"]
    (message,) = mailbox.messages
    assert message["To"] == "director@example.com"
    assert "投诉登记簿" in message["Subject"]
    attachment, sheet = message.iter_attachments()
    assert attachment.get_filename().endswith(".pdf") and sheet.get_filename().endswith(".xlsx")
    assert "投诉登记簿" in PdfReader(io.BytesIO(attachment.get_content())).pages[0].extract_text()


@pytest.mark.parametrize("account", [True, False], ids=["with an account", "without"])
def test_cp4_who_is_complained_about_is_mailed_a_register_without_it(
    office: Cast, mailbox: Mailbox, account: bool
) -> None:
    with clock.frozen(EVENING - timedelta(hours=3)):
        numbers = [enter(office["clerk"], subject_id=office.staff(who)).number for who in ("service", "technician")]
    _schedule("complaint_register")
    with unit_of_work(SYSTEM, "test.member") as session:
        person = session.get(Staff, office.staff("service"))
        person.email = "Service@example.com"
        person.user.active = account
        to = session.scalars(select(DistributionList)).one()
        to.members.append(DistributionMember(name=person.name, email="service@example.com"))
    _tick(EVENING)
    for _again in range(3):
        _drain(EVENING)
    printed = {}
    for message in mailbox.messages:
        if "投诉登记簿" not in message["Subject"]:
            continue  # who handles it is told of it
        attachment, _sheet = message.iter_attachments()
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(attachment.get_content())).pages)
        printed[message["To"]] = [number for number in numbers if number in text]
    theirs = {"service@example.com": numbers[1:]} if account else {}  # nobody's eyes to make it with
    assert printed == {"director@example.com": numbers, **theirs}
    # In the archive as well: the copy made with their own eyes, and what tells of nobody.
    for who, found in (("director", [None]), ("service", [office.staff("service")] if account else [])):
        with acting_as(office[who]):
            assert list(db.session.scalars(select(MadeDocument.for_staff_id))) == found


def test_nothing_is_made_before_its_time_or_on_a_closed_day(mailbox: Mailbox) -> None:
    _schedule("complaint_register")
    _tick(datetime(2026, 11, 20, 17, 59))
    assert outbox.due() == []
    _tick(datetime(2026, 11, 21, 18, 5))  # a Saturday
    assert outbox.due() == []


def test_a_make_up_working_day_is_a_working_day(mailbox: Mailbox) -> None:
    """CAL-2: Saturday 2026-10-10 is worked."""
    _schedule("complaint_register")
    _tick(datetime(2026, 10, 10, 18, 5))
    _drain(datetime(2026, 10, 10, 18, 5))
    assert [row.params["date"] for row in _all(MadeDocument)] == ["2026-10-10"]


def test_so12_each_branch_gets_its_own_007(mailbox: Mailbox) -> None:
    _schedule("supervisor_daily", per_branch=True)
    _tick(EVENING)
    _drain(EVENING)
    with acting_as(SYSTEM):
        assert sorted(row.branch.code for row in _all(MadeDocument)) == ["NJ", "SC", "SZ"]
    assert len(mailbox.messages) == 3
    assert {row.status for row in _all(SupervisorReport)} == {"draft"}


def test_so14_the_next_day_list_is_kept_and_mailed_once_when_the_day_is_closed(mailbox: Mailbox, office: Cast) -> None:
    """SO-14: the schedule names the lists, closing the day gives the moment; nothing is made at the entry's own hour."""
    for number in range(2):  # two lists with a reader in common
        _schedule("next_day_dispatch", per_branch=True, at=time(17, 0), name=f"next-{number}")
    _tick(EVENING)
    _drain(EVENING)
    assert _all(MadeDocument) == []
    for _ in range(2):
        with clock.frozen(EVENING):
            fieldservice.close_day(office["clerk"], office.branches["NJ"], FRIDAY)
        _tick(EVENING)
        _drain(EVENING)
    assert [(row.name, row.params["date"]) for row in _all(MadeDocument)] == [("next_day_dispatch", "2026-11-20")]
    assert [message["To"] for message in mailbox.messages] == ["director@example.com"]
    assert "次日派工表" in mailbox.messages[0]["Subject"]


def test_so11_sheets_are_drafted_before_they_are_printed(mailbox: Mailbox) -> None:
    _schedule("technician_daily", per_branch=True)
    _tick(EVENING)
    assert len(_all(TechnicianReport)) == 3
    _tick(EVENING)
    assert len(_all(TechnicianReport)) == 3


def test_a_mail_server_that_is_away_is_asked_again(mailbox: Mailbox) -> None:
    _schedule("complaint_register")
    mailbox.rcpt_answer = "451 later"
    _tick(EVENING)
    _drain(EVENING)
    assert [row.status for row in _all(Delivery)] == ["waiting"]
    mailbox.rcpt_answer = "250 OK"
    _drain(datetime(2026, 11, 20, 18, 10))
    assert [row.status for row in _all(Delivery)] == ["sent"]
    assert len(mailbox.messages) == 1


def test_an_administrator_tries_a_delivery_again_that_was_laid_aside(mailbox: Mailbox, office: Cast) -> None:
    _schedule("complaint_register")
    mailbox.rcpt_answer = "451 later"
    _tick(EVENING)
    for hours in range(8):
        _drain(EVENING + timedelta(hours=2 * hours))
    mailbox.rcpt_answer = "250 OK"
    assert [row.status for row in _all(Delivery)] == ["failed"]
    (entry,) = [row for row in _all(outbox.OutboxEntry) if row.status == "dead"]
    later = EVENING + timedelta(days=1)
    with clock.frozen(later):
        outbox.retry(office["admin"], entry.id)
    _drain(later)
    (delivery,) = _all(Delivery)
    assert (delivery.status, delivery.error) == ("sent", "")
    assert len(mailbox.messages) == 1


def test_a_failed_delivery_sent_again_by_hand_is_not_sent_a_third_time(mailbox: Mailbox, office: Cast) -> None:
    _schedule("complaint_register")
    mailbox.rcpt_answer = "451 later"
    _tick(EVENING)
    for hours in range(8):
        _drain(EVENING + timedelta(hours=2 * hours))
    mailbox.rcpt_answer = "250 OK"
    (entry,) = [row for row in _all(outbox.OutboxEntry) if row.status == "dead"]
    (first,) = _all(Delivery)
    later = EVENING + timedelta(days=1)
    with clock.frozen(later):
        commands.send_again(office["service"], first.id)
        outbox.retry(office["admin"], entry.id)
    _drain(later)
    assert [row.status for row in _all(Delivery)] == ["failed", "sent"]
    assert len(mailbox.messages) == 1


def test_an_address_the_server_refuses_fails_and_says_why(mailbox: Mailbox) -> None:
    _schedule("complaint_register")
    mailbox.rcpt_answer = "550 no such user"
    _tick(EVENING)
    _drain(EVENING)
    (delivery,) = _all(Delivery)
    assert delivery.status == "failed"
    assert "no such user" in delivery.error


def test_a_connection_that_breaks_after_the_text_is_not_repeated(mailbox: Mailbox) -> None:
    _schedule("complaint_register")
    mailbox.hang_up_after_data = True
    _tick(EVENING)
    _drain(EVENING)
    mailbox.hang_up_after_data = False
    _drain(datetime(2026, 11, 20, 20, 0))
    (delivery,) = _all(Delivery)
    assert delivery.status == "uncertain"
    assert len(mailbox.messages) == 1


def test_a_worker_killed_while_handing_over_leaves_it_to_people(mailbox: Mailbox) -> None:
    _schedule("complaint_register")
    _tick(EVENING)
    with clock.frozen(EVENING):
        (first,) = outbox.due()
        outbox.process(first[0])  # makes the document and wants its delivery
        with unit_of_work(SYSTEM, "test.kill") as session:
            session.execute(update(Delivery).values(status="sending"))
        outbox.drain()
    (delivery,) = _all(Delivery)
    assert delivery.status == "uncertain"
    assert mailbox.messages == []


def test_send_again_is_a_delivery_of_its_own(mailbox: Mailbox, office: Cast) -> None:
    _schedule("complaint_register")
    _tick(EVENING)
    _drain(EVENING)
    (delivery,) = _all(Delivery)
    with clock.frozen(EVENING):
        commands.send_again(office["service"], delivery.id)
        with pytest.raises(Refused):
            commands.send_again(office["service"], delivery.id)
        outbox.drain()
    assert [(row.round, row.status) for row in _all(Delivery)] == [(1, "sent"), (2, "sent")]
    assert len(mailbox.messages) == 2
    assert mailbox.messages[0]["Message-ID"] != mailbox.messages[1]["Message-ID"]


def test_a_document_asked_for_is_made_with_the_eyes_of_who_asks(office: Cast) -> None:
    with clock.frozen(EVENING):
        key = commands.ask_for_document(office["clerk"], "repair_call_register", day=FRIDAY)
        outbox.drain()
    (made,) = _all(MadeDocument)
    assert made.key == key
    assert made.branch_id == office.branches["NJ"]
    with acting_as(SYSTEM):
        assert files.read(made.stored_file).startswith(b"%PDF")
    with acting_as(office["clerk_sz"]):
        assert db.session.execute(select(MadeDocument)).all() == []


def test_who_may_not_print_it_may_not_ask_for_it(office: Cast) -> None:
    with pytest.raises(NotPermitted):
        commands.ask_for_document(office["clerk"], "complaint_register", day=FRIDAY)


def test_so13_from_draft_to_signature(office: Cast) -> None:
    with clock.frozen(EVENING):
        for who in ("technician", "technician2"):
            sheet = commands.draft_technician_report(office[who], office.staff(who), FRIDAY)
            commands.confirm_technician_report(office[who], sheet.id)
        report = commands.draft_supervisor_report(office["supervisor"], office.branches["NJ"], FRIDAY)
        commands.submit_supervisor_report(office["supervisor"], report.id)
        with pytest.raises(Refused):
            commands.reopen_technician_report(office["supervisor"], sheet.id, reason="改")
        commands.sign_supervisor_report(office["manager"], report.id)
    (report,) = _all(SupervisorReport)
    assert (report.status, report.signed_by_id) == ("signed", office.staff("manager"))


def test_so12_a_supervisor_reports_for_the_own_branch(office: Cast) -> None:
    with pytest.raises(Refused):
        commands.draft_supervisor_report(office["supervisor"], office.branches["SZ"], FRIDAY)


def test_so11_nobody_drafts_a_colleagues_sheet(office: Cast) -> None:
    with pytest.raises(Refused):
        commands.draft_technician_report(office["technician"], office.staff("technician2"), FRIDAY)


# -- weekly, monthly, quarterly (CP-14, RV-5) -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "days", "morning", "about", "title"),
    [
        ("complaint_register", "weekly", datetime(2026, 11, 23, 18, 5), "2026-11-22", "投诉登记簿 2026-W47"),
        ("complaint_analysis", "monthly", datetime(2026, 11, 2, 18, 5), "2026-10-31", "投诉分析报告 2026-10"),
        # the first days of October are the National Day holidays
        ("return_visit_analysis", "quarterly", datetime(2026, 10, 8, 18, 5), "2026-09-30", "回访分析报告 2026-Q3"),
    ],
)
def test_cp14_made_on_the_first_working_day_about_the_period_before(
    mailbox: Mailbox, name: str, days: str, morning: datetime, about: str, title: str
) -> None:
    _schedule(name, days=days)
    for when in (morning - timedelta(days=1), morning, morning + timedelta(minutes=30), morning + timedelta(days=1)):
        _tick(when)
        _drain(when)
    (made,) = _all(MadeDocument)
    assert (made.params["date"], made.title) == (about, title)
    (message,) = mailbox.messages
    names = [part.get_filename() for part in message.iter_attachments()]
    assert [name.rsplit(".", 1)[1] for name in names] == ["pdf", "xlsx"]
    sheet = list(message.iter_attachments())[1].get_content()
    assert load_workbook(io.BytesIO(sheet)).worksheets
    with acting_as(SYSTEM):
        assert made.sheet_file is not None and files.read(made.sheet_file) == sheet


def test_cp14_a_document_is_made_only_for_the_periods_it_knows(office: Cast) -> None:
    with pytest.raises(Refused) as refusal:
        commands.ask_for_document(office["service"], "complaint_analysis", day=FRIDAY, period="day")
    assert refusal.value.field == "period"
    assert commands.ask_for_document(office["service"], "complaint_analysis", day=FRIDAY, period="quarter")
