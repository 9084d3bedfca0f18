"""The start page of every role: each number is that of the list behind it, charts are drawn and lead there (issue 6)."""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests.browser.portal import Portal
from tests.browser.visitor import Visitor

CARD = re.compile(
    r'<a class="home-card tone-\w+" href="([^"]+)">.*?home-title">(.*?)</span>(?:\s*<b class="home-count">(.*?)</b>)?',
    re.S,
)
CHART = re.compile(r'id="chart-data-(\w+)"[^>]*>(.*?)</script>', re.S)
LISTED = re.compile(r'<h1>[^<]*<span class="count">\s*([^<]*?)\s*<')
CHARTS = {
    "manager": {"arrivals", "classes", "complaints", "satisfaction", "ageing_here", "contracts"},
    "service": {"arrivals", "branches", "classes", "complaints", "satisfaction", "ageing", "contracts"},
    "director": {"arrivals", "branches", "classes", "complaints", "satisfaction", "ageing", "contracts"},
}


def page_of(visitor: Visitor, address: str) -> str:
    answer = visitor.context.request.get(address)
    assert answer.status == 200, (address, answer.status)
    return answer.text()


def behind(visitor: Visitor, address: str) -> str | None:
    """The number the page behind shows: in the element the address names, else beside the heading of the list."""
    page, name = page_of(visitor, address), urlsplit(address).fragment
    pattern = re.compile(rf'id="{name}"[^>]*>\s*([^<]*?)\s*<') if name else LISTED
    found = pattern.search(page)
    return found.group(1) if found else None


def agrees(visitor: Visitor, address: str, title: str, count: str) -> bool:
    """Whether card and page show the same; asked again, as background jobs come and go while one looks."""
    for _again in range(4):
        found = behind(visitor, address)
        # Where nothing waits the page behind may leave the number out.
        if found == count or (count == "0" and found is None):
            return True
        count = next(shown for _url, name, shown in CARD.findall(page_of(visitor, "/")) if name == title)
    return False


@pytest.mark.parametrize(
    "who", ["clerk", "technician", "supervisor", "manager", "accountant", "service", "director", "admin"]
)
def test_every_number_of_the_start_page_is_that_of_its_list(browser: Browser, portal: Portal, who: str) -> None:
    visitor = Visitor(browser, portal.url).log_in(who)
    page = page_of(visitor, "/")
    cards = [(unescape(url), title, count) for url, title, count in CARD.findall(page)]
    assert len(cards) >= 3, cards
    for url, title, count in cards:
        if re.fullmatch(r"\d+\+?", count):
            assert agrees(visitor, url, title, count), (who, title, count, behind(visitor, url), url)
    drawn = {key: json.loads(data) for key, data in CHART.findall(page)}
    assert set(drawn) == CHARTS.get(who, set())
    if who == "director":  # sees what the service department sees: asked for another period, where a bar is a week
        drawn = {key: json.loads(data) for key, data in CHART.findall(page_of(visitor, "/?days=91"))}
    points = [point for chart in drawn.values() for series in chart["series"] for point in series["points"]]
    for value, link in points if who != "director" else points[::5]:
        assert bool(link) == bool(value), (who, value, link)
        assert not link or behind(visitor, link) == str(value), (who, value, link)
    # In English the same cards lead to the same places, and nothing of them is left in Chinese.
    page_of(visitor, "/lang/en")
    page = page_of(visitor, "/")
    page_of(visitor, "/lang/zh_Hans_CN")
    assert [unescape(url) for url, _title, _count in CARD.findall(page)] == [url for url, _title, _count in cards]
    words = [title for _url, title, _count in CARD.findall(page)]
    words += [series["label"] for _key, data in CHART.findall(page) for series in json.loads(data)["series"]]
    assert not [each for each in words if re.search(r"[\u4e00-\u9fff]", each)]
    visitor.leave()


def test_a_bar_leads_to_its_list(browser: Browser, portal: Portal) -> None:
    """The charts are drawn under the portal's own security policy; a click on the middle of a bar opens its calls."""
    service = Visitor(browser, portal.url).log_in("service")
    page = service.go("/?days=30")
    canvas = page.locator("[data-chart=branches] canvas")
    canvas.scroll_into_view_if_needed()
    chart = page.locator("#chart-branches")
    assert int(chart.locator(".count").inner_text()) > 0
    # The first branch's calls that were reached in time: the leftmost part of the uppermost bar.
    expected = json.loads(page.locator("#chart-data-branches").inner_text())["series"][0]["points"][0]
    box = canvas.bounding_box()
    assert box is not None
    with page.expect_navigation():
        page.mouse.click(box["x"] + box["width"] * 0.35, box["y"] + 12 + 17)
    assert page.locator("h1 .count").inner_text() == str(expected[0])
    assert page.locator(".chip-filter").count() >= 1
    # The table says the same, by keyboard.
    page.go_back()
    page.locator("#chart-branches summary").focus()
    page.keyboard.press("Enter")
    link = page.locator("#chart-branches tbody tr").first.locator("a").first
    assert link.inner_text() == str(expected[0])
    service.leave()
