"""The state's holidays and make-up working days, from the ``holidays`` library (CAL-2).

The library knows the make-up days of a year once the State Council has published them (each November for the
following year) and the library was updated; until then only the statutory days, moved off weekends as the law says.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

import holidays

from app.calendars.rules import YearDays
from app.core.errors import N_

_SUBSTITUTED = re.compile(r"substituted from (\d{2})/(\d{2})/(\d{4})")

# The library's English names, so that our catalogues can translate them.
NAMES = (
    N_("New Year's Day"),
    N_("Spring Festival"),
    N_("Tomb-Sweeping Day"),
    N_("Labor Day"),
    N_("Dragon Boat Festival"),
    N_("Mid-Autumn Festival"),
    N_("National Day"),
)
IN_LIEU = N_("day off in lieu")


def _name(told: str) -> str:
    if "Chinese New Year" in told:
        return "Spring Festival"
    # Two on one day ("Mid-Autumn Festival; National Day"): the one that lasts longer names the days around it.
    return next((name for name in reversed(NAMES) if name in told), told)


@lru_cache(maxsize=256)
def year_days(year: int) -> YearDays:
    """What the library knows of ``year``: days off by name, make-up days with the date they make up for.

    The notice for a year can make a day of the December before a working day, hence two years are read.
    """
    known = holidays.country_holidays("CN", years=(year, year + 1), language="en_US", expand=False)
    off: dict[dt.date, str] = {}
    make_up: dict[dt.date, dt.date] = {}
    for on in sorted(known):
        told = known[on]
        substituted = _SUBSTITUTED.search(told)
        if substituted:
            month, day, worked_year = (int(part) for part in substituted.groups())
            worked = dt.date(worked_year, month, day)
            if worked.year == year:
                make_up[worked] = on
        if on.year == year:
            off[on] = IN_LIEU if substituted else _name(told)
    return YearDays(off, make_up, provisional=not is_published(year))


def is_published(year: int) -> bool:
    """Whether the library holds the make-up days of ``year``."""
    special = getattr(holidays.country_holidays("CN"), "special_public_holidays", {})
    return year in special
