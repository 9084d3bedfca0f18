"""The branch manager's afternoon: the job is closed, the 007 comes, is given back or signed (SO-12, SO-13)."""

from __future__ import annotations

import pytest

from tests.browser.main_line import Day, report_state

pytestmark = pytest.mark.browser


def test_so3_the_closed_job_and_its_voucher_on_screen(day: Day) -> None:
    day.reach("closed")
    manager = day.office["manager"]
    manager.go(f"/voucherview/show/{day.voucher_id}")
    assert "在档" in manager.text() and day.technician in manager.text()
    manager.go(f"/repaircallview/show/{day.call_id}")
    assert "已结案" in manager.text()


def test_so13_giving_back_needs_a_reason(day: Day) -> None:
    day.reach("submitted")
    manager = day.office["manager"]
    page = manager.go("/branch-day/")
    manager.send(page.locator("form.card"), "[formaction*='/give_back']")
    assert page.locator("#note-error").is_visible()
    assert report_state(day) == "submitted"


def test_so13_the_manager_signs_and_prints_the_007(day: Day) -> None:
    day.reach("countersigned")
    manager = day.office["manager"]
    page = manager.go("/branch-day/")
    assert page.locator("form.card").count() == 0
    printed = manager.pdf(page.locator("a[href*='/print/now/supervisor_daily']").get_attribute("href") or "")
    for expected in ("服务主任日报表", "南京", day.technician, "其余三人今日休息"):
        assert expected in printed


def test_a_manager_sees_the_own_branch_only(day: Day) -> None:
    manager = day.office["manager"]
    assert manager.context.request.get("/branch-day/?branch=SZ").status == 404
    page = manager.go("/workorderview/list/")
    numbers = page.locator("td.main").all_inner_texts()
    assert numbers and all(number.startswith("PG-NJ-") for number in numbers)
