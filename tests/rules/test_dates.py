"""Days and moments as they are read, in Chinese and in English; what is no day stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from app.core import clock, dates, i18n
from app.core.views.display import plain

AT = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)  # 14:05 in the office
LATE = datetime(2025, 12, 31, 17, 0, tzinfo=UTC)  # already the next day there: the running year
OLD = datetime(2025, 3, 4, 1, 0, tzinfo=UTC)


@pytest.fixture(params=["zh_Hans_CN", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context(), force_locale(request.param), clock.frozen(AT):
        yield request.param


@pytest.mark.parametrize(
    ("said", "chinese", "english"),
    [
        (lambda: dates.day(date(2026, 11, 2)), "2026年11月2日", "2026-11-02"),
        (lambda: dates.day(LATE), "2026年1月1日", "2026-01-01"),
        (lambda: dates.moment(AT), "11月22日 14:05", "2026-11-22 14:05"),
        (lambda: dates.moment(LATE), "1月1日 01:00", "2026-01-01 01:00"),
        (lambda: dates.moment(OLD), "2025年3月4日 09:00", "2025-03-04 09:00"),
        (lambda: dates.short(OLD), "3月4日 09:00", "03-04 09:00"),
        (lambda: dates.short(date(2026, 1, 5)), "1月5日", "01-05"),
        (lambda: dates.hour(AT), "14:05", "14:05"),
        (lambda: plain(AT), "11月22日 14:05", "2026-11-22 14:05"),
        (lambda: plain(date(2026, 1, 5)), "2026年1月5日", "2026-01-05"),
        (lambda: dates.in_words("2026-01-05"), "2026年1月5日", "2026-01-05"),
        (lambda: dates.in_words("11-22 14:05"), "11月22日 14:05", "11-22 14:05"),
        (lambda: dates.in_words("10-01–10-07"), "10月1日–10月7日", "10-01–10-07"),
        (lambda: dates.in_words("10-08 周三"), "10月8日 周三", "10-08 周三"),
        # Numbers of records, telephones and what people wrote are no days.
        (lambda: dates.in_words("PG-NJ-20261120-0001"), "PG-NJ-20261120-0001", "PG-NJ-20261120-0001"),
        (lambda: dates.in_words("025-83219999"), "025-83219999", "025-83219999"),
        (lambda: dates.in_words("13-45"), "13-45", "13-45"),
        (lambda: dates.in_words("BC-93 11-22"), "BC-93 11-22", "BC-93 11-22"),
        (lambda: dates.within("叫修登记本 2026-11-20"), "叫修登记本 2026年11月20日", "叫修登记本 2026-11-20"),
        (
            lambda: dates.within("11-23 15:35 → 11-24 09:00 (王)"),
            "11月23日 15:35 → 11月24日 09:00 (王)",
            "11-23 15:35 → 11-24 09:00 (王)",
        ),
        (lambda: dates.within("BC-93 11-22, PG-NJ-20261120-0001"), *["BC-93 11-22, PG-NJ-20261120-0001"] * 2),
        (lambda: i18n.say("%(a)s %(b)s %(c)s", a=AT, b="11-22 14:05", c=7), "11月22日 14:05 11月22日 14:05 7", ""),
    ],
)
def test_in_the_readers_form(language: str, said: object, chinese: str, english: str) -> None:
    assert callable(said)
    if language == "en" and not english:
        english = "2026-11-22 14:05 11-22 14:05 7"
    assert said() == (chinese if language == "zh_Hans_CN" else english)
