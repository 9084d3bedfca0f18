"""A person at a browser: logs in, clicks, types – and notices what must never happen on a page."""

from __future__ import annotations

import io
import re
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response
from pypdf import PdfReader

PASSWORD = "aftercare-demo"
DESK = {"viewport": {"width": 1440, "height": 900}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
# A form that was refused comes back with this status, and the browser notes every status from 400 on.
REFUSED_FORM = "the server responded with a status of 422"


# A number that is dialled leaves Chromium asking for a program to dial with; until somebody answers, no form is sent.
NO_TELEPHONE = """addEventListener("click", (event) => {
  if (event.target.closest && event.target.closest("a[href^='tel:']")) event.preventDefault();
});"""


class Visitor:
    """One person in one browser window. ``troubles`` collects console errors, CSP violations and server errors."""

    def __init__(self, browser: Browser, url: str, phone: bool = False, language: str = "zh-CN") -> None:
        self.url = url
        options: dict[str, Any] = PHONE if phone else DESK
        self.context = browser.new_context(locale=language, timezone_id="Asia/Shanghai", base_url=url, **options)
        self.context.set_default_timeout(30_000)
        self.context.add_init_script(NO_TELEPHONE)
        self.page: Page = self.context.new_page()
        self.troubles: list[str] = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.troubles.append(f"{self.page.url}: {error}"))
        self.page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and REFUSED_FORM not in message.text:
            self.troubles.append(f"{self.page.url}: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status != 422:
            self.troubles.append(f"{response.status} {response.url}")

    def log_in(self, username: str) -> Visitor:
        """Through the login page."""
        self.go("/login/")
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password]", PASSWORD)
        self.send(self.page.locator("form:has([name=password])"))
        self.landed = self.page.url
        assert "/login" not in self.landed
        return self

    def go(self, path: str) -> Page:
        """Open a page of the portal."""
        self.page.goto(path)
        return self.page

    def send(self, form: Locator, button: str = "[type=submit]") -> Page:
        """Press the form's button and wait for the answer: another document, be it at the same address.

        A page of the telephone changes the end of its address before it loads anew; that is no answer yet.
        """
        self._answered_to(form.locator(button).first)
        return self.page

    def yes(self) -> None:
        """Answer the page's own question."""
        self._answered_to(self.page.locator("#confirm[open] [value=yes]"))

    def _answered_to(self, button: Locator) -> None:
        self.page.evaluate("document.documentElement.dataset.before = ''")
        button.click()
        self.page.locator("html:not([data-before])").wait_for(state="attached")
        self.page.wait_for_load_state()

    def text(self) -> str:
        """What stands on the page."""
        return self.page.locator("body").inner_text()

    def pdf(self, path: str) -> str:
        """The text of a PDF at this address, without spaces; fails when it is none."""
        answer = self.context.request.get(path)
        assert answer.status == 200, (path, answer.status)
        assert answer.headers["content-type"] == "application/pdf", path
        return pdf_text(answer.body())

    def leave(self) -> None:
        """Close the window; fails when anything was wrong on any page."""
        self.context.close()
        assert self.troubles == [], self.troubles


def said(page: Page, kind: str = "success") -> str:
    """What the page says was done; it floats in a corner a moment after the page stands."""
    line = page.locator(f".alert-{kind}").first
    line.wait_for(state="visible")
    return line.inner_text()


def pdf_text(content: bytes) -> str:
    """All text of a PDF without white space, as wrapped columns break words anywhere."""
    return re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages))
