"""Mail: to a folder that a screen shows (default), or through an SMTP server (``MAIL_URL``).

A mail carries a Message-ID of its own, the same at every attempt: the folder keeps one file for it, and a mail server
that sees it twice knows it.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, default
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app
from jinja2 import Environment, FileSystemLoader, StrictUndefined

import config
from app.core import clock

# Plain text: escaping would put HTML entities into the mail.
_texts = Environment(  # nosec B701
    loader=FileSystemLoader(config.ROOT / "templates" / "mail"), undefined=StrictUndefined, autoescape=False
)

TIMEOUT_SECONDS = 30


class MailRefused(Exception):
    """The server will never take this mail (unknown address, too large): trying again cannot help."""


class MailUncertain(Exception):
    """The connection broke after the text was handed over: nobody knows whether it was accepted."""


@dataclass(frozen=True)
class Attachment:
    """A file in a mail."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """One mail to one address. ``key`` names it: letters, digits, ``-``."""

    to: str
    subject: str
    text: str
    key: str
    attachments: tuple[Attachment, ...] = ()

    @property
    def message_id(self) -> str:
        """The Message-ID, the same at every attempt."""
        host = urlsplit(current_app.config["PUBLIC_URL"]).hostname or "localhost"
        return f"<{re.sub(r'[^A-Za-z0-9.-]', '-', self.key)}@{host}>"


def compose(mail: Mail) -> EmailMessage:
    """The message as it goes over the wire."""
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))  # nobody was asked for 8BITMIME
    message["From"] = current_app.config["MAIL_FROM"]
    message["To"] = mail.to
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"] = format_datetime(clock.local(clock.now()))
    message["Message-ID"] = mail.message_id
    message.set_content(mail.text)
    for attachment in mail.attachments:
        main, _, sub = attachment.content_type.partition("/")
        message.add_attachment(attachment.content, maintype=main, subtype=sub, filename=attachment.filename)
    return message


def send(mail: Mail, *, handing_over: Callable[[], None] = lambda: None) -> None:
    """Send ``mail``; ``handing_over`` is called at the last moment before the server gets the text.

    Raises ``MailRefused``, ``MailUncertain``, or ``OSError``/``SMTPException`` when it may be tried again.
    """
    url = urlsplit(current_app.config["MAIL_URL"])
    try:
        message = compose(mail)
        content = message.as_bytes()
        mail.to.encode("ascii")
    except ValueError as problem:  # also what cannot be encoded
        raise MailRefused(f"this mail cannot be written: {problem}") from problem
    if url.scheme == "file":
        handing_over()
        _to_folder(Path(unquote(url.path)), mail, content)
    else:
        _to_server(mail, content, handing_over)


def _to_folder(folder: Path, mail: Mail, content: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{mail.message_id.strip('<>')}.eml"
    draft = target.with_suffix(".part")
    draft.write_bytes(content)
    draft.replace(target)


@contextlib.contextmanager
def _connection() -> Iterator[smtplib.SMTP]:
    url = urlsplit(current_app.config["MAIL_URL"])
    host = url.hostname or "localhost"
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, url.port or 465, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, url.port or 25, timeout=TIMEOUT_SECONDS)
    try:
        server.ehlo()
        if url.scheme != "smtps" and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        yield server
    finally:
        server.close()


def _to_server(mail: Mail, content: bytes, handing_over: Callable[[], None]) -> None:
    lines = re.sub(rb"(?m)^\.", b"..", content.removesuffix(b"\r\n"))
    with _connection() as server:
        server.ehlo_or_helo_if_needed()
        _expect(server.mail(current_app.config["MAIL_FROM"]))
        _expect(server.rcpt(mail.to))
        _expect(server.docmd("data"), ready=354)
        handing_over()
        try:
            server.send(lines + b"\r\n.\r\n")
            answer = server.getreply()
        except (smtplib.SMTPServerDisconnected, OSError) as problem:
            raise MailUncertain(str(problem)) from problem
        _expect(answer)


def _expect(answer: tuple[int, bytes | str], ready: int = 0) -> None:
    code, text = answer
    if 200 <= code < 300 or code == ready:
        return
    shown = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    if code >= 500:
        raise MailRefused(f"{code} {shown}")
    raise smtplib.SMTPResponseException(code, shown)


@dataclass(frozen=True)
class FolderMail:
    """A mail in the outbox folder, for the screen."""

    name: str
    to: str
    subject: str
    at: datetime
    text: str
    attachments: tuple[Attachment, ...]


def folder() -> Path | None:
    """The outbox folder, None when mail goes to a server."""
    url = urlsplit(current_app.config["MAIL_URL"])
    return Path(unquote(url.path)) if url.scheme == "file" else None


def folder_list(limit: int = 100) -> list[Path]:
    """The newest mails of the outbox folder."""
    place = folder()
    if place is None or not place.is_dir():
        return []
    return sorted(place.glob("*.eml"), key=lambda path: path.stat().st_mtime, reverse=True)[:limit]


def folder_read(name: str) -> FolderMail | None:
    """One mail of the outbox folder; None when there is none of that name."""
    found = next((path for path in folder_list(10_000) if path.name == name), None)
    if found is None:
        return None
    message = BytesParser(policy=default).parsebytes(found.read_bytes())
    body = message.get_body(("plain",))
    return FolderMail(
        name=found.name,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        at=datetime.fromtimestamp(found.stat().st_mtime, clock.zone()),
        text=body.get_content() if body else "",
        attachments=tuple(
            Attachment(part.get_filename() or "file", part.get_content_type(), _bytes_of(part))
            for part in message.iter_attachments()
        ),
    )


def _bytes_of(part: Any) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def text_from(template: str, **context: object) -> str:
    """The text of a mail from ``templates/mail``; a value that is missing is an error, never an empty line."""
    return _texts.get_template(template).render(**context)
