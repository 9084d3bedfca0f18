"""The same working day once more on PostgreSQL."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.main_line import Day, Office
from tests.browser.portal import Portal

pytestmark = pytest.mark.browser


def test_a_working_day_on_postgresql(browser: Browser, postgres_portal: Portal) -> None:
    postgres_portal.start()
    assert postgres_portal.one("SELECT version()").startswith("PostgreSQL")
    office = Office(browser, postgres_portal)
    try:
        day = Day(office).reach("countersigned")
        printed = office["clerk"].pdf(f"/print/now/voucher?record_id={day.voucher_id}")
        assert day.customer in printed and "更换温控器" in printed
        assert office.troubles() == []
    finally:
        office.close()
