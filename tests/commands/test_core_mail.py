"""Mail: the outbox folder, and a real server that accepts, refuses, is busy, or hangs up (never a mock)."""

from __future__ import annotations

import smtplib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.core import mail
from app.core.mail import Attachment, Mail, MailRefused, MailUncertain
from tests.mailserver import Mailbox, mail_server

PDF = b"%PDF-1.7\n.\n..\nbinary\x00\xff"


def letter(key: str = "delivery-7", **more: object) -> Mail:
    given = {
        "to": "manager@example.com",
        "subject": "投诉登记簿\n2026-11-21",
        "text": "附上今天的登记簿。\n.\n.行首的点\n",
        "attachments": (
            Attachment("投诉登记簿.pdf", "application/pdf", PDF),
            Attachment("表.csv", "text/csv", b"a;\xb1"),
        ),
        **more,
    }
    return Mail(key=key, **given)  # type: ignore[arg-type]  # the test's own dictionary


@pytest.fixture
def server(app: Flask) -> Iterator[Mailbox]:
    """A real SMTP server; the application sends to it."""
    before = app.config["MAIL_URL"]
    with mail_server() as mailbox:
        app.config["MAIL_URL"] = mailbox.url
        yield mailbox
    app.config["MAIL_URL"] = before


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """An outbox folder of the test's own."""
    before = app.config["MAIL_URL"]
    app.config["MAIL_URL"] = f"file://{tmp_path}/mail%20out"
    yield tmp_path / "mail out"
    app.config["MAIL_URL"] = before


# -- the folder -------------------------------------------------------------------------------------------------------------


def test_the_same_mail_twice_is_one_file_in_the_folder(app: Flask, folder: Path) -> None:
    handed: list[int] = []
    with app.app_context():
        assert mail.folder_list() == []
        for _ in range(2):
            mail.send(letter(), handing_over=lambda: handed.append(1))
        mail.send(letter("delivery-8"))
        assert len(mail.folder_list()) == 2
        found = mail.folder_read(f"{letter().message_id.strip('<>')}.eml")
    assert len(handed) == 2
    assert found is not None
    assert (found.to, found.subject) == ("manager@example.com", "投诉登记簿 2026-11-21")
    assert "附上今天的登记簿。\n.\n.行首的点" in found.text.replace("\r\n", "\n")
    assert [(a.filename, a.content) for a in found.attachments] == [("投诉登记簿.pdf", PDF), ("表.csv", b"a;\xb1")]
    assert sorted(path.suffix for path in folder.iterdir()) == [".eml", ".eml"]


@pytest.mark.parametrize("name", ["../secret.eml", "/etc/passwd", "..", "", "nothing.eml"])
def test_only_mails_of_the_folder_are_read(app: Flask, folder: Path, name: str) -> None:
    folder.mkdir()
    (folder.parent / "secret.eml").write_text("Subject: x\n\nx")
    with app.app_context():
        assert mail.folder_read(name) is None


def test_a_key_cannot_lead_out_of_the_folder(app: Flask, folder: Path) -> None:
    with app.app_context():
        mail.send(letter("../../x/y"))
    assert [path.parent for path in folder.rglob("*.eml")] == [folder]


@pytest.mark.parametrize("address", ["a@example.com\r\nBcc: b@example.com", "张三@example.com"])
def test_an_address_that_cannot_be_written_is_refused_for_good(app: Flask, folder: Path, address: str) -> None:
    with app.app_context(), pytest.raises(MailRefused):
        mail.send(letter(to=address), handing_over=lambda: pytest.fail("nothing to hand over"))


# -- a server ------------------------------------------------------------------------------------------------------------------


def test_the_server_gets_what_was_written(app: Flask, server: Mailbox) -> None:
    handed: list[int] = []
    with app.app_context():
        assert mail.folder() is None
        mail.send(letter(), handing_over=lambda: handed.append(len(server.messages)))
        key = letter().message_id
    (message,) = server.messages
    assert handed == [0], "noted before the server has it"
    assert message["Message-ID"] == key
    assert message["Subject"] == "投诉登记簿 2026-11-21"
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == "附上今天的登记簿。\n.\n.行首的点\n"
    first, _second = message.iter_attachments()
    assert (first.get_filename(), first.get_payload(decode=True)) == ("投诉登记簿.pdf", PDF)


@pytest.mark.parametrize("where", ["rcpt_answer", "data_answer"])
def test_550_is_for_good(app: Flask, server: Mailbox, where: str) -> None:
    setattr(server, where, "550 no such mailbox")
    handed: list[int] = []
    with app.app_context(), pytest.raises(MailRefused, match="550 no such mailbox"):
        mail.send(letter(), handing_over=lambda: handed.append(1))
    assert handed == ([] if where == "rcpt_answer" else [1])


@pytest.mark.parametrize("where", ["rcpt_answer", "data_answer"])
def test_450_may_be_tried_again(app: Flask, server: Mailbox, where: str) -> None:
    setattr(server, where, "450 busy, come back")
    with app.app_context():
        with pytest.raises(smtplib.SMTPResponseException) as refused:
            mail.send(letter())
        assert refused.value.smtp_code == 450
        setattr(server, where, "250 OK")
        mail.send(letter())
    assert len(server.messages) == 1


def test_a_connection_broken_after_the_text_is_uncertain(app: Flask, server: Mailbox) -> None:
    server.hang_up_after_data = True
    with app.app_context(), pytest.raises(MailUncertain):
        mail.send(letter())
    assert len(server.messages) == 1, "it may well have arrived"


def test_a_connection_broken_before_the_text_may_be_tried_again(app: Flask) -> None:
    """The server hangs up at DATA: nothing was handed over, so this is no uncertainty."""
    handed: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _address = listener.accept()
            with connection, connection.makefile("rwb") as stream:
                stream.write(b"220 hello\r\n")
                stream.flush()
                for line in stream:
                    if line.upper().startswith(b"DATA"):
                        return
                    stream.write(b"250 OK\r\n")
                    stream.flush()

        thread = threading.Thread(target=serve)
        thread.start()
        before = app.config["MAIL_URL"]
        app.config["MAIL_URL"] = f"smtp://127.0.0.1:{listener.getsockname()[1]}"
        try:
            with app.app_context(), pytest.raises(smtplib.SMTPServerDisconnected):
                mail.send(letter(), handing_over=lambda: handed.append(1))
        finally:
            app.config["MAIL_URL"] = before
            thread.join()
    assert handed == []


def test_no_server_may_be_tried_again(app: Flask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    before = app.config["MAIL_URL"]
    app.config["MAIL_URL"] = f"smtp://127.0.0.1:{port}"
    try:
        with app.app_context(), pytest.raises(OSError, match="refused"):
            mail.send(letter())
    finally:
        app.config["MAIL_URL"] = before


def test_who_cannot_note_the_handing_over_sends_nothing(app: Flask, server: Mailbox) -> None:
    def lost() -> None:
        raise RuntimeError("somebody else took the job over")

    with app.app_context(), pytest.raises(RuntimeError, match="took the job over"):
        mail.send(letter(), handing_over=lost)
    assert server.messages == []


def test_a_value_missing_in_a_text_is_an_error(app: Flask) -> None:
    from jinja2 import UndefinedError

    with app.app_context(), pytest.raises(UndefinedError):
        mail.text_from("document.txt")
