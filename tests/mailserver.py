"""A real SMTP server for tests (aiosmtpd), which can be told to misbehave."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller


class Mailbox:
    """What the server received, and what it answers."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.rcpt_answer = "250 OK"
        self.data_answer = "250 OK"
        self.hang_up_after_data = False
        self.url = ""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if self.rcpt_answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt_answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.data_answer.startswith("250"):
            parsed = BytesParser(policy=default).parsebytes(envelope.content)
            assert isinstance(parsed, EmailMessage)
            self.messages.append(parsed)
        if self.hang_up_after_data:
            server.transport.abort()
        return self.data_answer


@contextlib.contextmanager
def mail_server() -> Iterator[Mailbox]:
    """Run the server on a free port within the block."""
    mailbox = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        mailbox.url = f"smtp://127.0.0.1:{port}"
        yield mailbox
    finally:
        controller.stop()
