"""No page prints what a program says to itself, and none an English word in Chinese: every page there is, once."""

from __future__ import annotations

import re

import pytest

from tests.access import walk
from tests.access.conftest import World
from tests.access.walk import PEOPLE, QUERY, Route
from tests.access.words import WORD, strange
from tests.cast import PEOPLE as CAST

# People's logins are Latin letters everywhere; what else the records themselves are called.
# A field that only programs fill in is not read by people ("Website"); some records are called by one plain word.
KNOWN = {word for name in CAST for word in name.split("_")} | {
    "Website", "SIM", "suzhou", "plain", "mine", "colleague", "register", "complaints", "refrigerator", "purchasing",
    "address", "test",
}  # fmt: skip
# Pages about the program itself: their keys are those of its tables.
TECHNICAL = {"/auditentryview/show/<pk>", "/outboxentryview/show/<pk>"}


@pytest.fixture(scope="module")
def data(world: World) -> list[str]:
    """What the records say in Latin letters; keys of the program (``received``) are not what a record says."""
    texts = {
        text
        for rows in world.tables().values()
        for row in rows
        for text in row.values()
        if isinstance(text, str) and WORD.search(text) and not re.fullmatch("[a-z_]+", text)
    }
    return sorted(texts, key=len, reverse=True)


def _reader(route: Route) -> str:
    """Somebody who may open it: of several the one for whom most stands on it."""
    answers = walk.read().get(route, {})
    order = ("service_department", "supervisor", "clerk", "branch_manager", "technician", "accountant", "administrator")
    return next((PEOPLE[role] for role in (*order, "management") if answers.get(role) == "200"), "")


@pytest.mark.parametrize("start", ["a-c", "d-p", "q-z"])
def test_no_page_in_chinese_says_none_or_an_english_word(world: World, data: list[str], start: str) -> None:
    found, pages = [], 0
    first, last = start.split("-")
    for route, rule in sorted(walk.routes(world.app).items()):
        letter = route.rule.lstrip("/")[:1].lower() or "q"
        if route.method != "GET" or not first <= letter <= last or route.rule in TECHNICAL:
            continue
        reader = _reader(route)
        if not reader:
            continue
        url = walk.address(world.app, route, rule, world.records)
        answer = world.person(reader).client.get(url, query_string=QUERY.get(route.rule))
        if answer.status_code != 200 or "text/html" not in answer.headers["Content-Type"]:
            continue
        pages += 1
        found += [f"{url} ({reader}): {text}" for text in strange(answer.get_data(as_text=True), KNOWN, data)]
    assert pages > 20
    assert not found, "\n".join(found)
