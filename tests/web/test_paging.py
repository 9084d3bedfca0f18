"""Long work lists that are no generated lists come page by page, nothing twice and nothing lost."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask

from app.core import clock, inbox
from app.core.actors import SYSTEM
from app.core.uow import unit_of_work
from tests.cast import Cast


def walk(person: Any, address: str, pattern: str) -> list[list[str]]:
    """What the pages say, following „next page“ to the end."""
    pages, at = [], address
    while at:
        page = person.get(at).get_data(as_text=True)
        pages.append(re.findall(pattern, page))
        found = re.search(r'rel="next" href="([^"]+)"', page)
        at = found.group(1).replace("&amp;", "&") if found else ""
        assert len(pages) < 9
    return pages


def test_the_inbox_page_by_page_the_unread_first(app: Flask, cast: Cast, client_for: Any) -> None:
    with app.app_context(), unit_of_work(SYSTEM, "test.inbox"):
        for number in range(120):
            row = inbox.post(cast.staff("clerk"), "%(count)d reminders", {"count": number})
            row.read_at = clock.now() if number >= 20 else None
        inbox.post(cast.staff("supervisor"), "%(count)d reminders", {"count": 999})
    person = client_for("clerk")
    pages = walk(person, "/inbox/", r">(\d+) 条提醒<")
    assert [len(page) for page in pages] == [50, 50, 20]
    assert pages[0][:20] == [str(number) for number in reversed(range(20))]
    assert sorted(int(number) for page in pages for number in page) == list(range(120))
    assert person.get("/inbox/?page=x").status_code == person.get("/inbox/?page=99999").status_code == 200
