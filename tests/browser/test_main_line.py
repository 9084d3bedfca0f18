"""From a repair call to the signed 007, by the people of the demo company in a real browser."""

from __future__ import annotations

import pytest

from tests.browser.main_line import Day, Visit, whole_day
from tests.browser.portal import Portal

pytestmark = pytest.mark.browser


def test_a_working_day(portal: Portal, visit: Visit) -> None:
    whole_day(Day(portal, visit))
