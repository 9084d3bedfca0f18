"""Every page of everybody's menu, at a desk and on a telephone: Chinese, nothing missing, nothing wider than the screen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.browser.main_line import Office
from tests.browser.visitor import PHONE, Visitor

pytestmark = pytest.mark.browser

# Latin words that belong into a Chinese page: the product's name, names of formats and of what has no other name.
ALLOWED = {
    "Aftercare", "English", "PDF", "xlsx", "csv", "Excel", "LED", "CNY", "smtp", "SMTP",
    "Enter", "Esc", "branches", "management", "purchasing",
    "clerk", "technician", "supervisor", "manager", "service", "accountant", "director", "admin",
}  # fmt: skip
# Numbers and codes (JX-NJ-20261120-0001, KFR-35GW), addresses of mail, rules (SO-15), names of settings and of records
# as the audit trail keeps them (tax_rate), and what is filled in later ({address}) are no words either.
CODE = re.compile(r"\S*[\d@_/\\.]\S*|\b[A-Z]{1,4}(?:-[A-Z]*)*\b|\w+-\w*\d\w*|\S+\+\S+|\{\w+\}")
WORD = re.compile(r"[A-Za-z]{2,}(?:[' -][A-Za-z]+)*")
# Pages with English names on purpose, and those that show what was changed or is to be done as the program keeps it.
BILINGUAL = (
    "/faultcodeview/", "/skillview/", "/branchview/", "/refusalreasonview/", "/visitquestionview/",
    "/auditentryview/", "/outboxentryview/",
)  # fmt: skip


def english_in(text: str) -> set[str]:
    """English words left in a Chinese page."""
    found = set(WORD.findall(CODE.sub(" ", text)))
    return {words for words in found if not set(words.split()) <= ALLOWED}


def menu_of(visitor: Visitor) -> list[str]:
    """Addresses of the person's menu."""
    links = visitor.go("/users/userinfo/").locator("nav.sidebar a")
    return list(links.evaluate_all("(all) => all.map((link) => link.getAttribute('href'))"))


def check(page: Page, path: str) -> list[str]:
    """What is wrong with the page now open."""
    text = page.locator("body").inner_text()
    wrong = []
    if path.startswith(BILINGUAL):
        text = " ".join(page.locator("nav, h1, h2, th, dt").all_inner_texts())
    if found := english_in(text):
        wrong.append(f"{path}: English: {sorted(found)}")
    if re.search(r"\bNone\b|\bTrue\b|\bFalse\b|object at 0x|\[\]|%\(", text):
        wrong.append(f"{path}: something unsaid in the text")
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > page.viewport_size["width"]:  # type: ignore[index]  # the size is always set here
        wrong.append(f"{path}: {width} points wide")
    if not page.title() or page.title().startswith(" "):
        wrong.append(f"{path}: no title")
    return wrong


# Between them they have every page; the first who has it opens it.
PEOPLE = ("director", "service", "admin", "supervisor", "technician", "clerk")


@pytest.fixture(scope="module")
def seen() -> set[str]:
    """Pages that were looked at already."""
    return set()


@pytest.mark.parametrize("username", PEOPLE)
def test_every_page_of_the_menu(office: Office, seen: set[str], username: str) -> None:
    visitor = office[username]
    page, wrong = visitor.page, []
    if username != "technician":
        page.set_viewport_size(PHONE["viewport"])  # type: ignore[arg-type]  # the size of a telephone
    try:
        for path in ["/", *menu_of(visitor)]:
            if path in seen:
                continue
            seen.add(path)
            visitor.go(path)
            wrong += check(page, path)
            record = page.locator("td.main a[href*='/show/']")
            if record.count() and (shown := record.first.get_attribute("href")):
                visitor.go(shown)
                wrong += check(page, shown)
    finally:
        if username != "technician":
            page.set_viewport_size({"width": 1440, "height": 900})
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("username", "paths"),
    [
        ("clerk", ["/", "/intake/", "/intake/newcomer", "/customers/find/?q=王", "/customerview/add"]),
        ("supervisor", ["/", "/dispatch/", "/branch-day/", "/complaintview/add"]),
        ("manager", ["/", "/supervisorreportview/list/"]),
        ("service", ["/", "/contractview/add", "/print/"]),
        ("accountant", ["/"]),
        ("admin", ["/settings/change/tax_rate", "/users/add", "/staffview/add", "/partview/add"]),
    ],
)
def test_main_pages_at_a_desk(office: Office, username: str, paths: list[str]) -> None:
    wrong = []
    for path in paths:
        office[username].go(path)
        wrong += check(office[username].page, path)
    assert not wrong, "\n".join(wrong)
