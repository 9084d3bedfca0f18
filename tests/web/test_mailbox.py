"""The mail outbox of an office without a mail server: an administrator sees that mail went out, not what it says."""

from __future__ import annotations

from typing import Any

from flask import Flask

from app.core import mail
from tests.cast import Cast


def put(app: Flask, to: str, subject: str) -> str:
    with app.app_context():
        letter = mail.Mail(
            to=to,
            subject=subject,
            text=f"{subject}，电话 13800000001",
            key=f"test-{to}-{len(mail.folder_list())}",
            attachments=(mail.Attachment("登记簿.pdf", "application/pdf", b"%PDF-1.4"),),
        )
        mail.send(letter, handing_over=lambda: None)
        return mail.folder_list()[0].name


def test_customers_data_in_mail_is_for_its_reader_only(app: Flask, cast: Cast, client_for: Any) -> None:
    other = put(app, "manager@example.com", "张伟的叫修")
    own = put(app, "Admin@example.com", "系统提示")
    admin = client_for("admin")
    page = admin.get("/mailbox/").get_data(as_text=True)
    assert "manager@example.com" in page
    assert "张伟" not in page
    assert "系统提示" in page
    assert [admin.get(f"/mailbox/{other}{end}").status_code for end in ("", "/0")] == [404, 404]
    assert [admin.get(f"/mailbox/{own}{end}").status_code for end in ("", "/0", "/1")] == [200, 200, 404]
    assert client_for("manager").get(f"/mailbox/{other}").status_code == 403
