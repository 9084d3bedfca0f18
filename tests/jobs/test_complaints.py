"""A major complaint reaches the management by mail with its report, once; a mail leads past the login (CP-6, CP-9)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import pytest
from flask import current_app
from pypdf import PdfReader
from sqlalchemy import select

from app.complaints import commands, jobs
from app.complaints.models import Approval, Complaint, ManagementAlert
from app.core import clock, outbox
from app.core.actors import SYSTEM, acting_as
from app.core.db import db
from app.core.outbox import OutboxEntry
from tests.cast import Cast
from tests.mailserver import Mailbox, mail_server

FRIDAY = datetime(2026, 11, 20, 16, 40)


@pytest.fixture
def mailbox(office: Cast) -> Iterator[Mailbox]:
    with mail_server() as server, clock.frozen(FRIDAY):
        before = current_app.config["MAIL_URL"]
        current_app.config["MAIL_URL"] = server.url
        yield server
        current_app.config["MAIL_URL"] = before


def _enter(office: Cast) -> Complaint:
    details = {"complainant": "张伟", "phone": "13800000001", "content": "冰箱起火，烧坏橱柜"}
    return commands.enter(office["clerk"], **details, severity_ground="injury")


def test_cp6_the_report_goes_out_once_and_the_moment_is_noted(office: Cast, mailbox: Mailbox) -> None:
    complaint_id, number = _enter(office).id, "TS-NJ-20261120-0001"
    assert outbox.drain().count("done") >= 1
    mails = [each for each in mailbox.messages if "重大投诉" in each["Subject"] and list(each.iter_attachments())]
    assert [each["To"] for each in mails] == ["director@example.com"]
    (report,) = mails[0].iter_attachments()
    content = report.get_payload(decode=True)
    assert isinstance(content, bytes)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert number in text and "冰箱起火" in text and "138****0001" in text and "13800000001" not in text
    body = mails[0].get_body(("plain",))
    assert body is not None and f"/complaintview/show/{complaint_id}" in body.get_content()
    with acting_as(SYSTEM):
        complaint = db.session.scalars(select(Complaint)).one()
        assert complaint.management_told_at == clock.now()
        assert "alert" in [step.verb for step in complaint.steps]
        entry = db.session.scalars(select(OutboxEntry).where(OutboxEntry.kind == "complaint_alert")).one()
        jobs.send_alert(outbox.Job(entry.id, "complaint_alert", dict(entry.payload), 2, "again"))
    assert len([each for each in mailbox.messages if list(each.iter_attachments())]) == 1


def test_cp6_a_refused_address_is_shown_and_tells_nobody(office: Cast, mailbox: Mailbox) -> None:
    mailbox.rcpt_answer = "550 unknown"
    _enter(office)
    outbox.drain()
    with acting_as(SYSTEM):
        row = db.session.scalars(select(ManagementAlert)).one()
        assert (row.mail_status, row.sent_at, row.complaint.management_told_at) == ("failed", None, None)
        assert "550" in row.error


def test_cp9_the_mail_to_the_approver_leads_to_the_decision(office: Cast, mailbox: Mailbox) -> None:
    details = {"complainant": "张伟", "phone": "13800000001", "content": "收费不清"}
    key = commands.enter(office["clerk"], **details).id
    commands.acknowledge(office["clerk"], key, said="已告知")
    commands.verify(office["clerk"], key, said="属实", finding="justified")
    commands.propose(office["clerk"], key, said="协商", solution="退还", compensation=Decimal(900))
    outbox.drain()
    with acting_as(SYSTEM):
        row = db.session.scalars(select(Approval.id)).one()
    mails = [each for each in mailbox.messages if each["To"] == "manager@example.com"]
    bodies = [body.get_content() for each in mails if (body := each.get_body(("plain",))) is not None]
    assert any(f"{current_app.config['PUBLIC_URL']}/approvalview/show/{row}" in body for body in bodies)
    # without a login the address asks for one, and leads on
    answer = current_app.test_client().get(f"/approvalview/show/{row}")
    assert answer.status_code == 302
    assert "/login/" in answer.headers["Location"] and "approvalview" in answer.headers["Location"]
