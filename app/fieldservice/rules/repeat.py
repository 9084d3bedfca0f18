"""Repeat repairs: the same product with the same fault again within so many days (KP-2)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from app.core.errors import N_, Refused

REPEAT_CAUSES = ("part", "workmanship", "misuse", "other_fault")
REPEAT_CAUSE_LABELS = {
    "part": N_("Part failed again"),
    "workmanship": N_("Workmanship"),
    "misuse": N_("Misuse by the customer"),
    "other_fault": N_("Another fault after all"),
}
# What was not our doing is not free: the class is that of any other job.
PAYABLE_CAUSES = ("misuse", "other_fault")

Words = frozenset[str]


class Fault(NamedTuple):
    """A fault as it was told or found: the codes it was given (a vague one such as 其他 left out) and the words."""

    codes: frozenset[int]
    text: str = ""


class Repair(NamedTuple):
    """An earlier repair of the product: its call, the day it was finished, its fault as told and as found."""

    call_id: int
    finished_on: date
    fault: Fault


def pairs(text: str) -> Words:
    """What descriptions are compared by: Latin words and numbers, and pairs of neighbouring Chinese characters."""
    plain = re.sub(r"[^\w]|_", " ", unicodedata.normalize("NFKC", text).casefold())
    found: set[str] = set()
    for word in re.findall(r"[a-z0-9]+|[^\sa-z0-9]+", plain):
        if word.isascii() or len(word) == 1:
            found.add(word)
        else:
            found.update(word[at : at + 2] for at in range(len(word) - 1))
    return frozenset(found)


def likeness(text: str, other: str) -> int:
    """How much of the shorter description stands in the longer one, in percent of its pairs of characters.

    ``不制冷`` and ``冷藏室不制冷，结冰`` give 100, ``漏水`` and ``噪音大`` 0.
    """
    one, two = pairs(text), pairs(other)
    if not one or not two:
        return 0
    return 100 * len(one & two) // min(len(one), len(two))


def same_fault(fault: Fault, other: Fault, like_percent: int) -> bool:
    """Whether two faults are the same: a code in common; only where one has no code, by the words (KP-2)."""
    if fault.codes and other.codes:
        return bool(fault.codes & other.codes)
    return likeness(fault.text, other.text) >= like_percent


def repeat_of(
    fault: Fault, reported_on: date, repairs: Iterable[Repair], *, days: int, like_percent: int
) -> Repair | None:
    """The latest earlier repair of the same product that this call repeats: same fault, finished at most ``days``
    before the day of the call, that day included (KP-2). None when there is none.
    """
    first = reported_on - timedelta(days=days)
    found = [
        repair
        for repair in repairs
        if first <= repair.finished_on <= reported_on and same_fault(fault, repair.fault, like_percent)
    ]
    return max(found, key=lambda repair: (repair.finished_on, repair.call_id), default=None)


def is_free(is_repeat: bool, cause: str) -> bool:
    """Whether a repeat repair costs the customer nothing: until, and unless, it is put down to the customer (KP-2)."""
    return is_repeat and cause not in PAYABLE_CAUSES


# -- entered later than it came in (CAL-4) ------------------------------------------------------------------------


def is_late_entry(reported_at: datetime, entered_at: datetime, hours: int) -> bool:
    """Whether a call is entered more than ``hours`` (by the clock) after it came in (CAL-4)."""
    return entered_at - reported_at > timedelta(hours=hours)


def late_by(reported_at: datetime, entered_at: datetime, hours: int, reason: str) -> str:
    """The reason why a call is entered so late, empty for one entered in time (CAL-4). Raises ``Refused`` without."""
    if not is_late_entry(reported_at, entered_at, hours):
        return ""
    if not reason.strip():
        raise Refused(
            N_("The call came in more than %(hours)s hours ago: why is it entered only now?"),
            field="late_reason",
            hours=hours,
        )
    return reason.strip()[:200]
